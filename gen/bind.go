package gen

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/oapi-codegen/runtime"
)

// queryOf returns the query options of a URL, nil for none.
func queryOf(address *url.URL) url.Values {
	if address.RawQuery == "" {
		return nil
	}
	return address.Query()
}

// optionalQuery returns the value of a query option, nil if it is absent.
func optionalQuery[T any](query url.Values, name string) (*T, error) {
	if !query.Has(name) {
		return nil, nil
	}
	value := new(*T)
	err := bindQuery(query, name, false, value)
	return *value, err
}

// bindQuery sets the value of a query option.
func bindQuery(query url.Values, name string, required bool, to any) error {
	if err := runtime.BindQueryParameterWithOptions("form", true, required, name, query, to, runtime.BindQueryParameterOptions{}); err != nil {
		return fmt.Errorf("Invalid format for parameter %s: %w", name, err)
	}
	return nil
}

// optionalHeader returns the value of a header, nil if it is absent. The name is spelt as package http keeps it.
func optionalHeader[T ~string](header http.Header, name string) (*T, error) {
	lines, found := header[name]
	if !found {
		return nil, nil
	}
	if len(lines) != 1 {
		return nil, fmt.Errorf("Expected one value for %s, got %d", name, len(lines))
	}
	value := T(lines[0])
	return &value, nil
}
