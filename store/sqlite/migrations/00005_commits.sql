-- +goose Up

-- The number of the last commit, in the only row. The file afterhours.db-count has it, too
-- (see count.go).
CREATE TABLE commits (
    number INTEGER NOT NULL
) STRICT;
INSERT INTO commits (number) VALUES (0);
