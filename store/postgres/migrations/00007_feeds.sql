-- +goose NO TRANSACTION
-- +goose Up

-- What Track has found, for those owners whose statistics somebody copies (see package track). A
-- feed has the last position that was given.
CREATE TABLE IF NOT EXISTS feeds (
    tenant_id TEXT   COLLATE "C" NOT NULL,
    user_id   TEXT   COLLATE "C" NOT NULL,
    position  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
