package sqlite

import (
	"context"
	"fmt"
	"strings"

	"afterhours/store"
)

// Integrity implements store.IntegrityChecker.
func (s *Store) Integrity(ctx context.Context) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	r, err := s.readers.take(ctx)
	if err != nil {
		return failure(ctx, "checking the integrity", err)
	}
	defer s.readers.giveBack(r)
	return integrity(ctx, r.conn, "integrity_check(10)")
}

// quickCheck is Integrity without holding the indexes against their tables. It has a
// connection of its own, because it may take long.
func (s *Store) quickCheck(ctx context.Context) error {
	file, err := connect(s.path, "query_only(1)")
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return integrity(ctx, file, "quick_check(10)")
}

// integrity runs one of SQLite's checks on a database.
func integrity(ctx context.Context, on queryer, check string) error {
	rows, err := on.QueryContext(ctx, "PRAGMA "+check)
	if err != nil {
		return failure(ctx, "checking the integrity", err)
	}
	defer func() { _ = rows.Close() }() // Err reports its error
	var damages []string
	for rows.Next() {
		var damage string
		if err := rows.Scan(&damage); err != nil {
			return failure(ctx, "checking the integrity", err)
		}
		damages = append(damages, damage)
	}
	if err := rows.Err(); err != nil {
		return failure(ctx, "checking the integrity", err)
	}
	if len(damages) != 1 || damages[0] != "ok" {
		return fmt.Errorf("%w: %s", store.ErrDamaged, strings.Join(damages, "; "))
	}
	return nil
}
