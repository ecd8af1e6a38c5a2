package command

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestBars: the bar of import counts bytes, and that of export counts rows. A terminal of any locale can show both.
func TestBars(t *testing.T) {
	imported, exported := newByteBar(io.Discard, true, 1<<20, "importing"), newRowBar(io.Discard, true, -1, "exporting")
	if err := imported.Add(100_000); err != nil {
		t.Fatal(err)
	}
	if err := exported.Add(100); err != nil {
		t.Fatal(err)
	}
	for _, bar := range []string{imported.String(), exported.String()} {
		if strings.ContainsFunc(bar, func(r rune) bool { return r >= utf8.RuneSelf }) {
			t.Errorf("a terminal without UTF-8 cannot show %q", bar)
		}
	}
	if text := imported.String(); !strings.Contains(text, "kB") || strings.Contains(text, "rows") {
		t.Errorf("import shows %q", text)
	}
	if text := exported.String(); !strings.Contains(text, "rows/s") || strings.Contains(text, "B") {
		t.Errorf("export shows %q", text)
	}
}
