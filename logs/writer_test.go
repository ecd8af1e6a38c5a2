package logs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"afterhours/logs"
)

// TestLinesAreWrittenInOrder writes lines and closes. All of them must arrive.
func TestLinesAreWrittenInOrder(t *testing.T) {
	var out bytes.Buffer
	w := logs.NewWriter(&out, logs.JSON)
	var want strings.Builder
	for i := range 1000 {
		fmt.Fprintf(w, "{%d}\n", i)
		fmt.Fprintf(&want, "{%d}\n", i)
	}
	w.Close(time.Minute)
	if out.String() != want.String() {
		t.Errorf("got %.100s", out.String())
	}
}

// TestAStalledReaderHoldsUpNobody writes more than a pipe and the buffer hold while nobody reads.
// Once somebody reads, the lines that were kept arrive in order, and then the number of the others.
func TestAStalledReaderHoldsUpNobody(t *testing.T) {
	reader, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	w := logs.NewWriter(pipe, logs.JSON)
	const count = 100_000
	for i := range count {
		fmt.Fprintf(w, `{"n":%d,"text":%q}`+"\n", i, strings.Repeat("x", 100))
	}
	begun := time.Now()
	w.Close(50 * time.Millisecond)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("Close took %v", took)
	}
	go func() {
		time.Sleep(time.Second)
		_ = pipe.Close()
	}()
	text, err := io.ReadAll(reader)
	if err != nil && !errors.Is(err, os.ErrClosed) {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i, line := range lines[:len(lines)-1] {
		if !strings.HasPrefix(line, fmt.Sprintf(`{"n":%d,`, i)) {
			t.Fatalf("line %d is %s", i, line)
		}
	}
	if want := fmt.Sprintf(`"lines":%d}`, count-(len(lines)-1)); !strings.HasSuffix(lines[len(lines)-1], want) {
		t.Errorf("the last of %d lines is %s; want %s", len(lines), lines[len(lines)-1], want)
	}
}

// failing is a writer that fails while its reader is away.
type failing struct {
	bytes.Buffer
	calls chan error
}

func (f *failing) Write(text []byte) (int, error) {
	if err := <-f.calls; err != nil {
		return 0, err
	}
	return f.Buffer.Write(text)
}

// TestAFailedWriteIsCounted: lines that could not be written are counted as dropped.
func TestAFailedWriteIsCounted(t *testing.T) {
	out := &failing{calls: make(chan error)}
	w := logs.NewWriter(out, logs.JSON)
	fmt.Fprintln(w, "{1}")
	out.calls <- errors.New("no space left on device")
	fmt.Fprintln(w, "{2}")
	close(out.calls)
	w.Close(time.Minute)
	if text := out.String(); !strings.Contains(text, `"lines":1}`) || !strings.HasSuffix(text, "\n{2}\n") {
		t.Errorf("got %s", text)
	}
}

// TestALineBeyondTheBuffer: a line that is longer than the buffer is dropped, and the next one is not.
func TestALineBeyondTheBuffer(t *testing.T) {
	var out bytes.Buffer
	w := logs.NewWriter(&out, logs.JSON)
	fmt.Fprintln(w, strings.Repeat("x", 5<<20))
	fmt.Fprintln(w, "{2}")
	w.Close(time.Minute)
	if text := out.String(); !strings.HasPrefix(text, "{2}\n") || !strings.Contains(text, `"lines":1}`) {
		t.Errorf("got %.200s", text)
	}
}
