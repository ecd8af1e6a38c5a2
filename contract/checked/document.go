package checked

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Text returns the text of openapi.yaml.
var Text = sync.OnceValues(func() ([]byte, error) { return read("openapi.yaml") })

// read returns the text of a file of the project. Tests run in the folder of their package, so read
// looks for it from that folder and from those above it.
func read(path string) ([]byte, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		text, err := os.ReadFile(filepath.Join(folder, path))
		if err == nil {
			return text, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return nil, fmt.Errorf("no folder above has the contract: %w", err)
		}
		folder = above
	}
}

var load = sync.OnceValues(func() (*openapi3.T, error) {
	// The model is XML, and the contract only says that it is a text.
	openapi3filter.RegisterBodyDecoder("application/xml", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("multipart/mixed", openapi3filter.PlainBodyDecoder) // checkBatch reads it
	text, err := Text()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
})

// loadControl loads the control contract.
var loadControl = sync.OnceValues(func() (*openapi3.T, error) {
	text, err := read("control/control.yaml")
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
})

// loadFor loads the contract that has a path.
func loadFor(path string) (*openapi3.T, error) {
	if strings.HasPrefix(path, "/control/") {
		return loadControl()
	}
	return load()
}
