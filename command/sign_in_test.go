package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhoMaySignIn: sign-in comes with the control API, but where others reach the server only with the clients
// that may.
func TestWhoMaySignIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clients.json")
	if err := os.WriteFile(file, []byte(`[{"id":"daemon","secret":"s"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`[{"id":"daemon","role":"x"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		control                  controlScope
		demo                     bool
		addr, publicURL, clients string
		want                     bool
		refused                  string
	}{
		{controlUnset, false, "127.0.0.1:0", "", "", false, ""},
		{controlOff, true, "127.0.0.1:0", "", "", false, ""},
		{controlUnset, true, "127.0.0.1:0", "", "", true, ""},
		{controlLocal, false, "127.0.0.1:0", "", "", true, ""},
		{controlLocal, false, "127.0.0.1:0", "", file, true, ""},
		{controlAnywhere, false, "127.0.0.1:0", "", "", true, ""},
		{controlAnywhere, false, "0.0.0.0:0", "", "", false, ""},
		{controlAnywhere, false, "127.0.0.1:0", "https://graph.example.com", "", false, ""},
		{controlAnywhere, false, "0.0.0.0:0", "", file, true, ""},
		{controlUnset, false, "127.0.0.1:0", "", file, false, "nobody can sign in without --control"},
		{controlLocal, false, "127.0.0.1:0", "", bad, false, `unknown field "role"`},
		{controlLocal, false, "127.0.0.1:0", "", file + "x", false, "no such file"},
	} {
		config := testConfig(t)
		config.Control, config.Demo, config.Addr, config.PublicURL, config.Clients = one.control, one.demo, one.addr, one.publicURL, one.clients
		app, err := New(t.Context(), config)
		if one.refused != "" {
			if err == nil || !strings.Contains(err.Error(), one.refused) || !strings.Contains(err.Error(), "--clients") {
				t.Errorf("%+v: %v", one, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%+v: %v", one, err)
		}
		if got := app.signIn != nil; got != one.want {
			t.Errorf("%+v: %t", one, got)
		}
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	}
}
