package command

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
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
	return newBar(out, isVisible, total, title, progressbar.OptionShowBytes(true))
}

// newRowBar returns a bar that shows how many rows a command has written. total is -1 if it is
// unknown. Only a terminal should see it.
func newRowBar(out io.Writer, isVisible bool, total int64, title string) *progressbar.ProgressBar {
	return newBar(out, isVisible, total, title, progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts())
}

func newBar(out io.Writer, isVisible bool, total int64, title string, more ...progressbar.Option) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(out), progressbar.OptionSetVisibility(isVisible), progressbar.OptionSetDescription(title),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine draws it: that one would read the bar without its lock
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
	}
	return progressbar.NewOptions64(total, append(options, more...)...)
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
