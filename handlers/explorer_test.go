package handlers_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/control"
	"afterhours/handlers/pages"
	"afterhours/store/memory"
)

// TestExplorer asks for every file of the explorer, compressed and plain, and follows what the page names.
func TestExplorer(t *testing.T) {
	c := newControlServer(t, memory.New())
	for _, file := range pages.Files() {
		if file.Path == pages.Week {
			continue
		}
		zipped := c.do(call{method: "GET", path: file.Path, header: map[string]string{"Accept-Encoding": "gzip"}})
		plain := c.do(call{method: "GET", path: file.Path, header: map[string]string{"Accept-Encoding": "identity"}})
		if zipped.status != 200 || plain.status != 200 || plain.text == "" || unzip(t, zipped.text) != plain.text {
			t.Errorf("%s: %d, %d, %d bytes", file.Path, zipped.status, plain.status, len(plain.text))
		}
		for name, want := range map[string]string{"Content-Type": file.ContentType, "Content-Security-Policy": file.Policy(), "Content-Encoding": "gzip"} {
			if got := zipped.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", file.Path, name, got, want)
			}
		}
	}
	page := c.do(call{method: "GET", path: pages.Docs}).text
	for _, file := range []string{"/pages/swagger-ui.js", "/pages/swagger-ui.css", "/pages/docs.js", "/pages/docs.css"} {
		if !strings.Contains(page, `"`+file+`"`) {
			t.Errorf("the page does not name %s", file)
		}
	}
}

// TestContractsInJSON compares the contracts in JSON with their texts in YAML.
func TestContractsInJSON(t *testing.T) {
	c := newControlServer(t, memory.New())
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{"/openapi": text, "/control/openapi": control.Contract} {
		if got := c.do(call{method: "GET", path: path + ".yaml"}).want(t, 200); got.text != string(text) {
			t.Errorf("%s.yaml is not the contract", path)
		}
		want, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := openapi3.NewLoader().LoadFromData([]byte(c.do(call{method: "GET", path: path + ".json"}).want(t, 200).text))
		if err != nil || !reflect.DeepEqual(object(t, got), object(t, want)) {
			t.Errorf("%s.json is not the contract: %v", path, err)
		}
	}
}

func object(t *testing.T, document *openapi3.T) (all map[string]any) {
	t.Helper()
	text, err := document.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNoExplorerOfControlWithoutControl: a server without the control API does not serve its contract.
func TestNoExplorerOfControlWithoutControl(t *testing.T) {
	ts := newTestServer(t, memory.New())
	for _, path := range []string{pages.DocsOfControl, "/control/openapi.yaml", "/control/openapi.json"} {
		ts.do(call{method: "GET", path: path}).want(t, 404)
	}
}
