-- +goose NO TRANSACTION
-- +goose Up

-- made_at is in seconds since 1970.
CREATE TABLE IF NOT EXISTS marks (
    tenant_id TEXT   COLLATE "C" NOT NULL,
    user_id   TEXT   COLLATE "C" NOT NULL,
    number    BIGINT NOT NULL,
    stamp     BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, number)
);
