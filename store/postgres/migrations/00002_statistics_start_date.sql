-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX IF NOT EXISTS statistics_start_date ON statistics (tenant_id, user_id, start_date, id);
