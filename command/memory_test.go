package command

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

// TestGroupMemory checks where both versions of control groups have the limit of the process.
func TestGroupMemory(t *testing.T) {
	const v2, v1 = "sys/fs/cgroup/", "sys/fs/cgroup/memory/"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no control groups":             {nil, 0},
		"version 2, a container":        {map[string]string{"proc/self/cgroup": "0::/\n", v2 + "memory.max": "536870912\n"}, 512 << 20},
		"version 2, no limit":           {map[string]string{"proc/self/cgroup": "0::/\n", v2 + "memory.max": "max\n"}, 0},
		"version 2, a service":          {map[string]string{"proc/self/cgroup": "0::/system.slice/a.service\n", v2 + "system.slice/a.service/memory.max": "1000\n"}, 1000},
		"version 2, the least counts":   {map[string]string{"proc/self/cgroup": "0::/a/b\n", v2 + "a/b/memory.max": "max\n", v2 + "a/memory.max": "2000\n", v2 + "memory.max": "3000\n"}, 2000},
		"version 2, the host's path":    {map[string]string{"proc/self/cgroup": "0::/docker/12ab\n", v2 + "memory.max": "4000\n"}, 4000},
		"version 1, a container":        {map[string]string{"proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/12ab\n0::/\n", v1 + "memory.limit_in_bytes": "5000\n"}, 5000},
		"version 1, no limit":           {map[string]string{"proc/self/cgroup": "4:memory:/\n", v1 + "memory.limit_in_bytes": "9223372036854771712\n"}, 0},
		"version 1, several in a group": {map[string]string{"proc/self/cgroup": "4:cpu,memory:/a\n", v1 + "a/memory.limit_in_bytes": "6000\n"}, 6000},
		"not in the form":               {map[string]string{"proc/self/cgroup": "\nx\n0::\n", v2 + "memory.max": "seven\n"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for path, text := range c.files {
				file := filepath.Join(root, path)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := groupMemory(root); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

// TestLimitMemory checks that the runtime gets nine tenths of the limit, and that GOMEMLIMIT counts
// before it.
func TestLimitMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	debug.SetMemoryLimit(math.MaxInt64)
	root := t.TempDir()
	for path, text := range map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "10000000000\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if limit := limitMemory([]string{"GOMEMLIMIT=off"}, root); limit != 0 || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		t.Errorf("with GOMEMLIMIT=off the limit is %d", limit)
	}
	if limit := limitMemory(nil, root); limit != 9e9 || debug.SetMemoryLimit(-1) != 9e9 {
		t.Errorf("the limit is %d, want 9e9", limit)
	}
	if limit := limitMemory([]string{"GOMEMLIMIT=9GB"}, root); limit != 9e9 {
		t.Errorf("with GOMEMLIMIT the limit is %d, want that of the runtime", limit)
	}
	if limit := limitMemory(nil, t.TempDir()); limit != 0 {
		t.Errorf("without control groups the limit is %d", limit)
	}
}
