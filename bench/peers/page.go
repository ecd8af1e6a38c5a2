package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"text/template"
	"time"
)

//go:embed page.md.tmpl
var pageText string

// page is what page.md.tmpl shows.
type page struct {
	Rounds, Seconds int
	Peers           []peer
	Machine         string
	Busy            float64 // the load average when the run began: of other programs
	OneCore         []row
	TwoCores        []row
	Reading         []readingTable
	Large           *large // nil if it was not measured
}

// readingTable has the rows of one kind of request.
type readingTable struct {
	Title       string
	Connections int
	Rows        []row
}

func (b *bench) newPage() *page {
	return &page{Rounds: b.rounds, Seconds: b.seconds, Peers: append([]peer{bare("")}, b.peers...), Machine: b.machine(), Busy: loadAverage()}
}

// Title and Facts are for the template.
func (p peer) Title() string { return p.title }

func (p peer) Facts() facts { return p.facts }

// write fills the template into a file.
func (p *page) write(file string) error {
	t, err := template.New("page").Funcs(template.FuncMap{"rate": rate, "ms": milliseconds, "ratio": decimals, "count": func(n int) string { return rate(float64(n)) }}).Parse(pageText)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := t.Execute(&text, p); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text.String()), 0o644)
}

// rate returns a number with commas between its thousands: 12,345.
func rate(value float64) string {
	text := fmt.Sprintf("%.0f", value)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func milliseconds(value time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(value)/float64(time.Millisecond))
}

// decimals returns a ratio with two digits that count, and a dash for 0.
func decimals(value float64) string {
	switch {
	case value == 0:
		return "–"
	case value < 10:
		return fmt.Sprintf("%.2f", value)
	}
	return fmt.Sprintf("%.1f", value)
}

// machine returns date, machine and versions in one line.
func (b *bench) machine() string {
	words := []string{time.Now().UTC().Format("2 January 2006"), fmt.Sprintf("%d cores", runtime.NumCPU())}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		words[1] += " (" + field(string(info), "model name") + ")"
	}
	for _, command := range [][]string{
		{"uname", "-sr"}, {"findmnt", "--noheadings", "--output", "FSTYPE", "--target", b.folder}, {"go", "env", "GOVERSION"}, {"wrk", "--version"},
		{"node", "--version"}, {"java", "--version"}, {"git", "describe", "--always", "--dirty", "--exclude", "*"},
	} {
		out, _ := exec.CommandContext(b.ctx, command[0], command[1:]...).CombinedOutput() // wrk says its version and fails
		first, _, _ := strings.Cut(string(out), "\n")
		first, _, _ = strings.Cut(first, " [")
		switch command[0] {
		case "findmnt":
			first = "data on " + first
		case "node":
			first = "Node " + first
		case "git":
			first = "commit " + first
		}
		words = append(words, first)
	}
	return strings.Join(words, ", ")
}

// loadAverage returns how many processes have been runnable in the last minute, 0 if the system
// does not say it.
func loadAverage() (average float64) {
	text, _ := os.ReadFile("/proc/loadavg")
	_, _ = fmt.Sscan(string(text), &average)
	return average
}

// field returns the first value of a name in lines of "name : value".
func field(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
