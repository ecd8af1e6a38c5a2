package overload_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// queryCost is the most processor time that one query may take, with what the parsing of the
// request and the end of the query add to its budget.
const queryCost = 1100 * time.Millisecond

// TestOneDearQuery is one query, alone, that would take longer than its budget.
func TestOneDearQuery(t *testing.T) {
	overStores(t, owned{dearUser: rows(300_000)}, func(t *testing.T, w *world) {
		client := newClient(t, 1)
		send(client, &tally{}, "GET", w.request("GET", "?$top=1", w.dear, ""))
		before := w.processor(t)
		y := &tally{}
		status, body := send(client, y, "count", w.request("GET", "?$count=true&$top=1&$filter="+url.QueryEscape(dearFilter()), w.dear, ""))
		time.Sleep(100 * time.Millisecond) // work that goes on without a caller would be seen
		cost := w.processor(t) - before
		t.Logf("status %d after %.0f ms and %s of processor: %s", status, ms(y.times[fmt.Sprint("count ", status)][0]), cost, body)
		if cost > queryCost*slack() {
			t.Errorf("the query took %s of processor; want %s at most", cost, queryCost*slack())
		}
		if status != http.StatusOK && status != http.StatusBadRequest {
			t.Errorf("the status is %d; want 200, or 400 if the query was stopped", status)
		}
	})
}

// processor returns the processor time that the server has used so far.
func (w *world) processor(t *testing.T) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name of the program may have spaces
	fields := strings.Fields(after)
	var ticks int
	for _, field := range fields[11:13] { // utime and stime, proc_pid_stat(5)
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
