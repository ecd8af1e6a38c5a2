-- +goose Up

-- When a token brought a name, in seconds since 1970, and the issuer of the token. Both are
-- null for a name that the operator gave, and for one of an older program.
ALTER TABLE aliases ADD COLUMN learned_at INTEGER;
ALTER TABLE aliases ADD COLUMN learned_by TEXT;
