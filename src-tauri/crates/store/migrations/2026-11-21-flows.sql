-- The ways that bytes took: each device, node, group, subscription and kind once, so that a minute costs a few integers.
CREATE TABLE flow_key (
    id     INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    kind   TEXT NOT NULL,
    node   TEXT NOT NULL,
    grp    TEXT NOT NULL,
    feed   TEXT NOT NULL,
    UNIQUE (device, kind, node, grp, feed)
) STRICT;

-- Minutes and hours count from 1970 in UTC; days are calendar days of the zone in which the bytes were filed, counted from
-- 1970. All three are written in one transaction, so that they never disagree.
CREATE TABLE flow_minute (
    minute   INTEGER NOT NULL,
    key      INTEGER NOT NULL,
    up       INTEGER NOT NULL,
    down     INTEGER NOT NULL,
    est_up   INTEGER NOT NULL,
    est_down INTEGER NOT NULL,
    PRIMARY KEY (minute, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_hour (
    hour     INTEGER NOT NULL,
    key      INTEGER NOT NULL,
    up       INTEGER NOT NULL,
    down     INTEGER NOT NULL,
    est_up   INTEGER NOT NULL,
    est_down INTEGER NOT NULL,
    PRIMARY KEY (hour, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_day (
    day      INTEGER NOT NULL,
    key      INTEGER NOT NULL,
    up       INTEGER NOT NULL,
    down     INTEGER NOT NULL,
    est_up   INTEGER NOT NULL,
    est_down INTEGER NOT NULL,
    PRIMARY KEY (day, key)
) STRICT, WITHOUT ROWID;

-- When the kernel of a device was watched. Spans of one device never touch.
CREATE TABLE flow_span (
    device TEXT NOT NULL,
    start  INTEGER NOT NULL,
    end    INTEGER NOT NULL,
    PRIMARY KEY (device, start)
) STRICT, WITHOUT ROWID;

-- One row: from which hour on minutes are kept, and from which on hours. What is filed for before goes to its day, and to
-- its hour where hours are kept; so an hour has all of its minutes or none.
CREATE TABLE flow_kept (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    minutes_from INTEGER NOT NULL,
    hours_from   INTEGER NOT NULL
) STRICT;
INSERT INTO flow_kept (id, minutes_from, hours_from) VALUES (1, 0, 0);

-- The newest batches of each epoch that were counted, and SHA-256 of each: the same number with other content is another
-- sender, or one that was put back to an earlier day.
CREATE TABLE flow_batch (
    device   TEXT NOT NULL,
    epoch    BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (device, epoch, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    device   TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    account  TEXT,
    token    BLOB,
    since    INTEGER NOT NULL,
    seen_at  INTEGER,
    ended_at INTEGER,
    body     TEXT NOT NULL,
    baseline TEXT
) STRICT;

CREATE TABLE invite (
    hash       BLOB PRIMARY KEY,
    device     TEXT NOT NULL,
    name       TEXT NOT NULL,
    actor      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

-- Batches that were not believed, whole: long rows, hence with a rowid. Each once, however often it is handed in.
CREATE TABLE flow_quarantine (
    id       BLOB PRIMARY KEY,
    device   TEXT NOT NULL,
    epoch    BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    reason   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    body     TEXT NOT NULL,
    UNIQUE (device, epoch, sequence, digest)
) STRICT;
CREATE INDEX flow_quarantine_by_device ON flow_quarantine (device, id);

-- What the panel of a subscription told, as accepted.
CREATE TABLE subscription (
    account    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    up         INTEGER NOT NULL,
    down       INTEGER NOT NULL,
    total      INTEGER,
    expires_at INTEGER,
    PRIMARY KEY (account, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE leak (
    account TEXT NOT NULL,
    end     INTEGER NOT NULL,
    start   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (account, end)
) STRICT;

-- One report of each kind and day, across restarts and copies.
CREATE TABLE report (
    kind TEXT NOT NULL,
    day  INTEGER NOT NULL,
    id   BLOB NOT NULL,
    at   INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, day)
) STRICT;
