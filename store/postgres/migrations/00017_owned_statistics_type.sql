-- +goose NO TRANSACTION
-- +goose Up

-- Without the id, statistics of one type share an entry.
CREATE INDEX IF NOT EXISTS owned_statistics_type ON owned_statistics (owner, type);
