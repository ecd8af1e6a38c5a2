package handlers_test

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/auth"
	"afterhours/handlers/wire"
)

// FuzzHeaders checks that the conditions in the headers of a GET, PATCH or DELETE are followed as RFC
// 9110 says, or refused if they are malformed. A refused request changes nothing. {tag} and {opaque}
// in the headers stand for the entity tag.
func FuzzHeaders(f *testing.F) {
	for method := range uint8(3) {
		for _, text := range []string{
			"", "If-Match: {tag}", "If-None-Match: {tag}", "If-Match: *", "If-None-Match: *", "If-Match:", "If-None-Match: ",
			"If-Match: \"a\", {tag}\nIf-Match: W/\"b\"", "if-none-match: ,, \"{opaque}\" ,\t", "If-Match: {opaque}", `If-Match: "a" "b"`, "If-Match: W/*", `If-Match: "a, {opaque}"`,
			"Prefer: return=minimal, create-if-missing;a=\"b,c\"", "Prefer: odata.maxpagesize=1\nPrefer: return=representation", "Accept: application/json;odata.metadata=full, */*;q=0",
			"Accept: text/plain;metadata=none\nclient-request-id: a-b", "client-request-id: a b\nclient-request-id: c", "Content-Type: text/plain", "Content-Encoding: gzip", "SdkVersion: graph-go/1",
			"Origin: https://a.example", "OData-MaxVersion: 4.01\nPrefer: omit-values=nulls", "OData-Version: 4.01\nOData-Version: 4.0", "Isolation: snapshot", "Authorization: Bearer x", "X-HTTP-Method-Override: DELETE\nX-Forwarded-Host: a.example",
		} {
			f.Add(method, text)
		}
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, method uint8, text string) {
		defer bounded.Input(t)()
		z.restore(t)
		stored := z.state(t)
		_, was := z.read(t, fuzzItem("call"))
		tag := was["@odata.etag"].(string)
		text = strings.NewReplacer("{tag}", tag, "{opaque}", tag[len(`W/"`):len(tag)-1]).Replace(text)
		name := []string{http.MethodGet, http.MethodPatch, http.MethodDelete}[method%3]
		request := parsed(name, text)
		if request == nil {
			return // net/http refuses it
		}
		got := z.send(t, request)
		if want := allowedStatuses(request, tag); !slices.Contains(want, got.status) {
			t.Errorf("%s %q: %d %s; want one of %d", name, text, got.status, got.text, want)
		}
		if name == http.MethodGet || got.status >= 300 {
			z.unchanged(t, stored, got)
		}
	})
}

// parsed returns the request that net/http parses from a method and header lines, nil if net/http
// refuses it. Its body changes the duration.
func parsed(method, lines string) *http.Request {
	text := method + " " + fuzzItem("call") + " HTTP/1.1\r\nHost: example.com\r\n" + strings.TrimRight(lines, "\r\n") + "\r\n\r\n"
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		return nil
	}
	for _, values := range request.Header {
		for _, value := range values {
			if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
				return nil
			}
		}
	}
	if method == http.MethodPatch {
		request.Body = io.NopCloser(strings.NewReader(`{"duration":"PT2H"}`))
	}
	if request.Header["Content-Type"] == nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

// allowedStatuses returns the statuses that the response may have: that of the conditions, and those
// of other headers that may be wrong.
func allowedStatuses(request *http.Request, tag string) []int {
	want := []int{conditionalStatus(request, tag)}
	prefer := strings.Join(request.Header["Prefer"], ",")
	if want[0] == http.StatusOK && request.Method == http.MethodPatch && strings.Contains(prefer, "minimal") {
		want = append(want, http.StatusNoContent)
	}
	if _, ok := wire.Accepted(strings.Join(request.Header["Accept"], ","), []string{"application/json"}); !ok && request.Method != http.MethodDelete {
		want = append(want, http.StatusNotAcceptable)
	}
	if request.Header["Odata-Version"] != nil || request.Header["Odata-Maxversion"] != nil || request.Header["Odata-Isolation"] != nil || request.Header["Isolation"] != nil {
		want = append(want, http.StatusBadRequest, http.StatusPreconditionFailed)
	}
	others := request.Header["Authorization"] != nil || request.Header["Content-Encoding"] != nil || len(prefer) > 1024 ||
		strings.Join(request.Header["Content-Type"], ",") != "application/json"
	if others {
		want = append(want, http.StatusBadRequest, http.StatusUnauthorized, http.StatusUnsupportedMediaType)
	}
	return want
}

