package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const variablePrefix = "AFTERHOURS_"

// originOf annotates a flag with where its value comes from, if that is not the command line.
const originOf = "origin"

// A setting is the value of a flag that comes from somewhere else than the command line.
type setting struct {
	origin string   // as people call it, such as "environment variable AFTERHOURS_ADDR"
	values []string // none for a flag that is not set there; several only for a flag that holds a list
}

// apply sets each flag that is not set yet to its setting. It goes on after a fault, and returns all.
func apply(flags *pflag.FlagSet, settingOf func(*pflag.Flag) setting) (faults []error) {
	flags.VisitAll(func(flag *pflag.Flag) {
		found := settingOf(flag)
		if flag.Changed || len(found.values) == 0 {
			return
		}
		for _, value := range found.values {
			if err := flags.Set(flag.Name, value); err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", found.origin, explainValue(err)))
				return
			}
		}
		_ = flags.SetAnnotation(flag.Name, originOf, []string{found.origin}) // the flag exists
	})
	return faults
}

// nameOrigin adds to the error of a flag where its value comes from, unless it is from the command line.
func nameOrigin(flags *pflag.FlagSet, err error) error {
	word, _, _ := strings.Cut(err.Error(), " ")
	name, isFlag := strings.CutPrefix(strings.TrimSuffix(word, ":"), "--")
	if flag := flags.Lookup(name); isFlag && flag != nil && len(flag.Annotations[originOf]) > 0 {
		return fmt.Errorf("%s: %w", flag.Annotations[originOf][0], err)
	}
	return err
}

// holdsList reports whether a flag may be repeated.
func holdsList(flag *pflag.Flag) bool {
	_, isList := flag.Value.(pflag.SliceValue)
	return isList
}

// variableName returns the name of the environment variable of a flag.
func variableName(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// nameVariables has the help of each flag of the command, and of the commands below it, name its
// environment variable.
func nameVariables(command *cobra.Command) {
	name := func(flag *pflag.Flag) { flag.Usage += " [" + variableName(flag.Name) + "]" }
	command.LocalNonPersistentFlags().VisitAll(name)
	command.PersistentFlags().VisitAll(name)
	for _, child := range command.Commands() {
		nameVariables(child)
	}
}

// fromEnvironment returns the settings in environment variables. An empty one is not set.
func fromEnvironment(variables []string) func(*pflag.Flag) setting {
	values := map[string]string{}
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		values[name] = value
	}
	return func(flag *pflag.Flag) setting {
		name := variableName(flag.Name)
		found := setting{origin: "environment variable " + name}
		switch value := values[name]; {
		case flag.Value.Type() == "stringArray": // a flag that may be repeated
			found.values = strings.Fields(value)
		case value != "":
			found.values = []string{value}
		}
		return found
	}
}

// clientVariables are no flags: exec sets them for its command, and libraries of tests read them. An
// inner server must neither use nor warn of them.
var clientVariables = []string{
	"AFTERHOURS_URL", "AFTERHOURS_TOKEN", "AFTERHOURS_CONTROL_TOKEN", "AFTERHOURS_TENANT", "AFTERHOURS_USER", "AFTERHOURS_CA_FILE", "AFTERHOURS_BIN",
}

// An unknownVariable is an environment variable that looks like one of a flag.
type unknownVariable struct {
	name       string
	suggestion string // " (did you mean ...?)", "" for none
}

// unknownVariables returns the environment variables with the program's prefix that are those
// of no flag of any command.
func unknownVariables(root *cobra.Command, variables []string) (unknown []unknownVariable) {
	known := append(variableNames(root), clientVariables...)
	for _, variable := range variables {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, variablePrefix) && !slices.Contains(known, name) {
			unknown = append(unknown, unknownVariable{name, didYouMean(name, "", known)})
		}
	}
	return unknown
}

// variableNames returns the environment variables of the flags of the command and of the
// commands below it.
func variableNames(command *cobra.Command) (names []string) {
	add := func(flag *pflag.Flag) { names = append(names, variableName(flag.Name)) }
	command.Flags().VisitAll(add)
	command.PersistentFlags().VisitAll(add)
	for _, child := range command.Commands() {
		names = append(names, variableNames(child)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
