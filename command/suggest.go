package command

import (
	"errors"
	"fmt"
	"slices"
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

// explainFlag puts the error of a flag into words that say what would be right.
func explainFlag(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var absent *pflag.ValueRequiredError
	if words := command.Flags().Args(); command.HasSubCommands() && len(words) > 0 {
		return unknownCommand(command, words[0]) // the flags may be right for the command that is meant
	}
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("%w%s", err, suggestFlag(command, unknown))
	case errors.As(err, &absent):
		return fmt.Errorf("--%s needs a value%s", absent.GetSpecifiedName(), flagExample(command, absent.GetSpecifiedName()))
	}
	return explainValue(err)
}

// explainValue puts the error of a flag's value into words, as in "--demo yes: it must be true or false".
func explainValue(err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	flag := invalid.GetFlag()
	return valueFault(flag.Name, flag.Value.Type(), invalid.GetValue(), invalid.Unwrap())
}

// valueFault returns the error of a flag of that type that refuses a value.
func valueFault(name, kind, value string, err error) error {
	switch {
	case errors.Is(err, errTwice):
		return fmt.Errorf("--%s is given twice; give it once", name)
	case kind == "bool":
		err = errors.New("it must be true or false")
	case kind == "int":
		err = errors.New("it must be a whole number")
	}
	return fmt.Errorf("--%s %s: %w", name, value, err)
}

// synonyms are names that other programs give to flags of this one.
var synonyms = map[string]string{
	"port": "addr", "host": "addr", "listen": "addr", "bind": "addr", "address": "addr", "url": "addr",
	"dir": "data", "folder": "data", "db": "store", "database": "store",
}

// suggestFlag returns words that suggest the flag that is meant by an unknown one, "" for none.
func suggestFlag(command *cobra.Command, unknown *pflag.NotExistError) string {
	mistyped := unknown.GetSpecifiedShortnames() // of -addr, which pflag takes for -a -d -d -r
	if mistyped == "" {
		mistyped = unknown.GetSpecifiedName()
	}
	return suggestName(mistyped, "--", command.Flags())
}

// suggestName returns words that suggest the flag that is meant by a name, "" for none.
func suggestName(mistyped, prefix string, flags *pflag.FlagSet) string {
	if name := synonyms[mistyped]; flags.Lookup(name) != nil {
		return " (did you mean " + prefix + name + "?)"
	}
	return didYouMean(mistyped, prefix, flagNames(flags))
}

// flagExample returns words with the flag and a value, from the examples of the command or from
// the flag's default, "" if there is none.
func flagExample(command *cobra.Command, name string) string {
	words := strings.Fields(command.Example)
	if at := slices.Index(words, "--"+name); at >= 0 && at+1 < len(words) {
		return ", as in --" + name + " " + words[at+1]
	}
	if flag := command.Flags().Lookup(name); flag != nil && flag.DefValue != "" && flag.DefValue != "[]" {
		return ", as in --" + name + " " + flag.DefValue
	}
	return ""
}

// flagNames returns the names of all flags.
func flagNames(flags *pflag.FlagSet) (names []string) {
	flags.VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
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

// noArguments checks the arguments of a command that takes flags only.
func noArguments(command *cobra.Command, args []string) (err error) {
	if len(args) == 0 {
		return nil
	}
	command.Flags().Visit(func(flag *pflag.Flag) {
		if flag.Value.String() == "=" {
			err = usagef("--%s = %s: leave out the spaces around the equals sign, as in --%[1]s=%[2]s", flag.Name, args[0])
		}
	})
	if err != nil {
		return err
	}
	return usagef("%s takes no argument, but has %q", command.Name(), args[0])
}

// commandOnly checks the arguments of a command that needs one of its commands.
func commandOnly(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(command, args[0])
	}
	return nil
}
