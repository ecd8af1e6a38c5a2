package main

import (
	"afterhours/contract/program"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// server is one process of the program, and what its clients saw.
type server struct {
	*program.Server
	token  string
	client *http.Client

	mu      sync.Mutex
	tally   tally
	begun   time.Time     // when the latest acknowledged write was begun
	last    time.Time     // when it was acknowledged
	silence time.Duration // the longest time without one in this round
}

// tally counts writes: the acknowledged ones, those of unknown outcome, and those of
// unknown outcome that a later read found.
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

// startServers starts three servers on one store and one data folder. path is that of the
// program.
func startServers(path, folder, store string) (servers []*server, err error) {
	data := filepath.Join(folder, "data")
	if err := os.MkdirAll(data, 0o700); err != nil { // token needs the folder
		return nil, err
	}
	token, err := exec.Command(path, "token", "--data", data).Output()
	if err != nil {
		return nil, fmt.Errorf("afterhours token: %w", err)
	}
	for n := range 3 {
		log, err := os.Create(filepath.Join(folder, fmt.Sprintf("server%d.log", n+1)))
		if err != nil {
			return servers, err
		}
		command := exec.Command(path, "serve", "--addr", "127.0.0.1:0", "--data", data)
		command.Env = append(os.Environ(), "AFTERHOURS_STORE="+store)
		command.Stderr = log
		started, err := program.Start(command)
		if err != nil {
			return servers, fmt.Errorf("%w: see %s", err, log.Name())
		}
		servers = append(servers, &server{
			Server: started,
			token:  strings.TrimSpace(string(token)),
			client: &http.Client{Timeout: requestTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: clients}},
		})
	}
	return servers, nil
}

// acknowledged counts an acknowledged write, which was begun at that moment.
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

// unanswered counts a write of unknown outcome.
func (s *server) unanswered() { s.count(tally{unknown: 1}) }

// found counts a write of unknown outcome that a later read found.
func (s *server) found() { s.count(tally{found: 1}) }

func (s *server) count(more tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally = s.tally.plus(more)
}

// newRound sets the longest time without an acknowledged write to zero.
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

// resumed reports whether a write that was begun after the moment was acknowledged.
func (s *server) resumed(moment time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun.After(moment)
}
