package sqlite

import (
	"context"

	"afterhours/store"
)

// The parameters are the tenant, a user and a limit. The index aliases_user has the names of a user. Each part of getPeople has the limit, too:
// otherwise SQLite would read all rows of all parts before it takes the first ones.
const (
	getPerson = "SELECT user_id, coalesce(min(upn), '') FROM (" +
		"SELECT user_id, NULL AS upn FROM owners WHERE tenant_id = ?1 AND user_id = ?2 AND " + hasStatistics +
		" UNION ALL SELECT user_id, NULL FROM settings WHERE tenant_id = ?1 AND user_id = ?2" +
		" UNION ALL SELECT user_id, upn FROM aliases WHERE tenant_id = ?1 AND user_id = ?2) GROUP BY user_id"

	onePart   = " ORDER BY user_id LIMIT ?3)"
	getPeople = "SELECT user_id, coalesce(min(upn), '') FROM (" +
		"SELECT * FROM (SELECT user_id, NULL AS upn FROM owners WHERE tenant_id = ?1 AND user_id > ?2 AND " + hasStatistics + onePart +
		" UNION ALL SELECT * FROM (SELECT user_id, NULL FROM settings WHERE tenant_id = ?1 AND user_id > ?2" + onePart +
		" UNION ALL SELECT * FROM (SELECT user_id, min(upn) FROM aliases WHERE tenant_id = ?1 AND user_id > ?2 GROUP BY user_id" + onePart +
		") GROUP BY user_id ORDER BY user_id LIMIT ?3"

	countPeople = "SELECT count(*) FROM (SELECT user_id FROM owners WHERE tenant_id = ?1 AND " + hasStatistics +
		" UNION SELECT user_id FROM settings WHERE tenant_id = ?1 UNION SELECT user_id FROM aliases WHERE tenant_id = ?1)"
)

// Person implements store.Store.
func (s *Store) Person(ctx context.Context, owner store.Owner) (person store.Person, err error) {
	err = s.point(ctx, "reading a user", func(r *reader) error {
		return r.points.person.setOwner(owner).first(func(p *prepared) (err error) {
			person, err = scanPerson(owner.Tenant)(p)
			return err
		})
	})
	return person, err
}

// People implements store.Store.
func (s *Store) People(ctx context.Context, tenant, after string, limit int) ([]store.Person, error) {
	return many(ctx, s, "listing users", scanPerson(tenant), getPeople, tenant, after, limit)
}

func scanPerson(tenant string) func(row) (store.Person, error) {
	return func(row row) (store.Person, error) {
		person := store.Person{Owner: store.Owner{Tenant: tenant}}
		err := row.Scan(&person.User, &person.UPN)
		return person, err
	}
}

// CountPeople implements store.Store.
func (s *Store) CountPeople(ctx context.Context, tenant string) (count int, err error) {
	if err := s.gate.Enter(ctx); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	err = s.query(ctx, func(ctx context.Context, on *reader) error {
		return on.conn.QueryRowContext(ctx, countPeople, tenant).Scan(&count)
	})
	return translate(ctx, "counting users", count, err)
}
