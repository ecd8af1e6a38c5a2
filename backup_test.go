package main

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var backups = flag.Int("backups", 5, "how many backups TestBackupsUnderLoad makes")

// TestBackupsUnderLoad: while clients write, each backup holds every write that was
// answered before it began, is hardly larger than the store, and opens as one.
func TestBackupsUnderLoad(t *testing.T) {
	dir := t.TempDir()
	others := filepath.Join(dir, "others.jsonl")
	rowsOf(t, others, *stored)
	mustCommand(t, "import", "--data", dir, others)
	p := startServe(t, dir)
	var mu sync.Mutex
	var made []string
	var stop atomic.Bool
	var clients sync.WaitGroup
	for n := range 16 {
		c := newCreator(t, dir)
		c.tried = n * 1_000_000 // lest two draw one id
		clients.Go(func() {
			for !stop.Load() {
				status, answer := c.create(p)
				if status != http.StatusCreated {
					t.Errorf("POST = %d %s", status, answer)
					return
				}
				mu.Lock()
				made = append(made, c.made[len(c.made)-1])
				mu.Unlock()
			}
		})
	}
	answered := make([][]string, *backups)
	for i := range answered {
		for len(answered[i]) < 20*(i+1) {
			time.Sleep(time.Millisecond)
			mu.Lock()
			answered[i] = slices.Clone(made)
			mu.Unlock()
		}
		mustCommand(t, "backup", "--data", dir, filepath.Join(dir, "backup"+strconv.Itoa(i)))
	}
	stop.Store(true)
	clients.Wait()
	if _, err := command(t, "restore", "--data", dir, filepath.Join(dir, "backup0")); err == nil || !strings.Contains(err.Error(), "in use by another server") {
		t.Errorf("beside a server, restore says %v", err)
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	data, last := sizeOfFile(t, filepath.Join(dir, "afterhours.db")), sizeOfFile(t, filepath.Join(dir, "backup"+strconv.Itoa(*backups-1)))
	t.Logf("%d backups while %d statistics were created beside %d; the last has %d bytes, the store has %d", *backups, len(made), *stored, last, data)
	if last*10 > data*12 {
		t.Error("that is more than 1.2 times as much")
	}
	for i, ids := range answered {
		mustCommand(t, "restore", "--data", dir, filepath.Join(dir, "backup"+strconv.Itoa(i)))
		restored := startServe(t, dir)
		c := newCreator(t, dir)
		c.made = ids
		c.wantAll(restored, http.StatusOK)
		if err := restored.end(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
}

func sizeOfFile(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestRestoreChecksFirst(t *testing.T) {
	dir := t.TempDir()
	c := newCreator(t, dir)
	p := startServe(t, dir)
	for range 100 {
		c.want(p, http.StatusCreated, "focus")
	}
	backup := filepath.Join(dir, "backup")
	mustCommand(t, "backup", "--data", dir, backup)
	if _, err := command(t, "backup", "--data", dir, backup); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a second backup of the name says %v", err)
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"text": "no backup", "empty": "", "cut": string(content[:len(content)/2]), "damaged": string(content[:4096]) + strings.Repeat("rust", (len(content)-4096)/4),
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := command(t, "restore", "--data", dir, file); err == nil || !strings.Contains(err.Error(), "cannot be restored") {
			t.Errorf("restoring what is %s says %v", name, err)
		}
	}
	c.wantAll(startServe(t, dir), http.StatusOK)

	elsewhere := filepath.Join(t.TempDir(), "new")
	mustCommand(t, "restore", "--data", elsewhere, backup)
	c.token = mustCommand(t, "token", "--data", elsewhere)
	c.wantAll(startServe(t, elsewhere), http.StatusOK)
}
