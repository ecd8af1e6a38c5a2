-- +goose NO TRANSACTION
-- +goose Up

-- The revision is 0 if the statistic was deleted.
CREATE TABLE IF NOT EXISTS tracked (
    tenant_id TEXT   COLLATE "C" NOT NULL,
    user_id   TEXT   COLLATE "C" NOT NULL,
    id        TEXT   COLLATE "C" NOT NULL,
    revision  BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, id)
);
