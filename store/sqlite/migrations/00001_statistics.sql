-- +goose Up

-- Keys compare by their bytes (BINARY, the default), and begin with the owner: one
-- owner's statistics lie side by side in the order of their ids.
-- Durations are ticks of 100 ns, dates are YYYY-MM-DD.
CREATE TABLE statistics (
    tenant_id      TEXT    NOT NULL,
    user_id        TEXT    NOT NULL,
    id             TEXT    NOT NULL,
    revision       INTEGER NOT NULL,
    type           TEXT    NOT NULL,
    activity       TEXT    NOT NULL,
    start_date     TEXT,
    end_date       TEXT,
    time_zone_used TEXT,
    duration       INTEGER,
    after_hours    INTEGER,
    read_email     INTEGER,
    sent_email     INTEGER,
    conflicting    INTEGER,
    long           INTEGER,
    multitasking   INTEGER,
    organized      INTEGER,
    recurring      INTEGER,
    PRIMARY KEY (tenant_id, user_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    tenant_id         TEXT    NOT NULL,
    user_id           TEXT    NOT NULL,
    has_graph_mailbox INTEGER NOT NULL,
    has_license       INTEGER NOT NULL,
    has_opted_out     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
    tenant_id TEXT NOT NULL,
    upn       TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, upn)
) STRICT, WITHOUT ROWID;
