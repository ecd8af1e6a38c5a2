package budgets_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// mostIdle is the most memory that an idle server has resident. It had 50 to 52 MiB. About 35 MiB of them are pages of the
// binary's file, which the system can drop. The aim is 45 MiB.
const mostIdle = 56 << 20

// requests are one of each kind.
var requests = []struct {
	method, path, body string
	status             int
}{
	{"GET", statistic, "", 200},
	{"PATCH", statistic, `{"duration":"PT2H"}`, 200},
	{"POST", collection, `{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"focus_1"}`, 201},
	{"DELETE", collection + "/focus_1", "", 204},
	{"GET", collection + "?$top=50", "", 200},
	{"GET", collection + "?$filter=duration%20ge%20duration'PT30S'&$orderby=duration", "", 200},
	{"GET", collection + "?$apply=aggregate(duration%20with%20sum%20as%20total)", "", 200},
	{"GET", collection + "/$count", "", 200},
	{"GET", collection + "/delta()", "", 200},
	{"POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET","url":"` + statistic[len("/v1.0"):] + `"}]}`, 200},
	{"GET", "/v1.0/$metadata", "", 200},
	{"GET", "/openapi.yaml", "", 200},
	{"GET", "/openapi.json", "", 200},
	{"GET", "/docs", "", 200},
	{"GET", "/pages/swagger-ui.js", "", 200},
	{"GET", "/pages/week.js", "", 200},
	{"GET", "/readyz", "", 200},
	{"GET", collection + "/none", "", 404},
}

// TestIdleMemory: a server of a release that has served one request of each kind, and then has nothing to do, is within
// its budget.
func TestIdleMemory(t *testing.T) {
	dir, token := fillStore(t)
	server, err := program.Start(exec.Command(releasedProgram(t), "serve", "--addr", "127.0.0.1:0", "--data", dir))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.End(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	}()
	client := checked.Client(t)
	for _, r := range requests {
		if status, _, body := checked.Send(t, client, r.method, server.URL+r.path, token, r.body); status != r.status {
			t.Errorf("%s %s = %d %.300s; want %d", r.method, r.path, status, body, r.status)
		}
	}
	resident := residentMemory(t, server)
	for deadline := time.Now().Add(2 * time.Minute); resident > mostIdle && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		resident = residentMemory(t, server) // the server becomes idle within some seconds
	}
	t.Logf("%.1f MiB are resident", float64(resident)/(1<<20))
	if resident > mostIdle {
		t.Errorf("want %d MiB at most of %s. A heap profile (--admin-addr, /debug/pprof/heap) shows what is kept", mostIdle>>20, memoryOf(t, server))
	}
}

// residentMemory returns the resident memory of the server in bytes.
func residentMemory(t *testing.T, server *program.Server) int {
	t.Helper()
	kibibytes, err := strconv.Atoi(regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindStringSubmatch(memoryOf(t, server))[1])
	if err != nil {
		t.Fatal(err)
	}
	return kibibytes << 10
}

// memoryOf returns the lines of the kernel about the server's memory.
func memoryOf(t *testing.T, server *program.Server) string {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", server.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(regexp.MustCompile(`(VmHWM|VmRSS|RssAnon|RssFile):\s+\d+ kB`).FindAllString(string(status), -1), ", ")
}
