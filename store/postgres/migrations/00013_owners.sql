-- +goose NO TRANSACTION
-- +goose Up

-- A number for tenant and user, which the keys of owned_statistics begin with. It is random, as not all
-- databases count in the same way. An owner keeps it for ever.
CREATE TABLE IF NOT EXISTS owners (
    tenant_id TEXT   COLLATE "C" NOT NULL,
    user_id   TEXT   COLLATE "C" NOT NULL,
    owner     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
