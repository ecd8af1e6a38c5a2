package postgres_test

import (
	"strconv"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/postgres"
	"afterhours/store/postgres/postgrestest"
)

// undoing makes the database roll back a fifth of all writes, with the codes of a
// serialization failure and of a deadlock.
const undoing = `
CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE drawn float := random();
BEGIN
	IF drawn < 0.1 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '40001'; END IF;
	IF drawn < 0.2 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '40P01'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER undo BEFORE INSERT OR UPDATE ON owned_statistics FOR EACH ROW EXECUTE FUNCTION undo()`

// TestUndoneWritesUnderLoad increments counters while the database rolls back a fifth of
// the writes. No write may be lost or doubled. Hardly any may be ErrUnavailable, because
// that takes five failures in a row.
func TestUndoneWritesUnderLoad(t *testing.T) {
	address := postgrestest.Address(t)
	s, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	postgrestest.Run(t, address, undoing)

	const writers = 16
	var group sync.WaitGroup
	counters := make([]counter, writers)
	for i := range counters {
		counters[i] = counter{t: t, store: s, key: store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: strconv.Itoa(i)}}
		group.Go(func() {
			for range *undone / writers {
				counters[i].increment()
			}
		})
	}
	group.Wait()
	total := edm.Duration(0)
	for i := range counters {
		if !counters[i].find() {
			t.Errorf("%q cannot be read", counters[i].key.ID)
		}
		total += counters[i].kept
	}
	refused := *undone/writers*writers - int(total)
	t.Logf("of %d writes, a fifth of whose tries the database rolled back, %d were unavailable; none is lost or doubled", *undone, refused)
	if refused*100 > *undone {
		t.Error("that is more than one in a hundred")
	}
}
