package main

import (
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []int
		want   int
	}{{[]int{7}, 7}, {[]int{9, 1}, 1}, {[]int{5, 1, 3}, 3}, {[]int{4, 1, 3, 2}, 2}, {[]int{100, 1, 1, 1, 100}, 1}} {
		if got := median(test.values, func(v int) int { return v }); got != test.want {
			t.Errorf("the median of %v is %d; want %d", test.values, got, test.want)
		}
	}
}

// TestRows: in the second round everything is half as fast. The ratios do not move.
func TestRows(t *testing.T) {
	of := func(name string, rates ...float64) series {
		s := series{peer: peer{name: name, title: name}}
		for n, r := range rates {
			s.samples = append(s.samples, sample{r, time.Duration(n), time.Duration(10 * n)})
		}
		return s
	}
	got := rows([]series{of("bare", 1000, 500, 1010), of("sqlite", 400, 200, 303), of("slow", 100, 50, 101)})
	want := []row{
		{"bare", 1000, 1, 10, 1, 0.4},
		{"sqlite", 303, 1, 10, 0.4, 1},
		{"slow", 100, 1, 10, 0.1, 4},
	}
	for n := range want {
		if got[n] != want[n] {
			t.Errorf("%+v; want %+v", got[n], want[n])
		}
	}
	if alone := rows([]series{of("bare", 10)}); alone[0].OfSQLite != 0 {
		t.Errorf("without sqlite: %+v", alone[0])
	}
}
