package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	users       = 1000
	weeklyRows  = 35     // that afterhours generate writes for each user
	writtenMost = 40_000 // statistics that get PATCHes
	pacedFor    = 6      // times the seconds of a sample: long enough for several checkpoints
)

// large is what the page shows of a large store.
type large struct {
	Statistics, Written int
	Peak                float64 // of a load that waits for answers, a second
	Rate                float64 // of the paced load, a second: half of the peak
	Seconds             int
	P50, P99, Max       time.Duration // of the paced load
	Others              int           // answers that were not 200
}

// measureLarge imports statistics into sqlite, and measures PATCHes of ones that lie all over
// the store: first how many there can be, then how long each takes at half of that rate.
func (b *bench) measureLarge() (result *large, err error) {
	p := allPeers[1]
	weeks := (b.statistics + users*weeklyRows - 1) / (users * weeklyRows)
	result = &large{Statistics: weeks * users * weeklyRows, Seconds: pacedFor * b.seconds}
	fmt.Fprintf(os.Stderr, "\n%d statistics of %d users\n", result.Statistics, users)
	rows := filepath.Join(b.folder, "rows.jsonl")
	if err := b.generate(weeks, rows); err != nil {
		return nil, err
	}
	serve := p.command
	p.command = func(b *bench, s *server) ([]string, error) {
		args, err := serve(b, s)
		return args, errors.Join(err, b.do("", b.program(), "import", "--data", filepath.Join(s.folder, "data"), rows))
	}
	s, err := b.start(p, oneCore.server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if s.token, err = b.output("", b.program(), "token", "--data", filepath.Join(s.folder, "data"), "--expires", "12h", "--role", "Analytics.ReadWrite.All"); err != nil {
		return nil, err
	}
	requests, err := patchesOf(rows)
	if err != nil {
		return nil, err
	}
	result.Written = len(requests) / 2
	if result.Peak, err = b.peak(s, requests); err != nil {
		return nil, err
	}
	result.Rate = result.Peak / 2
	return result, b.paced(s, requests, result)
}

// generate writes believable statistics to a file.
func (b *bench) generate(weeks int, file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	command := exec.CommandContext(b.ctx, b.program(), "generate", "--users", strconv.Itoa(users), "--weeks", strconv.Itoa(weeks))
	command.Stdout, command.Stderr = out, os.Stderr
	if err := errors.Join(command.Run(), out.Close()); err != nil {
		return fmt.Errorf("afterhours generate: %w", err)
	}
	return nil
}

// patchesOf returns PATCHes of the calls in a file, in random order: two of each statistic, with
// different durations, so that each PATCH is a change. Not more than writtenMost get any.
func patchesOf(file string) ([]request, error) {
	rows, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var paths []string
	lines := bufio.NewScanner(rows)
	for lines.Scan() {
		var row struct {
			User      string
			Statistic struct{ ID, Activity string }
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if row.Statistic.Activity == "Call" {
			paths = append(paths, strings.Replace(graphPath, "me", "users/"+row.User, 1)+"/"+row.Statistic.ID)
		}
	}
	order := rand.New(rand.NewPCG(1, 2)) // the same in each run
	order.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	paths = paths[:min(len(paths), writtenMost)]
	var requests []request
	for second := range 2 {
		for _, path := range paths {
			requests = append(requests, request{"PATCH", path, document(second, "")})
		}
	}
	return requests, lines.Err()
}

// peak returns the median of what wrk gets, after a round that warms up.
func (b *bench) peak(s *server, requests []request) (float64, error) {
	file, err := b.load(s, "peak", requests)
	if err != nil {
		return 0, err
	}
	var rates []float64
	for round := range b.rounds + 1 {
		got, err := b.sample(s, oneCore, patching.connections, file)
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(os.Stderr, "%d %-12s %8.0f/s  p50 %v  p99 %v\n", round, "peak", got.rate, got.p50, got.p99)
		if round > 0 {
			rates = append(rates, got.rate)
		}
	}
	return median(rates, func(rate float64) float64 { return rate }), nil
}

// paced sends PATCHes at the rate of the result, whether or not answers come, with the generator
// of bench/overload, and adds the times to the result.
func (b *bench) paced(s *server, requests []request, result *large) error {
	var targets strings.Builder
	for _, r := range requests {
		line, err := json.Marshal(map[string]any{
			"method": r.method, "url": "http://" + s.address + r.path, "body": base64.StdEncoding.EncodeToString([]byte(r.body)),
			"header": http.Header{"Authorization": {"Bearer " + s.token}, "Content-Type": {"application/json"}},
		})
		if err != nil {
			return err
		}
		targets.Write(append(line, '\n'))
	}
	file, answers := filepath.Join(s.folder, "targets.json"), filepath.Join(s.folder, "answers")
	if err := os.WriteFile(file, []byte(targets.String()), 0o600); err != nil {
		return err
	}
	vegeta := filepath.Join(b.folder, "vegeta")
	err := b.do("", "taskset", "--cpu-list", oneCore.load, vegeta, "attack", "-format=json", "-targets="+file, "-max-body=0", "-timeout=30s",
		"-output="+answers, fmt.Sprintf("-rate=%d/s", max(1, int(result.Rate))), fmt.Sprintf("-duration=%ds", result.Seconds))
	if err != nil {
		return err
	}
	text, err := b.output("", vegeta, "report", "-type=json", answers)
	if err != nil {
		return err
	}
	if err := parseVegeta(text, result); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "paced %.0f/s  p50 %v  p99 %v  max %v, %d answers other than 200\n", result.Rate, result.P50, result.P99, result.Max, result.Others)
	return nil
}

// parseVegeta adds the figures of vegeta's report to the result.
func parseVegeta(text string, result *large) error {
	var got struct {
		Latencies struct {
			P50 time.Duration `json:"50th"`
			P99 time.Duration `json:"99th"`
			Max time.Duration
		}
		Codes map[string]int `json:"status_codes"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return fmt.Errorf("vegeta's report: %w: %s", err, text)
	}
	for code, count := range got.Codes {
		if code != "200" {
			result.Others += count
		}
	}
	if got.Codes["200"] == 0 {
		return fmt.Errorf("vegeta got no answer 200: %s", text)
	}
	result.P50, result.P99, result.Max = got.Latencies.P50, got.Latencies.P99, got.Latencies.Max
	return nil
}
