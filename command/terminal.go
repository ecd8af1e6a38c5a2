package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"afterhours/store"
)

// isTerminal reports whether out is a terminal, which a person reads.
func isTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // which is a device of characters, too
	return err != nil || !os.SameFile(info, null)
}

// newByteBar returns a bar that shows how many of the bytes a command has read. total is -1
// if it is unknown. Only a terminal should see it.
func newByteBar(out io.Writer, isVisible bool, total int64, title string) *progressbar.ProgressBar {
	return newBar(out, isVisible, total, title, progressbar.OptionShowCount(), progressbar.OptionShowBytes(true))
}

// newRowBar returns a bar that shows how many rows a command has written. total is -1 if it is
// unknown. Only a terminal should see it.
func newRowBar(out io.Writer, isVisible bool, total int64, title string) *progressbar.ProgressBar {
	return newBar(out, isVisible, total, title, progressbar.OptionShowCount(), progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts())
}

// redraw is how long a bar stays as it is.
const redraw = 100 * time.Millisecond

func newBar(out io.Writer, isVisible bool, total int64, title string, more ...progressbar.Option) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(out), progressbar.OptionSetVisibility(isVisible), progressbar.OptionSetDescription(title),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine draws it: that one would read the bar without its lock
		progressbar.OptionThrottle(redraw), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: " ", BarStart: "|", BarEnd: "|"}), // blocks need UTF-8
	}
	return progressbar.NewOptions64(total, append(options, more...)...)
}

// steps shows the steps of a long call one after the other.
type steps struct {
	out  io.Writer
	mu   sync.Mutex // of what follows
	step string
	bar  *progressbar.ProgressBar // of the step, nil before the first one
}

// showSteps returns a progress that is shown on out if that is a terminal, and how to end it: a bar
// for a step whose bytes are known, and a spinner with the time elapsed for another one.
func showSteps(out io.Writer) (progress store.Progress, end func()) {
	if !isTerminal(out) {
		return func(string, int64, int64) {}, func() {}
	}
	s := &steps{out: out}
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stopped:
				return
			case <-time.After(redraw):
				s.draw()
			}
		}
	}()
	return s.show, func() {
		close(stopped)
		<-ended
		s.clear()
	}
}

func (s *steps) show(step string, done, total int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case step == s.step:
		_ = s.bar.Set64(done) // an error if a terminal is gone
		return
	case s.bar != nil:
		_ = s.bar.Clear()
	}
	s.step = step
	if total < 0 {
		s.bar = newBar(s.out, true, total, step)
	} else {
		s.bar = newByteBar(s.out, true, total, step)
	}
	_ = s.bar.RenderBlank()
}

// draw shows that time passes.
func (s *steps) draw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar != nil {
		_ = s.bar.RenderBlank()
	}
}

func (s *steps) clear() {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}

// sizeOf returns the size of a file in bytes, -1 if from is no regular file.
func sizeOf(from io.Reader) int64 {
	file, isFile := from.(*os.File)
	if !isFile {
		return -1
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// counted returns a number with its noun, as in "1 request" or "2 requests".
func counted(number int, noun string) string {
	if number != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", number, noun)
}

// quote returns a text as one word of a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
