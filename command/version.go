package command

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"afterhours/metrics"
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

// buildOf returns the version and commit of the program, and the version of the contract. What is not known
// is "unknown", the commit "".
func buildOf(contract []byte) metrics.Build {
	build := metrics.Build{Version: "unknown", Contract: "unknown"}
	if match := infoVersion.FindSubmatch(contract); match != nil {
		build.Contract = string(match[1])
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		build.Version = info.Main.Version
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				build.Revision = setting.Value
			}
		}
	}
	return build
}

// printVersion prints the version and commit of the program, and the version of the contract.
func printVersion(out io.Writer, contract []byte) error {
	build := buildOf(contract)
	program := strings.TrimSuffix("afterhours "+build.Version+" "+build.Revision, " ")
	_, err := fmt.Fprintf(out, "%s %s %s/%s\ncontract %s\n", program, runtime.Version(), runtime.GOOS, runtime.GOARCH, build.Contract)
	return err
}
