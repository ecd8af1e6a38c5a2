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
	name := invalid.GetFlag().Name
	if errors.Is(err, errTwice) {
		return fmt.Errorf("--%s is given twice; give it once", name)
	}
	return fmt.Errorf("--%s %s: %w", name, invalid.GetValue(), valueFault(invalid))
}

// valueFault returns what the value of a flag must be.
func valueFault(invalid *pflag.InvalidValueError) error {
	switch invalid.GetFlag().Value.Type() {
	case "bool":
		return errors.New("it must be true or false")
	case "int":
		return errors.New("it must be a whole number")
	}
	return invalid.Unwrap()
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
	if name := synonyms[mistyped]; command.Flags().Lookup(name) != nil {
		return " (did you mean --" + name + "?)"
	}
	return didYouMean(mistyped, "--", flagNames(command))
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

// once is the value of a flag that may be given once.
type once struct {
	pflag.Value
	isSet bool
}

var errTwice = errors.New("it is given twice")

// Set sets the value, and refuses to do so again.
func (o *once) Set(text string) error {
	if o.isSet {
		return errTwice
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
