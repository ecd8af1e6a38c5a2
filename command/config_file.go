package command

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// notInFile are flags of serve that a file of --config cannot set.
var notInFile = []string{"config", "check", "help"}

// addConfig adds the flag that names the file with settings.
func addConfig(flags *pflag.FlagSet) {
	flags.String("config", "", "YAML file with the flags of serve by their names, as in addr: 127.0.0.1:8080; a flag that may be repeated takes a list. A flag that is given, or in the environment, counts more")
}

// serveFlags returns the flags that a file of --config may set, whatever command reads it.
func serveFlags(root *cobra.Command) *pflag.FlagSet {
	may := pflag.NewFlagSet("config", pflag.ContinueOnError)
	for _, command := range root.Commands() {
		if command.Name() == "serve" {
			command.Flags().VisitAll(func(flag *pflag.Flag) {
				if !slices.Contains(notInFile, flag.Name) {
					may.AddFlag(flag)
				}
			})
		}
	}
	return may
}

// readConfig returns the settings in a file by the names of the flags that they are for, and everything
// that is wrong in it. The faults name the lines, and never show a value, which may be a secret.
func readConfig(path string, flags *pflag.FlagSet) (found map[string]setting, faults []error) {
	text, err := readStart(path, maxConfig+1)
	if err != nil {
		return nil, []error{fmt.Errorf("--config: %w", explainFile(err))}
	}
	if len(text) > maxConfig {
		return nil, []error{fmt.Errorf("--config %s: it is larger than 1 MiB", path)}
	}
	lines, err := parseConfig(text)
	if err != nil {
		return nil, []error{fmt.Errorf("--config %s: %w", path, err)}
	}
	found, seen := map[string]setting{}, map[string]int{}
	for i := 0; i+1 < len(lines); i += 2 {
		name, line := lines[i].Value, lines[i].Line
		origin := fmt.Sprintf("%s, line %d", path, line)
		flag := flags.Lookup(name)
		switch {
		case flag == nil:
			faults = append(faults, fmt.Errorf("%s: there is no setting %s%s", origin, name, cmp.Or(suggestSynonym(name, "", flags), didYouMean(name, "", flagNames(flags)))))
		case seen[name] > 0:
			faults = append(faults, fmt.Errorf("%s: %s is in line %d already; give it once", origin, name, seen[name]))
		default:
			seen[name] = line
			values, err := configValues(lines[i+1], holdsList(flag))
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %s: %w", origin, name, err))
			}
			found[name] = setting{origin, values}
		}
	}
	return found, faults
}

// maxConfig is how many bytes a file of settings may have.
const maxConfig = 1 << 20

// readStart returns the first bytes of a file, at most as many as given. A device may have no end.
func readStart(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, most))
}

// parseConfig returns the names and values of the file's only mapping in turn, none for an empty file.
func parseConfig(text []byte) ([]*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("it cannot be read as YAML: %s", quotedText.ReplaceAllString(err.Error(), "..."))
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("it must be one document of YAML; remove the second ---")
	}
	content := document.Content[0]
	switch {
	case isNull(content): // only comments
		return nil, nil
	case content.Kind != yaml.MappingNode:
		return nil, fmt.Errorf("line %d: it must have lines of a name, a colon and a value, as in addr: 127.0.0.1:8080", content.Line)
	}
	return content.Content, nil
}

// quotedText is what an error of the YAML parser may repeat of the file.
var quotedText = regexp.MustCompile(`'[^']*'`)

// configValues returns the values of a flag, several only if it holds a list.
func configValues(node *yaml.Node, isList bool) (values []string, err error) {
	switch {
	case isNull(node):
		return nil, errors.New("it has no value; give one, or remove the line")
	case node.Kind == yaml.ScalarNode:
		return []string{node.Value}, nil
	case node.Kind != yaml.SequenceNode || !isList:
		return nil, errors.New("it must be " + wanted(isList))
	}
	for _, item := range node.Content {
		if item.Kind != yaml.ScalarNode || isNull(item) {
			return nil, fmt.Errorf("its item in line %d must be one value", item.Line)
		}
		values = append(values, item.Value)
	}
	return values, nil
}

func wanted(isList bool) string {
	if isList {
		return "one value, or a list with one value on each line, as in - https://id.example.com"
	}
	return "one value, and no list or mapping"
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }
