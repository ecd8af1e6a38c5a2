package durability_test

import (
	"afterhours/contract/program"
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

// TestBackupsUnderLoad makes backups while clients write. Each backup has every write that
// was answered before the backup began, is at most a fifth larger than the store, and can be
// restored and served.
func TestBackupsUnderLoad(t *testing.T) {
	dir := t.TempDir()
	others := filepath.Join(dir, "others.jsonl")
	program.WriteRows(t, others, *stored)
	program.Run(t, "import", "--data", dir, others)
	p := program.Serve(t, dir)
	var mu sync.Mutex
	var made []string
	var stop atomic.Bool
	var clients sync.WaitGroup
	token := program.Run(t, "token", "--data", dir)
	for n := range 16 {
		c := program.NewCreatorWith(t, token)
		c.Tried = n * 1_000_000 // so that no two clients use the same id
		clients.Go(func() {
			for !stop.Load() {
				status, answer := c.Create(p)
				if status != http.StatusCreated {
					t.Errorf("POST = %d %s", status, answer)
					return
				}
				mu.Lock()
				made = append(made, c.Made[len(c.Made)-1])
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
		program.Run(t, "backup", "--data", dir, filepath.Join(dir, "backup"+strconv.Itoa(i)))
	}
	stop.Store(true)
	clients.Wait()
	if _, err := program.TryRun(t, "restore", "--data", dir, filepath.Join(dir, "backup0")); err == nil || !strings.Contains(err.Error(), "a server runs on the data folder") {
		t.Errorf("while a server runs, restore fails with %v", err)
	}
	if err := p.End(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	data, last := sizeOfFile(t, filepath.Join(dir, "afterhours.db")), sizeOfFile(t, filepath.Join(dir, "backup"+strconv.Itoa(*backups-1)))
	t.Logf("%d backups while %d statistics were created beside %d; the last has %d bytes, the store has %d", *backups, len(made), *stored, last, data)
	if last*10 > data*12 {
		t.Error("that is more than 1.2 times as much")
	}
	for i, ids := range answered {
		program.Run(t, "restore", "--data", dir, filepath.Join(dir, "backup"+strconv.Itoa(i)))
		restored := program.Serve(t, dir)
		c := program.NewCreator(t, dir)
		c.Made = ids
		c.WantAll(restored, http.StatusOK)
		if err := restored.End(syscall.SIGTERM); err != nil {
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
