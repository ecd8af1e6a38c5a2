package input

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"afterhours/handlers/problem"
)

// DecodeJSON decodes a text that is one JSON value of at most maxValues values. Invalid UTF-8 and
// lone surrogates are refused, not replaced. Official SDKs send objects in which a member stands
// twice: the last one counts, of whatever kind it is. The library's own decoding into maps would
// merge the two, or fail.
func DecodeJSON(text []byte, maxValues int) (any, error) {
	from := &decoder{jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true)), maxValues, maxValues}
	value, err := from.value()
	if err == nil {
		err = from.end()
	}
	if err != nil {
		return nil, problem.Refuse(problem.ErrInvalid, "", "Unable to read JSON request payload: %s.", JSONFault(text, err))
	}
	return value, nil
}

// decoder decodes values until it has decoded as many as it may.
type decoder struct {
	*jsontext.Decoder
	most, left int
}

func (from *decoder) value() (any, error) {
	if from.left--; from.left < 0 {
		return nil, fmt.Errorf("it has more than %d values", from.most)
	}
	switch from.PeekKind() {
	case '{':
		return from.object()
	case '[':
		return from.array()
	}
	token, err := from.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		return from.number(token)
	}
	return nil, nil
}

func (from *decoder) object() (any, error) {
	_, err := from.ReadToken()
	object := map[string]any{}
	for err == nil && from.PeekKind() != '}' {
		var name jsontext.Token
		if name, err = from.ReadToken(); err != nil {
			break
		}
		member := name.String() // a token is valid until the next one is read
		object[member], err = from.value()
	}
	if err == nil {
		_, err = from.ReadToken()
	}
	return object, err
}

func (from *decoder) array() (any, error) {
	_, err := from.ReadToken()
	array := []any{}
	for err == nil && from.PeekKind() != ']' {
		var value any
		value, err = from.value()
		array = append(array, value)
	}
	if err == nil {
		_, err = from.ReadToken()
	}
	return array, err
}

// number refuses a number that a float64 cannot hold.
func (from *decoder) number(token jsontext.Token) (any, error) {
	number, err := strconv.ParseFloat(token.String(), 64)
	if err != nil {
		start := from.InputOffset() - int64(len(token.String()))
		return nil, &decodeError{start, fmt.Sprintf("the number %s is out of range", problem.Shown(token.String()))}
	}
	return number, nil
}

// errSecondValue reports that a value follows the first one.
var errSecondValue = errors.New("a second value")

// end returns an error if anything follows the value.
func (from *decoder) end() error {
	_, err := from.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return cmp.Or(err, errSecondValue)
}
