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

	"afterhours/gen"
)

// TestGeneratedCodeIsCurrent runs the generator again and compares every byte.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("api.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "api.gen.go")
	command := exec.CommandContext(t.Context(), "go", "tool", "oapi-codegen", "-config", "config.yaml", "-o", again, "../openapi.yaml")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	generated, err := os.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, generated) {
		t.Error("api.gen.go is not what openapi.yaml and overlay.yaml make: run go generate ./...")
	}
}

// TestGeneratorIsPinned: tools.go, go.mod's tool line and the generated file speak
// of one generator at one version.
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
	generated, err := os.ReadFile("api.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if version == nil || !bytes.Contains(generated, append([]byte("oapi-codegen/v2 version "), version[1]...)) {
		t.Errorf("api.gen.go was not made by the version in go.mod, %s", version)
	}
}

// TestContractIsValid holds openapi.yaml against OpenAPI itself, and its examples
// against its schemas; and it must be plain OpenAPI, for every language.
func TestContractIsValid(t *testing.T) {
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	if strings.Contains(string(text), "x-go-") {
		t.Error("openapi.yaml speaks of Go: that belongs in gen/overlay.yaml")
	}
	embedded, err := gen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if embedded.Info.Version != doc.Info.Version {
		t.Errorf("the embedded contract is of version %s, openapi.yaml of %s", embedded.Info.Version, doc.Info.Version)
	}
}

// TestEveryOperationIsComplete: every operation has examples, security, and the
// errors that any operation can answer.
func TestEveryOperationIsComplete(t *testing.T) {
	doc, err := gen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			name := method + " " + path
			public := path == "/" || path == "/$metadata" // as in Graph, which model and root are no secret
			if operation.Security == nil || public != (len(*operation.Security) == 0) {
				t.Errorf("%s has not the security that it must have", name)
			}
			errors := []int{400, 500}
			if !public {
				errors = append(errors, 401, 403, 503)
			}
			for _, status := range errors {
				if operation.Responses.Status(status) == nil {
					t.Errorf("%s does not say how it answers %d", name, status)
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
