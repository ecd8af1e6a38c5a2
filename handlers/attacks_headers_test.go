package handlers_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"afterhours/store/memory"
)

// TestNoHeaderInjection checks that no request adds a header to a response. Only three texts of a
// caller may stand in headers: a valid client-request-id, the id of a created statistic, and the
// Host.
func TestNoHeaderInjection(t *testing.T) {
	ts := newTestServer(t, memory.New())
	ts.createSeed()
	mine := ts.userToken(megan, "Analytics.ReadWrite")
	ours := []string{"Allow", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Connection", "Content-Length", "Content-Type", "Date", "Etag", "Location",
		"Odata-Entityid", "Odata-Version", "Preference-Applied", "Request-Id", "Vary", "Www-Authenticate", "X-Ms-Ags-Diagnostic"}
	kid := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":"FORGED\r\nX-Injected: FORGED"}`))
	values := []string{"FORGED FORGED", `return=minimal; a="FORGED", create-if-missing="FORGED"`, `W/"FORGED"`, "FORGED%0d%0aX-Injected: FORGED", "FORGED\u2028FORGED", "FORGED\x85FORGED",
		"for=FORGED;host=FORGED;proto=FORGED", "Bearer " + kid + ".e30.AAAA", `Bearer FORGED", error="FORGED`}
	for _, line := range []string{"POST " + collection, "PATCH " + collection + "/new", "PATCH " + seedItem, "GET " + seedItem, "GET " + collection + "?$top=1&$filter=id%20ne%20'FORGED'", "GET /FORGED%0d%0aX-Injected:%20FORGED",
		"GET " + collection + "/FORGED%0d%0aX-Injected:%20FORGED", "FORGED " + seedItem, "GET " + collection + "?FORGED%0d%0aX-Injected:%20FORGED"} {
		for _, name := range []string{"client-request-id", "Authorization", "Prefer", "If-Match", "If-None-Match", "Accept", "SdkVersion", "Origin", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto", "Cookie"} {
			for _, value := range values {
				body := ""
				if !strings.HasPrefix(line, "GET") {
					body = `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`
				}
				sent := fmt.Sprintf("%s with %s: %q", line, name, value)
				got := ts.sendAttack(attack{name: sent, bytes: message(mine, line+" HTTP/1.1", body, name+": "+value)})
				for name, values := range got.header {
					if !slices.Contains(ours, name) || strings.Contains(fmt.Sprint(values), "FORGED") {
						t.Errorf("%s has the header %s: %q", sent, name, values)
					}
				}
				if strings.Contains(got.text, "://FORGED") || got.status >= http.StatusInternalServerError && got.status != http.StatusNotImplemented {
					t.Errorf("%s = %d %s", sent, got.status, got.text)
				}
			}
		}
	}
}
