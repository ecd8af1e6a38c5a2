package program

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"afterhours/contract/checked"
)

// Statistics is the path of the statistics of a token's user.
const Statistics = "/v1.0/me/analytics/activityStatistics"

// Creator is a client that creates statistics, each with an id of its own, and remembers
// which it was told are stored.
type Creator struct {
	Client *http.Client
	Token  string
	Made   []string // the ids that were answered 201
	Tried  int      // the number in the last id

	t testing.TB
}

// NewCreator returns a client with a token of the data folder.
func NewCreator(t testing.TB, data string) *Creator {
	t.Helper()
	return NewCreatorWith(t, Run(t, "token", "--data", data))
}

// NewCreatorWith returns a client with the token.
func NewCreatorWith(t testing.TB, token string) *Creator {
	t.Helper()
	return &Creator{t: t, Client: checked.Client(t), Token: token}
}

// Create creates one statistic and returns status and body of the response.
func (c *Creator) Create(server *Server) (status int, body string) {
	c.t.Helper()
	c.Tried++
	id := fmt.Sprintf("focus_%d", c.Tried)
	status, _, body = checked.Send(c.t, c.Client, http.MethodPost, server.URL+Statistics, c.Token,
		fmt.Sprintf(`{"@odata.type":"#microsoft.graph.focusActivityStatistics","id":%q}`, id))
	if status == http.StatusCreated {
		c.Made = append(c.Made, id)
	}
	return status, body
}

// Want creates one statistic, and fails the test unless the response has the status and
// the text in its body.
func (c *Creator) Want(server *Server, status int, text string) {
	c.t.Helper()
	if got, body := c.Create(server); got != status || !strings.Contains(body, text) {
		c.t.Errorf("POST = %d %s; want %d with %s", got, body, status, text)
	}
}

// WantAll fails the test unless the server answers /readyz with the status ready, and has all statistics
// that were answered 201. It asks /readyz first: a second later the server tries a smaller write, which may
// find room.
func (c *Creator) WantAll(server *Server, ready int) {
	c.t.Helper()
	if status, _, _ := checked.Send(c.t, c.Client, http.MethodGet, server.URL+"/readyz", c.Token, ""); status != ready {
		c.t.Errorf("/readyz = %d; want %d", status, ready)
	}
	for _, id := range c.Made {
		if status, _, body := checked.Send(c.t, c.Client, http.MethodGet, server.URL+Statistics+"/"+id, c.Token, ""); status != http.StatusOK {
			c.t.Errorf("%s was answered 201 and then %d %s", id, status, body)
		}
	}
}

// WriteRows writes a file for import with that many statistics, a hundred for each owner,
// and returns its text.
func WriteRows(t testing.TB, file string, count int) string {
	t.Helper()
	var text strings.Builder
	for n := range count {
		fmt.Fprintf(&text, `{"tenant":"7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63","user":"00000000-0000-4000-8000-%012d","statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","@odata.etag":"","id":"call_%04d",`+
			`"activity":"Call","startDate":null,"endDate":null,"timeZoneUsed":null,"duration":"PT%dS","afterHours":null}}`+"\n", n/100, n%100, n%59+1)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
