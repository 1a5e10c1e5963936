-- Quotas of sub-accounts: who is under one, what was granted, which projects are charged, what these cost.

-- One sub-account. body: its rules and what the provider told of it. version counts up by one with each change.
CREATE TABLE budget (
    account TEXT NOT NULL,
    user    TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (account, user)
) STRICT, WITHOUT ROWID;

-- The ledger. seq counts from 1 without a gap, and total is the total before plus amount: both are checked when a row is
-- written, and no row is ever changed.
CREATE TABLE allocation (
    account TEXT NOT NULL,
    user    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    amount  INTEGER NOT NULL,
    total   INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    note    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, user, seq)
) STRICT, WITHOUT ROWID;

-- From when until when a project is charged to a sub-account, and by which share (percent, 1e-4). baseline: what the
-- project had cost in first_month before it counts; null until that is known. An end is never taken back: a project that
-- counts again has a row of its own.
CREATE TABLE charge (
    id          BLOB PRIMARY KEY,
    account     TEXT NOT NULL,
    user        TEXT NOT NULL,
    project     TEXT NOT NULL,
    share       INTEGER NOT NULL,
    first_month TEXT NOT NULL,
    baseline    INTEGER,
    unit        TEXT NOT NULL,
    since       INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    last_month  TEXT,
    final       INTEGER,
    until       INTEGER
) STRICT;
CREATE INDEX charge_by_user ON charge (account, user);

-- What a project cost in a month as the bill told it last. Totals are sums over these rows and stand nowhere.
CREATE TABLE spending (
    account  TEXT NOT NULL,
    project  TEXT NOT NULL,
    month    TEXT NOT NULL,
    unit     TEXT NOT NULL,
    amount   INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (account, project, month, unit)
) STRICT, WITHOUT ROWID;

-- Months that were read whole, and when: a project without a row in such a month cost nothing, in any other it is unknown.
CREATE TABLE bill_month (
    account TEXT NOT NULL,
    month   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, month)
) STRICT, WITHOUT ROWID;
