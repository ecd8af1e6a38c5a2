package overload_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"afterhours/contract/program"
)

// vegeta is the load generator. It sends requests at a rate, whether or not responses come.
const vegeta = "github.com/tsenart/vegeta/v12@v12.13.0"

// Bounds of an open loop at three times the capacity.
const (
	overload     = 3
	acceptedP99  = 250 * time.Millisecond
	shedMedian   = 5 * time.Millisecond
	recoveryTime = 2 * time.Second
)

// TestOpenLoop is arrivals at three times what the server can serve, of a crowd of users: as
// many counts with a filter over all of a user's statistics as GETs and PATCHes. The counts
// make the server's work large beside that of the generator, which shares the processors. The
// test needs the network once, to fetch the generator.
func TestOpenLoop(t *testing.T) {
	generator := buildVegeta(t)
	overStores(t, theCrowd(), func(t *testing.T, w *world) {
		targets := w.writeTargets(t)
		capacity := shoot(t, generator, targets, "-rate=0", "-max-workers=8", "-duration="+max(*load/4, time.Second).String())
		rate := capacity.rate("vegeta 200")
		t.Logf("capacity, of 8 connections that wait:%s", capacity)
		flood := shoot(t, generator, targets, fmt.Sprintf("-rate=%d/s", int(rate*overload)), "-duration="+load.String())
		ended := time.Now()
		recovered := w.recovery(t, ended)
		t.Logf("arrivals at %d/s:%s\nrecovered after %s", int(rate*overload), flood, recovered)
		if p99 := percentile(flood.times["vegeta 200"], 0.99); p99 > acceptedP99*slack() || p99 == 0 {
			t.Errorf("accepted: p99 is %s; want %s at most", p99, acceptedP99*slack())
		}
		// On a machine that other tests use as well, many are refused only after they have waited.
		if median := percentile(flood.times["vegeta 503"], 0.5); median > shedMedian && full() {
			t.Errorf("shed: the median is %s; want %s at most", median, shedMedian)
		}
		if recovered > recoveryTime*slack() {
			t.Errorf("recovered after %s; want %s at most", recovered, recoveryTime*slack())
		}
	})
}

// theCrowd returns how many statistics each user of the crowd has. A short run stores a tenth.
func theCrowd() owned {
	all := owned{}
	for n := range crowd {
		if all[crowdUser(n)] = crowdRows; !full() {
			all[crowdUser(n)] = crowdRows / 10
		}
	}
	return all
}

func buildVegeta(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	command := exec.Command("go", "install", vegeta)
	command.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if out, err := command.CombinedOutput(); err != nil {
		program.Missing(t, "go install %s: %v: %s", vegeta, err, out)
	}
	return filepath.Join(dir, "vegeta")
}

// writeTargets writes the requests in the generator's format: of each user of the crowd a GET,
// a PATCH and a count.
func (w *world) writeTargets(t *testing.T) string {
	t.Helper()
	var text bytes.Buffer
	target := func(token, method, path, body string) {
		line, err := json.Marshal(map[string]any{
			"method": method, "url": w.URL + program.Statistics + path, "body": base64.StdEncoding.EncodeToString([]byte(body)),
			"header": http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	for n := range crowd {
		token := w.token(t, crowdUser(n))
		target(token, "GET", "/"+statistic, "")
		target(token, "PATCH", "/"+statistic, fmt.Sprintf(`{"duration":"PT%dS"}`, n+1))
		target(token, "GET", "/$count?$filter="+url.QueryEscape("contains(tolower(timeZoneUsed),'zyx')"), "")
	}
	path := filepath.Join(t.TempDir(), "targets.json")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shoot runs the generator and returns the responses by status.
func shoot(t *testing.T, generator, targets string, args ...string) *tally {
	t.Helper()
	results := filepath.Join(t.TempDir(), "results.bin")
	attack := exec.Command(generator, append([]string{"attack", "-format=json", "-targets=" + targets, "-max-body=0", "-timeout=30s", "-output=" + results}, args...)...)
	if out, err := attack.CombinedOutput(); err != nil {
		t.Fatalf("vegeta attack: %v: %s", err, out)
	}
	encode := exec.Command(generator, "encode", "-to=csv", results)
	text, err := encode.Output()
	if err != nil {
		t.Fatalf("vegeta encode: %v", err)
	}
	y, err := readResults(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// readResults reads time (ns), status and latency (ns) of each response.
func readResults(text io.Reader) (*tally, error) {
	y := &tally{}
	rows := csv.NewReader(text)
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	var first, last int64
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			y.took = time.Duration(last - first)
			return y, nil
		}
		if err != nil {
			return nil, err
		}
		at, err1 := strconv.ParseInt(row[0], 10, 64)
		status, err2 := strconv.Atoi(row[1])
		latency, err3 := strconv.ParseInt(row[2], 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		if first == 0 {
			first = at
		}
		first, last = min(first, at), max(last, at+latency)
		y.add("vegeta", status, time.Duration(latency))
	}
}

// recovery returns how long after ended the server serves twenty GETs in a row within the
// bound of honest callers.
func (w *world) recovery(t *testing.T, ended time.Time) time.Duration {
	t.Helper()
	client := newClient(t, 1)
	for quick := 0; quick < 20; quick++ {
		begun := time.Now()
		status, _ := send(client, &tally{}, "GET", w.request("GET", "/"+statistic, w.honest, ""))
		if status != http.StatusOK || time.Since(begun) > honestP99 {
			quick = -1
		}
		if time.Since(ended) > time.Minute {
			t.Fatal("the server has not recovered after a minute")
		}
	}
	return time.Since(ended)
}
