package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"afterhours/store/sqlite"
)

// flagValues are the values of flags that a shell completes, by the names of the flags. A tab is
// before what a shell shows about a value.
var flagValues = map[string][]cobra.Completion{
	"store":      {"sqlite\ta file in the data folder", "memory\tgone when the process ends", "postgres://\tthe URL of a database", "cassandra://\tthe URL of a ring"},
	"durability": {string(sqlite.Full) + "\tan answered write is on disk", string(sqlite.Normal) + "\ta power cut may lose the latest answered writes"},
	"format":     {jsonLines + "\tall that is stored", csvRows + "\tstatistics only"},
	"log-level":  {"debug", "info", "warn", "error"},
	"log-format": {string(logAuto) + "\ttext on a terminal, json otherwise", string(logText) + "\tlines for people", string(logJSON) + "\tan object on each line"},
	"control":    {string(controlLocal) + "\tfrom this machine", string(controlAnywhere) + "\tfrom every machine that reaches the server", string(controlOff) + "\tnot even with --demo"},
	"scope":      userPermissions,
	"role":       applicationPermissions,
}

// isCompletion reports whether a shell asks for completions.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completeFlags has a shell complete the values of the flags of a command and of those below it.
func completeFlags(command *cobra.Command) {
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		if values := flagValues[flag.Name]; values != nil {
			_ = command.RegisterFlagCompletionFunc(flag.Name, completeValue(values)) // an error if it has one
		}
	})
	if command.Flags().Lookup("data") != nil {
		_ = command.MarkFlagDirname("data") // an error if there is no such flag
	}
	for _, child := range command.Commands() {
		completeFlags(child)
	}
}

// completeValue returns the function that completes one of the values, or a list of them with commas.
// No space follows the beginning of a URL.
func completeValue(values []cobra.Completion) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var completed []cobra.Completion
		isURL := true
		for _, value := range values {
			name, _, _ := strings.Cut(value, "\t")
			if !strings.HasPrefix(before+name, typed) || slices.Contains(strings.Split(before, ","), name) {
				continue
			}
			completed = append(completed, before+value)
			isURL = isURL && strings.HasSuffix(name, "/")
		}
		if isURL && len(completed) > 0 {
			return completed, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		return completed, cobra.ShellCompDirectiveNoFileComp
	}
}
