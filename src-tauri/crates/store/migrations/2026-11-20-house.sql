-- The first schema. Times are whole milliseconds since 1970 in UTC; ids of rows are the 16 bytes of a UUIDv7;
-- amounts are raw fixed-point integers; `config`, `state`, `body` and the like are JSON of their owners, opaque here.

CREATE TABLE account (
    id       TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    name     TEXT NOT NULL,
    enabled  INTEGER NOT NULL,
    config   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channel (
    id      TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    config  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE guard (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    config  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- No reference to account: the history of a removed account stays.
-- good, blind, looked_at: as of the newest look that was filed from recent.
-- hours_to, days_to: folded up to here; raw_from, hours_from: finer rows before this are deleted.
CREATE TABLE meter (
    key        INTEGER PRIMARY KEY,
    account    TEXT NOT NULL,
    id         TEXT NOT NULL,
    info       TEXT NOT NULL,
    good       TEXT,
    blind      TEXT,
    looked_at  INTEGER,
    lag_ms     INTEGER,
    present    INTEGER NOT NULL,
    span       INTEGER,
    hours_to   INTEGER,
    days_to    INTEGER,
    raw_from   INTEGER,
    hours_from INTEGER,
    UNIQUE (account, id)
) STRICT;

-- A run of readings that share unit, window and source of time: written once instead of in each reading.
CREATE TABLE reading_span (
    key          INTEGER PRIMARY KEY,
    meter        INTEGER NOT NULL REFERENCES meter (key),
    base         INTEGER NOT NULL,
    unit         TEXT NOT NULL,
    whole        INTEGER,
    window_kind  TEXT,
    window_start INTEGER,
    window_end   INTEGER,
    told         INTEGER NOT NULL
) STRICT;
CREATE INDEX reading_span_meter ON reading_span (meter);

-- at: milliseconds since the base of the span. rest: what does not follow from span and remaining.
CREATE TABLE reading (
    span      INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    remaining INTEGER,
    rest      BLOB,
    PRIMARY KEY (span, at)
) STRICT, WITHOUT ROWID;

-- Every look since they were last filed, in the order of writing, and the truth of what it repeats: one page takes the
-- looks of fifty meters, which would each rewrite pages of their own in meter and reading. span, at, remaining and rest
-- as in reading; a blind look has its reason instead.
CREATE TABLE recent (
    seq       INTEGER PRIMARY KEY,
    meter     INTEGER NOT NULL REFERENCES meter (key),
    looked_at INTEGER NOT NULL,
    span      INTEGER,
    at        INTEGER,
    remaining INTEGER,
    rest      BLOB,
    blind     TEXT
) STRICT;

-- part: counts up when window or kind of value changes within the hour.
CREATE TABLE reading_hour (
    meter INTEGER NOT NULL,
    hour  INTEGER NOT NULL,
    part  INTEGER NOT NULL,
    data  BLOB NOT NULL,
    PRIMARY KEY (meter, hour, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_day (
    meter INTEGER NOT NULL,
    day   INTEGER NOT NULL,
    part  INTEGER NOT NULL,
    data  BLOB NOT NULL,
    PRIMARY KEY (meter, day, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE target (
    account          TEXT NOT NULL,
    id               TEXT NOT NULL,
    target           TEXT NOT NULL,
    power            TEXT,
    power_at         INTEGER,
    started_at       INTEGER,
    stopped_by_us_at INTEGER,
    present          INTEGER NOT NULL,
    meters           TEXT NOT NULL,
    addresses        TEXT NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- The protect list stands by itself: a target may be protected before it was ever seen.
CREATE TABLE protect (
    account TEXT NOT NULL,
    target  TEXT NOT NULL,
    PRIMARY KEY (account, target)
) STRICT, WITHOUT ROWID;

-- The tables with long rows keep a rowid: without one, a row of a few hundred bytes goes to pages of its own or splits
-- them, and a decision would write twice the pages.
CREATE TABLE guard_state (
    guard   TEXT NOT NULL REFERENCES guard (id) ON DELETE CASCADE,
    meter   TEXT NOT NULL,
    version INTEGER NOT NULL,
    state   TEXT NOT NULL,
    level   TEXT NOT NULL,
    why     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (guard, meter)
) STRICT;

CREATE TABLE alert (
    id              BLOB PRIMARY KEY,
    guard           TEXT,
    account         TEXT,
    meter           TEXT,
    key             TEXT NOT NULL,
    window_start    INTEGER NOT NULL,
    severity        TEXT NOT NULL,
    raised_at       INTEGER NOT NULL,
    resolved_at     INTEGER,
    acknowledged_at INTEGER,
    acknowledged_as TEXT,
    snoozed_until   INTEGER,
    body            TEXT NOT NULL
) STRICT;
-- NULLs differ from each other in a unique index, hence ifnull.
CREATE UNIQUE INDEX alert_once ON alert (key, window_start, ifnull(guard, ''), ifnull(meter, ''));
CREATE INDEX alert_open ON alert (id) WHERE resolved_at IS NULL;

-- events: its transitions, oldest first, as one JSON array: each move rewrites the row anyway.
CREATE TABLE intent (
    id           BLOB PRIMARY KEY,
    guard        TEXT,
    account      TEXT NOT NULL,
    meter        TEXT,
    action       TEXT NOT NULL,
    target       TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    state        TEXT NOT NULL,
    due          INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    detail       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    events       TEXT NOT NULL,
    sent_at      INTEGER
) STRICT;
CREATE INDEX intent_open ON intent (next_at) WHERE state NOT IN ('verified', 'cancelled', 'abandoned');
CREATE INDEX intent_sent ON intent (sent_at) WHERE sent_at IS NOT NULL;

-- No reference to channel: what was said stays when a channel goes.
CREATE TABLE delivery (
    id           BLOB PRIMARY KEY,
    channel      TEXT NOT NULL,
    alert        BLOB,
    intent       BLOB,
    severity     TEXT NOT NULL,
    message      TEXT NOT NULL,
    state        TEXT NOT NULL,
    tries        INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    repeat       INTEGER NOT NULL,
    error        TEXT,
    created_at   INTEGER NOT NULL,
    delivered_at INTEGER
) STRICT;
CREATE INDEX delivery_waiting ON delivery (state, next_at) WHERE state IN ('pending', 'sending');

CREATE TABLE lapse (
    start INTEGER NOT NULL,
    cause TEXT NOT NULL,
    end   INTEGER NOT NULL,
    PRIMARY KEY (start, cause)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq   INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    facts TEXT NOT NULL,
    hash  BLOB NOT NULL
) STRICT;

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row. beat changes with each renewal; locked: the holder also holds the lock file, so whoever gets the lock
-- knows that the holder is gone.
CREATE TABLE lease (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    fence  INTEGER NOT NULL,
    holder TEXT,
    until  INTEGER NOT NULL,
    ttl    INTEGER NOT NULL,
    beat   INTEGER NOT NULL,
    locked INTEGER NOT NULL
) STRICT;
INSERT INTO lease (id, fence, holder, until, ttl, beat, locked) VALUES (1, 0, NULL, 0, 0, 0, 0);
