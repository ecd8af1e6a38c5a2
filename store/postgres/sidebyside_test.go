package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/postgres/postgrestest"
)

// lastOld is the last version of the schema whose servers know the table statistics only.
const lastOld = 12

// TestServersOfTwoVersions lets the statements of an older server and a store of this version write
// the same statistics, before, while and after the statistics are copied, and while the upgrade is
// finished. No write may be lost, and both tables must hold the same.
func TestServersOfTwoVersions(t *testing.T) {
	address := oldSchema(t, lastOld)
	postgrestest.Run(t, address, "INSERT INTO statistics (tenant_id, user_id, id, revision, type, activity, start_date)"+
		" SELECT 't', 'user ' || n % 50, 'chat ' || n, n, 'chat', 'Chat', DATE '2026-01-01' + n % 100 FROM generate_series(1, 20000) AS n")
	w := &writing{t: t, address: address}
	w.start(4, w.oldWriter)
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	w.start(4, func(stop *atomic.Bool) { w.newWriter(s, stop) })
	time.Sleep(2 * time.Second)
	w.end(0)
	wantSame(t, address, 20_200)
	finished := make(chan error)
	go func() { finished <- FinishUpgrade(context.Background(), address) }()
	if err := <-finished; err != nil {
		t.Errorf("FinishUpgrade: %v", err)
	}
	time.Sleep(200 * time.Millisecond)
	w.end(1)
	t.Logf("%d increments by older statements, %d by the store", w.made[0].Load(), w.made[1].Load())
	total := int64(0)
	for n := range shared {
		got, _, err := s.Get(t.Context(), sharedKey(n))
		if err != nil {
			t.Error(err)
		}
		total += int64(got.Duration.Value) + int64(sharedCall(n))
	}
	if made := w.made[0].Load() + w.made[1].Load(); total != made || w.made[0].Load() == 0 || w.made[1].Load() == 0 {
		t.Errorf("the statistics count %d increments; %d were made", total, made)
	}
	if err := FinishUpgrade(t.Context(), address); err != nil {
		t.Errorf("FinishUpgrade a second time: %v", err)
	}
	again, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if count, err := again.Count(t.Context(), store.Owner{Tenant: "t", User: "u"}, nil); err != nil || count < 200 {
		t.Errorf("after the upgrade %d statistics of the user are there, %v; want 200", count, err)
	}
}

// shared is how many of the statistics of oldRows both versions increment.
const shared = 20

func sharedCall(n int) int { return n + 1 }

func sharedKey(n int) store.Key {
	return store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: fmt.Sprint("call ", sharedCall(n))}
}

// writing is writers of two kinds: those started first, and those started second.
type writing struct {
	t       *testing.T
	address string
	kinds   []*kind
	made    [2]atomic.Int64 // increments that are certainly stored
}

type kind struct {
	stop    atomic.Bool
	writers sync.WaitGroup
}

func (w *writing) start(writers int, run func(stop *atomic.Bool)) {
	of := &kind{}
	w.kinds = append(w.kinds, of)
	for range writers {
		of.writers.Go(func() { run(&of.stop) })
	}
}

func (w *writing) end(kind int) {
	w.kinds[kind].stop.Store(true)
	w.kinds[kind].writers.Wait()
}

// The statements of an older server, without the owner's settings.
const (
	oldCreate  = "INSERT INTO statistics (tenant_id, user_id, id, revision, type, activity) VALUES ('t', $1, $2, $3, 'call', 'Call') ON CONFLICT (tenant_id, user_id, id) DO NOTHING"
	oldReplace = "UPDATE statistics SET revision = $3, duration = $4 WHERE tenant_id = 't' AND user_id = 'u' AND id = $1 AND revision = $2"
	oldRemove  = "DELETE FROM statistics WHERE tenant_id = 't' AND user_id = $1 AND id = $2"
	oldRead    = "SELECT revision, duration FROM statistics WHERE tenant_id = 't' AND user_id = 'u' AND id = $1"
)

// oldWriter increments as an older server does, and creates and deletes statistics of users old and new.
func (w *writing) oldWriter(stop *atomic.Bool) {
	ctx := context.Background()
	on, err := pgx.Connect(ctx, w.address)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer func() { _ = on.Close(ctx) }()
	for n := 0; !stop.Load(); n++ {
		id := sharedKey(rand.IntN(shared)).ID
		var revision, duration int64
		if err := on.QueryRow(ctx, oldRead, id).Scan(&revision, &duration); err != nil {
			w.t.Errorf("an older server cannot read: %v", err)
			return
		}
		tag, err := on.Exec(ctx, oldReplace, id, revision, int64(store.NewRevision()), duration+1)
		switch {
		case err == nil:
			w.made[0].Add(tag.RowsAffected())
		case !isUndone(err): // an older server tries again
			w.t.Errorf("an older server cannot write: %v", err)
			return
		}
		user, other := fmt.Sprint("user ", rand.IntN(100)), fmt.Sprint("other ", rand.IntN(100))
		for _, statement := range []struct {
			sql  string
			args []any
		}{{oldCreate, []any{user, other, int64(store.NewRevision())}}, {oldRemove, []any{user, other}}} {
			if _, err := on.Exec(ctx, statement.sql, statement.args...); err != nil && !isUndone(err) {
				w.t.Errorf("an older server cannot write: %v", err)
			}
		}
	}
}

// newWriter does the same by a store.
func (w *writing) newWriter(s *Store, stop *atomic.Bool) {
	ctx := context.Background()
	for !stop.Load() {
		key := sharedKey(rand.IntN(shared))
		got, _, err := s.Get(ctx, key)
		if err != nil {
			w.t.Errorf("Get: %v", err)
			return
		}
		got.Duration = store.Of(got.Duration.Value + edm.Duration(1))
		if _, _, err := s.Put(ctx, key, got.Record, got.Revision); err == nil {
			w.made[1].Add(1)
		} else if !isResult(err) {
			w.t.Errorf("Put: %v", err)
			return
		}
		other := store.Key{Owner: store.Owner{Tenant: "t", User: fmt.Sprint("user ", rand.IntN(100))}, ID: fmt.Sprint("other ", rand.IntN(100))}
		revision, _, err := s.Put(ctx, other, store.Record{Type: store.Call, Activity: "Call"}, store.NoRevision)
		if err == nil {
			err = s.Delete(ctx, other, revision)
		}
		if err != nil && !isResult(err) {
			w.t.Errorf("creating and deleting: %v", err)
		}
	}
}

// wantSame checks that both tables hold the same rows, at least so many.
func wantSame(t *testing.T, address string, least int) {
	t.Helper()
	on, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = on.Close(t.Context()) }()
	const wide, narrow = "SELECT tenant_id, user_id, id, revision, duration, type, activity, start_date FROM statistics",
		"SELECT tenant_id, user_id, id, revision, duration, type, activity, start_date FROM owned_statistics JOIN owners USING (owner)"
	var only, others, rows int
	if err := pgx.BeginTxFunc(t.Context(), on, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM ("+wide+" EXCEPT "+narrow+") AS a), (SELECT count(*) FROM ("+narrow+" EXCEPT "+wide+") AS b), (SELECT count(*) FROM statistics)").
			Scan(&only, &others, &rows)
	}); err != nil || only != 0 || others != 0 || rows < least {
		t.Errorf("of %d rows, %d of statistics and %d of owned_statistics are not in the other table, %v; want none of at least %d", rows, only, others, err, least)
	}
}
