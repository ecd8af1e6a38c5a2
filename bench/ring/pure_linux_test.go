package ring_test

import (
	"math"
	"testing"
)

// TestOwnerOfAToken compares with the tokens that .ci/cassandra gives three nodes: a sixth, three sixths and five sixths
// of the way from the smallest token to the greatest.
func TestOwnerOfAToken(t *testing.T) {
	sixth := math.MaxInt64 / 3
	for token, want := range map[int]int{
		math.MinInt64: 1, math.MinInt64 + sixth/2: 1, math.MinInt64 + 2*sixth: 2, -1000: 2, 10_000: 3, math.MaxInt64 - 2*sixth: 3,
		math.MaxInt64 - sixth/2: 1, math.MaxInt64: 1,
	} {
		if got := (&nodes{count: 3}).owner(int64(token)); got != want {
			t.Errorf("token %d is of node %d; want %d", token, got, want)
		}
	}
}

// TestNumbers writes numbers as the pages show them.
func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		round(0): "0", round(7.4): "7", round(99.6): "100", round(1234): "1,200", round(987_654): "990,000",
		thousands(999): "999", thousands(1_234_567): "1,234,567",
		milliseconds(0.00123): "1.23 ms", milliseconds(0.0123): "12.3 ms", milliseconds(1.2): "1200 ms",
	} {
		if got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

// TestFit looks for a square root.
func TestFit(t *testing.T) {
	if got := fit(0, 2, 2, func(x float64) float64 { return x * x }); math.Abs(got-math.Sqrt2) > 0.001 {
		t.Errorf("the root of 2 is %v", got)
	}
}
