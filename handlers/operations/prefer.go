package operations

import (
	"slices"
	"strconv"
	"strings"

	"afterhours/handlers/wire"
)

// preferences are the preferences of a Prefer header that the server follows (RFC 7240).
type preferences struct {
	minimal         bool // return=minimal
	representation  bool // return=representation, asked for explicitly
	createIfMissing bool // create-if-missing (Graph guidelines, "Upsert")
	omitNulls       bool // omit-values=nulls (OData 8.2.8.6)
	// maxPageSize is that of maxpagesize (OData 8.2.8.5), 0 if not given. pageSizeName is the name as it was given: in
	// 4.0 it begins with odata.
	maxPageSize  int
	pageSizeName string
	// continueOnError is odata.continue-on-error (OData 8.2.8.3) as it was given, "" if it is not asked for.
	continueOnError string
	// trackChanges is odata.track-changes (OData 8.2.8.8) as it was given, "" if it is not asked for.
	trackChanges string
}

// parsePrefer reads a Prefer header, nil for none. If a preference stands twice, the first one
// counts. An unknown or malformed preference is ignored (RFC 7240, section 2). Names match in any
// case. Ignored on purpose are respond-async, wait, allow-entityreferences, include-annotations and
// callback: the server always responds at once, and with the whole.
func parsePrefer(header *string) preferences {
	var p preferences
	if header == nil {
		return p
	}
	seen := map[string]bool{}
	for _, preference := range wire.SplitList(*header) {
		preference, _, _ = strings.Cut(preference, ";") // these preferences have no parameters
		given, value, _ := strings.Cut(preference, "=")
		given = strings.ToLower(strings.TrimSpace(given))
		name := strings.TrimPrefix(given, "odata.")
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
		case "track-changes":
			p.trackChanges = given
		case "omit-values":
			p.omitNulls = value == "nulls"
		case "continue-on-error":
			if value == "" || strings.EqualFold(value, "true") {
				p.continueOnError = given
			}
		case "maxpagesize":
			if size, err := strconv.Atoi(value); err == nil && size > 0 {
				p.maxPageSize, p.pageSizeName = size, given
			}
		}
	}
	return p
}

// OmitsNulls reports whether a Prefer header asks to leave out properties that are null.
func OmitsNulls(header string) bool { return header != "" && parsePrefer(&header).omitNulls }

// ContinueOnError returns the preference continue-on-error of a Prefer header as Preference-Applied repeats it, "" if
// the header does not ask for it.
func ContinueOnError(header *string) string { return parsePrefer(header).continueOnError }

// applied returns Preference-Applied: the preferences that shaped the response.
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
	return joined(names...)
}

// joined returns preferences as Preference-Applied lists them. "" is none.
func joined(preferences ...string) string {
	return strings.Join(slices.DeleteFunc(preferences, func(one string) bool { return one == "" }), ", ")
}
