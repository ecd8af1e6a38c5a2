package handlers_test

import (
	"strings"
	"testing"
)

// TestPageFaultsLoseNothing checks that a client which follows the one link of a faulty page finds all statistics, with
// the names of OData 4.01 and along a delta link, too.
func TestPageFaultsLoseNothing(t *testing.T) {
	c, user := newFaultServer(t)
	for _, body := range []string{"emptyPage", "repeatedNextLink"} {
		for _, row := range []struct{ path, version, next, other string }{
			{"?$top=1", "4.01", "@nextLink", "@odata.nextLink"},
			{"/delta()", "4.0", "@odata.nextLink", "@odata.deltaLink"},
			{"/delta()", "4.01", "@nextLink", "@deltaLink"},
		} {
			c.fail(`{"times":1,"answer":{"body":"` + body + `"}}`)
			page := user.send("GET", collection+row.path, "", "OData-MaxVersion", row.version).want(t, 200).object(t)
			next, _ := page[row.next].(string)
			if _, hasOther := page[row.other]; next == "" || hasOther {
				t.Errorf("%s of %s in %s: %v", body, row.path, row.version, page)
				continue
			}
			user.send("GET", strings.TrimPrefix(next, c.url), "").want(t, 200, `"PT1H"`)
		}
	}
}

// TestMalformedMultipart checks that a batch in multipart can be malformed, too: it ends in the middle.
func TestMalformedMultipart(t *testing.T) {
	c, user := newFaultServer(t)
	const body = "--b\r\nContent-Type: application/http\r\n\r\nGET /beta/me HTTP/1.1\r\n\r\n\r\n--b--\r\n"
	send := func() testResponse {
		return user.send("POST", "/beta/$batch", body, "Content-Type", "multipart/mixed; boundary=b")
	}
	send().want(t, 200, "--\r\n", "userPrincipalName")
	c.fail(`{"match":{"operation":"runBatch"},"times":1,"answer":{"body":"malformed"}}`)
	if got := send().want(t, 200); strings.HasSuffix(got.text, "--\r\n") {
		t.Errorf("the body has its end: %q", got.text)
	}
}
