package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Integrity implements store.IntegrityChecker.
func (s *Store) Integrity(ctx context.Context) error {
	if err := s.gate.Enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	return integrity(ctx, s.readers)
}

func integrity(ctx context.Context, file *sql.DB) error {
	rows, err := file.QueryContext(ctx, "PRAGMA integrity_check(10)")
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
		return fmt.Errorf("the file is damaged: %s", strings.Join(damages, "; "))
	}
	return nil
}
