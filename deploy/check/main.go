// Check reads a compose file as docker compose does, and exits with 1 if it is not valid. It is a module of
// its own, so that the program does not depend on it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := check(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compose:", err)
		os.Exit(1)
	}
}

// check validates the files against the schema of the specification, and resolves what refers to what.
func check(ctx context.Context, files []string) error {
	options, err := cli.NewProjectOptions(files, cli.WithEnv([]string{"POSTGRES_PASSWORD=any"}))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return err
	}
	fmt.Println("compose: valid:", project.ServiceNames())
	return nil
}
