package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startTime is how long a peer may take to listen, on a machine that does other things, too.
const startTime = time.Minute

// server is a running peer.
type server struct {
	peer
	address string // host and port
	folder  string // its own
	token   string

	process *os.Process
	ended   chan struct{} // closed when the process has ended
	log     string        // the file of its output
	atEnd   func() error  // nil if nothing is left behind
}

// client sends what is not measured.
var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableCompression: true}}

// start starts a peer on some cores, waits until it listens, and checks it.
func (b *bench) start(p peer, cores string) (*server, error) {
	s := &server{peer: p, token: b.token, ended: make(chan struct{})}
	if err := s.run(b, cores); err != nil {
		return nil, errors.Join(s.fault(err), s.stop())
	}
	if err := s.prepare(b); err != nil {
		return nil, errors.Join(s.fault(err), s.stop())
	}
	return s, nil
}

// run starts the process and waits until it listens.
func (s *server) run(b *bench, cores string) (err error) {
	if s.folder, err = os.MkdirTemp(b.folder, s.name+"-"); err != nil {
		return err
	}
	if s.address, err = freeAddress(); err != nil {
		return err
	}
	args, err := s.command(b, s)
	if err != nil {
		return err
	}
	s.log = s.folder + ".log"
	log, err := os.Create(s.log)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	process := exec.CommandContext(b.ctx, "taskset", append([]string{"--cpu-list", cores}, args...)...)
	process.Stdout, process.Stderr = log, log
	if err := process.Start(); err != nil {
		return err
	}
	s.process = process.Process
	go func() {
		_ = process.Wait() // it is killed at the end
		close(s.ended)
	}()
	return s.await()
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// await waits until the server answers anything.
func (s *server) await() error {
	for begun := time.Now(); time.Since(begun) < startTime; time.Sleep(50 * time.Millisecond) {
		select {
		case <-s.ended:
			return errors.New("it ended before it listened")
		default:
		}
		if response, err := client.Get("http://" + s.address + "/"); err == nil {
			return response.Body.Close()
		}
	}
	return fmt.Errorf("it did not listen within %v", startTime)
}

// stop kills the process and waits for its end.
func (s *server) stop() error {
	if s.process != nil {
		_ = s.process.Kill()
		<-s.ended
	}
	if s.atEnd != nil {
		return s.atEnd()
	}
	return nil
}

// prepare creates the statistics, and checks that a PATCH is answered and, if the peer keeps
// statistics, that a GET shows it.
func (s *server) prepare(b *bench) (err error) {
	if s.mint != nil {
		if s.token, err = s.mint(b, s); err != nil {
			return err
		}
	}
	if s.keeps {
		for _, r := range creates(s.collection) {
			if _, err := s.send(r); err != nil {
				return err
			}
		}
	}
	all := patches(s.collection)
	for _, second := range []int{1, 2} {
		if _, err := s.send(all[second*stored]); err != nil {
			return err
		}
		if err := s.shows(duration(second)); s.keeps && err != nil {
			return err
		}
	}
	return nil
}

// shows returns an error unless the first statistic has the duration.
func (s *server) shows(duration string) error {
	r := gets(s.collection)[0]
	body, err := s.send(r)
	if err != nil {
		return err
	}
	var got struct{ Duration string }
	if err := json.Unmarshal(body, &got); err != nil || got.Duration != duration {
		return fmt.Errorf("%s %s: after a PATCH of the duration %s it answers %s", r.method, r.path, duration, body)
	}
	return nil
}

// send sends a request and returns the body of its response. It is an error if the status is
// not one of success.
func (s *server) send(r request) ([]byte, error) {
	response, err := s.do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", r.method, r.path, response.Status, body)
	}
	return body, err
}

func (s *server) do(r request) (*http.Response, error) {
	q, err := http.NewRequest(r.method, "http://"+s.address+r.path, strings.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Authorization", "Bearer "+s.token)
	q.Header.Set("Content-Type", "application/json")
	return client.Do(q)
}

// recording is a response, as the bare handler reads it from a file.
type recording struct {
	Status int
	Header http.Header
	Body   []byte
}

// record writes what the server answers a request to a file and returns its path.
func (s *server) record(b *bench, name string, r request) (string, error) {
	response, err := s.do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return "", errors.Join(err, fmt.Errorf("%s %s: %s: %s", r.method, r.path, response.Status, body))
	}
	response.Header.Del("Date") // net/http writes its own
	text, err := json.Marshal(recording{response.StatusCode, response.Header, body})
	if err != nil {
		return "", err
	}
	file := filepath.Join(b.folder, name+".recording")
	return file, os.WriteFile(file, text, 0o600)
}

// fault returns an error with the name of the server and the end of its log.
func (s *server) fault(err error) error {
	text, _ := os.ReadFile(s.log) // empty if it has not started
	lines := strings.SplitAfter(string(text), "\n")
	return fmt.Errorf("%s: %w\nits log ends with:\n%s", s.name, err, strings.Join(lines[max(0, len(lines)-4):], ""))
}
