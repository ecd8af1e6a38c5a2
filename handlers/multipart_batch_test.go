package handlers_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// part returns a part with a request, of a batch whose boundary is b or of a change set whose boundary is c.
func part(boundary, contentID, line, body string, header ...string) string {
	if contentID != "" {
		contentID = "Content-ID: " + contentID + "\r\n"
	}
	if body != "" && !slices.ContainsFunc(header, func(line string) bool { return strings.HasPrefix(line, "Content-Type:") }) {
		header = append(header, "Content-Type: application/json")
	}
	return "--" + boundary + "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n" + contentID + "\r\n" +
		line + " HTTP/1.1\r\n" + strings.Join(append(header, ""), "\r\n") + "\r\n" + body + "\r\n"
}

// changeSet returns a part that is a change set. Its parts have the boundary c.
func changeSet(parts ...string) string {
	return "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" + strings.Join(parts, "") + "--c--\r\n"
}

// sendParts sends a multipart batch.
func (c testClient) sendParts(parts []string, header ...string) testResponse {
	c.t.Helper()
	header = append([]string{"Content-Type", "multipart/mixed; boundary=b"}, header...)
	return c.send("POST", "/beta/$batch", strings.Join(parts, "")+"--b--\r\n", header...)
}

// statusesOfParts returns the statuses in a multipart response, those of a change set in brackets.
func statusesOfParts(t testing.TB, contentType, text string) string {
	t.Helper()
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/mixed" {
		t.Fatalf("%q: %v: %s", contentType, err, text)
	}
	var statuses []string
	for parts := multipart.NewReader(strings.NewReader(text), parameters["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return strings.Join(statuses, " ")
		}
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if inner := part.Header.Get("Content-Type"); inner != "application/http" {
			statuses = append(statuses, "["+statusesOfParts(t, inner, string(content))+"]")
			continue
		}
		statuses = append(statuses, strings.Fields(string(content))[1])
	}
}

func (r testResponse) wantParts(t testing.TB, statuses string, parts ...string) testResponse {
	t.Helper()
	r.want(t, 200, parts...)
	if got := statusesOfParts(t, r.header.Get("Content-Type"), r.text); got != statuses {
		t.Errorf("%s, want %s: %s", got, statuses, r.text)
	}
	return r
}

// inMultipart returns a JSON batch without groups in the multipart format, with the boundary b.
func inMultipart(t testing.TB, text string) string {
	t.Helper()
	var batch struct {
		Requests []struct {
			ID, Method, URL string
			Headers         map[string]string
			Body            json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(text), &batch); err != nil {
		t.Fatal(err)
	}
	var parts strings.Builder
	for _, one := range batch.Requests {
		var header []string
		for name, value := range one.Headers {
			header = append(header, name+": "+value)
		}
		body := string(one.Body)
		if one.Headers["Content-Type"] == "text/plain" {
			if err := json.Unmarshal(one.Body, &body); err != nil {
				t.Fatal(err)
			}
		}
		parts.WriteString(part("b", one.ID, one.Method+" "+one.URL, body, header...))
	}
	return parts.String() + "--b--\r\n"
}

const (
	mine   = "me/analytics/activityStatistics"
	typedA = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a","duration":"PT1H"}`
)

// TestMultipartBatch checks what the requests of a multipart batch do, in each store: a change set commits or changes
// nothing, a batch stops or goes on, and references reach across change sets.
func TestMultipartBatch(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		create := part("c", "1", "POST "+mine, typedA)
		c.sendParts([]string{
			part("b", "", "GET "+mine+"?$count=true", ""),
			changeSet(create, part("c", "2", "PATCH $1", `{"duration":"PT2H"}`, "Prefer: return=minimal")),
			part("b", "", "GET $1/duration", ""),
		}).wantParts(t, "200 [201 204] 200", `"PT2H"`, "Content-ID: 2", "Preference-Applied: return=minimal",
			"--batchresponse_", "boundary=changesetresponse_") // o.js tells change sets by their boundary
		c.sendParts([]string{
			changeSet(part("c", "1", "DELETE "+mine+"/a", ""), part("c", "2", "PATCH "+mine+"/none", `{}`)),
			part("b", "", "DELETE "+mine+"/a", ""),
		}).wantParts(t, "404", "Content-ID: 2", "ResourceNotFound")
		stopped := c.sendParts([]string{part("b", "", "GET "+mine+"/none", ""), part("b", "", "DELETE "+mine+"/a", "")}, "Prefer", "odata.continue-on-error=false")
		stopped.wantParts(t, "404")
		if applied := stopped.header.Get("Preference-Applied"); applied != "" {
			t.Errorf("Preference-Applied is %q", applied)
		}
		c.send("GET", collection+"/a", "").want(t, 200, "PT2H")
		c.sendParts([]string{
			part("b", "r", "GET /v1.0/"+mine+"/a", "", "Accept: application/json;odata.metadata=none"),
			part("b", "", "PATCH http://"+strings.TrimPrefix(c.url, "http://")+"/beta/"+mine+"/a", `{"duration":"PT3H"}`, "If-Match: $r"),
			part("b", "", "DELETE "+mine+"/a", "", "If-Match: $r"),
		}).wantParts(t, "200 200 412", "PT3H")
		for asked, applied := range map[string]string{"odata.continue-on-error": "odata.continue-on-error", "return=minimal, continue-on-error=true": "continue-on-error"} {
			got := c.sendParts([]string{part("b", "", "GET "+mine+"/none", ""), part("b", "", "GET "+mine+"/a", "")}, "Prefer", asked).wantParts(t, "404 200")
			if got.header.Get("Preference-Applied") != applied || !strings.Contains(got.header.Get("Vary"), "Prefer") {
				t.Errorf("%s: %v", asked, got.header)
			}
		}
	})
}

