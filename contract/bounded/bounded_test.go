package bounded_test

import (
	"fmt"
	"strings"
	"testing"

	"afterhours/contract/bounded"
)

// recorder keeps the errors that a test would have.
type recorder []string

func (*recorder) Helper() {}

func (r *recorder) Errorf(format string, values ...any) {
	*r = append(*r, fmt.Sprintf(format, values...))
}

var kept []byte

// TestInput: an input that allocates more than 64 MiB fails, and a small one does not.
func TestInput(t *testing.T) {
	for size, failure := range map[int]string{1 << 10: "", 65 << 20: "bytes were allocated"} {
		var errors recorder
		done := bounded.Input(&errors)
		kept = make([]byte, size)
		done()
		if all := strings.Join(errors, "\n"); (all == "") != (failure == "") || !strings.Contains(all, failure) {
			t.Errorf("%d bytes: %q, want %q", size, all, failure)
		}
	}
	kept = nil
}
