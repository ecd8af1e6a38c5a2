-- +goose NO TRANSACTION
-- +goose Up
ALTER TABLE aliases
    ADD COLUMN IF NOT EXISTS learned_at BIGINT,
    ADD COLUMN IF NOT EXISTS learned_by TEXT COLLATE "C";
