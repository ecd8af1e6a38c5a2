// The program presets observes what an official SDK does when the server fails on demand, and holds
// it against the table in docs/sdk-failures.md:
//
//	afterhours exec -- presets [-update] SDK TABLE COMMAND [ARGUMENT]...
//
// COMMAND uses the SDK. For each line on its standard input, which is the id of a statistic, it sends
// the documented PATCH, and prints a line of JSON: {} if it succeeded, else the error's type, status and
// code as the SDK gives them. The server's own journal says how often and when the SDK sent it.
//
// With -update the column of the SDK is rewritten. Otherwise a cell that differs is a failure. Waits may
// differ by a second and a half or by a half, because most SDKs add a random time.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	update := flag.Bool("update", false, "rewrite the column of the SDK in the table")
	flag.Parse()
	if flag.NArg() < 3 {
		fmt.Fprintln(os.Stderr, "presets [-update] SDK TABLE COMMAND [ARGUMENT]...")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), flag.Args()[2:], *update); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run observes every case of the table with the command, and compares or rewrites the column of the SDK.
func run(sdk, file string, command []string, update bool) (err error) {
	table, err := readTable(file, sdk)
	if err != nil {
		return err
	}
	server, err := connect()
	if err != nil {
		return err
	}
	client, err := start(command)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.end()) }()
	var differences []error
	for _, one := range cases {
		cell, ok := table.cells[one.name]
		if !ok {
			return fmt.Errorf("%s has no row %q", file, one.name)
		}
		seen, err := observe(server, client, one)
		if err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		fmt.Printf("%s: %s\n", one.name, seen)
		if !update && !agree(cell.text(), seen.String()) {
			differences = append(differences, fmt.Errorf("%s, %s: the SDK did %q; %s says %q", sdk, one.name, seen, file, cell.text()))
		}
		cell.set(seen.String())
	}
	if update {
		return table.write()
	}
	return errors.Join(differences...)
}
