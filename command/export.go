package command

import (
	"bytes"
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

// exportCommand writes all rows of a store as text.
func exportCommand(contract []byte) *cobra.Command {
	var flags StoreFlags
	var format string
	e := &exporter{}
	command := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write all that the store holds to a new file, or to standard output",
		Long: `Write all that the store holds to a new file, or to standard output.

JSON Lines hold everything: statistics as the API shows them, settings and names, each
with tenant and user. A CSV holds statistics only. A server may run on the store
meanwhile; the export has each statistic as it was when it was read. If the export ends
early, --resume continues the file.`,
		Example: `  afterhours export all.jsonl
  afterhours export statistics.csv
  afterhours export --store postgres://afterhours@db.example.com/afterhours | gzip >all.jsonl.gz`,
		Args: atMostOneFile,
		RunE: func(command *cobra.Command, args []string) (err error) {
			name := ""
			if len(args) == 1 && args[0] != "-" {
				name = args[0]
			}
			if name == "" && e.resume {
				return usagef("--resume: name the file to continue")
			}
			if e.format, err = fileFormat(format, name); err != nil {
				return err
			}
			if e.exchange, err = newExchange(contract); err != nil {
				return err
			}
			return flags.withStore(command.Context(), func(from store.Store) error { return e.run(command, from, name) })
		},
	}
	flags.add(command.Flags())
	command.Flags().StringVar(&format, "format", "", formatHelp)
	command.Flags().BoolVar(&e.resume, "resume", false, "continue the file after its last row")
	return command
}

// exporter is one export.
type exporter struct {
	exchange *exchange.Exchange
	format   string
	resume   bool
	last     *bulk.Item // the last row that the file has, nil for none
	bar      *progressbar.ProgressBar
	rows     int // written
	omitted  int // settings and names, which a CSV cannot hold
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
	e.showProgress(command, from)
	err = e.write(command, from, out)
	_ = e.bar.Finish()
	fmt.Fprintf(command.ErrOrStderr(), "%d rows\n", e.rows)
	if e.omitted > 0 {
		fmt.Fprintf(command.ErrOrStderr(), "%d settings and names are not in a CSV; JSON Lines hold them\n", e.omitted)
	}
	if err != nil && name != "" {
		return fmt.Errorf("the export ended early, continue it with --resume: %w", err)
	}
	return err
}

// showProgress makes the bar. On a terminal it asks the store how many statistics are to come. If the
// store cannot say that in time, the bar has no end.
func (e *exporter) showProgress(command *cobra.Command, from store.Store) {
	total, visible := int64(-1), isTerminal(command.ErrOrStderr())
	if counter, ok := from.(store.StatisticsCounter); ok && visible {
		if count, err := counter.CountAfter(command.Context(), keyOf(e.last)); err == nil {
			total = count
		}
	}
	e.bar = newRowBar(command.ErrOrStderr(), visible, total, "exporting")
}

// keyOf returns the key after which the statistics of an export begin that goes on after the item.
// The item is nil for an export from the beginning.
func keyOf(after *bulk.Item) store.Key {
	switch {
	case after == nil:
		return store.Key{}
	case after.Statistic != nil:
		return store.Key{Owner: after.Owner, ID: after.Statistic.ID}
	case after.Settings != nil:
		return store.Key{Owner: after.Owner}
	}
	return store.Key{Owner: store.Owner{Tenant: after.Owner.Tenant}} // a name: names come before statistics
}

// open returns the file, at the position where the next row belongs.
func (e *exporter) open(name string) (*os.File, error) {
	if !e.resume {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if info, _ := os.Stat(name); info != nil && info.IsDir() {
			return nil, fmt.Errorf("%s is a folder; name a new file in it", name)
		}
		if errors.Is(err, os.ErrExist) {
			return nil, fmt.Errorf("%s is there already; --resume continues it", name)
		}
		return file, explainFile(err)
	}
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, explainFile(err)
	}
	if e.last, err = e.readLast(file); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return file, nil
}

// readLast returns the last complete row of the file, nil if there is none, and truncates
// the file after it. If a CSV has a header only, it truncates that too. No row contains a
// line break. readLast does not change a file that is no export.
func (e *exporter) readLast(file *os.File) (item *bulk.Item, err error) {
	const tail = 1 << 20 // in bytes: more than two rows
	start := max(0, sizeOf(file)-tail)
	end, err := io.ReadAll(io.NewSectionReader(file, start, tail))
	if err != nil {
		return nil, err
	}
	if begin := e.beginning(); start == 0 && !bytes.HasPrefix(end, begin[:min(len(begin), len(end))]) {
		return nil, fmt.Errorf("it does not begin with %s, as an export does", begin)
	}
	end = end[:bytes.LastIndexByte(end, '\n')+1]
	last := end[bytes.LastIndexByte(bytes.TrimSuffix(end, []byte("\n")), '\n')+1:]
	whole := start + int64(len(end))
	if e.format == csvRows && whole == int64(len(last)) {
		whole, last = 0, nil
	}
	if len(last) > 0 {
		if item, err = e.readRow(last); err != nil {
			return nil, err
		}
	}
	if _, err := file.Seek(whole, io.SeekStart); err != nil {
		return nil, err
	}
	return item, file.Truncate(whole)
}

// beginning returns the bytes with which every export of the format begins.
func (e *exporter) beginning() []byte {
	if e.format == csvRows {
		return []byte(strings.Join(exchange.CSVHeader(), ","))
	}
	return []byte(`{"tenant":"`)
}

// readRow reads one line of the file.
func (e *exporter) readRow(line []byte) (*bulk.Item, error) {
	rows := e.exchange.JSONLines(bytes.NewReader(line), 1)
	if e.format == csvRows {
		var text bytes.Buffer
		text.Write(append(e.beginning(), '\n'))
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
		return nil, fmt.Errorf("its last row is not the row of an export: %s", faultText(row.Faults[0]))
	}
	return &row.Item, nil
}

func (e *exporter) write(command *cobra.Command, from store.Store, out io.Writer) error {
	write, flush := newRowWriter(e.exchange, e.format, out, e.last == nil)
	err := bulk.Export(command.Context(), from, e.last, func(item *bulk.Item) error {
		if item.Statistic != nil {
			_ = e.bar.Add(1)
		}
		if e.format == csvRows && item.Statistic == nil {
			e.omitted++
			return nil
		}
		e.rows++
		return write(item)
	})
	return errors.Join(err, flush())
}
