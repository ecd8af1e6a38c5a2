package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctor(t *testing.T) {
	dir := t.TempDir()
	c := newCreator(t, dir)
	p := startServe(t, dir)
	for range 100 {
		c.want(p, http.StatusCreated, "focus")
	}
	if out := mustCommand(t, "doctor", "--data", dir); out != "ok" {
		t.Errorf("beside a server, doctor says %q", out)
	}
	if err := p.end(os.Interrupt); err != nil {
		t.Fatal(err)
	}

	file, err := os.OpenFile(filepath.Join(dir, "afterhours.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte(strings.Repeat("rust", int(info.Size()/8))), info.Size()/2); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := command(t, "doctor", "--data", dir); err == nil || !strings.Contains(err.Error(), "damaged") && !strings.Contains(err.Error(), "malformed") || exitCode(err) != 1 {
		t.Errorf("of a damaged file, doctor says %v", err)
	}
}
