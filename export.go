package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"afterhours/handlers/exchange"
	"afterhours/store"
	"afterhours/store/bulk"
)

// exportCommand writes what a store holds as text.
func exportCommand() *cobra.Command {
	var at place
	var format string
	e := &exporter{}
	command := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write all that the store holds to a new file, or to standard output",
		Long: `Write all that the store holds to a new file, or to standard output.

As JSON Lines it is everything: statistics in the API's own representation, settings
and names, each with tenant and user. As CSV it is the statistics alone. A server may
run on the store meanwhile; each statistic is as it is when it is read. If it ends
early, --resume goes on with the file.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) (err error) {
			name := ""
			if len(args) == 1 && args[0] != "-" {
				name = args[0]
			}
			if name == "" && e.resume {
				return fmt.Errorf("--resume: name the file to go on with; %w", errUsage)
			}
			if e.form, err = exchangeForm(format, name); err != nil {
				return err
			}
			if e.exchange, err = newExchange(); err != nil {
				return err
			}
			e.bar = bar(command, -1, "exporting")
			return at.withStore(command.Context(), func(from store.Store) error { return e.run(command, from, name) })
		},
	}
	at.addFlags(command.Flags())
	command.Flags().StringVar(&format, "format", "", "jsonl or csv (by the name of the file if it is not given, else jsonl)")
	command.Flags().BoolVar(&e.resume, "resume", false, "go on behind the last row of the file")
	return command
}

// exporter is one export.
type exporter struct {
	exchange *exchange.Exchange
	form     string
	resume   bool
	behind   *bulk.Item // the last one that the file has
	bar      *progressbar.ProgressBar
	rows     int // that were written
	left     int // that a CSV cannot hold
}

func (e *exporter) run(command *cobra.Command, from store.Store, name string) (err error) {
	out := command.OutOrStdout()
	if name != "" {
		file, err := e.open(name)
		if err != nil {
			return err
		}
		out = file
		defer func() { err = errors.Join(err, file.Sync(), file.Close()) }()
	}
	err = e.write(command, from, out)
	_ = e.bar.Finish()
	fmt.Fprintf(command.ErrOrStderr(), "%d rows\n", e.rows)
	if e.left > 0 {
		fmt.Fprintf(command.ErrOrStderr(), "%d settings and names are not in a CSV; JSON Lines hold them\n", e.left)
	}
	if err != nil && name != "" {
		return fmt.Errorf("the export ended early, go on with --resume: %w", err)
	}
	return err
}

// open returns the file, in which all behind its last whole row is to be written.
func (e *exporter) open(name string) (*os.File, error) {
	if !e.resume {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return nil, fmt.Errorf("%s is there already; --resume goes on with it", name)
		}
		return file, err
	}
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if e.behind, err = e.lastOf(file); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return file, nil
}

// lastOf returns the item of the last whole row, nil if there is none, and cuts off
// what is behind it, or all if that is the header alone. No row has a line break in it.
// A file that is no export stays as it is.
func (e *exporter) lastOf(file *os.File) (item *bulk.Item, err error) {
	const most = 1 << 20 // more than two rows
	start := max(0, sizeOf(file)-most)
	end, err := io.ReadAll(io.NewSectionReader(file, start, most))
	if err != nil {
		return nil, err
	}
	if begin := e.begin(); start == 0 && !bytes.HasPrefix(end, begin[:min(len(begin), len(end))]) {
		return nil, fmt.Errorf("it does not begin with %s, as an export does", begin)
	}
	end = end[:bytes.LastIndexByte(end, '\n')+1]
	last := end[bytes.LastIndexByte(bytes.TrimSuffix(end, []byte("\n")), '\n')+1:]
	whole := start + int64(len(end))
	if e.form == csvRows && whole == int64(len(last)) {
		whole, last = 0, nil
	}
	if len(last) > 0 {
		if item, err = e.itemOf(last); err != nil {
			return nil, err
		}
	}
	if _, err := file.Seek(whole, io.SeekStart); err != nil {
		return nil, err
	}
	return item, file.Truncate(whole)
}

// begin is what every export of the form begins with.
func (e *exporter) begin() []byte {
	if e.form == csvRows {
		return []byte(strings.Join(exchange.CSVHeader(), ","))
	}
	return []byte(`{"tenant":"`)
}

func (e *exporter) itemOf(line []byte) (*bulk.Item, error) {
	rows := e.exchange.JSONLines(bytes.NewReader(line), 1)
	if e.form == csvRows {
		var text bytes.Buffer
		text.Write(append(e.begin(), '\n'))
		text.Write(line)
		var err error
		if rows, err = e.exchange.CSV(&text, "", 1); err != nil {
			return nil, err
		}
	}
	read, err := rows()
	if err != nil {
		return nil, err
	}
	row := read()
	if len(row.Faults) > 0 {
		return nil, fmt.Errorf("its last row is none of an export: %s", worded(row.Faults[0]))
	}
	return &row.Item, nil
}

func (e *exporter) write(command *cobra.Command, from store.Store, out io.Writer) error {
	buffered := bufio.NewWriterSize(out, 1<<20)
	write, flush := e.asJSON(buffered), buffered.Flush
	if e.form == csvRows {
		rows := csv.NewWriter(buffered) // which keeps what fails
		write = e.asCSV(rows)
		flush = func() error {
			rows.Flush()
			return errors.Join(rows.Error(), buffered.Flush())
		}
		if e.behind == nil {
			_ = rows.Write(exchange.CSVHeader())
		}
	}
	err := bulk.Export(command.Context(), from, e.behind, func(item *bulk.Item) error {
		_ = e.bar.Add(1)
		return write(item)
	})
	return errors.Join(err, flush())
}

func (e *exporter) asJSON(out *bufio.Writer) func(*bulk.Item) error {
	return func(item *bulk.Item) error {
		e.rows++
		_, err := out.Write(e.exchange.AppendJSON(out.AvailableBuffer(), item))
		return err
	}
}

func (e *exporter) asCSV(out *csv.Writer) func(*bulk.Item) error {
	return func(item *bulk.Item) error {
		if item.Statistic == nil {
			e.left++
			return nil
		}
		e.rows++
		return out.Write(e.exchange.CSVRecord(item.Owner, item.Statistic))
	}
}
