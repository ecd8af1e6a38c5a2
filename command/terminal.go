package command

import (
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// isTerminal reports whether out is a terminal, which a person reads.
func isTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// newBar returns a bar that shows on a terminal how far a command is. total is a number
// of bytes, -1 if it is unknown.
func newBar(command *cobra.Command, total int64, title string) *progressbar.ProgressBar {
	stderr := command.ErrOrStderr()
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(stderr), progressbar.OptionSetVisibility(isTerminal(stderr)), progressbar.OptionSetDescription(title),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine draws it: that one would read the bar without its lock
		progressbar.OptionShowBytes(total > 0), progressbar.OptionShowCount(), progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
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

// quote returns a text as one word of a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
