-- +goose NO TRANSACTION
-- +goose Up

-- Without the id, statistics of one date share an entry.
CREATE INDEX IF NOT EXISTS owned_statistics_start_date ON owned_statistics (owner, start_date);
