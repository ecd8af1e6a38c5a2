package cassandra

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTLSOptions checks the errors of files that cannot be read. TestTLSAndPasswords uses files that can.
func TestTLSOptions(t *testing.T) {
	folder := t.TempDir()
	empty, absent := filepath.Join(folder, "empty.pem"), filepath.Join(folder, "absent.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		options url.Values
		want    string // "" for no error
	}{
		{url.Values{}, ""},
		{url.Values{"tls": {"false"}}, ""},
		{url.Values{"tls": {"true"}}, ""},
		{url.Values{"tls": {"true"}, "ca": {absent}}, "the option ca: open " + absent},
		{url.Values{"tls": {"true"}, "ca": {empty}}, "the option ca: " + empty + " has no certificate in PEM"},
		{url.Values{"tls": {"true"}, "cert": {empty}, "key": {absent}}, "the options cert=" + empty + " and key=" + absent + ": "},
	} {
		a, err := ParseAddress("cassandra://db/k?" + test.options.Encode())
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.tlsOptions()
		if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%v: %v; want %q", test.options, err, test.want)
		}
		if wanted := test.options.Get("tls") == "true" && err == nil; (got != nil) != wanted || wanted && !got.EnableHostVerification {
			t.Errorf("%v: the driver is told %+v", test.options, got)
		}
	}
}
