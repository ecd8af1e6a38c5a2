package handlers_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"afterhours/contract/checked"
	"afterhours/contract/program"
)

// largeResponses are requests whose responses are large enough to be compressed.
func largeResponses() map[string]call {
	unknown, item := "", ""
	for n := range 60 {
		unknown += fmt.Sprintf(`,"unknown%d":1`, n)
		item += fmt.Sprintf(`,{"id":"%d","method":"GET","url":"/me/analytics/settings"}`, n)
	}
	item = item[1:strings.Index(item, `,{"id":"20"`)]
	part := part("b", "", "GET me/analytics/activityStatistics", "")
	return map[string]call{
		"list":                     {method: "GET", path: collection},
		"query in a body":          {method: "POST", path: collection + "/$query", body: "$top=20", header: map[string]string{"Content-Type": "text/plain"}},
		"delta":                    {method: "GET", path: collection + "/delta()?$top=20"},
		"the user with statistics": {method: "GET", path: "/beta/me?$expand=analytics($expand=activityStatistics)"},
		"metadata":                 {method: "GET", path: "/beta/$metadata"},
		"metadata in JSON":         {method: "GET", path: "/beta/$metadata?$format=json"},
		"batch":                    {method: "POST", path: "/beta/$batch", body: `{"requests":[` + item + `]}`},
		"multipart batch":          {method: "POST", path: "/beta/$batch", body: part + "--b--\r\n", header: map[string]string{"Content-Type": "multipart/mixed; boundary=b"}},
		"error with many faults":   {method: "PATCH", path: seedItem, body: `{"duration":"PT1H"` + unknown + `}`},
	}
}

// chosen finds the texts that the server chooses anew for each response.
var chosen = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d\d:\d\d:\d\d|_[0-9a-f-]{20,}|deltatoken=[^"]*`)

// with returns the call with one more header.
func (c call) with(name, value string) call {
	header := maps.Clone(c.header)
	if header == nil {
		header = map[string]string{}
	}
	header[name] = value
	c.header = header
	return c
}

// TestLargeResponsesAreCompressed: a client that takes gzip gets the same text as any other. Caches know
// that there are two forms.
func TestLargeResponsesAreCompressed(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	for name, call := range largeResponses() {
		t.Run(name, func(t *testing.T) {
			call.token = c.token
			plain, zipped := c.do(call.with("Accept-Encoding", "identity")), c.do(call.with("Accept-Encoding", "gzip, deflate"))
			for coding, got := range map[string]testResponse{"": plain, "gzip": zipped} {
				vary := got.header.Get("Vary")
				if got.header.Get("Content-Encoding") != coding || got.header.Get("Content-Length") != strconv.Itoa(len(got.text)) ||
					!strings.HasSuffix(vary, "Accept-Encoding") || len(got.header["Vary"]) != 1 {
					t.Errorf("%q: %d %v", coding, got.status, got.header)
				}
				if tag := got.header.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
					t.Errorf("both forms have the strong entity tag %s", tag)
				}
			}
			got, want := chosen.ReplaceAllString(unzip(t, zipped.text), "*"), chosen.ReplaceAllString(plain.text, "*")
			if got != want || zipped.status != plain.status {
				t.Errorf("%d %s\nwant %d %s", zipped.status, got, plain.status, want)
			}
			if len(zipped.text) > len(plain.text)/2 {
				t.Errorf("%d bytes of %d", len(zipped.text), len(plain.text))
			}
			if call.method != "GET" {
				return
			}
			call.method = "HEAD"
			head := c.do(call.with("Accept-Encoding", "gzip"))
			if got, want := stableHeaders(head), stableHeaders(zipped); head.text != "" || !maps.Equal(got, want) {
				t.Errorf("HEAD: %v\nGET: %v", got, want)
			}
		})
	}
}

