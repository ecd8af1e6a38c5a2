package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"afterhours/store"
)

const (
	getPerson = "SELECT user_id, coalesce(min(upn), '') FROM (" +
		"(SELECT user_id, CAST(NULL AS TEXT) AS upn FROM owners" + ofOwner + " AND " + hasStatistics + ")" +
		" UNION ALL (SELECT user_id, CAST(NULL AS TEXT) FROM settings" + ofOwner + ")" +
		" UNION ALL (SELECT user_id, upn FROM aliases" + ofOwner + ")) AS people GROUP BY user_id"

	// Each part has the limit, too, as in listOwners.
	listPeople = "SELECT user_id, coalesce(min(upn), '') FROM (" +
		"(SELECT user_id, CAST(NULL AS TEXT) AS upn FROM owners" + afterUser + " AND " + hasStatistics + byUser + ")" +
		" UNION ALL (SELECT user_id, CAST(NULL AS TEXT) FROM settings" + afterUser + byUser + ")" +
		" UNION ALL (SELECT user_id, min(upn) FROM aliases" + afterUser + " GROUP BY user_id" + byUser + ")" +
		") AS people GROUP BY user_id" + byUser

	countPeople = "SELECT count(*) FROM (SELECT user_id FROM owners WHERE tenant_id = $1 AND " + hasStatistics +
		" UNION SELECT user_id FROM settings WHERE tenant_id = $1 UNION SELECT user_id FROM aliases WHERE tenant_id = $1) AS people"
)

// Person implements store.Store.
func (s *Store) Person(ctx context.Context, owner store.Owner) (store.Person, error) {
	return readOne(ctx, s, "reading a user", func(row pgx.Row, person *store.Person) error {
		person.Tenant = owner.Tenant
		return row.Scan(&person.User, &person.UPN)
	}, getPerson, owner.Tenant, owner.User)
}

// People implements store.Store.
func (s *Store) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	return collect(ctx, s, "listing users", scanPerson(tenant), listPeople, tenant, after, limit)
}

func scanPerson(tenant string) pgx.RowToFunc[store.Person] {
	return func(row pgx.CollectableRow) (store.Person, error) {
		person := store.Person{Owner: store.Owner{Tenant: tenant}}
		return person, row.Scan(&person.User, &person.UPN)
	}
}

// CountPeople implements store.Store.
func (s *Store) CountPeople(ctx context.Context, tenant string) (int, error) {
	counts, err := collect(ctx, s, "counting users", pgx.RowTo[int], countPeople, tenant)
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}
