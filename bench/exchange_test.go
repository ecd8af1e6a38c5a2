package bench_test

import (
	"afterhours/contract/program"
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var rowCount = flag.Int("rows", 2000, "how many rows BenchmarkExchange imports and exports")

// BenchmarkExchange imports statistics into sqlite and exports them, as JSON Lines and as
// CSV. It reports the rate and the peak memory of the program.
func BenchmarkExchange(b *testing.B) {
	program.Path(b) // builds the program before the clock runs
	dir := b.TempDir()
	in, kept := filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "kept")
	writeRows(b, in, *rowCount)
	for _, step := range []struct{ name, verb, data, file string }{
		{"import/jsonl", "import", kept, in},
		{"export/jsonl", "export", kept, filepath.Join(dir, "out.jsonl")},
		{"export/csv", "export", kept, filepath.Join(dir, "out.csv")},
		{"import/csv", "import", filepath.Join(dir, "other"), filepath.Join(dir, "out.csv")},
	} {
		b.Run(step.name, func(b *testing.B) {
			for b.Loop() {
				output := step.data // of the round before
				if step.verb == "export" {
					output = step.file
				}
				if err := os.RemoveAll(output); err != nil {
					b.Fatal(err)
				}
				begun := time.Now()
				memory := runMeasured(b, step.verb, "--data", step.data, step.file)
				b.ReportMetric(float64(*rowCount)/time.Since(begun).Seconds(), "rows/s")
				b.ReportMetric(memory, "MiB")
			}
		})
	}
}

// writeRows writes count statistics of all types to a file, 500 for each user.
func writeRows(b *testing.B, name string, count int) {
	b.Helper()
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(file)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range count {
		row := []struct{ name, activity, more string }{
			{"call", "Call", `,"afterHours":"PT9M"`},
			{"chat", "Chat", `,"afterHours":null`},
			{"email", "Email", `,"afterHours":"PT1H","readEmail":"PT25M","sentEmail":"PT5M"`},
			{"focus", "Focus", ""},
			{"meeting", "Meeting", `,"afterHours":"PT0S","conflicting":"PT0S","long":"PT1H","multitasking":null,"organized":"PT30M","recurring":"PT30M"`},
		}[n%5]
		start := day.AddDate(0, 0, n%500/5)
		dates := [2]string{start.Format(time.DateOnly), start.AddDate(0, 0, 1).Format(time.DateOnly)}
		fmt.Fprintf(out, `{"tenant":"11111111-2222-4333-8444-555555555555","user":"00000000-0000-4000-8000-%012d","statistic":{"@odata.type":"#microsoft.graph.%sActivityStatistics",`+
			`"id":"%[2]s_%[3]s_%[4]s","activity":%[5]q,"startDate":%[3]q,"endDate":%[4]q,"timeZoneUsed":"Pacific Standard Time","duration":"PT%[6]dM%[7]d.%07[8]dS"%[9]s}}`+"\n",
			n/500, row.name, dates[0], dates[1], row.activity, n%479+1, n%59+1, n%9_999_991+1, row.more)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}
