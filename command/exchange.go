package command

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"afterhours/handlers/exchange"
	"afterhours/handlers/spec"
	"afterhours/store/bulk"
)

// The formats of files that export writes and import reads.
const (
	jsonLines = "jsonl"
	csvRows   = "csv"
)

// formatHelp is the help of --format.
const formatHelp = "jsonl or csv (if it is not given: the file's ending says it, .csv or .jsonl or .ndjson; jsonl for a file without one)"

// fileFormat returns the format that --format asks for, or else the one that the ending of the
// file says. A file without an ending is JSON Lines.
func fileFormat(flag, file string) (string, error) {
	switch {
	case flag == jsonLines || flag == csvRows:
		return flag, nil
	case flag != "":
		return "", usagef("--format %s: %s", flag, mustBe(flag, jsonLines, csvRows))
	}
	switch ending := strings.ToLower(filepath.Ext(file)); ending {
	case ".csv":
		return csvRows, nil
	case "", ".jsonl", ".ndjson":
		return jsonLines, nil
	default:
		return "", usagef("%s: the formats are JSON Lines and CSV, and %s is the ending of neither: end the name in .jsonl or .csv, or add --format jsonl or --format csv", file, ending)
	}
}

// newExchange returns the reader and writer of rows, which checks them against the contract.
func newExchange(contract []byte) (*exchange.Exchange, error) {
	loaded, err := spec.Load(contract)
	if err != nil {
		return nil, err
	}
	return exchange.New(loaded), nil
}

// newRowWriter returns how to write items as rows of the format, and how to end. A CSV can hold
// statistics only.
func newRowWriter(x *exchange.Exchange, format string, out io.Writer, withHeader bool) (write func(*bulk.Item) error, flush func() error) {
	buffered := bufio.NewWriterSize(out, 1<<20)
	if format == jsonLines {
		return func(item *bulk.Item) error {
			_, err := buffered.Write(x.AppendJSON(buffered.AvailableBuffer(), item))
			return err
		}, buffered.Flush
	}
	rows := csv.NewWriter(buffered) // keeps its first error
	if withHeader {
		_ = rows.Write(exchange.CSVHeader())
	}
	write = func(item *bulk.Item) error { return rows.Write(x.CSVRecord(item.Owner, item.Statistic)) }
	flush = func() error {
		rows.Flush()
		return errors.Join(rows.Error(), buffered.Flush())
	}
	return write, flush
}

// faultText returns a fault of a row for a person to read. It names the property once.
func faultText(fault bulk.Fault) string {
	if strings.HasPrefix(strings.TrimPrefix(fault.Reason, "'"), fault.Property) {
		return fault.Reason
	}
	return fault.Property + ": " + fault.Reason
}
