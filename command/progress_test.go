package command

import (
	"path/filepath"
	"regexp"
	"testing"

	"afterhours/contract/program"
)

// TestProgress: on a terminal, commands that take long show how much they have done, the rate and, if
// they know the end, the time left. A step without a known end has the time elapsed. Rows that are
// written to a terminal have no bar between them.
func TestProgress(t *testing.T) {
	const data = " --durability normal --data "
	dir := t.TempDir()
	rows, store := filepath.Join(dir, "rows.jsonl"), filepath.Join(dir, "data")
	for _, row := range []struct{ line, want string }{
		{"generate --users 100 --weeks 10 >" + rows, `generating +\d+% \|.*\| \(\d+/35000, \d+ rows/s\) \[\d+s:\d+s\]`},
		{"import" + data + store + " " + rows, `importing +\d+% \|.*\| \([\d.]+ ?[kM]?B?/\d+ MB, [\d.]+ [kM]B/s\) \[\d+s:\d+s\]`},
		{"export" + data + store + " " + rows + "2.jsonl && truncate --size 5000000 " + rows + "2.jsonl", `exporting +\d+% \|.*\| \(\d+/35000, \d+ rows/s\) \[\d+s:\d+s\]`},
		{"export --resume" + data + store + " " + rows + "2.jsonl", `exporting +\d+% \|.*\| \(\d+/[12]\d{4}, \d+ rows/s\) \[\d+s:\d+s\]`},
		{"backup" + data + store + " " + store + ".db", `(?s)copying +0% \|.*\| \( 0 B/[\d.]+ MB\) \[\d+s:\d+s\].*[-|/\\] checking the copy  \[\d+s\].*backed up`},
		{"restore --data " + store + "2 " + store + ".db", `(?s)[-|/\\] checking the backup  \[\d+s\].*copying +0% \|.*\| \( 0 B/[\d.]+ MB\) \[\d+s:\d+s\].*restored`},
		{"doctor" + data + store, `(?s)[-|/\\] reading and writing  \[\d+s\].*[-|/\\] checking all that is stored  \[\d+s\].*ok`},
		{"doctor" + data + store + " 2>" + rows + "4", `^ok\r\nexit`},
		{"generate --users 1 --weeks 1 --format csv", `^[^%]*$`},
	} {
		terminal := onTerminal(t, "TERM=xterm "+program.Path(t)+" "+row.line+"; echo exit code $?")
		if shown := terminal.until("exit code 0"); !regexp.MustCompile(row.want).MatchString(shown) {
			t.Errorf("%s shows %q, want %s", row.line, shown, row.want)
		}
	}
}
