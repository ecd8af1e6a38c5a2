package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"afterhours/contract/checked"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

// slowUserStore is a store that takes as long to store an alias as a body may pause.
type slowUserStore struct{ store.Store }

func (s slowUserStore) PutUser(ctx context.Context, user store.User, move bool) error {
	time.Sleep(4100 * time.Millisecond)
	return s.Store.PutUser(ctx, user, move)
}

// TestBodyTimeoutStartsAtFirstRead checks that the time before the server reads a body does not count
// against the client. The server may need it, for example, to fetch the keys of an issuer.
func TestBodyTimeoutStartsAtFirstRead(t *testing.T) {
	t.Parallel()
	ts := newTestServer(t, slowUserStore{memory.New()})
	token := ts.mint(auth.Claims{Tenant: tenant, User: megan, UPN: "megan@example.com", Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour})
	connection, err := net.Dial("tcp", strings.TrimPrefix(ts.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	const body = `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"a"}`
	_, _ = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", collection, token, len(body))
	time.Sleep(100 * time.Millisecond) // the server must not read the body together with the headers
	_, _ = io.WriteString(connection, body)
	request := httptest.NewRequest("POST", collection, nil)
	response, err := http.ReadResponse(bufio.NewReader(connection), request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Errorf("%d %s %v", response.StatusCode, text, err)
	}
	checked.Answer(t, request, response, text)
}
