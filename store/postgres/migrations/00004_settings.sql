-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE IF NOT EXISTS settings (
    tenant_id         TEXT    COLLATE "C" NOT NULL,
    user_id           TEXT    COLLATE "C" NOT NULL,
    has_graph_mailbox BOOLEAN NOT NULL,
    has_license       BOOLEAN NOT NULL,
    has_opted_out     BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
