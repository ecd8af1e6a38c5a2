package plain

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/store/edm"
)

// text is the compiled schema of a text.
type text struct {
	// shortest and longest are in characters.
	shortest, longest int
	enum              []string
	pattern           *regexp.Regexp // nil for none
	classes           *classes       // of the pattern, nil if it has another form
	format            string
}

// The formats of the contract that decide whether a text is valid.
const (
	durationFormat = "edm-duration"
	dateFormat     = "date"
)

// durationPattern is the pattern that the contract gives durations. edm.ParseDuration reads no text that does
// not match it. To match it as well would take ten times as long as to read the duration.
const durationPattern = `^-?P([0-9]+D(T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S))?` +
	`|T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S))$`

// compileText returns the compiled schema of a text, nil for any other schema.
func compileText(schema *openapi3.Schema) *text {
	if !schema.Type.Is(openapi3.TypeString) || !hasOnly(schema, func(s *openapi3.Schema) {
		s.Type, s.Nullable, s.Enum, s.Format, s.MinLength, s.MaxLength, s.Pattern = nil, false, nil, "", 0, nil, ""
	}) {
		return nil
	}
	if !knows(schema.Format) {
		return nil
	}
	compiled := &text{longest: math.MaxInt, format: schema.Format}
	if schema.MaxLength != nil {
		compiled.longest = int(min(*schema.MaxLength, math.MaxInt32))
	}
	compiled.shortest = int(min(schema.MinLength, math.MaxInt32))
	for _, value := range schema.Enum {
		name, isText := value.(string)
		if !isText {
			return nil
		}
		compiled.enum = append(compiled.enum, name)
	}
	if schema.Pattern == "" || schema.Pattern == durationPattern && schema.Format == durationFormat {
		return compiled
	}
	pattern, err := regexp.Compile(schema.Pattern)
	if err != nil || strings.Contains(schema.Pattern, `\u`) { // which kin-openapi rewrites for Go
		return nil
	}
	compiled.pattern, compiled.classes = pattern, compileClasses(pattern)
	return compiled
}

// knows reports whether a format is known, or says nothing of a value: kin-openapi ignores a format without a
// validator.
func knows(format string) bool {
	if format == durationFormat || format == dateFormat {
		return true
	}
	_, hasValidator := openapi3.SchemaStringFormats[format]
	return !hasValidator && format != "date-time" // which package input gives one
}

// accepts reports whether the text of the member is valid, and sets its number.
func (t *text) accepts(one *member) bool {
	if t.enum != nil {
		at := slices.Index(t.enum, one.text)
		if at < 0 {
			return false
		}
		one.text = t.enum[at] // so that the body's text is not kept for it
	}
	if !t.matches(one.text) {
		return false
	}
	switch t.format {
	case durationFormat:
		parsed, err := edm.ParseDuration(one.text)
		one.number = int64(parsed)
		return err == nil
	case dateFormat:
		parsed, err := edm.ParseDate(one.text)
		one.number = int64(parsed)
		return err == nil
	}
	return true
}

// matches reports whether the text has the length and the pattern.
func (t *text) matches(value string) bool {
	count := len(value)
	if count > t.longest || t.shortest > 1 { // no text has more characters than bytes
		count = utf8.RuneCountInString(value)
	}
	if count < t.shortest || count > t.longest {
		return false
	}
	if t.classes != nil {
		if matches, known := t.classes.match(value); known {
			return matches
		}
	}
	return t.pattern == nil || t.pattern.MatchString(value)
}
