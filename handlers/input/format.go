package input

import (
	"net/url"
	"strings"
)

// FormatOption is the query option that asks for the format of the response.
const FormatOption = "$format"

// Format returns the value of $format in a query whose options are spelled as in the contract, ""
// without $format. A query that cannot be read has none: Validate refuses it.
func Format(query string) string {
	if !strings.Contains(query, FormatOption+"=") {
		return ""
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return options.Get(FormatOption)
}
