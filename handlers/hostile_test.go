package handlers_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"afterhours/store/memory"
)

// TestHostileBody: bodies that break the contract in a hundred thousand places are
// refused at little cost beside that of reading them.
func TestHostileBody(t *testing.T) {
	over := memory.New()
	w := newWorld(t, over)
	w.createSeed()
	server := newServer(t, over, w.issuer, io.Discard)
	token := w.userToken(megan, "Analytics.ReadWrite")
	for name, test := range map[string]struct{ method, path, body, want string }{
		"unknown properties": {"PATCH", collection + "/" + seedID, `{"duration":"` + strings.Repeat("P", 100_000) + `"` + members(`,"p%d":1`, 80_000) + `}`, "longer than 64"},
		"deeper ones":        {"PATCH", "/beta/me/analytics", `{"settings":{"hasLicense":true` + members(`,"p%d":1`, 80_000) + `}}`, `"target":"settings/p`},
		"requests":           {"POST", "/beta/$batch", `{"requests":[{}` + strings.Repeat(",{}", 300_000) + `]}`, "20 are the most"},
		"dependencies":       {"POST", "/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":[null` + strings.Repeat(",null", 100_000) + `]}]}`, "20 are the most"},
		"headers":            {"POST", "/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/me","headers":{"h":1` + members(`,"h%d":1`, 80_000) + `}}]}`, "100 are the most"},
	} {
		var answer string
		begun := time.Now()
		allocated := testing.AllocsPerRun(1, func() {
			request := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
			request.Header.Set("Authorization", "Bearer "+token)
			request.Header.Set("Content-Type", "application/json")
			recorder := httptest.NewRecorder()
			server.ServeHTTP(recorder, request)
			answer = recorder.Body.String()
		})
		if !strings.Contains(answer, test.want) || len(answer) > 32<<10 {
			t.Errorf("%s: %d bytes: %.300s; want %s", name, len(answer), answer, test.want)
		}
		// Those of decoding the members, four for an object, and little beside.
		if took := time.Since(begun) / 2; allocated > 2_000_000 || took > 5*time.Second {
			t.Errorf("%s: %.0f allocations in %v", name, allocated, took)
		}
	}
}

// members returns the format filled with each number below n.
func members(format string, n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}
