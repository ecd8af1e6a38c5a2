-- +goose NO TRANSACTION
-- +goose Up

-- Two owners of one number would share their statistics.
CREATE UNIQUE INDEX IF NOT EXISTS owners_number ON owners (owner);
