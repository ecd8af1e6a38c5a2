package command

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(contract []byte) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of the program, of Go that built it, and of the contract",
		Example: "  afterhours version",
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return printVersion(command.OutOrStdout(), contract) },
	}
}

// addVersionFlag gives the root command the flag --version, which does what version does.
func addVersionFlag(root *cobra.Command, contract []byte) {
	var version bool
	root.Flags().BoolVar(&version, "version", false, "print what afterhours version prints")
	root.RunE = func(command *cobra.Command, _ []string) error {
		if !version {
			return command.Help()
		}
		return printVersion(command.OutOrStdout(), contract)
	}
}

// infoVersion finds info.version in openapi.yaml.
var infoVersion = regexp.MustCompile(`(?m)^info:\n(?:  .*\n)*?  version: (\S+)$`)

// printVersion prints the version and commit of the program, and the version of the contract.
func printVersion(out io.Writer, contract []byte) error {
	contractVersion := "unknown"
	if match := infoVersion.FindSubmatch(contract); match != nil {
		contractVersion = string(match[1])
	}
	version, revision := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				revision = " " + setting.Value
			}
		}
	}
	_, err := fmt.Fprintf(out, "afterhours %s%s %s %s/%s\ncontract %s\n", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH, contractVersion)
	return err
}
