package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestLockLetsOneServerIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); err == nil || !strings.Contains(err.Error(), dir+" is in use by another server: stop that one first") {
		t.Errorf("the error of a second server is %v", err)
	}
	put(t, opened(t, dir), key) // as a command does while the server runs

	if err := release(); err != nil {
		t.Fatal(err)
	}
	release, err = Lock(dir)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
