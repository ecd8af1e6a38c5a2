package wire

import (
	"mime"
	"strings"

	"afterhours/store/edm"
)

// Form is how a response writes statistics.
type Form struct {
	// Selected are the properties that it shows.
	Selected Selection
	Level    MetadataLevel
	// Duration writes a duration as Edm.Duration.
	Duration func(edm.Duration) string
}

// MetadataLevel is how much control information a response has (OData JSON 3.1).
type MetadataLevel string

// The levels. At none, @odata.context is absent. @odata.type and @odata.etag stay: clients need the
// one to find the type of an object and the other to change it, and OData only says that a service
// should leave them out. At full, each statistic also has its URLs, and each property that is not a
// string its type.
const (
	MetadataNone    MetadataLevel = "none"
	MetadataMinimal MetadataLevel = "minimal"
	MetadataFull    MetadataLevel = "full"
)

// LevelOf returns the level that an Accept header asks for, minimal if it asks for none. Nothing else
// in Accept is insisted on, since some SDKs send nothing useful.
func LevelOf(accept string) MetadataLevel {
	for _, one := range SplitList(accept) {
		_, parameters, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		for _, name := range []string{"odata.metadata", "metadata"} { // 4.0 and 4.01
			switch level := MetadataLevel(strings.ToLower(parameters[name])); level {
			case MetadataNone, MetadataMinimal, MetadataFull:
				return level
			}
		}
	}
	return MetadataMinimal
}

// ContentType is Graph's label for JSON: the level of metadata, annotations first, integers as numbers.
func (f Form) ContentType() string {
	return "application/json;odata.metadata=" + string(f.Level) + ";odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
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
