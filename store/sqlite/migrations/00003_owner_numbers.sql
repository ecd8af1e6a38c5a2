-- +goose Up

-- Keys begin with a small number in place of two GUIDs, and the rows lie in the order
-- in which they came: a create then writes few pages, and a page holds many keys.
CREATE TABLE owners (
    owner     INTEGER PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    UNIQUE (tenant_id, user_id)
) STRICT;

CREATE TABLE moved (
    owner          INTEGER NOT NULL,
    id             TEXT    NOT NULL,
    revision       INTEGER NOT NULL,
    type           TEXT    NOT NULL,
    activity       TEXT    NOT NULL,
    start_date     TEXT,
    end_date       TEXT,
    time_zone_used TEXT,
    duration       INTEGER,
    after_hours    INTEGER,
    read_email     INTEGER,
    sent_email     INTEGER,
    conflicting    INTEGER,
    long           INTEGER,
    multitasking   INTEGER,
    organized      INTEGER,
    recurring      INTEGER
) STRICT;

INSERT INTO owners (tenant_id, user_id) SELECT DISTINCT tenant_id, user_id FROM statistics;
INSERT INTO moved
SELECT owner, id, revision, type, activity, start_date, end_date, time_zone_used, duration, after_hours,
       read_email, sent_email, conflicting, long, multitasking, organized, recurring
FROM statistics JOIN owners USING (tenant_id, user_id)
ORDER BY owner, id;
DROP TABLE statistics;
ALTER TABLE moved RENAME TO statistics;

-- One index for each of what a filter or an order asks for most, and no more (see
-- plan.go). That of the dates does not hold the id: statistics of one date, which
-- often come together, so lie side by side. Of the activities only those have an entry
-- that are not named like the type.
CREATE UNIQUE INDEX statistics_id ON statistics (owner, id);
CREATE INDEX statistics_start_date ON statistics (owner, start_date, type);
CREATE INDEX statistics_type ON statistics (owner, type, id);
CREATE INDEX statistics_unlike ON statistics (owner, activity, id) WHERE lower(activity) <> type;
