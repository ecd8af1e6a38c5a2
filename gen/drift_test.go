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

// generated are the generated files and their configurations, as generate.go has them.
var generated = map[string]string{"types.gen.go": "types.yaml", "server.gen.go": "server.yaml"}

// TestGeneratedCodeIsCurrent runs the generator again and compares every byte.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	for file, config := range generated {
		committed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		again := filepath.Join(t.TempDir(), file)
		command := exec.CommandContext(t.Context(), "go", "tool", "oapi-codegen", "-config", config, "-o", again, "../openapi.yaml")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		current, err := os.ReadFile(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, current) {
			t.Errorf("%s differs from what openapi.yaml and overlay.yaml generate: run go generate ./...", file)
		}
	}
}

// TestEveryGeneratedFileIsChecked compares the list above with the folder and with generate.go.
func TestEveryGeneratedFileIsChecked(t *testing.T) {
	found, err := filepath.Glob("*.gen.go")
	if err != nil || len(found) != len(generated) {
		t.Errorf("the folder has %v, %v", found, err)
	}
	directives, err := os.ReadFile("generate.go")
	if err != nil {
		t.Fatal(err)
	}
	for file, config := range generated {
		if !strings.Contains(string(directives), "-config "+config+" -o "+file+" ../openapi.yaml") {
			t.Errorf("generate.go does not generate %s from %s", file, config)
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
	for file := range generated {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if version == nil || !bytes.Contains(text, append([]byte("oapi-codegen/v2 version "), version[1]...)) {
			t.Errorf("%s was not made by the version in go.mod, %s", file, version)
		}
	}
}

// document returns the contract and its text.
func document(t *testing.T) (*openapi3.T, string) {
	t.Helper()
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc, string(text)
}

// TestContractIsValid holds openapi.yaml to OpenAPI, and its examples to its schemas. The contract must
// be plain OpenAPI, for every language.
func TestContractIsValid(t *testing.T) {
	doc, text := document(t)
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	if strings.Contains(text, "x-go-") {
		t.Error("openapi.yaml has a Go extension: move it to gen/overlay.yaml")
	}
}

// TestEveryOperationIsComplete checks that every operation has examples, security, and the errors that
// any operation can send.
func TestEveryOperationIsComplete(t *testing.T) {
	doc, _ := document(t)
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			name := method + " " + path
			public := path == "/" || path == "/$metadata" // model and root are public, as in Graph
			if operation.Security == nil || public != (len(*operation.Security) == 0) {
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
			if operation.RequestBody != nil && len(operation.RequestBody.Value.Content["application/json"].Examples) == 0 {
				t.Errorf("%s has no example of its body", name)
			}
		}
	}
}
