package timezone_test

import (
	"archive/zip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"afterhours/handlers/timezone"
)

func TestKnown(t *testing.T) {
	for _, name := range []string{"Pacific Standard Time", "pacific standard time", "W. Europe Standard Time", "Eastern Standard Time (Mexico)", "UTC", "UTC-11",
		"America/Los_Angeles", "Europe/Berlin", "europe/berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "US/Pacific", "EST5EDT", "Mid-Atlantic Standard Time"} {
		if !timezone.Known(name) {
			t.Errorf("%s is not known", name)
		}
	}
	for _, name := range []string{"", " ", "Time Zone Used value", "Pacific", "Pacific Standard Tim", " UTC", "America", "Factory", "Local", "../UTC", "Europe/Berlin\n", strings.Repeat("UTC", 99)} {
		if timezone.Known(name) {
			t.Errorf("%q is known", name)
		}
	}
}

func TestNearest(t *testing.T) {
	for mistyped, want := range map[string]string{
		"Pacific Standard Tim": "Pacific Standard Time",
		"Europe/Berln":         "Europe/Berlin",
		"Los_Angeles":          "America/Los_Angeles",
		"Time Zone Used value": "",
	} {
		if got := timezone.Nearest(mistyped); got != want {
			t.Errorf("%s: %q, want %q", mistyped, got, want)
		}
	}
}

// TestIANAIsWhole checks that every time zone of Go's copy of IANA's database is known.
func TestIANAIsWhole(t *testing.T) {
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	zones, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = zones.Close() }()
	for _, zone := range zones.File {
		if name := zone.Name; !strings.HasSuffix(name, "/") && name != "Factory" && !timezone.Known(name) {
			t.Errorf("%s is not in iana.txt", name)
		}
	}
	if len(zones.File) < 500 {
		t.Errorf("only %d time zones", len(zones.File))
	}
}
