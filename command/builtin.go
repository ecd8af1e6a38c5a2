package command

import (
	"github.com/spf13/cobra"
)

// addBuiltins adds the commands help and completion of cobra to the root. They then refuse what
// they do not know, with exit code 2; by themselves they print a help and exit with 0. The
// outputs of the root must be set before.
func addBuiltins(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, command := range root.Commands() {
		switch command.Name() {
		case "help":
			command.Run, command.RunE = nil, func(_ *cobra.Command, args []string) error { return printHelp(root, args) }
		case "completion":
			command.Args = commandOnly
			for _, shell := range command.Commands() {
				shell.Args = noArguments
			}
			command.RunE = func(*cobra.Command, []string) error { return usagef("say bash, fish, powershell or zsh") }
		}
	}
}

// printHelp prints the help of the command that the words name, as in user add.
func printHelp(root *cobra.Command, words []string) error {
	command, unknown, err := root.Find(words)
	if err != nil {
		unknown = words
	}
	if len(unknown) > 0 {
		return unknownCommand(command, unknown[0])
	}
	command.InitDefaultHelpFlag() // which cobra adds only when a command runs
	return command.Help()
}
