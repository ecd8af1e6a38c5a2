package faults

import "testing"

// TestQueryIsNoWrite checks that a POST on $query costs what a read costs.
func TestQueryIsNoWrite(t *testing.T) {
	get, query := costOf(&Request{Method: "GET"}), costOf(&Request{Method: "POST", IsQuery: true})
	if get != query || query == costOf(&Request{Method: "POST"}) {
		t.Errorf("%+v, and for GET %+v", query, get)
	}
}
