-- +goose Up

-- What Track has found, for those owners whose statistics somebody copies (see package track). A
-- feed has the last position that was given. It keeps its number when its owner loses his.
CREATE TABLE feeds (
    feed      INTEGER PRIMARY KEY,
    tenant_id TEXT    NOT NULL,
    user_id   TEXT    NOT NULL,
    position  INTEGER NOT NULL,
    UNIQUE (tenant_id, user_id)
) STRICT;

-- The revision is 0 if the statistic was deleted.
CREATE TABLE tracked (
    feed     INTEGER NOT NULL,
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (feed, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tracked_position ON tracked (feed, position);
CREATE INDEX tracked_deleted ON tracked (feed, position) WHERE revision = 0;

-- made_at is in seconds since 1970.
CREATE TABLE marks (
    feed     INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    stamp    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    PRIMARY KEY (feed, number)
) STRICT, WITHOUT ROWID;
