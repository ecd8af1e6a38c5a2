package input

import (
	"mime"
	"net/url"
	"strings"

	"afterhours/handlers/problem"
)

// formatOption is the query option that asks for the format of the response.
const formatOption = "$format"

// Format returns the value of $format in a query whose options are spelled as in the contract, ""
// without $format. A query that cannot be read has none: Validate refuses it.
func Format(query string) string {
	if !strings.Contains(query, formatOption+"=") {
		return ""
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return options.Get(formatOption)
}

// checkFormat returns a problem if the query asks for another format than JSON.
func checkFormat(query string) error {
	asked := Format(query)
	if asked == "" {
		return nil
	}
	if media, _, err := mime.ParseMediaType(asked); err == nil && (media == "json" || media == "application/json") {
		return nil
	}
	return problem.Refuse(problem.ErrFormat, formatOption, "'%s' is '%s'; it must be json or application/json, as in %s=json.",
		formatOption, problem.Shown(asked), formatOption)
}
