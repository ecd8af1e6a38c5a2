package command

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os/exec"
	"strings"
	"testing"

	"afterhours/contract/program"
)

// TestGenerateForEver: the bytes are those of the committed files. They must never change: others
// rely on them in tests of their own. If they have to, the new bytes are a breaking change.
func TestGenerateForEver(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		want := mustRead(t, "testdata/generated."+format)
		if got, err := run(t, "generate", "--users", "2", "--weeks", "1", "--seed", "7", "--format", format); got != want || err != nil {
			t.Errorf("%s: %v\n%s\nwant\n%s", format, err, got, want)
		}
	}
	sum := sha256.New()
	big := exec.CommandContext(t.Context(), program.Path(t), "generate", "--users", "100", "--weeks", "52", "--seed", "7")
	big.Stdout = sum
	if err := big.Run(); err != nil {
		t.Fatal(err)
	}
	const want = "3cf1b4972a4c6c595a97723b08e1e64680e25ff09d1e1b00bbf607e9eae6afdf"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("the SHA-256 of a year of 100 users is %s; want %s", got, want)
	}
}

// TestGeneratedIsImported: import refuses no row, of either format and of any zone, and an import
// of the same rows in the other format changes nothing.
func TestGeneratedIsImported(t *testing.T) {
	data := t.TempDir()
	arguments := []string{"generate", "--users", "3", "--weeks", "30", "--seed", "11", "--tenant", "0F8FAD5B-D9CB-469F-A165-70867728950E", "--until", "2024-02-29"}
	for _, test := range []struct{ format, zone, want string }{
		{"jsonl", "", "3150 created, 0 replaced, 0 unchanged, 0 refused\n"},
		{"csv", "", "0 created, 0 replaced, 3150 unchanged, 0 refused\n"},
		{"csv", "=Mars, \"Olympus\"", "0 created, 3150 replaced, 0 unchanged, 0 refused\n"},
	} {
		rows := program.Run(t, append(arguments, "--format", test.format, "--zone", test.zone)...)
		imported := exec.CommandContext(t.Context(), program.Path(t), "import", "--data", data, "--format", test.format, "-")
		imported.Stdin = strings.NewReader(rows)
		if out, err := imported.Output(); string(out) != test.want || err != nil {
			t.Errorf("%+v: %v: %s", test, err, out)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--users", "0"}, "--users 0: there must be one at least"},
		{[]string{"--weeks", "600000"}, "so many weeks before 2026-10-31 begin before 0001-01-01"},
		{[]string{"--until", "31.10.2026"}, "--until 31.10.2026: it must be a date, YYYY-MM-DD, as in 2026-10-31"},
		{[]string{"--tenant", "contoso"}, "--tenant contoso: it must be a GUID, as in "},
		{[]string{"--format", "xml"}, "--format xml: it must be jsonl or csv"},
		{[]string{"--zone", "a\tb"}, "it must be a time zone"},
		{[]string{"--seed", "-1"}, "--seed"},
		{[]string{"file"}, "file"},
	} {
		out, err := run(t, append([]string{"generate"}, test.args...)...)
		if err == nil || !strings.Contains(err.Error(), test.want) || ExitCode(err) != 2 || out != "" {
			t.Errorf("%q: %v\n%s", test.args, err, out)
		}
	}
}

// TestGenerateStreams: the first rows of an output without an end come at once, and a reader that
// goes away ends the program.
func TestGenerateStreams(t *testing.T) {
	command := exec.CommandContext(t.Context(), program.Path(t), "generate", "--users", "1000000", "--weeks", "10000")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 10)
	if _, err := io.ReadFull(out, first); err != nil || !bytes.HasPrefix(first, []byte(`{"tenant"`)) {
		t.Errorf("%q, %v", first, err)
	}
	_ = out.Close()
	if err := command.Wait(); err == nil {
		t.Error("the program succeeds although nobody reads what it writes")
	}
}
