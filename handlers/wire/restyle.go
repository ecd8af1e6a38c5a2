package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// controlPrefix is what the names of control information begin with in 4.0, after the property that they are about.
const controlPrefix = "@odata."

// Restyle returns the JSON of a response, which is written as Graph does it, as the form asks for: the names of control
// information without their prefix in 4.01, and counts as text for IEEE754Compatible. It changes nothing in Graph's
// form. It serves every operation, so that none has to know how a version writes.
func (f Form) Restyle(body []byte) ([]byte, error) {
	if f.Version != Version401 && !f.IEEE754 {
		return body, nil
	}
	styled := bytes.NewBuffer(make([]byte, 0, len(body)))
	from := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	to := jsontext.NewEncoder(styled, jsontext.AllowDuplicateNames(true))
	name := "" // of the member whose value comes next
	for {
		isName := nextIsName(from)
		token, err := from.ReadToken()
		if errors.Is(err, io.EOF) {
			return bytes.TrimSuffix(styled.Bytes(), []byte("\n")), nil
		}
		if err != nil {
			return nil, err
		}
		if isName {
			name = token.String()
			token = jsontext.String(f.nameOf(name))
		} else {
			token = f.valueOf(name, token)
			name = ""
		}
		if err := to.WriteToken(token); err != nil {
			return nil, err
		}
	}
}

// nextIsName reports whether the next token is the name of a member.
func nextIsName(from *jsontext.Decoder) bool {
	kind, length := from.StackIndex(from.StackDepth())
	return kind == '{' && length%2 == 0 && from.PeekKind() == '"'
}

// nameOf returns the name of a member in the version.
func (f Form) nameOf(name string) string {
	if f.Version != Version401 {
		return name
	}
	return strings.Replace(name, controlPrefix, "@", 1)
}

// valueOf returns the value of a member. The type of a primitive value has no # in 4.01 (OData JSON 4.6.3).
func (f Form) valueOf(name string, token jsontext.Token) jsontext.Token {
	switch {
	case f.IEEE754 && strings.HasSuffix(name, controlPrefix+"count") && token.Kind() == '0':
		return jsontext.String(token.String())
	case f.Version == Version401 && strings.HasSuffix(name, controlPrefix+"type") && token.Kind() == '"' && !strings.Contains(token.String(), "."):
		return jsontext.String(strings.TrimPrefix(token.String(), "#"))
	}
	return token
}

// Prefixed gives the control information of a request's body that is written in 4.01 the names that it has in 4.0, so that
// @type is @odata.type. A name without a dot after its last @ is control information, and any other an annotation of
// somebody's vocabulary (OData JSON 4.6). If both names are there, that of 4.0 counts.
func Prefixed(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			Prefixed(inner)
			before, control, found := strings.Cut(name, "@")
			if !found || strings.ContainsAny(control, "@.") {
				continue
			}
			if long := before + controlPrefix + control; !has(value, long) {
				value[long] = inner
			}
			delete(value, name)
		}
	case []any:
		for _, inner := range value {
			Prefixed(inner)
		}
	}
}

func has(object map[string]any, name string) bool {
	_, there := object[name]
	return there
}
