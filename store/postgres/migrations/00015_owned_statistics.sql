-- +goose NO TRANSACTION
-- +goose Up

-- The statistics, in place of the table statistics. The columns of eight bytes come first, and texts
-- last, so that none is padded. Durations are ticks of 100 ns.
CREATE TABLE IF NOT EXISTS owned_statistics (
    owner          BIGINT NOT NULL,
    revision       BIGINT NOT NULL,
    duration       BIGINT,
    after_hours    BIGINT,
    read_email     BIGINT,
    sent_email     BIGINT,
    conflicting    BIGINT,
    long           BIGINT,
    multitasking   BIGINT,
    organized      BIGINT,
    recurring      BIGINT,
    start_date     DATE,
    end_date       DATE,
    id             TEXT   COLLATE "C" NOT NULL,
    type           TEXT   COLLATE "C" NOT NULL,
    activity       TEXT   COLLATE "C" NOT NULL,
    time_zone_used TEXT   COLLATE "C",
    PRIMARY KEY (owner, id)
);
