package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// server is one afterhours process, and what its clients saw.
type server struct {
	process    *exec.Cmd
	url, token string
	client     *http.Client

	mu      sync.Mutex
	tally   tally
	begun   time.Time     // when the latest acknowledged write was begun
	last    time.Time     // when it was acknowledged
	silence time.Duration // the longest time without one in this round
}

// tally counts writes: acknowledged ones, those whose outcome nobody told, and which of
// these were found to be made.
type tally struct{ acknowledged, unknown, found int }

func (t tally) plus(o tally) tally {
	return tally{t.acknowledged + o.acknowledged, t.unknown + o.unknown, t.found + o.found}
}

func (t tally) minus(o tally) tally {
	return tally{t.acknowledged - o.acknowledged, t.unknown - o.unknown, t.found - o.found}
}

// tallied returns the sum of all servers.
func tallied(servers []*server) (sum tally) {
	for _, s := range servers {
		s.mu.Lock()
		sum = sum.plus(s.tally)
		s.mu.Unlock()
	}
	return sum
}

// startServers starts three processes on the store, which share a data folder.
func startServers(program, folder, store string) (servers []*server, err error) {
	data := filepath.Join(folder, "data")
	token, err := exec.Command(program, "token", "--data", data).Output()
	if err != nil {
		return nil, fmt.Errorf("afterhours token: %w", err)
	}
	for n := range 3 {
		log, err := os.Create(filepath.Join(folder, fmt.Sprintf("server%d.log", n+1)))
		if err != nil {
			return servers, err
		}
		process := exec.Command(program, "serve", "--addr", "127.0.0.1:0", "--data", data)
		process.Env = append(os.Environ(), "AFTERHOURS_STORE="+store)
		process.Stderr = log
		out, err := process.StdoutPipe()
		if err != nil {
			return servers, err
		}
		if err := process.Start(); err != nil {
			return servers, err
		}
		s := &server{process: process, token: strings.TrimSpace(string(token)), client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}}
		servers = append(servers, s)
		lines := bufio.NewScanner(out)
		lines.Scan()
		url, listens := strings.CutPrefix(lines.Text(), "listening on ")
		if !listens {
			return servers, fmt.Errorf("afterhours serve did not say where it listens: see %s", log.Name())
		}
		s.url = url
		go func() { _, _ = io.Copy(io.Discard, out) }()
	}
	return servers, nil
}

// acknowledged notes that a write was, which was begun then.
func (s *server) acknowledged(begun time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.acknowledged++
	now := time.Now()
	s.silence = max(s.silence, now.Sub(s.last))
	s.last = now
	if begun.After(s.begun) {
		s.begun = begun
	}
}

// unanswered notes a write whose outcome nobody told, found that it was made after all.
func (s *server) unanswered() { s.count(tally{unknown: 1}) }
func (s *server) found()      { s.count(tally{found: 1}) }

func (s *server) count(more tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally = s.tally.plus(more)
}

// newRound begins to measure silence anew.
func (s *server) newRound() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silence, s.last = 0, time.Now()
}

// outage returns the longest time without an acknowledged write since newRound.
func (s *server) outage() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.silence, time.Since(s.last))
}

// resumed says whether a write was acknowledged that was begun after the moment.
func (s *server) resumed(moment time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun.After(moment)
}
