-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS aliases (
    tenant_id TEXT COLLATE "C" NOT NULL,
    upn       TEXT COLLATE "C" NOT NULL,
    user_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, upn)
);