// conditionalStatus returns the status of a request's conditions for a statistic with the tag (RFC
// 9110, 13.2.2).
func conditionalStatus(request *http.Request, tag string) int {
	match, matchFits := holds(request.Header["If-Match"], tag)
	noneMatch, noneMatchFits := holds(request.Header["If-None-Match"], tag)
	switch {
	case !matchFits || !noneMatchFits:
		return http.StatusBadRequest
	case request.Header["If-Match"] != nil && !match:
		return http.StatusPreconditionFailed
	case noneMatch && request.Method == http.MethodGet:
		return http.StatusNotModified
	case noneMatch:
		return http.StatusPreconditionFailed
	case request.Method == http.MethodDelete:
		return http.StatusNoContent
	}
	return http.StatusOK
}

// holds parses a list of entity tags byte by byte (RFC 9110, 5.6.1 and 8.8.3). It reports whether the
// list has the tag, and whether it is well formed.
func holds(lines []string, tag string) (found, fits bool) {
	if lines == nil {
		return false, true
	}
	list := strings.Trim(strings.Join(lines, ", "), " \t")
	if len(strings.Join(lines, ", ")) > 4096 {
		return false, false
	}
	if list == "*" {
		return true, true
	}
	for list != "" {
		if list = strings.TrimLeft(list, " \t,"); list == "" {
			break
		}
		opaque, isQuoted := strings.CutPrefix(strings.TrimPrefix(list, "W/"), `"`)
		end := strings.IndexByte(opaque, '"')
		if !isQuoted || end < 0 || strings.ContainsFunc(opaque[:end], func(c rune) bool { return c <= ' ' || c > '~' }) {
			return false, false
		}
		found, fits = found || `W/"`+opaque[:end]+`"` == tag, true
		if list = strings.TrimLeft(opaque[end+1:], " \t"); list != "" && list[0] != ',' {
			return false, false
		}
	}
	return found, fits
}

// FuzzAuthorization checks that only the scheme Bearer with the token is accepted, and that
// everything else gets 401 with a challenge. {token} stands for the token.
func FuzzAuthorization(f *testing.F) {
	for _, text := range []string{"Bearer {token}", "bearer   {token}", "Bearer {token} ", "Bearer {token}x", "Bearer {token}, Bearer {token}", "Basic {token}", "{token}", "Bearer", "", "Bearer ey..", "Bearer\t{token}", "Bearer {token}="} {
		f.Add(text)
	}
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		text = strings.ReplaceAll(text, "{token}", z.token)
		request := parsed(http.MethodGet, "Authorization: "+text)
		if request == nil || len(request.Header) > 2 { // more headers than Authorization and Content-Type
			return
		}
		token, err := auth.BearerToken(request.Header.Get("Authorization"))
		got := z.send(t, request)
		if isOurs := err == nil && token == z.token; isOurs != (got.status == http.StatusOK) || !isOurs && got.status != http.StatusUnauthorized {
			t.Errorf("%q: %d %s", text, got.status, got.text)
		}
		if challenge := header(got, "WWW-Authenticate"); got.status == http.StatusUnauthorized && !strings.HasPrefix(challenge, "Bearer ") {
			t.Errorf("%q: challenge %q", text, challenge)
		}
	})
}
