package checked

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// Send sends a request with a token and a JSON body, and returns status, entity tag and
// body of the response.
func Send(t testing.TB, client *http.Client, method, url, token, body string) (status int, tag, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("ETag"), string(read)
}
