package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"afterhours/handlers/suggest"
)

// didYouMean returns words that suggest the name that is nearest to the mistyped one, "" if none is
// near.
func didYouMean(mistyped, prefix string, names []string) string {
	if name := suggest.Nearest(mistyped, names); name != "" {
		return " (did you mean " + prefix + name + "?)"
	}
	return ""
}

// explainFlag adds a suggestion to the error of an unknown flag.
func explainFlag(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	mistyped := unknown.GetSpecifiedShortnames() // of -addr, which pflag takes for -a -d -d -r
	if mistyped == "" {
		mistyped = unknown.GetSpecifiedName()
	}
	return fmt.Errorf("%w%s", err, didYouMean(mistyped, "--", flagNames(command)))
}

// flagNames returns the names of all flags of a command.
func flagNames(command *cobra.Command) (names []string) {
	command.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	return names
}

// explainCommand returns the error of an unknown command with a suggestion, or err if the
// command of the arguments is known.
func explainCommand(root *cobra.Command, args []string, err error) error {
	if _, _, unknown := root.Find(args); unknown == nil {
		return err
	}
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			return unknownCommand(root, arg)
		}
	}
	return err
}

// unknownCommand returns the error of a name that is none of the parent's commands.
func unknownCommand(parent *cobra.Command, name string) error {
	var names []string
	for _, child := range parent.Commands() {
		if child.IsAvailableCommand() {
			names = append(names, child.Name())
		}
	}
	return usagef("unknown command %q for %q%s", name, parent.CommandPath(), didYouMean(name, "", names))
}

// commandOnly checks the arguments of a command that needs one of its commands.
func commandOnly(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(command, args[0])
	}
	return nil
}

// once is the value of a flag that may be given once.
type once struct {
	pflag.Value
	isSet bool
}

// Set sets the value, and refuses to do so again.
func (o *once) Set(text string) error {
	if o.isSet {
		return errors.New("it is given twice")
	}
	o.isSet = true
	return o.Value.Set(text)
}

// refuseRepeats has the flags of the command and of those below it refuse a second value,
// except for flags that hold a list.
func refuseRepeats(command *cobra.Command) {
	refuse := func(flag *pflag.Flag) {
		if _, isList := flag.Value.(pflag.SliceValue); !isList {
			flag.Value = &once{Value: flag.Value}
		}
	}
	command.Flags().VisitAll(refuse)
	command.PersistentFlags().VisitAll(refuse)
	for _, child := range command.Commands() {
		refuseRepeats(child)
	}
}
