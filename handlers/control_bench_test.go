package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"afterhours/store"
	"afterhours/store/edm"
	"afterhours/store/memory"
)

// BenchmarkReset resets a tenant with 1,000 statistics, through a socket, to a start without any and to
// one with as many.
func BenchmarkReset(b *testing.B) {
	for name, open := range map[string]func(testing.TB) store.Store{
		"memory": func(testing.TB) store.Store { return memory.New() }, "sqlite": openSQLite, "postgres": openPostgres,
	} {
		for _, start := range []int{0, 1000} {
			b.Run(fmt.Sprintf("%s/to_%d", name, start), func(b *testing.B) {
				over := open(b)
				full := statisticsOf(1000)
				c := newControlServer(b, over)
				*c.start = func(time.Time) store.Rows { return statisticsOf(start) }
				b.ReportAllocs()
				for range b.N {
					b.StopTimer()
					if err := over.(store.Replacer).Replace(b.Context(), "", full); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					c.steer("POST", "/reset", `{"tenant":"`+tenant+`"}`).want(b, 204)
				}
			})
		}
	}
}

// statisticsOf returns as many statistics, of ten users.
func statisticsOf(count int) (rows store.Rows) {
	for n := range count {
		user := fmt.Sprintf("48d31887-5fad-4d73-a9f5-3c356e68a0%02d", n%10)
		rows.Statistics = append(rows.Statistics, store.OwnedRecord{
			Key:    store.Key{Owner: store.Owner{Tenant: tenant, User: user}, ID: fmt.Sprintf("focus_%04d", n)},
			Record: store.Record{Type: store.Focus, Activity: "Focus", StartDate: store.Of(edm.Date(737225 + n/10)), Duration: store.Of(edm.Hour)},
		})
	}
	return rows
}
