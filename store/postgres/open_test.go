package postgres

import (
	"net/url"
	"strings"
	"testing"

	"afterhours/store/postgres/postgrestest"
)

// TestOpenSaysWhatToCheck: the error of a database that cannot be opened says what a person can do.
func TestOpenSaysWhatToCheck(t *testing.T) {
	wantAdvice(t, "postgres://127.0.0.1:1/none", "check the host and the port")
	wantAdvice(t, "postgres://nowhere.invalid/none", "check the host and the port")
	address, err := url.Parse(postgrestest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	other := *address
	other.Path = "/nowhere"
	wantAdvice(t, other.String(), "create that database")
	other = *address
	other.User = url.User("nobody-at-all")
	wantAdvice(t, other.String(), "check the user and the password")
}

func wantAdvice(t *testing.T, address, want string) {
	t.Helper()
	opened, err := Open(t.Context(), address)
	if err == nil {
		_ = opened.Close()
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Open(%s) = %v; want %s", address, err, want)
	}
}
