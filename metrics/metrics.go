// Package metrics owns the metrics of a server: their names, units, labels and buckets, and Prometheus,
// which no other package knows. It leaves alone what happens and when: other packages count for
// themselves, and are asked at each scrape (Sources), or call a function that this one hands out.
//
//	handlers, store/metered, stores -> Request, EndCall, Measurements   -> histograms  ┐
//	limits, auth, operations, stores count                       Sources -> collectors ┴-> registry -> Handler
//
// docs/metrics.md tells what each metric means. A client can choose no value of a label.
package metrics

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"afterhours/store"
	"afterhours/store/metered"
)

// prefix begins the name of every metric of this program.
const prefix = "afterhours_"

// Metrics are the metrics of one server. Its methods may be called concurrently.
type Metrics struct {
	registry           *prometheus.Registry
	requests, calls    *timings
	batches, waits     *prometheus.HistogramVec
	commit, checkpoint prometheus.Histogram
}

// Build says what was built: versions of the program and of the contract, and the commit.
type Build struct{ Version, Revision, Contract string }

// durations are the classic buckets of times, in seconds: from a call of the store in memory to the longest
// request.
var durations = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// New returns the metrics of a server that has done nothing yet.
func New(build Build) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: newTimings(options("request_duration_seconds", "Time from a request to the end of its response.", durations), "operation", "status"),
		calls:    newTimings(options("store_call_duration_seconds", "Time of a call of the store.", durations), "operation", "result"),
		batches:  histograms("store_batch_calls", "Calls that went to the database together.", prometheus.ExponentialBuckets(1, 2, 9), "queue"),
		waits:    histograms("store_batch_wait_seconds", "Time that the first call of a batch waited in the queue.", durations, "queue"),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + "build_info", Help: "What was built. The value is 1.", ConstLabels: prometheus.Labels{
		"version": build.Version, "revision": build.Revision, "contract": build.Contract, "goversion": runtime.Version(),
	}})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.calls, m.batches, m.waits, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// options returns the options of a histogram that is native for those who ask for that, and has the
// classic buckets for others. A native bucket is a tenth wider than the one below it.
func options(name, help string, buckets []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name: prefix + name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 160, NativeHistogramMinResetDuration: time.Hour,
	}
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(options(name, help, buckets), labels)
}

// Handler serves the metrics in the formats that Prometheus asks for.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// Request counts a request, as handlers.Observe.
func (m *Metrics) Request(operation, status string, took time.Duration) {
	m.requests.observe(operation, status, took)
}

// BeginCall does nothing: EndCall counts a call of the store when it has ended. See metered.Observer.
func (m *Metrics) BeginCall(ctx context.Context, _ string) context.Context { return ctx }

// EndCall counts and times a call of the store, as metered.Observer.
func (m *Metrics) EndCall(ctx context.Context, method string, begun time.Time, err error) {
	m.calls.observe(method, metered.OutcomeOf(ctx, err).Word, time.Since(begun))
}

// Measure has the store tell what it measures.
func (m *Metrics) Measure(measured store.Measured) {
	m.commit = prometheus.NewHistogram(options("store_commit_duration_seconds", "Time of a commit of sqlite, with the sync of the disk.", durations))
	m.checkpoint = prometheus.NewHistogram(options("store_checkpoint_duration_seconds", "Time to copy the journal of sqlite into the database.", durations))
	m.registry.MustRegister(m.commit, m.checkpoint)
	measured.Measure(&store.Measurements{
		Batch: func(queue string, calls int, waited time.Duration) {
			m.batches.WithLabelValues(queue).Observe(float64(calls))
			m.waits.WithLabelValues(queue).Observe(waited.Seconds())
		},
		Commit:     func(took time.Duration) { m.commit.Observe(took.Seconds()) },
		Checkpoint: func(took time.Duration) { m.checkpoint.Observe(took.Seconds()) },
	})
}
