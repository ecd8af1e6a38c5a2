package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseWrk(t *testing.T) {
	const progress = "Running 5s test @ http://127.0.0.1:1\n  1 threads and 64 connections\n"
	for _, test := range []struct {
		out, fault string
		want       sample
	}{
		{out: progress + `{"requests":30000,"microseconds":1500000,"p50":3210,"p99":9876,"refused":0,"broken":0}` + "\n",
			want: sample{20_000, 3210 * time.Microsecond, 9876 * time.Microsecond}},
		{out: progress + `{"requests":300,"microseconds":1000000,"p50":1,"p99":1,"refused":7,"broken":2}`,
			fault: "of 300 requests, 7 were answered with an error and 2 broke or timed out"},
		{out: progress + `{"requests":0,"microseconds":1000000,"p50":0,"p99":0,"refused":0,"broken":0}`, fault: "no request was answered"},
		{out: progress, fault: "wrk printed no result"},
		{out: "", fault: "wrk printed no result"},
	} {
		got, err := parseWrk(test.out)
		if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) || got != test.want {
			t.Errorf("%q: %+v, %v; want %+v, %q", test.out, got, err, test.want, test.fault)
		}
	}
}

func TestParseVegeta(t *testing.T) {
	var got large
	err := parseVegeta(`{"latencies":{"total":9,"mean":3,"50th":1500000,"90th":2,"95th":2,"99th":6000000,"max":20000000,"min":1},
		"requests":103,"success":0.97,"status_codes":{"0":1,"200":100,"503":2}}`, &got)
	if want := (large{P50: 1500 * time.Microsecond, P99: 6 * time.Millisecond, Max: 20 * time.Millisecond, Others: 3}); got != want || err != nil {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for _, text := range []string{"", "{}", `{"status_codes":{"503":9}}`} {
		if err := parseVegeta(text, &large{}); err == nil {
			t.Errorf("%q is a result", text)
		}
	}
}
