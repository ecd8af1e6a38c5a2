package handlers_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/control"
)

// fewestWords is what a description has at least that says what an operation is for, and what happens at its edges.
const fewestWords = 35

var permission = regexp.MustCompile(`(Analytics|Afterhours)(\.[A-Z][A-Za-z]+)+`)

// TestDescriptions: whoever reads a contract learns of each operation what it is for and which permissions it needs,
// and sees an example of each request and response.
func TestDescriptions(t *testing.T) {
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"openapi.yaml": text, "control.yaml": control.Contract} {
		document, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range document.Tags {
			if len(strings.Fields(tag.Description)) < 8 {
				t.Errorf("%s: the tag %s has too short a description", name, tag.Name)
			}
		}
		for path, item := range document.Paths.Map() {
			for method, operation := range item.Operations() {
				operation.Parameters = append(operation.Parameters, item.Parameters...)
				if operation.Security == nil {
					operation.Security = &document.Security
				}
				for _, fault := range append(descriptionFaults(operation), exampleFaults(operation)...) {
					t.Errorf("%s: %s %s: %s", name, method, path, fault)
				}
			}
		}
	}
}

func descriptionFaults(operation *openapi3.Operation) (faults []string) {
	if operation.Summary == "" || len(operation.Tags) == 0 {
		faults = append(faults, "it has no summary or tag")
	}
	if words := len(strings.Fields(operation.Description)); words < fewestWords {
		faults = append(faults, "its description is too short to say what it is for, when another operation serves better, and what its edges are")
	}
	if got, want := named(operation.Description), permitted(*operation.Security); !slices.Equal(got, want) {
		faults = append(faults, "its description names the permissions "+strings.Join(got, ", ")+"; security has "+strings.Join(want, ", "))
	}
	if isOpen := len(*operation.Security) == 0; isOpen != strings.Contains(operation.Description, "Needs no token") {
		faults = append(faults, "its description and security differ on whether it needs a token")
	}
	return faults
}

func exampleFaults(operation *openapi3.Operation) (faults []string) {
	for _, parameter := range operation.Parameters {
		if one := parameter.Value; one.Required && one.Example == nil && one.Schema.Value.Example == nil {
			faults = append(faults, "the parameter "+one.Name+" has no example")
		}
	}
	var contents []openapi3.Content
	if operation.RequestBody != nil {
		contents = append(contents, operation.RequestBody.Value.Content)
	}
	for _, response := range operation.Responses.Map() {
		contents = append(contents, response.Value.Content)
	}
	for _, content := range contents {
		for mediaType, media := range content {
			if media.Example == nil && len(media.Examples) == 0 {
				faults = append(faults, "a body of "+mediaType+" has no example")
			}
		}
	}
	return faults
}

// named returns the permissions in a text, sorted.
func named(text string) []string {
	found := permission.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// permitted returns the permissions that suffice, sorted.
func permitted(requirements openapi3.SecurityRequirements) (all []string) {
	for _, requirement := range requirements {
		for _, permissions := range requirement {
			all = append(all, permissions...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
