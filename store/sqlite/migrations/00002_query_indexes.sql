-- +goose Up

-- One for each of what a filter or an order asks for most, and no more, since each
-- makes a create write another page; behind the id they hold the columns that save
-- reading the row (see plan.go).
CREATE INDEX statistics_start_date ON statistics (tenant_id, user_id, start_date, id, type);
CREATE INDEX statistics_type ON statistics (tenant_id, user_id, type, id, start_date);
