package faults

import "testing"

func TestCost(t *testing.T) {
	for _, c := range []struct {
		method, query string
		want          cost
	}{
		{"GET", "", cost{1, 0}},
		{"HEAD", "", cost{1, 0}},
		{"POST", "", cost{1, 1}},
		{"PATCH", "", cost{1, 1}},
		{"DELETE", "", cost{1, 1}},
		{"GET", "$select=id", cost{1, 0}},
		{"GET", "$top=19", cost{1, 0}},
		{"GET", "$expand=activityStatistics", cost{2, 0}},
		{"PATCH", "$expand=activityStatistics", cost{2, 1}},
		{"GET", "$expand=activityStatistics&$select=id", cost{1, 0}},
		{"GET", "$expand=activityStatistics&$top=19", cost{1, 0}},
		{"GET", "$expand=activityStatistics&$top=0", cost{1, 0}},
		{"GET", "$expand=activityStatistics&$top=20", cost{2, 0}},
		{"GET", "$expand=activityStatistics&$top=ten", cost{2, 0}},
		{"GET", "$expand=activityStatistics&$top=5&$select=id", cost{1, 0}},
		{"GET", "$select=&$expand=activityStatistics", cost{2, 0}},
	} {
		if got := costOf(sent(c.method, c.query, 0)); got != c.want {
			t.Errorf("%s %s costs %+v; want %+v", c.method, c.query, got, c.want)
		}
	}
	batch := sent("POST", "", 0)
	batch.Operation = "runBatch"
	if got := costOf(batch); got != (cost{}) {
		t.Errorf("a batch costs %+v", got)
	}
}
