package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const variablePrefix = "AFTERHOURS_"

// fromVariable annotates a flag whose value is that of its environment variable.
const fromVariable = "variable"

// nameVariable adds to the error of a flag the environment variable from which its value came, if
// it came from one.
func nameVariable(flags *pflag.FlagSet, err error) error {
	word, _, _ := strings.Cut(err.Error(), " ")
	name, isFlag := strings.CutPrefix(strings.TrimSuffix(word, ":"), "--")
	if flag := flags.Lookup(name); isFlag && flag != nil && len(flag.Annotations[fromVariable]) > 0 {
		return fmt.Errorf("environment variable %s: %w", flag.Annotations[fromVariable][0], err)
	}
	return err
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

// setFromEnvironment sets each flag that was not given to the value of its environment
// variable.
func setFromEnvironment(flags *pflag.FlagSet, variables []string) error {
	values := map[string]string{}
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		values[name] = value
	}
	var err error
	flags.VisitAll(func(flag *pflag.Flag) {
		name := variableName(flag.Name)
		value := values[name]
		if flag.Changed || value == "" || err != nil {
			return
		}
		list := []string{value}
		if flag.Value.Type() == "stringArray" { // a flag that may be repeated
			list = strings.Fields(value)
		}
		_ = flags.SetAnnotation(flag.Name, fromVariable, []string{name}) // the flag exists
		for _, value := range list {
			if setErr := flags.Set(flag.Name, value); setErr != nil {
				err = explainValue(setErr)
			}
		}
	})
	return err
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
