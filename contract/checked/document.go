package checked

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Text returns the text of openapi.yaml. Tests run in the folder of their package, so Text looks in
// that folder and in those above it.
var Text = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		text, err := os.ReadFile(filepath.Join(folder, "openapi.yaml"))
		if err == nil {
			return text, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return nil, fmt.Errorf("no folder above has the contract: %w", err)
		}
		folder = above
	}
})

var load = sync.OnceValues(func() (*openapi3.T, error) {
	// The model is XML, and the contract only says that it is a text.
	openapi3filter.RegisterBodyDecoder("application/xml", openapi3filter.PlainBodyDecoder)
	text, err := Text()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
})
