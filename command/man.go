package command

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes manual pages. It is hidden, because packagers need it and users do not.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write a manual page of each command to a folder that is there",
		Long: `Write a manual page of each command to a folder that is there.

The pages have the date of the environment variable SOURCE_DATE_EPOCH, in seconds, or
that of today.`,
		Example: "  afterhours man /usr/local/share/man/man1",
		Hidden:  true,
		Args: func(command *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one FOLDER, as in %s", firstExample(command))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			root := command.Root()
			root.DisableAutoGenTag = true // no line says which tool wrote the page
			indentLists(root)
			return explainFile(doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "Afterhours", Manual: "Afterhours"}, args[0]))
		},
	}
}

// indentLists indents the lists in the texts of a command and of those below it by four spaces. The
// pages are made of Markdown, which joins the lines of a paragraph unless they are indented so far.
func indentLists(command *cobra.Command) {
	command.Long = strings.ReplaceAll(command.Long, "\n  ", "\n    ")
	for _, child := range command.Commands() {
		indentLists(child)
	}
}
