package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"afterhours/handlers/exchange"
	"afterhours/handlers/spec"
	"afterhours/store"
)

// The forms of text in which statistics are exchanged.
const (
	jsonLines = "jsonl"
	csvRows   = "csv"
)

// exchangeForm returns the form of a file: the one that was asked for, or else that of
// its name, or else JSON Lines.
func exchangeForm(asked, file string) (string, error) {
	switch {
	case asked == jsonLines || asked == csvRows:
		return asked, nil
	case asked != "":
		return "", fmt.Errorf("--format %s: it must be %s or %s; %w", asked, jsonLines, csvRows, errUsage)
	case strings.EqualFold(filepath.Ext(file), "."+csvRows):
		return csvRows, nil
	}
	return jsonLines, nil
}

// withStore runs the work on the opened store of a place that outlives the process.
func (p *place) withStore(ctx context.Context, work func(store.Store) error) (err error) {
	if p.store == "memory" {
		return fmt.Errorf("--store memory keeps nothing beyond a process; name a store that does; %w", errUsage)
	}
	opened, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return work(opened)
}

// bar shows a person how far a command is: as a bar if the whole is known, and nothing
// to who is no terminal.
func bar(command *cobra.Command, whole int64, what string) *progressbar.ProgressBar {
	stderr := command.ErrOrStderr()
	return progressbar.NewOptions64(whole, progressbar.OptionSetWriter(stderr), progressbar.OptionSetVisibility(isTerminal(stderr)), progressbar.OptionSetDescription(what),
		progressbar.OptionSetSpinnerChangeInterval(0), // a goroutine would draw it, and read the bar without its lock
		progressbar.OptionShowBytes(whole > 0), progressbar.OptionShowCount(), progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
}

// sizeOf returns how many bytes a file has, -1 for what is no file.
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

// newExchange returns the exchange by the embedded contract.
func newExchange() (*exchange.Exchange, error) {
	loaded, err := spec.Load(contract)
	if err != nil {
		return nil, err
	}
	return exchange.New(loaded), nil
}
