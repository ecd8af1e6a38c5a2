package command

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestVersion: version and --version print the versions of program and contract.
func TestVersion(t *testing.T) {
	contract, err := openapi3.NewLoader().LoadFromData(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	want := mustRun(t, "version")
	if !strings.HasPrefix(want, "afterhours ") || !strings.HasSuffix(want, "\ncontract "+contract.Info.Version) {
		t.Errorf("version: %s", want)
	}
	if got := mustRun(t, "--version"); got != want {
		t.Errorf("--version prints %s; want %s", got, want)
	}
}

// TestNoCommand: without a command, the program prints its help, whatever the environment has.
func TestNoCommand(t *testing.T) {
	out, _, err := runWith(t, map[string]string{"AFTERHOURS_VERSION": "1.2.3"}, "")
	if err != nil || !strings.Contains(out, "Available Commands:") {
		t.Errorf("%v: %s", err, out)
	}
}
