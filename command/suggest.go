package command

import (
	"cmp"
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

// mustBe returns words that a value must be one of the names, with the nearest one.
func mustBe(value string, names ...string) string {
	return "it must be " + joined(names, "or") + didYouMean(value, "", names)
}

// joined returns the names as words, as in "a, b or c".
func joined(names []string, conjunction string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " " + conjunction + " " + names[last]
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
	case kind == "int", kind == "uint64":
		err = errors.New("it must be a whole number")
	}
	return fmt.Errorf("--%s %s: %w", name, value, err)
}

// synonyms are names that other programs give to flags of this one.
var synonyms = map[string]string{
	"port": "addr", "host": "addr", "listen": "addr", "bind": "addr", "address": "addr", "url": "addr",
	"dir": "data", "folder": "data", "db": "store", "database": "store",
}

// fileFlags are flags of other programs for what is an argument of this one.
var fileFlags = []string{"file", "in", "input", "o", "out", "output", "path", "to"}

// commandSynonyms are names that other programs give to commands of this one.
var commandSynonyms = map[string]string{
	"run": "serve", "start": "serve", "server": "serve", "up": "serve", "demo": "serve --demo",
	"check": "doctor", "dump": "export", "load": "import", "mint": "token", "users": "user",
	"create": "add", "new": "add", "delete": "remove", "rm": "remove", "ls": "list",
}

// suggestFlag returns words that suggest the flag that is meant by an unknown one, "" for none.
func suggestFlag(command *cobra.Command, unknown *pflag.NotExistError) string {
	mistyped := unknown.GetSpecifiedShortnames() // of -addr, which pflag takes for -a -d -d -r
	if mistyped == "" {
		mistyped = unknown.GetSpecifiedName()
	}
	flags := command.Flags()
	if synonym := suggestSynonym(mistyped, "--", flags); synonym != "" {
		return synonym
	}
	if takesFile := strings.Contains(command.Use, "FILE"); takesFile && slices.Contains(fileFlags, mistyped) {
		return " (name the FILE without a flag, as in " + firstExample(command) + ")"
	}
	return cmp.Or(didYouMean(mistyped, "--", flagNames(flags)), onlyWithInitial(mistyped, flagNames(flags)), flagOwners(command.Root(), mistyped))
}

// suggestSynonym returns words that suggest the flag that other programs call by the name, "" for none.
func suggestSynonym(name, prefix string, flags *pflag.FlagSet) string {
	if synonym := synonyms[name]; flags.Lookup(synonym) != nil {
		return " (did you mean " + prefix + synonym + "?)"
	}
	return ""
}

// onlyWithInitial returns words that suggest the only flag that begins with a letter, "" for none.
func onlyWithInitial(letter string, names []string) string {
	begins := func(name string) bool { return strings.HasPrefix(name, letter) }
	at := slices.IndexFunc(names, begins)
	if len(letter) != 1 || at < 0 || slices.ContainsFunc(names[at+1:], begins) {
		return ""
	}
	return " (did you mean --" + names[at] + "?)"
}

// fewOwners is how many commands a person may have meant.
const fewOwners = 3

// flagOwners returns words that name the commands that have the flag, "" if none or many have it.
func flagOwners(root *cobra.Command, flag string) string {
	var owners []string
	for _, command := range root.Commands() {
		if command.IsAvailableCommand() && command.Flags().Lookup(flag) != nil {
			owners = append(owners, command.Name())
		}
	}
	if len(owners) == 0 || len(owners) > fewOwners {
		return ""
	}
	return " (it is a flag of " + joined(owners, "and") + ")"
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
	suggestion := didYouMean(name, "", names)
	if synonym := commandSynonyms[name]; suggestion == "" && synonym != "" {
		if command, _, _ := strings.Cut(synonym, " "); slices.Contains(names, command) {
			suggestion = " (did you mean " + synonym + "?)"
		}
	}
	return usagef("unknown command %q for %q%s", name, parent.CommandPath(), suggestion)
}

// noArguments checks the arguments of a command that takes flags only.
func noArguments(command *cobra.Command, args []string) (err error) {
	if len(args) == 0 {
		return nil
	}
	command.Flags().Visit(func(flag *pflag.Flag) {
		switch {
		case flag.NoOptDefVal != "" && isValueOf(flag, args[0]):
			err = usagef("--%s takes its value after an equals sign, as in --%[1]s=%[2]s", flag.Name, args[0])
		case flag.Value.String() == "=":
			err = usagef("--%s = %s: leave out the spaces around the equals sign, as in --%[1]s=%[2]s", flag.Name, args[0])
		}
	})
	if err != nil {
		return err
	}
	example := firstExample(command)
	if example != "" {
		example = "; an example is " + example
	}
	return usagef("%s takes no argument, but has %q%s", command.Name(), args[0], example)
}

// isValueOf reports whether the flag would take the text. Nobody asks the flag afterwards.
func isValueOf(flag *pflag.Flag, text string) bool {
	value := flag.Value
	if set, ok := value.(*once); ok {
		value = set.Value
	}
	return value.Set(text) == nil
}

// commandOnly checks the arguments of a command that needs one of its commands.
func commandOnly(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(command, args[0])
	}
	return nil
}
