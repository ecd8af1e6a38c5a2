-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX IF NOT EXISTS tracked_deleted ON tracked (tenant_id, user_id, position) WHERE revision = 0;
