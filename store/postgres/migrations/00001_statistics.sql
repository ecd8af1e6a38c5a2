-- +goose NO TRANSACTION
-- +goose Up

-- Durations are ticks of 100 ns. Texts compare by their bytes.
CREATE TABLE IF NOT EXISTS statistics (
    tenant_id      TEXT   COLLATE "C" NOT NULL,
    user_id        TEXT   COLLATE "C" NOT NULL,
    id             TEXT   COLLATE "C" NOT NULL,
    revision       BIGINT NOT NULL,
    type           TEXT   COLLATE "C" NOT NULL,
    activity       TEXT   COLLATE "C" NOT NULL,
    start_date     DATE,
    end_date       DATE,
    time_zone_used TEXT   COLLATE "C",
    duration       BIGINT,
    after_hours    BIGINT,
    read_email     BIGINT,
    sent_email     BIGINT,
    conflicting    BIGINT,
    long           BIGINT,
    multitasking   BIGINT,
    organized      BIGINT,
    recurring      BIGINT,
    PRIMARY KEY (tenant_id, user_id, id)
);
