// Notice writes the licence texts of all that the released program contains: Go itself, the modules that are linked into
// it on any system, and the npm packages of its pages. Every package and image carries its output:
//
//	go run ./deploy/notice >NOTICE
//
// The texts come from the module cache, and those of the pages from handlers/pages/built. It fails if a licence is
// missing or not allowed, as the test of this package does.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

func run() error {
	parts, err := all()
	if err != nil {
		return err
	}
	var refused error
	for _, part := range parts {
		refused = errors.Join(refused, part.check())
	}
	if refused != nil {
		return refused
	}
	out := bufio.NewWriter(os.Stdout)
	write(out, parts)
	return out.Flush()
}

// all returns all parts of the program, Go first.
func all() ([]part, error) {
	language, err := goItself()
	if err != nil {
		return nil, err
	}
	modules, err := linked("afterhours")
	if err != nil {
		return nil, err
	}
	pages, err := ofPages()
	if err != nil {
		return nil, err
	}
	return append(append([]part{language}, modules...), pages...), nil
}
