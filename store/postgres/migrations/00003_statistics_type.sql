-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX IF NOT EXISTS statistics_type ON statistics (tenant_id, user_id, type, id);
