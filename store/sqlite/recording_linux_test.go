package sqlite

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// traced are the system calls that can change a folder. The test fails if one of them
// touches the folder in a way that the recording does not support.
// Those with a question mark are not on every architecture.
const traced = "?open,openat,?creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,?sync_file_range," +
	"?rename,?renameat,renameat2,?unlink,unlinkat,?link,linkat,?symlink,symlinkat,copy_file_range,sendfile,splice,mmap"

// kind is the effect of a system call.
type kind string

const (
	created   kind = "created"   // the folder has the name
	removed   kind = "removed"   // the folder has the name no more
	written   kind = "written"   // the bytes stand at the offset
	truncated kind = "truncated" // the file has the offset as its length
	synced    kind = "synced"    // what was done to the file, or the folder, before, is on disk
	returned  kind = "returned"  // a writer is about to record that its step has returned
)

// call is one system call. Positions count the beginnings and the ends of calls.
type call struct {
	kind         kind
	begun, ended int
	file         int // 0 is the folder; each created file gets the next number
	name         string
	bytes        []byte
	offset       int64
}

// recording has the system calls of a process on a folder, in the order in which they ended.
type recording struct {
	dir, returned string // the folder, and the file of steps that have returned
	calls         []call
	files         map[string]int // the file of a name, "" is the folder
	last          int            // the file that was created last
}

// recordLoad runs writeLoad on an empty folder.
func recordLoad(t *testing.T, durability Durability) *recording {
	t.Helper()
	dir := t.TempDir()
	r := &recording{dir: filepath.Join(dir, "data"), returned: filepath.Join(dir, "returned"), files: map[string]int{"": 0}}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(dir, "trace")
	options := []string{"-f", "--seccomp-bpf", "-y", "-xx", "-s", strconv.Itoa(1 << 24), "-e", "signal=none", "-e", "trace=" + traced, "-o", trace}
	if out, err := straced(t, options, "write", r.dir, string(durability), r.returned).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.parse(text); err != nil {
		t.Fatal(err)
	}
	return r
}

// parse reads a trace. A call takes one line, or two if other calls came between its
// beginning and its end.
func (r *recording) parse(trace []byte) error {
	type beginning struct {
		position int
		text     string
	}
	unfinished := map[string]beginning{} // by thread
	position := 0
	for line := range bytes.Lines(trace) {
		position += 2
		thread, text, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
		text = strings.TrimLeft(text, " ")
		if begun, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
			unfinished[thread] = beginning{position, begun}
			continue
		}
		begun := position
		if _, rest, ok := strings.Cut(text, " resumed>"); ok && strings.HasPrefix(text, "<... ") {
			begun, text = unfinished[thread].position, unfinished[thread].text+rest
		}
		if strings.HasPrefix(text, "+++ ") {
			continue
		}
		if err := r.add(begun, position+1, text); err != nil {
			return fmt.Errorf("line %d of the trace: %w", position/2, err)
		}
	}
	return nil
}

// add adds a call if it changed the folder or recorded that a write has returned.
func (r *recording) add(begun, ended int, text string) error {
	at := strings.LastIndex(text, " = ")
	if at < 0 {
		return fmt.Errorf("no result: %.300s", text)
	}
	name, arguments, _ := strings.Cut(strings.TrimRight(text[:at], " "), "(")
	result := text[at+3:]
	if strings.HasPrefix(result, "-1 ") && strings.HasPrefix(name, "open") || strings.Contains(arguments, "MAP_ANONYMOUS") {
		return nil
	}
	path := pathOf(name, arguments, result)
	if path == r.returned && name == "write" {
		content, err := unquote(arguments)
		r.calls = append(r.calls, call{kind: returned, begun: begun, ended: ended, bytes: content})
		return err
	}
	if !strings.Contains(text, quote(r.dir)) || strings.HasSuffix(path, "-shm") { // which no restart needs
		return nil
	}
	if strings.HasPrefix(result, "-") {
		return fmt.Errorf("%s of %s failed: %s", name, path, result)
	}
	inside := strings.TrimPrefix(strings.TrimPrefix(path, r.dir), "/")
	c, err := r.understand(name, arguments, inside)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", name, path, err)
	}
	if c != nil {
		c.begun, c.ended = begun, ended
		r.calls = append(r.calls, *c)
	}
	return nil
}

// understand returns the effect of a call that succeeded, or nil if it had none.
func (r *recording) understand(name, arguments, inside string) (c *call, err error) {
	file, ok := r.files[inside]
	c = &call{file: file, name: inside}
	switch name {
	case "open", "openat":
		if strings.Contains(arguments, "O_TRUNC") {
			return nil, fmt.Errorf("it truncates, which is not understood")
		}
		if ok {
			return nil, nil
		}
		r.last++
		r.files[inside] = r.last
		c.kind, c.file = created, r.last
		return c, nil
	case "unlink", "unlinkat":
		c.kind = removed
		delete(r.files, inside)
	case "pwrite64":
		c.kind = written
		if c.bytes, err = unquote(arguments); err == nil {
			c.offset, err = lastNumber(arguments)
		}
	case "ftruncate":
		c.kind = truncated
		c.offset, err = lastNumber(arguments)
	case "fsync", "fdatasync":
		c.kind = synced
	default:
		err = fmt.Errorf("not understood")
	}
	if !ok {
		err = fmt.Errorf("the file is unknown")
	}
	return c, err
}

// pathOf returns the path of a call: that of its result if the call opens a file, its first
// text if it removes one, or else that of its descriptor.
func pathOf(name, arguments, result string) string {
	from, open, end := arguments, "<", ">"
	switch {
	case strings.HasPrefix(name, "open"):
		from = result
	case strings.HasPrefix(name, "unlink"):
		open, end = `"`, `"`
	}
	_, path, _ := strings.Cut(from, open)
	path, _, _ = strings.Cut(path, end)
	decoded, err := hex.DecodeString(strings.ReplaceAll(path, `\x`, ""))
	if err != nil {
		return path
	}
	return string(decoded)
}

// quote returns the text as the trace has it.
func quote(text string) string {
	var quoted strings.Builder
	for _, b := range []byte(text) {
		fmt.Fprintf(&quoted, `\x%02x`, b)
	}
	return quoted.String()
}

// unquote returns the bytes of the first text.
func unquote(arguments string) ([]byte, error) {
	_, text, _ := strings.Cut(arguments, `"`)
	text, rest, _ := strings.Cut(text, `"`)
	if strings.HasPrefix(rest, "...") {
		return nil, fmt.Errorf("the trace has not all of a text")
	}
	return hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
}

func lastNumber(arguments string) (int64, error) {
	number := arguments[strings.LastIndex(arguments, " ")+1:]
	return strconv.ParseInt(strings.TrimSuffix(number, ")"), 10, 64)
}
