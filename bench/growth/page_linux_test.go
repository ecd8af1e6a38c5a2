package growth_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// String returns the page of results.
func (r *report) String() string {
	var page strings.Builder
	fmt.Fprintf(&page, `# Cost as work grows

%d connections of %d applications send requests, each for a user at random out of all, and wait for each response. Every
user has %s statistics of all types, so a larger store has more users. Servers on stores of different sizes run side by
side and are loaded in turn, for %s each, %d times. The figures are medians: requests a second, and the p99 of their
time. The client shares the processors with the server. sqlite syncs every write (`+"`--durability full`"+`).

`+"```"+`
$ go test ./bench/growth -v -timeout 4h -largest %d -phase %s -rounds %d -page growth.md
`+"```"+`

The run fails if throughput, p99 or, on sqlite, the server's memory is more than %.1f times worse than with %s statistics,
if the first response comes later than %s after the start, or if more connections leave less than %.1f of the best
throughput.

## sqlite

`, atOnce, callers, thousands(ofUser), *phase, *rounds, *largest, *phase, *rounds, most, thousands(int64(r.sqlite[0].size)),
		milliseconds(longestStart), leastOfBest)
	operationRows(&page, r.sqlite)
	row(&page, "first response after the start", r.sqlite, func(f *filled) string { return milliseconds(f.started) })
	row(&page, "peak memory of the server", r.sqlite, func(f *filled) string { return fmt.Sprintf("%.0f MiB", f.peak) })
	row(&page, "file of the database", r.sqlite, func(f *filled) string {
		return fmt.Sprintf("%s MiB, %d bytes a statistic", thousands(f.bytes>>20), f.bytes/int64(f.size))
	})
	row(&page, "import", r.sqlite, func(f *filled) string { return f.imported.String() })
	row(&page, "export", r.sqlite, func(f *filled) string { return f.exported.String() })
	fmt.Fprint(&page, `
Import and export are processes of their own; the MiB are their peak. The rows come from a pipe, so the program that
writes them takes a part of the processors. [exchange.md](../exchange.md) has a million rows from a file. The memory of
every process includes what the collector leaves until the heap has grown by 64 MiB.

## memory

`)
	operationRows(&page, r.memory)
	row(&page, "peak memory of the server", r.memory, func(f *filled) string { return fmt.Sprintf("%.0f MiB", f.peak) })
	fmt.Fprintf(&page, `
The peak is that of the seed, which holds all rows of the file at once.

## Connections

sqlite with %s statistics. A request that would wait for too long is refused with 503; its client sends the next one at
once.

| connections | PATCH | refused | GET | refused |
|---|---|---|---|---|
`, thousands(int64(r.size)))
	for _, with := range r.connected {
		fmt.Fprintf(&page, "| %s |", thousands(int64(with.count)))
		for _, op := range []operation{patch, get} {
			f := median(with.measured[op.name])
			fmt.Fprintf(&page, " %s | %s/s |", f, thousands(int64(f.refused)))
		}
		fmt.Fprintln(&page)
	}
	fmt.Fprintf(&page, "\n%s\n", machine())
	return page.String()
}

// operationRows writes the head of a table with a column for each store, and a row for each operation.
func operationRows(page *strings.Builder, all []*filled) {
	fmt.Fprint(page, "| statistics |")
	for _, one := range all {
		fmt.Fprintf(page, " %s |", thousands(int64(one.size)))
	}
	fmt.Fprintln(page, "\n|---|"+strings.Repeat("---|", len(all)))
	for _, op := range operations {
		row(page, op.name, all, func(f *filled) string { return median(f.measured[op.name]).String() })
	}
}

func row(page *strings.Builder, name string, all []*filled, cell func(*filled) string) {
	fmt.Fprintf(page, "| %s |", name)
	for _, one := range all {
		fmt.Fprintf(page, " %s |", cell(one))
	}
	fmt.Fprintln(page)
}

func (m moved) String() string {
	return fmt.Sprintf("%s rows/s, %.0f MiB", thousands(int64(m.rate)), m.memory)
}

// machine says where and when the figures were measured.
func machine() string {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	processors, _ := os.ReadFile("/proc/cpuinfo")
	model := ""
	for line := range strings.Lines(string(processors)) {
		if name, is := strings.CutPrefix(line, "model name"); is && model == "" {
			model = strings.Trim(name, " \t:\n")
		}
	}
	return fmt.Sprintf("Linux %s, %d cores (%s), %s, %s.", strings.TrimSpace(string(release)), runtime.NumCPU(), model,
		strings.Replace(runtime.Version(), "go", "Go ", 1), time.Now().Format("2 January 2006"))
}
