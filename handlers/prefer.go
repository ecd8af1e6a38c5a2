package handlers

import (
	"strconv"
	"strings"
)

// preferences are what the server follows of a Prefer header (RFC 7240).
type preferences struct {
	minimal         bool // return=minimal
	representation  bool // return=representation, asked for in so many words
	createIfMissing bool // create-if-missing (Graph guidelines, "Upsert")
	maxPageSize     int  // odata.maxpagesize (OData 8.2.8.5), 0 if not given
}

// parsePrefer reads a Prefer header, nil for none. Of a preference that stands
// twice the first counts, and one that is unknown or malformed is ignored (RFC
// 7240, section 2). Names are matched without regard to case.
func parsePrefer(header *string) preferences {
	var p preferences
	if header == nil {
		return p
	}
	seen := map[string]bool{}
	for _, preference := range splitOutsideQuotes(*header) {
		preference, _, _ = strings.Cut(preference, ";") // parameters mean nothing to these
		name, value, _ := strings.Cut(preference, "=")
		name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "odata.")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		if seen[name] {
			continue
		}
		seen[name] = true
		switch name {
		case "return":
			p.minimal, p.representation = value == "minimal", value == "representation"
		case "create-if-missing":
			p.createIfMissing = true
		case "maxpagesize":
			if size, err := strconv.Atoi(value); err == nil && size > 0 {
				p.maxPageSize = size
			}
		}
	}
	return p
}

// splitOutsideQuotes splits a list at its commas, but for those within a quoted
// string (RFC 9110, 5.6.1 and 5.6.4).
func splitOutsideQuotes(list string) []string {
	quoted, escaped := false, false
	return strings.FieldsFunc(list, func(c rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		}
		return c == ',' && !quoted
	})
}

// applied lists what of the preferences shaped the answer, for Preference-Applied.
func (p preferences) applied(created bool) string {
	var names []string
	switch {
	case p.minimal:
		names = append(names, "return=minimal")
	case p.representation:
		names = append(names, "return=representation")
	}
	if p.createIfMissing && created {
		names = append(names, "create-if-missing")
	}
	return strings.Join(names, ", ")
}
