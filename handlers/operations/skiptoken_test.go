package operations

import (
	"encoding/base64"
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterhours/handlers/odata"
	"afterhours/handlers/problem"
	"afterhours/store"
	"afterhours/store/edm"
)

var testOrder = []store.Order{{By: store.Property{Name: "timeZoneUsed"}}, {By: store.Property{Name: "startDate"}, Descending: true},
	{By: store.Property{Name: "duration"}}, {By: store.Property{Name: "activity"}}, {By: store.IsOf{Type: store.Call}},
	{By: store.Function{Func: store.Length, Args: []store.Expr{store.Property{Name: "id"}}}},
	{By: store.Binary{Op: store.Add, X: store.Literal{Value: store.Value{Kind: store.KindInstant}}, Y: store.Property{Name: "duration"}}}}

// TestSkipTokenRoundTrip checks that a position comes back from its token, whatever its values are.
func TestSkipTokenRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		position := store.Position{ID: rapid.StringMatching(`[A-Za-z0-9._~-]{1,128}`).Draw(t, "id"), Values: make([]store.Value, len(testOrder))}
		for i, value := range []store.Value{
			{Kind: store.KindText, Text: rapid.StringMatching(`[^\x00]{0,30}`).Draw(t, "text")},
			{Kind: store.KindDate, Date: edm.MinDate.AddDays(rapid.IntRange(0, 3652058).Draw(t, "date"))},
			{Kind: store.KindDuration, Duration: edm.Duration(rapid.Int64().Draw(t, "duration"))},
			{Kind: store.KindActivity, Text: string(rapid.SampledFrom(store.Activities).Draw(t, "activity"))},
			{Kind: store.KindBool, Bool: rapid.Bool().Draw(t, "bool")},
			{Kind: store.KindNumber, Number: rapid.Int64().Draw(t, "number")},
			{Kind: store.KindInstant, Number: rapid.Int64Range(0, store.MaxInstant).Draw(t, "instant")},
		} {
			if rapid.Bool().Draw(t, "has a value") {
				position.Values[i] = value
			}
		}
		clock := odata.Clock{Now: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "now"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC(), Used: rapid.Bool().Draw(t, "has now()")}
		token := skipToken(position, clock)
		got, err := startAfter(&token, testOrder)
		if first := firstPageTime(&token); clock.Used != first.Equal(clock.Now) {
			t.Fatalf("%s: the first page was at %v, want %+v", token, first, clock)
		}
		if err != nil || !reflect.DeepEqual(*got, position) {
			t.Fatalf("%s: %+v %v, want %+v", token, got, err, position)
		}
	})
	if got, err := startAfter(nil, testOrder); got != nil || err != nil {
		t.Errorf("without a token: %v %v", got, err)
	}
}

func TestSkipTokenRefusals(t *testing.T) {
	for _, text := range []string{
		``, `{}`, `[]`, `null`, `["a"]`, `["a",null,null,null,null,null,null,null,null]`, `[1,null,null,null,null,null,null,null]`,
		`["a",1,null,null,null,null,null,null]`, `["a",null,"x",null,null,null,null,null]`, `["a",null,null,"PT1H",null,null,null,null]`,
		`["a",null,null,1e30,null,null,null,null]`, `["a",null,null,null,7,null,null,null]`, `["a",null,null,null,null,1,null,null]`,
		`["a",null,null,null,null,null,"1",null]`, `["a",null,null,null,null,null,null,"2019-06-16T00:00:00Z"]`,
		`["a\u0000",null,null,null,null,null,null,null]`, `["a","\u0000",null,null,null,null,null,null]`, `["a",null,null,null,null,null,null,null]x`,
	} {
		token := base64.RawURLEncoding.EncodeToString([]byte(text))
		_, err := startAfter(&token, testOrder)
		var found *problem.Problem
		if !errors.As(err, &found) || !errors.Is(err, problem.ErrInvalid) || found.Target != "$skiptoken" {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, token := range []string{"A", "!", "W10=", "W10 "} {
		if _, err := startAfter(&token, nil); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("%q, which is no base64url: %v", token, err)
		}
	}
}
