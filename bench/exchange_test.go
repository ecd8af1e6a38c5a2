package bench_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterhours/contract/program"
)

// BenchmarkExchange imports statistics into sqlite and exports them, as JSON Lines and as
// CSV. One operation is one row: -benchtime 1000000x moves a million rows by one process each
// time. It reports the rate and the peak memory of the program.
func BenchmarkExchange(b *testing.B) {
	program.Path(b) // builds the program before the clock runs
	for _, name := range []string{"import/jsonl", "export/jsonl", "export/csv", "import/csv"} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			rows, kept, other := filepath.Join(dir, "rows.jsonl"), filepath.Join(dir, "kept"), filepath.Join(dir, "other")
			verb, format, _ := strings.Cut(name, "/")
			out := filepath.Join(dir, "out."+format)
			writeRows(b, rows, b.N)
			args := []string{"import", "--data", kept, rows}
			if name != "import/jsonl" {
				program.Run(b, args...)
				args = []string{"export", "--data", kept, out}
			}
			if name == "import/csv" {
				program.Run(b, args...)
				args = []string{verb, "--data", other, out}
			}
			b.ResetTimer()
			memory := runMeasured(b, args...)
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(memory, "MiB")
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
