package metrics_test

import (
	"testing"
	"time"

	"afterhours/metrics"
)

// BenchmarkRequest is what the metrics of one PATCH cost: a request and a call of the store.
func BenchmarkRequest(b *testing.B) {
	m := metrics.New(metrics.Build{})
	for b.Loop() {
		m.Request("updateMyStatistic", "200", 50*time.Microsecond)
		m.EndCall(m.BeginCall(b.Context(), "Put"), "Put", time.Now(), nil)
	}
}
