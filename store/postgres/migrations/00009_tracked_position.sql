-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX IF NOT EXISTS tracked_position ON tracked (tenant_id, user_id, position);