// TestMultipartChangeSetOfTheStore checks what a change set cannot hold: the one response says so.
func TestMultipartChangeSetOfTheStore(t *testing.T) {
	c := newTestClient(t)
	c.sendParts([]string{changeSet(part("c", "1", "POST "+mine, typedA), part("c", "2", "PATCH me/analytics/settings", `{"hasOptedOut":true}`))}).
		wantParts(t, "400", "a change set")
	c.send("GET", collection+"/a", "").want(t, 404)
}

// TestBatchFormat checks in which format a batch is answered (OData Protocol 11.7.1).
func TestBatchFormat(t *testing.T) {
	c := newTestClient(t)
	parts := []string{part("b", "1", "GET me/analytics/settings", "")}
	const batch = `{"requests":[{"id":"1","method":"GET","url":"/me/analytics/settings"}]}`
	for accept, want := range map[string][2]string{ // the types of the responses to JSON and to multipart
		"":                                     {"application/json", "multipart/mixed"},
		"*/*":                                  {"application/json", "multipart/mixed"},
		"application/json":                     {"application/json", "application/json"},
		"application/json;odata.metadata=none": {"application/json", "application/json"},
		"multipart/mixed":                      {"multipart/mixed", "multipart/mixed"},
		"multipart/*, */*;q=0.1":               {"multipart/mixed", "multipart/mixed"},
		"application/json, text/plain, */*":    {"application/json", "multipart/mixed"},
		"*/*, application/json;q=0":            {"multipart/mixed", "multipart/mixed"},
		"text/html, multipart/mixed;q=0":       {"406", "406"},
	} {
		var header []string
		if accept != "" {
			header = []string{"Accept", accept}
		}
		for i, got := range []testResponse{c.send("POST", "/beta/$batch", batch, header...), c.sendParts(parts, header...)} {
			media, _, _ := mime.ParseMediaType(got.header.Get("Content-Type"))
			if got.status != 200 {
				media = fmt.Sprint(got.status)
			}
			if media != want[i] || got.status != 200 && !strings.Contains(got.text, `"target":"Accept"`) {
				t.Errorf("Accept %q: %s %s, want %s", accept, media, got.text, want[i])
			}
			if media == "multipart/mixed" {
				got.wantParts(t, "200", "hasLicense", "Content-ID: 1")
			} else if media == "application/json" {
				got.want(t, 200, "hasLicense", `"id":"1"`)
			}
		}
	}
	got := c.send("POST", "/beta/$batch?$format=json", parts[0]+"--b--", "Content-Type", "multipart/mixed; boundary=b")
	got.want(t, 200, `"id":"1"`)
}

// TestJournalOfMultipartBatches checks that the journal has the requests of a multipart batch, in their order.
func TestJournalOfMultipartBatches(t *testing.T) {
	c := newControlServer(t, memory.New())
	client := testClient{c.testServer, c.tokenOf(tenant, megan)}
	client.sendParts([]string{
		changeSet(part("c", "1", "POST "+mine, typedA)), part("b", "", "GET "+mine, ""), part("b", "", "GET "+mine+"/none", ""), part("b", "", "GET "+mine, ""),
	}).wantParts(t, "[201] 200 404")
	var got []string
	for _, one := range c.requests("") {
		got = append(got, fmt.Sprintf("%s %s %d", one.Method, *one.Route, one.Status))
	}
	if want := []string{"POST " + collection + " 201", "GET " + collection + " 200", "GET " + collection + "/{activityStatistics-id} 404", "POST /beta/$batch 200"}; !slices.Equal(got, want) {
		t.Errorf("the journal has %q, want %q", got, want)
	}
}

// TestFaultsInMultipartBatches checks that a fault meets one request of a multipart batch, and undoes its change set.
func TestFaultsInMultipartBatches(t *testing.T) {
	c, user := newFaultServer(t)
	c.fail(`{"match":{"method":"DELETE"},"answer":{"status":429,"retryAfter":7}}`)
	user.sendParts([]string{
		changeSet(part("c", "1", "PATCH "+mine+"/a", `{"duration":"PT2H"}`), part("c", "2", "DELETE "+mine+"/a", "")),
		part("b", "", "GET "+mine+"/a", "", "Afterhours-Simulate: gateway-timeout"), part("b", "", "GET "+mine+"/a", ""),
	}, "Prefer", "continue-on-error").wantParts(t, "429 504 200", "Retry-After: 7", "TooManyRequests", `"PT1H"`)
	c.steer("DELETE", "/faults", "").want(t, 204)
	c.fail(`{"match":{"operation":"runBatch"},"times":1,"answer":{"status":503}}`)
	user.sendParts(nil).want(t, 503)
}

// TestMultipartBatchIsAuthorized checks that each request of a multipart batch needs the permission that it needs alone.
func TestMultipartBatchIsAuthorized(t *testing.T) {
	c := newTestClient(t)
	reader := testClient{c.testServer, c.userToken(megan, "Analytics.Read")}
	reader.sendParts([]string{part("b", "", "GET "+mine, ""), part("b", "", "DELETE "+mine+"/"+seedID, ""), part("b", "", "GET "+mine, "")}).
		wantParts(t, "200 403", "Authorization_RequestDenied")
	reader.sendParts([]string{part("b", "", "GET users/"+lee+"/analytics", "")}).wantParts(t, "403")
	nobody := c.do(call{method: http.MethodPost, path: "/beta/$batch", body: "--b--", header: map[string]string{"Content-Type": "multipart/mixed; boundary=b"}})
	nobody.want(t, 401)
}
