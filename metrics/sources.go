package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"afterhours/handlers/auth"
	"afterhours/handlers/limits"
	"afterhours/store"
)

// Sources are asked for their numbers at each scrape. All are required but Store.
type Sources struct {
	// InFlight returns the requests under way.
	InFlight func() int
	// Connections returns the open connections, how many there may be, and how many were closed to make
	// room for others.
	Connections func() (open, limit int, closed uint64)
	Limits      func() limits.State
	Tokens      func() auth.State
	// Statistics counts the reads of the cache of statistics.
	Statistics func() (hits, misses uint64)
	// Store is nil for a store that measures nothing.
	Store store.Measured
}

// Register has every later scrape ask the sources. It must be called once.
func (m *Metrics) Register(from Sources) {
	families := append(from.door(), from.limits()...)
	families = append(families, from.tokens()...)
	if from.Store != nil {
		families = append(families, ofStore(from.Store)...)
	}
	m.registry.MustRegister(collector(families))
}

// family is a metric whose values are read at each scrape.
type family struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(emit)
}

// emit takes one value of a family, with the values of its labels.
type emit func(value float64, labels ...string)

func gauge(name, help string, read func(emit), labels ...string) family {
	return family{prometheus.NewDesc(prefix+name, help, labels, nil), prometheus.GaugeValue, read}
}

func counter(name, help string, read func(emit), labels ...string) family {
	return family{prometheus.NewDesc(prefix+name, help, labels, nil), prometheus.CounterValue, read}
}

// collector reads families.
type collector []family

// Describe implements prometheus.Collector.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, one := range c {
		to <- one.desc
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(to chan<- prometheus.Metric) {
	for _, one := range c {
		one.read(func(value float64, labels ...string) {
			to <- prometheus.MustNewConstMetric(one.desc, one.kind, value, labels...)
		})
	}
}

// door has what comes to the server.
func (from Sources) door() []family {
	return []family{
		gauge("requests_in_flight", "Requests under way.", func(emit emit) { emit(float64(from.InFlight())) }),
		gauge("connections", "Open connections.", func(emit emit) {
			open, _, _ := from.Connections()
			emit(float64(open))
		}),
		gauge("connections_limit", "Connections that may be open.", func(emit emit) {
			_, limit, _ := from.Connections()
			emit(float64(limit))
		}),
		counter("connections_closed_total", "Connections that were closed to make room for others.", func(emit emit) {
			_, _, closed := from.Connections()
			emit(float64(closed))
		}),
	}
}

// ofStore has the connections and the files of a store.
func ofStore(measured store.Measured) []family {
	pools := func(of func(store.Pool) float64) func(emit) {
		return func(emit emit) {
			for _, pool := range measured.Size().Pools {
				emit(of(pool), pool.Name)
			}
		}
	}
	return []family{
		gauge("store_file_bytes", "Size of a file of sqlite.", func(emit emit) {
			for _, file := range measured.Size().Files {
				emit(float64(file.Bytes), file.Name)
			}
		}, "file"),
		gauge("store_connections", "Open connections to the database.", func(emit emit) {
			for _, pool := range measured.Size().Pools {
				emit(float64(pool.InUse), pool.Name, "in_use")
				emit(float64(pool.Idle), pool.Name, "idle")
			}
		}, "pool", "state"),
		gauge("store_connections_limit", "Connections that a pool may have.", pools(func(p store.Pool) float64 { return float64(p.Limit) }), "pool"),
		counter("store_connection_waits_total", "Calls that waited for a connection to the database.", pools(func(p store.Pool) float64 { return float64(p.Waits) }), "pool"),
		counter("store_connection_wait_seconds_total", "Time for which calls waited for a connection to the database.", pools(func(p store.Pool) float64 { return p.Waited.Seconds() }), "pool"),
	}
}
