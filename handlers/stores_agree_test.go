package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterhours/contract/checked"
	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

// TestStoresGiveTheSameResponses sends random sequences of requests to one server over memory and, in
// turn, to two servers over another store. The responses of both sides must be the same, byte by
// byte, so neither the store nor the cache makes a difference. -rapid.checks sets the number of
// sequences; each has a user of its own.
func TestStoresGiveTheSameResponses(t *testing.T) {
	for name, open := range map[string]func(testing.TB) store.Store{"sqlite": openSQLite, "postgres": openPostgres, "cassandra": openCassandra} {
		t.Run(name, func(t *testing.T) {
			issuer, err := auth.OpenLocalIssuer(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			var servers [2][]*handlers.Server
			for i, over := range []store.Store{memory.New(), open(t)} {
				t.Cleanup(func() { _ = over.Close() })
				for range i + 1 {
					servers[i] = append(servers[i], newServer(t, over, issuer, io.Discard))
				}
			}
			var sequences, requests atomic.Int64
			rapid.Check(t, func(t *rapid.T) {
				user := fmt.Sprintf("00000000-0000-4000-8000-%012d", sequences.Add(1))
				token, err := issuer.Mint(auth.Claims{Tenant: tenant, User: user, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour}, time.Now())
				if err != nil {
					t.Fatal(err)
				}
				s := &comparison{user: user, token: token, requests: &requests}
				for i := range servers {
					s.sides = append(s.sides, &side{servers: servers[i]})
				}
				t.Repeat(s.actions())
			})
			t.Logf("%d sequences of %d requests", sequences.Load(), requests.Load())
		})
	}
}

// comparison sends the requests of one user to both sides.
type comparison struct {
	user, token string
	sides       []*side
	requests    *atomic.Int64
	next        string // the last @odata.nextLink, "" for none
}

// side is the servers over one store, and the entity tags in the order in which they came.
type side struct {
	servers []*handlers.Server
	tags    []string
}

// drawnRequest is a request to both sides. {tag 1} in its headers and body stands for the first
// entity tag, which is another one on each side.
type drawnRequest struct {
	method, url, body string
	header            map[string]string
}

// ask sends the request to one server of each side and compares the responses.
func (s *comparison) ask(t *rapid.T, a drawnRequest) {
	s.requests.Add(1)
	var responses [2]string
	for i, side := range s.sides {
		server := side.servers[rapid.IntRange(0, len(side.servers)-1).Draw(t, "server")]
		responses[i] = side.ask(t, server, s.token, a)
	}
	t.Logf("%s %s %v %s\n%s", a.method, a.url, a.header, a.body, responses[0])
	if responses[0] != responses[1] {
		t.Fatalf("the response to %s %s %v %s is\n%s\nand from memory\n%s", a.method, a.url, a.header, a.body, responses[1], responses[0])
	}
	s.next = ""
	if found := nextLinks.FindStringSubmatch(responses[0]); found != nil && a.method == http.MethodGet {
		s.next = strings.TrimPrefix(found[1], "http://example.com")
	}
}

var (
	tagReference = regexp.MustCompile(`\{tag (\d+)\}`)
	nextLinks    = regexp.MustCompile(`"@odata.nextLink":"([^"]*)"`)
	// opaqueTags matches entity tags: eleven characters between quotes, which JSON escapes.
	opaqueTags = regexp.MustCompile(`(W/\\?")([A-Za-z0-9_-]{11})(\\?")`)
	// deltaTokens matches the tokens of change tracking, which are drawn.
	deltaTokens = regexp.MustCompile(`(/delta\(\)\?[^"]*token=)[A-Za-z0-9_-]+`)
	// ofTheRequest matches the values that differ from request to request.
	ofTheRequest = regexp.MustCompile(`"(request-id|date|x-ms-ags-diagnostic)":"([^"\\]|\\.)*"`)
)

// ask returns the status, headers and body as a text that is the same from every server.
func (s *side) ask(t checked.Failer, server *handlers.Server, token string, a drawnRequest) string {
	resolved := func(text string) string {
		return tagReference.ReplaceAllStringFunc(text, func(reference string) string {
			n, _ := strconv.Atoi(tagReference.FindStringSubmatch(reference)[1])
			if n > len(s.tags) {
				return "unknown"
			}
			return s.tags[n-1]
		})
	}
	request := httptest.NewRequest(a.method, a.url, strings.NewReader(resolved(a.body)))
	request.Header.Set("Authorization", "Bearer "+token)
	if a.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		request.Header.Set(name, resolved(value))
	}
	withoutCast := strings.Replace(request.URL.Path, "/microsoft.graph.callActivityStatistics", "", 1)
	recorder := checked.Serve(t, server, request.WithContext(checked.As(request.Context(), withoutCast)))

	header := recorder.Header()
	for _, own := range []string{"request-id", "x-ms-ags-diagnostic"} {
		delete(header, own)
	}
	var text strings.Builder
	fmt.Fprintln(&text, recorder.Code)
	_ = header.Write(&text) // sorted by name
	text.WriteString(ofTheRequest.ReplaceAllString(recorder.Body.String(), ""))
	return opaqueTags.ReplaceAllStringFunc(text.String(), func(tag string) string {
		parts := opaqueTags.FindStringSubmatch(tag)
		return fmt.Sprintf("%s{tag %d}%s", parts[1], s.named(parts[2]), parts[3])
	})
}

// named returns the number of the entity tag, from 1.
func (s *side) named(tag string) int {
	if at := slices.Index(s.tags, tag); at >= 0 {
		return at + 1
	}
	s.tags = append(s.tags, tag)
	return len(s.tags)
}
