package command

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"afterhours/store"
	"afterhours/store/bulk"
)

// importCommand stores the rows of a text.
func importCommand(contract []byte) *cobra.Command {
	i := &importer{contract: contract}
	command := &cobra.Command{
		Use:   "import FILE",
		Short: "Store the statistics, settings and names of a file, or of standard input if FILE is -",
		Long: `Store the statistics, settings and names of a file, or of standard input if FILE is -.

The file is JSON Lines or CSV as export writes them. A server may run on the store
meanwhile. A row replaces the stored one of the same key; if both are equal, nothing is
written. 1,000 rows at a time are stored in one step. If the import ends early, repeat it
for the whole file, or continue with --from and the line that the error names.

Rows that the contract refuses are left out and reported with line, property and reason.
All other rows are stored, and the exit code is 1.`,
		Example: `  afterhours import all.jsonl
  afterhours import --store postgres://afterhours@db.example.com/afterhours all.jsonl
  afterhours import --report refused.csv hours.csv`,
		Args: needFile,
		RunE: func(command *cobra.Command, args []string) error { return i.run(command, args[0]) },
	}
	flags := command.Flags()
	i.StoreFlags.add(flags)
	flags.StringVar(&i.format, "format", "", formatHelp)
	flags.IntVar(&i.from, "from", 1, "line to begin at, to continue an earlier import")
	flags.StringVar(&i.tenant, "tenant", demoTenant, "tenant (tid), a GUID, of the rows of a CSV without a column TenantId")
	flags.StringVar(&i.report, "report", "", "new file to report refused rows to, as CSV with the columns line, property and reason (otherwise to standard error)")
	return command
}

// importer is one import.
type importer struct {
	StoreFlags
	contract               []byte
	format, tenant, report string
	from                   int
	rows                   bulk.Source
	refused                func(bulk.Row) error
	bar                    *progressbar.ProgressBar
}

func (i *importer) run(command *cobra.Command, name string) (err error) {
	if i.from < 1 {
		return usagef("--from %d: lines begin with 1", i.from)
	}
	text := command.InOrStdin()
	if name == "-" {
		name = "standard input"
	} else {
		file, err := openFile(name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		text = file
	}
	if i.format, err = fileFormat(i.format, name); err != nil {
		return err
	}
	i.bar = newByteBar(command.ErrOrStderr(), isTerminal(command.ErrOrStderr()), sizeOf(text), "importing")
	whole := interruptible(command.Context(), text)
	defer func() { _ = whole.Close() }()
	if err := i.read(name, io.TeeReader(whole, i.bar)); err != nil {
		return err
	}
	closeReport, err := i.openReport(command.ErrOrStderr())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeReport()) }()
	return i.withNewStore(command.Context(), command.ErrOrStderr(), func(to store.Store) error { return i.store(command, to) })
}

// openFile opens a file for reading. A folder can be opened as well, so openFile refuses it.
func openFile(name string) (*os.File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, explainFile(err)
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder; name a file", name)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// read prepares the rows of the text.
func (i *importer) read(name string, text io.Reader) error {
	exchange, err := newExchange(i.contract)
	if err != nil {
		return err
	}
	if i.format == jsonLines {
		lines := bufio.NewReader(text)
		if isCSV(lines) {
			return usagef("%s: its first line is the header of a CSV; add --format csv", name)
		}
		text = lines
		i.rows = exchange.JSONLines(text, i.from)
		return nil
	}
	if err := checkGUID("--tenant", &i.tenant); err != nil {
		return err
	}
	if i.rows, err = exchange.CSV(text, i.tenant, i.from); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// isCSV reports whether the text begins with the header of a CSV. It reads nothing of the text.
func isCSV(text *bufio.Reader) bool {
	_, _ = text.Peek(1) // fills the buffer; a read error comes again
	begin, _ := text.Peek(text.Buffered())
	line, _, _ := strings.Cut(string(begin), "\n")
	isColumn := func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), "PersonId") }
	return slices.ContainsFunc(strings.FieldsFunc(strings.TrimPrefix(line, "\ufeff"), func(r rune) bool { return r == ',' || r == ';' }), isColumn)
}

// openReport opens the report of refused rows, and returns how to close it.
func (i *importer) openReport(stderr io.Writer) (closeReport func() error, err error) {
	if i.report == "" {
		i.refused = func(row bulk.Row) error {
			_ = i.bar.Clear()
			for _, fault := range row.Faults {
				fmt.Fprintf(stderr, "line %d: %s\n", row.Line, faultText(fault))
			}
			return nil
		}
		return func() error { return nil }, nil
	}
	file, err := os.OpenFile(i.report, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--report: %w", explainFile(err))
	}
	rows := csv.NewWriter(file)
	i.refused = func(row bulk.Row) error {
		for _, fault := range row.Faults {
			_ = rows.Write([]string{strconv.Itoa(row.Line), fault.Property, fault.Reason}) // rows.Error returns its error
		}
		rows.Flush()
		return rows.Error()
	}
	err = rows.Write([]string{"line", "property", "reason"})
	return func() error {
		rows.Flush()
		return errors.Join(rows.Error(), file.Close())
	}, err
}

func (i *importer) store(command *cobra.Command, to store.Store) error {
	counts, err := bulk.Import(command.Context(), to, i.rows, i.refused)
	_ = i.bar.Finish()
	fmt.Fprintf(command.OutOrStdout(), "%d created, %d replaced, %d unchanged, %d refused\n", counts.Created, counts.Replaced, counts.Unchanged, counts.Refused)
	if err != nil {
		return fmt.Errorf("the import ended early: all lines before %d are stored, continue with --from %[1]d: %w", max(counts.Line+1, i.from), err)
	}
	if counts.Refused > 0 {
		return fmt.Errorf("%s refused; the others are stored", counted(counts.Refused, "row"))
	}
	return nil
}
