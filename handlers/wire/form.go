package wire

import (
	"strconv"
	"strings"

	"afterhours/store"
	"afterhours/store/edm"
)

// Form is how a response writes statistics.
type Form struct {
	// Selected are the properties that it shows.
	Selected Selection
	Level    MetadataLevel
	// Version is 4.0 if "". Restyle writes what 4.01 has in another way.
	Version Version
	// IEEE754 and Charset are those of Format.
	IEEE754, Charset bool
	// OmitNulls leaves out the properties that are null (OData Protocol 8.2.8.6).
	OmitNulls bool
	// Before is the statistic before a change. A property that the change made null is not left out. nil for
	// none.
	Before *store.Statistic
	// Duration appends a duration as Edm.Duration.
	Duration func(edm.Duration, []byte) []byte
}

// MetadataLevel is how much control information a response has (OData JSON 3.1).
type MetadataLevel string

// The levels. At none, a page has its count and its next link, and nothing else. At full, each statistic also has
// its URLs, and each property that is not a string its type.
const (
	MetadataNone    MetadataLevel = "none"
	MetadataMinimal MetadataLevel = "minimal"
	MetadataFull    MetadataLevel = "full"
)

// graphContentType is the label that Graph itself sends. Nearly every response has it.
const graphContentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// ContentType is the label of JSON. That of 4.0 is Graph's, with charset in any case. In 4.01 the names have no
// prefix, and charset stands there if it was asked for (OData JSON 3.1, OData Protocol 8.2.1).
func (f Form) ContentType() string {
	if f.Version != Version401 && f.Level == MetadataMinimal && !f.IEEE754 {
		return graphContentType
	}
	prefix, charset := "odata.", ";charset=utf-8"
	if f.Version == Version401 {
		prefix = ""
		if !f.Charset {
			charset = ""
		}
	}
	return "application/json;" + prefix + "metadata=" + string(f.Level) + ";" + prefix + "streaming=true;IEEE754Compatible=" +
		strconv.FormatBool(f.IEEE754) + charset
}

// Take adds what a format asks for.
func (f *Form) Take(format Format) {
	f.Level, f.IEEE754, f.Charset = format.Level, format.IEEE754, format.Charset
}

// Preference returns the preference that the form follows, as Preference-Applied has it; "" for none.
func (f Form) Preference() string {
	if f.OmitNulls {
		return "omit-values=nulls"
	}
	return ""
}

// Context returns the value of @odata.context, nil if the level has none.
func (f Form) Context(described string) *string {
	if f.Level == MetadataNone {
		return nil
	}
	return &described
}

// Selection is the list of $select; nil selects everything. A name is a property, or type/property
// for the statistics of that type alone.
type Selection []string

// Has reports whether a statistic of the type shows the property. The type's name has no #.
func (s Selection) Has(typeName, property string) bool {
	if s == nil {
		return true
	}
	for _, name := range s {
		on, cast, isCast := strings.Cut(name, "/")
		if name == property || name == "*" || isCast && cast == property && on == typeName {
			return true
		}
	}
	return false
}

// Suffix is the part of a context URL for the selection (OData 10.7).
func (s Selection) Suffix() string {
	if s == nil {
		return ""
	}
	return "(" + strings.Join(s, ",") + ")"
}

// SplitList splits the list of a header at its commas, except those within a quoted string
// (RFC 9110, 5.6.1 and 5.6.4).
func SplitList(list string) []string {
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