// TestWhoGetsCompressedResponses: a client without Accept-Encoding, or one that does not take gzip, gets
// the plain form and no error.
func TestWhoGetsCompressedResponses(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	for accept, coding := range map[string]string{
		"gzip": "gzip", "x-gzip": "gzip", "*": "gzip", "br, gzip;q=0.5": "gzip", "gzip, deflate, br, zstd": "gzip", "identity;q=0, gzip": "gzip", "gzip, identity": "gzip",
		"": "", "br": "", "identity": "", "gzip;q=0": "", "*, gzip;q=0": "", "identity, gzip;q=0.5": "", "*;q=0": "", "identity;q=0": "", ",;q=,gzip;q=x": "",
	} {
		request := httptest.NewRequestWithContext(t.Context(), "GET", collection, nil)
		request.Header.Set("Authorization", "Bearer "+c.token)
		if accept != "" {
			request.Header["Accept-Encoding"] = strings.SplitAfter(accept, ", ") // in several lines
		}
		got := checked.Serve(t, c.handler, request)
		if got.Code != http.StatusOK || got.Header().Get("Content-Encoding") != coding {
			t.Errorf("%q: %d %v", accept, got.Code, got.Header())
		}
	}
}

// TestSmallResponsesAreNotCompressed: compression would not make them faster.
func TestSmallResponsesAreNotCompressed(t *testing.T) {
	c := newTestClient(t)
	for name, row := range map[string]struct {
		method, path, body string
		header             []string
		status             int
	}{
		"read":    {"GET", seedItem, "", nil, 200},
		"any tag": {"GET", seedItem, "", []string{"If-None-Match", "*"}, 304},
		"update":  {"PATCH", seedItem, `{"duration":"PT1H"}`, nil, 200},
		"minimal": {"PATCH", seedItem, `{"duration":"PT2H"}`, []string{"Prefer", "return=minimal"}, 204},
		"count":   {"GET", collection + "/$count", "", nil, 200},
		"error":   {"GET", collection + "/none", "", nil, 404},
		"probe":   {"GET", "/livez", "", nil, 200},
	} {
		got := c.send(row.method, row.path, row.body, append(row.header, "Accept-Encoding", "gzip")...).want(t, row.status)
		if got.header.Get("Content-Encoding") != "" || strings.Contains(got.header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: %v", name, got.header)
		}
	}
}

// TestCompressionBeginsAt1KiB reads lists whose links have a text of any length.
func TestCompressionBeginsAt1KiB(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	list := func(padding int) testResponse {
		filter := "$top=1&$filter=id+ne+'" + strings.Repeat("x", padding) + "'"
		return c.send("GET", collection+"?"+filter, "", "Accept-Encoding", "gzip").want(t, 200)
	}
	most := 1023 - len(list(0).text)
	if below := list(most); below.header.Get("Content-Encoding") != "" || len(below.text) != 1023 {
		t.Errorf("%d bytes: %v", len(below.text), below.header)
	}
	if from := list(most + 1); from.header.Get("Content-Encoding") != "gzip" || len(unzip(t, from.text)) != 1024 {
		t.Errorf("%d bytes: %v", len(from.text), from.header)
	}
}

// TestBatchIsCompressedAsAWhole: a response in a batch is plain, whatever its request asks for.
func TestBatchIsCompressedAsAWhole(t *testing.T) {
	c := newTestClient(t)
	c.fill()
	body := `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics","headers":{"Accept-Encoding":"gzip"}}]}`
	got := c.send("POST", "/beta/$batch", body, "Accept-Encoding", "gzip").want(t, 200)
	text := unzip(t, got.text)
	if strings.Contains(text, "Encoding") || !strings.Contains(text, `"body":{"@odata.context":`) {
		t.Errorf("%s", text)
	}
}

