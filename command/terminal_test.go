package command

import (
	"io"
	"strings"
	"testing"
)

// TestBars: the bar of import counts bytes, and that of export counts rows.
func TestBars(t *testing.T) {
	imported, exported := newByteBar(io.Discard, true, 1<<20, "importing"), newRowBar(io.Discard, true, -1, "exporting")
	if err := imported.Add(100_000); err != nil {
		t.Fatal(err)
	}
	if err := exported.Add(100); err != nil {
		t.Fatal(err)
	}
	if text := imported.String(); !strings.Contains(text, "kB") || strings.Contains(text, "rows") {
		t.Errorf("import shows %q", text)
	}
	if text := exported.String(); !strings.Contains(text, "rows/s") || strings.Contains(text, "B") {
		t.Errorf("export shows %q", text)
	}
}
