-- Looks by whole days in UTC, counted when they are filed from recent: a blind look leaves no reading, and yet the share of
-- blind ones must be known.
CREATE TABLE look_day (
    day   INTEGER NOT NULL,
    meter INTEGER NOT NULL,
    known INTEGER NOT NULL,
    blind INTEGER NOT NULL,
    PRIMARY KEY (day, meter)
) STRICT, WITHOUT ROWID;
