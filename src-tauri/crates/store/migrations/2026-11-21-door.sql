-- Renewals and mailboxes, what was found in mail, and the tokens of other programs.

-- config: as its owner configured it. state: what became of it since (paid through, last mail read); a change of the
-- configuration leaves it.
CREATE TABLE item (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    config  TEXT NOT NULL,
    state   TEXT,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- What a mail said. A mail is named by its mailbox and the two numbers that its server gave it.
CREATE TABLE finding (
    id           BLOB PRIMARY KEY,
    mailbox      TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    body         TEXT NOT NULL,
    UNIQUE (mailbox, uid_validity, uid)
) STRICT;

-- hash: SHA-256 of the token; the token itself is shown once and kept nowhere.
CREATE TABLE token (
    id           BLOB PRIMARY KEY,
    name         TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
