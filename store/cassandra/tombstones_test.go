package cassandra

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"afterhours/store"
	"afterhours/store/cassandra/cassandratest"
	"afterhours/store/edm"
)

// TestReplacingLeavesNoTombstones replaces a statistic that has null properties. A node that reads it then meets
// no tombstone: a list of a thousand of them would log a warning. Only a property that becomes null leaves one.
func TestReplacingLeavesNoTombstones(t *testing.T) {
	s, err := Open(t.Context(), cassandratest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	key := store.Key{Owner: store.Owner{Tenant: "t", User: "u"}, ID: "x"}
	record := store.Record{Type: store.Call, Activity: "Call", StartDate: store.Of(edm.Date(737_225))}
	revision := store.NoRevision
	put := func(record store.Record) {
		t.Helper()
		if revision, _, err = s.Put(t.Context(), key, record, revision); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		put(record.With("duration", edm.Duration(n+1)))
	}
	if met := tombstonesOf(t, s, key); met != "0" {
		t.Errorf("a read meets %s tombstones after replacing", met)
	}
	put(record)
	if met := tombstonesOf(t, s, key); met != "1" {
		t.Errorf("a read meets %s tombstones after a property became null; want 1", met)
	}
	if got, _, err := s.Get(t.Context(), key); err != nil || got.Record != record {
		t.Errorf("Get = %+v, %v; want %+v", got.Record, err, record)
	}
}

var metTombstones = regexp.MustCompile(`Read \d+ live rows and (\d+) tombstone cells`)

// tombstonesOf returns how many tombstones a node meets that reads the statistic, as its trace has it. The node writes
// the trace some time after its answer.
func tombstonesOf(t *testing.T, s *Store, key store.Key) string {
	t.Helper()
	var id []byte
	query := s.query(getStatistic, key.Tenant, key.User, key.ID).Trace(traceID(func(of []byte) { id = of }))
	if err := query.Exec(); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		text.Reset()
		gocql.NewTraceWriter(s.session, &text).Trace(id)
		if met := metTombstones.FindSubmatch(text.Bytes()); met != nil {
			return string(met[1])
		}
	}
	t.Fatalf("the trace does not say what was read:\n%s", &text)
	return ""
}

// traceID is a gocql.Tracer that takes the id of a trace.
type traceID func(id []byte)

// Trace implements gocql.Tracer.
func (take traceID) Trace(id []byte) { take(id) }