// TestFaultsOfCompressedResponses: a fault changes the text that the client reads, and breaks the
// connection in the middle of the bytes that are sent.
func TestFaultsOfCompressedResponses(t *testing.T) {
	onEveryWire(t, func(t *testing.T, isHTTP2 bool, c controlServer, user testClient) {
		user.fill()
		want := user.send("GET", collection, "", "Accept-Encoding", "identity").text
		list := func(simulate, coding string) (testResponse, error) {
			asked := call{method: "GET", path: collection, token: user.token}.with("Accept-Encoding", coding)
			if simulate != "" {
				asked = asked.with("Afterhours-Simulate", simulate)
			}
			return user.try(t.Context(), asked)
		}
		got, err := list(";body=malformed", "gzip")
		if err != nil || unzip(t, got.text) != want[:len(want)/2] || got.header.Get("Content-Length") != strconv.Itoa(len(got.text)) {
			t.Errorf("malformed: %v %v", err, got.header)
		}
		got, err = list(";body=malformed", "identity")
		if err != nil || got.text != want[:len(want)/2] || got.header.Get("Content-Encoding") != "" {
			t.Errorf("malformed and plain: %v %v", err, got.header)
		}
		got, err = list(";connection=cut", "gzip")
		if err == nil || got.header.Get("Content-Encoding") != "gzip" || got.header.Get("Content-Length") != strconv.Itoa(2*len(got.text)) &&
			got.header.Get("Content-Length") != strconv.Itoa(2*len(got.text)+1) {
			t.Errorf("cut: %v, %d bytes, %v", err, len(got.text), got.header)
		}
		c.fail(`{"match":{"operation":"listMyStatistics"},"times":1,"answer":{"headers":{"content-encoding":"br"}}}`)
		got, err = list("", "gzip")
		if err != nil || got.text != want || got.header.Get("Content-Encoding") != "br" {
			t.Errorf("a coding of the rule's own: %v %v", err, got.header)
		}
	})
}

// TestTokensAreNotCompressed: the length of a compressed response could tell its text (BREACH).
func TestTokensAreNotCompressed(t *testing.T) {
	c := newSignIn(t, nil)
	scopes := `"Analytics.Read"`
	for n := range 60 {
		scopes += fmt.Sprintf(`,"Scope.Number.%d"`, n)
	}
	minted := c.do(call{method: "POST", path: "/control/tokens", token: c.controlServer.token, body: `{"scopes":[` + scopes + `]}`, header: map[string]string{"Accept-Encoding": "gzip"}}).want(t, 201)
	signedIn := c.token(tenant, byPassword("scope", "openid offline_access Analytics.Read"), "Accept-Encoding", "gzip").want(t, 200)
	for name, got := range map[string]testResponse{"minted": minted, "signed in": signedIn} {
		if got.header.Get("Content-Encoding") != "" || len(got.text) < 1024 {
			t.Errorf("%s: %d bytes, %v", name, len(got.text), got.header)
		}
	}
}

// TestCompressedResponsesAtOnce: responses that are compressed at once keep their texts apart.
func TestCompressedResponsesAtOnce(t *testing.T) {
	c := newTestClient(t)
	var clients sync.WaitGroup
	for n := range 8 {
		clients.Go(func() {
			body := `{"duration":"PT1H"`
			for fault := range 50 {
				body += fmt.Sprintf(`,"mine%d_%d":1`, n, fault)
			}
			for range 20 {
				request := httptest.NewRequestWithContext(t.Context(), "PATCH", seedItem, strings.NewReader(body+"}"))
				for name, value := range map[string]string{"Authorization": "Bearer " + c.token, "Content-Type": "application/json", "Accept-Encoding": "gzip"} {
					request.Header.Set(name, value)
				}
				got := checked.Serve(t, c.handler, request)
				text := unzip(t, got.Body.String())
				if mine := strings.Count(text, fmt.Sprintf(`"target":"mine%d_`, n)); got.Code != http.StatusBadRequest || mine != 50 || strings.Count(text, `"target":"mine`) != 50 {
					t.Errorf("%d: %d %s", n, got.Code, text)
				}
			}
		})
	}
	clients.Wait()
}

// TestCurlDecompresses reads a list as curl --compressed does.
func TestCurlDecompresses(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		program.Missing(t, "curl is not installed")
	}
	c := newTestClient(t)
	c.fill()
	want := c.send("GET", collection, "", "Accept-Encoding", "identity").text
	ask := func(options ...string) (body, size string) {
		arguments := slices.Concat(options, []string{"-sS", "-H", "Authorization: Bearer " + c.token, "-w", "\n%{size_download}", c.url + collection})
		command := exec.CommandContext(t.Context(), curl, arguments...)
		command.Stderr = io.Discard
		out, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		end := strings.LastIndex(string(out), "\n")
		return string(out[:end]), string(out[end+1:])
	}
	plain, plainSize := ask()
	unzipped, zippedSize := ask("--compressed")
	if plain != want || unzipped != want || plainSize != strconv.Itoa(len(want)) || len(zippedSize) >= len(plainSize) {
		t.Errorf("%s bytes are %s compressed; the texts are %t and %t", plainSize, zippedSize, plain == want, unzipped == want)
	}
}
