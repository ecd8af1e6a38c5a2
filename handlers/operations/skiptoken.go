package operations

import (
	"bytes"
	"encoding/base64"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// A $skiptoken is base64url of a JSON array: the id, then the values of the order's expressions, and last the
// time of now() if the query has it. Only
// this file knows its form.

// skipToken returns the $skiptoken of the page that follows the position.
func skipToken(position store.Position, clock odata.Clock) string {
	members := []any{position.ID}
	for _, value := range position.Values {
		members = append(members, member(value))
	}
	if clock.Used {
		members = append(members, pageTime{clock.Now.UTC()})
	}
	text, _ := json.Marshal(members) // texts and integers, which never fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// member returns a property's value as the array has it, nil if it is null.
func member(value store.Value) any {
	switch value.Kind {
	case store.KindText, store.KindActivity:
		return value.Text
	case store.KindDate:
		return value.Date
	case store.KindDuration:
		return int64(value.Duration)
	case store.KindBool:
		return value.Bool
	case store.KindNumber, store.KindInstant, store.KindTimeOfDay:
		return value.Number
	}
	return nil
}

// startAfter reads a $skiptoken that skipToken made for the same order. Without a token the position
// is nil, the beginning.
func startAfter(skiptoken *string, order []store.Order) (*store.Position, error) {
	if skiptoken == nil {
		return nil, nil
	}
	position, err := parseSkipToken(*skiptoken, order)
	if err != nil {
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, "$skiptoken",
			"'$skiptoken' is '%s'; it must be one of this server's: take the whole @odata.nextLink as it is.", problem.Shown(*skiptoken)))
	}
	return position, nil
}

func parseSkipToken(token string, order []store.Order) (*store.Position, error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(text, []byte(`\u0000`)) {
		return nil, errors.New("a text that no store can hold")
	}
	var members []jsontext.Value
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	if len(members) > 1 && members[len(members)-1].Kind() == '{' { // see firstPageTime
		members = members[:len(members)-1]
	}
	if len(members) != 1+len(order) {
		return nil, errors.New("a token of another order")
	}
	position := &store.Position{Values: make([]store.Value, len(order))}
	if err := json.Unmarshal(members[0], &position.ID); err != nil {
		return nil, err
	}
	for i, o := range order {
		if position.Values[i], err = parseMember(members[1+i], store.KindOf(o.By)); err != nil {
			return nil, err
		}
	}
	return position, nil
}

func parseMember(text jsontext.Value, kind store.Kind) (store.Value, error) {
	value := store.Value{Kind: kind}
	var err error
	switch {
	case text.Kind() == 'n':
		return store.Value{}, nil
	case kind == store.KindText, kind == store.KindActivity:
		err = json.Unmarshal(text, &value.Text)
	case kind == store.KindDate:
		err = json.Unmarshal(text, &value.Date)
	case kind == store.KindDuration:
		err = json.Unmarshal(text, (*int64)(&value.Duration))
	case kind == store.KindBool:
		err = json.Unmarshal(text, &value.Bool)
	default:
		err = json.Unmarshal(text, &value.Number)
	}
	return value, err
}
