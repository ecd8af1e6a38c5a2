package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// layout says which cores do what.
type layout struct {
	server, load string // lists of cores, for taskset
	connections  int    // of a PATCH; 0 if the kind says it
}

var (
	oneCore  = layout{"0", "1", 0}
	twoCores = layout{"0,1", "0,1", 32}
)

// sample is what one server did in some seconds.
type sample struct {
	rate     float64 // of requests, a second
	p50, p99 time.Duration
}

// load writes the requests of a kind to a file, in the form that load.lua reads, and returns
// its path.
func (b *bench) load(s *server, name string, requests []request) (string, error) {
	texts := make([]string, len(requests))
	for n, r := range requests {
		texts[n] = r.text(s.address, s.token)
	}
	file := filepath.Join(s.folder, name+".requests")
	return file, os.WriteFile(file, []byte(strings.Join(texts, "\x00")), 0o600)
}

// sample loads a server with the requests of a file.
func (b *bench) sample(s *server, l layout, connections int, requests string) (sample, error) {
	command := exec.CommandContext(b.ctx, "taskset", "--cpu-list", l.load, "wrk", "--threads", "1", "--connections", strconv.Itoa(connections),
		"--duration", fmt.Sprintf("%ds", b.seconds), "--timeout", "10s", "--script", "load.lua", "http://"+s.address)
	command.Env = append(os.Environ(), "REQUESTS="+requests)
	out, err := command.CombinedOutput()
	if err != nil {
		return sample{}, s.fault(fmt.Errorf("wrk: %w: %s", err, out))
	}
	got, err := parseWrk(string(out))
	if err != nil {
		return sample{}, s.fault(err)
	}
	return got, nil
}

// parseWrk reads the last line of wrk's output, which load.lua prints. Any answer of failure,
// and any connection that fails, is an error.
func parseWrk(out string) (sample, error) {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var got struct{ Requests, Microseconds, P50, P99, Refused, Broken int }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		return sample{}, fmt.Errorf("wrk printed no result: %w: %s", err, out)
	}
	if got.Refused > 0 || got.Broken > 0 {
		return sample{}, fmt.Errorf("of %d requests, %d were answered with an error and %d broke or timed out", got.Requests, got.Refused, got.Broken)
	}
	if got.Requests == 0 || got.Microseconds == 0 {
		return sample{}, fmt.Errorf("no request was answered: %s", out)
	}
	return sample{
		rate: float64(got.Requests) / (float64(got.Microseconds) / 1e6),
		p50:  time.Duration(got.P50) * time.Microsecond,
		p99:  time.Duration(got.P99) * time.Microsecond,
	}, nil
}
