-- +goose NO TRANSACTION
-- +goose Up

-- The names of one user, the first one first: Person and People read no others.
CREATE INDEX IF NOT EXISTS aliases_user ON aliases (tenant_id, user_id, upn);
