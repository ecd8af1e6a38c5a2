package command

import (
	"math"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// memoryVariable is the variable with which Go's own runtime takes a limit.
const memoryVariable = "GOMEMLIMIT"

// limitMemory sets the soft limit of Go's runtime to nine tenths of what the control group of the
// process may take, and returns it in bytes, 0 without one. The last tenth is for memory that the
// runtime does not count. If GOMEMLIMIT is set, it stays as it is. root is the folder "/".
func limitMemory(environ []string, root string) int64 {
	if slices.ContainsFunc(environ, func(one string) bool { return strings.HasPrefix(one, memoryVariable+"=") }) {
		if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
			return limit
		}
		return 0
	}
	limit := groupMemory(root)
	if limit == 0 {
		return 0
	}
	limit = limit / 10 * 9
	debug.SetMemoryLimit(limit)
	return limit
}

// groupMemory returns how many bytes the control group of the process may take, 0 without a limit.
// Control groups exist on Linux alone; their files are not there on other systems. Each line of
// /proc/self/cgroup is ID:CONTROLLERS:PATH (cgroups(7)). Version 2 has one line, without controllers.
func groupMemory(root string) int64 {
	lines, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	least := int64(0)
	for line := range strings.Lines(string(lines)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		switch {
		case fields[1] == "":
			least = leastOf(least, limitOf(filepath.Join(root, "sys/fs/cgroup"), fields[2], "memory.max"))
		case slices.Contains(strings.Split(fields[1], ","), "memory"):
			least = leastOf(least, limitOf(filepath.Join(root, "sys/fs/cgroup/memory"), fields[2], "memory.limit_in_bytes"))
		}
	}
	return least
}

// limitOf returns the least limit of the group and of the groups that it is in, 0 without a limit. In
// a container the path may be that of the host, which is not there; the group is then the root.
func limitOf(mount, group, file string) int64 {
	least := int64(0)
	for {
		text, err := os.ReadFile(filepath.Join(mount, group, file))
		bytes, notANumber := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // "max" is no limit
		if err == nil && notANumber == nil && bytes < noLimit {
			least = leastOf(least, bytes)
		}
		if group == "/" || group == "." || group == "" {
			return least
		}
		group = path.Dir(group)
	}
}

// noLimit is what version 1 writes for no limit, or less: the largest multiple of a page.
const noLimit = math.MaxInt64 - 1<<20

// leastOf returns the smaller of two limits, of which 0 is none.
func leastOf(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
