package postgres

import (
	"context"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"afterhours/store"
)

const (
	// ofNumber is the condition of an owner's rows of owned_statistics. The owner has no number before
	// its first statistic, and then no row.
	ofNumber = "owner = (SELECT owner FROM owners WHERE tenant_id = $1 AND user_id = $2)"

	hasStatistics = "EXISTS (SELECT 1 FROM owned_statistics WHERE owned_statistics.owner = owners.owner)"

	addOwner  = "INSERT INTO owners (tenant_id, user_id, owner) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, user_id) DO NOTHING RETURNING owner"
	addOwners = "INSERT INTO owners (tenant_id, user_id, owner) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT (tenant_id, user_id) DO NOTHING"
)

// newNumber returns a number for an owner, drawn from 2^63.
func newNumber() int64 { return rand.Int64() }

// addOwnersOf gives numbers to those owners of the rows that have none.
func addOwnersOf(ctx context.Context, tx pgx.Tx, rows []store.OwnedRecord) error {
	var tenants, users []string
	var numbers []int64
	seen := map[store.Owner]bool{}
	for i := range rows {
		owner := rows[i].Key.Owner
		if seen[owner] {
			continue
		}
		seen[owner] = true
		tenants, users, numbers = append(tenants, owner.Tenant), append(users, owner.User), append(numbers, newNumber())
	}
	_, err := tx.Exec(ctx, addOwners, tenants, users, numbers)
	return err
}

// numbers returns the number of each owner of the tenant, or of all tenants if it is "".
func numbers(ctx context.Context, tx pgx.Tx, tenant string) (map[store.Owner]int64, error) {
	condition, args := ofTenant(tenant)
	found, _ := tx.Query(ctx, "SELECT tenant_id, user_id, owner FROM owners"+condition, args...) // ForEachRow returns the error
	numbers := map[store.Owner]int64{}
	var owner store.Owner
	var number int64
	_, err := pgx.ForEachRow(found, []any{&owner.Tenant, &owner.User, &number}, func() error {
		numbers[owner] = number
		return nil
	})
	return numbers, err
}
