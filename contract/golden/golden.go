// Package golden owns tables of inputs and what a person is told about each: text files that
// one can read from top to bottom. It leaves alone how an input is run, which is for the test
// to say.
//
// A file has a block for each case:
//
//	### a PATCH with a duration in seconds
//	PATCH /beta/me/analytics/activityStatistics/x
//
//	{"duration":300}
//	> 400 BadRequest
//	> 'duration' must be a string, not a number.
//
// The lines that begin with > are what must be told. go test -update rewrites them. All lines
// above the first block are a remark.
package golden

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files with what is told now")

const (
	begin = "### " // a case, followed by its name
	told  = "> "
)

// Case is one block of a file.
type Case struct {
	Name  string
	Head  string // the input above its first empty line
	Body  string // the input below it, without empty lines at its end; "" for none
	lines []string
}

// Test runs a subtest for each case of the file. run returns what is told, one fact a line. With
// -update, Test then rewrites the file.
func Test(t *testing.T, file string, run func(t *testing.T, one Case) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	written, cases := parse(string(text))
	for _, one := range cases {
		want := strings.Join(one.lines, "")
		got := want // of a case that -run leaves out
		t.Run(one.Name, func(t *testing.T) {
			got = quote(run(t, one))
			if got != want && !*update {
				t.Errorf("told is\n%swant\n%s(go test -update rewrites %s)", got, want, file)
			}
		})
		written += "\n" + one.input() + got
	}
	if !*update || t.Failed() {
		return
	}
	if err := os.WriteFile(file, []byte(written), 0o600); err != nil {
		t.Fatal(err)
	}
}

// parse splits a file into the remark and the cases.
func parse(text string) (remark string, cases []Case) {
	for line := range strings.Lines(text) {
		name, begins := strings.CutPrefix(line, begin)
		if begins {
			cases = append(cases, Case{Name: strings.TrimSpace(name)})
			continue
		}
		if len(cases) == 0 {
			remark += line
			continue
		}
		one := &cases[len(cases)-1]
		switch {
		case strings.HasPrefix(line, strings.TrimSpace(told)):
			one.lines = append(one.lines, line)
		case len(one.lines) == 0:
			one.Body += line
		}
	}
	for i := range cases {
		head, body, _ := strings.Cut(cases[i].Body, "\n\n")
		cases[i].Head, cases[i].Body = strings.TrimSpace(head), strings.TrimRight(body, "\n")
	}
	return strings.TrimRight(remark, "\n") + "\n", cases
}

// input returns the block of a case without what is told.
func (c Case) input() string {
	text := begin + c.Name + "\n" + c.Head + "\n"
	if c.Body != "" {
		text += "\n" + c.Body + "\n"
	}
	return text
}

// quote returns the text with the mark of what is told before each of its lines.
func quote(text string) string {
	var quoted strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		quoted.WriteString(strings.TrimRight(told+line, " \n") + "\n")
	}
	return quoted.String()
}
