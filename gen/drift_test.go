package gen_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// contracts are the contracts, each with the folder of the server's code that is generated from it.
var contracts = []contract{{".", "../openapi.yaml"}, {"../control", "control.yaml"}}

// contract is a contract and the folder of its code. The path is from there.
type contract struct{ folder, path string }

func (c contract) String() string { return filepath.Base(c.path) }

// outputs are the folders with generated code. The files of each have their configurations, as its
// generate.go names them.
var outputs = []struct {
	contract
	files map[string]string
}{
	{contracts[0], map[string]string{"types.gen.go": "types.yaml", "server.gen.go": "server.yaml"}},
	{contracts[1], map[string]string{"types.gen.go": "types.yaml", "server.gen.go": "server.yaml"}},
	{contract{"../kit/go/internal/client", "../../../../control/control.yaml"}, map[string]string{"control.gen.go": "control.yaml"}},
}

// TestGeneratedCodeIsCurrent runs the generator again and compares every byte.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	for _, output := range outputs {
		for file, config := range output.files {
			committed, err := os.ReadFile(filepath.Join(output.folder, file))
			if err != nil {
				t.Fatal(err)
			}
			again := filepath.Join(t.TempDir(), file)
			command := exec.CommandContext(t.Context(), "go", "tool", "oapi-codegen", "-config", config, "-o", again, output.path)
			command.Dir = output.folder
			if out, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			current, err := os.ReadFile(again)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(committed, current) {
				t.Errorf("%s/%s differs from what %s and overlay.yaml generate: run go generate ./...", output.folder, file, output)
			}
		}
	}
}

// TestEveryGeneratedFileIsChecked compares the list above with the folders and with their generate.go.
func TestEveryGeneratedFileIsChecked(t *testing.T) {
	for _, output := range outputs {
		found, err := filepath.Glob(filepath.Join(output.folder, "*.gen.go"))
		if err != nil || len(found) != len(output.files) {
			t.Errorf("the folder has %v, %v", found, err)
		}
		directives, err := os.ReadFile(filepath.Join(output.folder, "generate.go"))
		if err != nil {
			t.Fatal(err)
		}
		for file, config := range output.files {
			if !strings.Contains(string(directives), "-config "+config+" -o "+file+" "+output.path) {
				t.Errorf("%s/generate.go does not generate %s from %s", output.folder, file, config)
			}
		}
	}
}

// TestGeneratorIsPinned checks that tools.go, the tool line of go.mod and the generated files name one
// generator at one version.
func TestGeneratorIsPinned(t *testing.T) {
	const command = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
	for file, want := range map[string]string{"../tools.go": `import _ "` + command + `"`, "../go.mod": "tool " + command} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("%s has no %q", file, want)
		}
	}
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`oapi-codegen/v2 (v\S+)`).FindSubmatch(module)
	for _, output := range outputs {
		for file := range output.files {
			text, err := os.ReadFile(filepath.Join(output.folder, file))
			if err != nil {
				t.Fatal(err)
			}
			if version == nil || !bytes.Contains(text, append([]byte("oapi-codegen/v2 version "), version[1]...)) {
				t.Errorf("%s/%s was not made by the version in go.mod, %s", output.folder, file, version)
			}
		}
	}
}

// document returns the contract and its text.
func (c contract) document(t *testing.T) (*openapi3.T, string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.folder, c.path))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc, string(text)
}

// TestContractIsValid holds each contract to OpenAPI, and its examples to its schemas. A contract must
// be plain OpenAPI, for every language.
func TestContractIsValid(t *testing.T) {
	for _, contract := range contracts {
		doc, text := contract.document(t)
		if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
			t.Errorf("%s: %v", contract, err)
		}
		if strings.Contains(text, "x-go-") {
			t.Errorf("%s has a Go extension: move it to overlay.yaml", contract)
		}
	}
}

// TestContractsHaveTheSameErrors compares the schemas of errors: one writer writes them all.
func TestContractsHaveTheSameErrors(t *testing.T) {
	first, _ := contracts[0].document(t)
	for _, contract := range contracts[1:] {
		doc, _ := contract.document(t)
		for _, name := range []string{"error", "errorBody", "errorDetail", "errorCode", "errorDetailCode", "innerError"} {
			one, _ := first.Components.Schemas[name].MarshalJSON()
			other, _ := doc.Components.Schemas[name].MarshalJSON()
			if !bytes.Equal(one, other) {
				t.Errorf("%s of %s is\n%s\nwant\n%s", name, contract, other, one)
			}
		}
	}
}

// TestEveryOperationIsComplete checks that every operation has examples, security, and the errors that
// any operation can send.
func TestEveryOperationIsComplete(t *testing.T) {
	for _, contract := range contracts {
		doc, _ := contract.document(t)
		for path, item := range doc.Paths.Map() {
			for method, operation := range item.Operations() {
				if operation.Security == nil {
					operation.Security = &doc.Security
				}
				checkComplete(t, contract.String()+": "+method+" "+path, path, operation)
			}
		}
	}
}

func checkComplete(t *testing.T, name, path string, operation *openapi3.Operation) {
	public := path == "/" || path == "/$metadata" // model and root are public, as in Graph
	if public != (len(*operation.Security) == 0) {
		t.Errorf("%s does not have the security that it must have", name)
	}
	errors := []int{400, 500}
	if !public {
		errors = append(errors, 401, 403, 503)
	}
	for _, status := range errors {
		if operation.Responses.Status(status) == nil {
			t.Errorf("%s has no response %d", name, status)
		}
	}
	for status, response := range operation.Responses.Map() {
		for media, content := range response.Value.Content {
			if len(content.Examples) == 0 && content.Example == nil {
				t.Errorf("%s %s %s has no example", name, status, media)
			}
		}
	}
	if operation.RequestBody == nil {
		return
	}
	for media, content := range operation.RequestBody.Value.Content {
		if len(content.Examples) == 0 {
			t.Errorf("%s has no example of its body as %s", name, media)
		}
	}
}
