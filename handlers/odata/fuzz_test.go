package odata_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"afterhours/contract/bounded"
	"afterhours/handlers/odata"
	"afterhours/store"
)

// checkError fails the test unless the error is an *odata.Error about the text. Its column
// must be in the text, and its problem must be short and printable.
func checkError(t *testing.T, option, text string, err error) {
	var fault *odata.Error
	if !errors.As(err, &fault) {
		t.Fatalf("%q: %v is not an *odata.Error", text, err)
	}
	if fault.Option != option || fault.Column < 1 || fault.Column > utf8.RuneCountInString(text)+1 {
		t.Fatalf("%q: column %d of %s", text, fault.Column, fault.Option)
	}
	if !utf8.ValidString(fault.Problem) || len(fault.Problem) > 600 || strings.ContainsAny(fault.Problem, "\x00\n\r") {
		t.Fatalf("%q: %q", text, fault.Problem)
	}
}

// FuzzParseFilter checks the errors of refused filters. An accepted filter must be bounded
// and well typed. It must stay the same after it is printed and parsed again.
func FuzzParseFilter(f *testing.F) {
	for text := range filters {
		f.Add(text)
	}
	for text := range refusals {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		filter, err := model.ParseFilter(text)
		if err != nil {
			checkError(t, "$filter", text, err)
			return
		}
		if kind, err := kindOf(filter); kind != store.KindBool || err != nil {
			t.Fatalf("%q is of kind %d: %v", text, kind, err)
		}
		if n := made(filter); n > 4096 {
			t.Fatalf("%q makes %d characters of text", text, n)
		}
		if n := count(filter); n > 256 || utf8.RuneCountInString(text) > 4096 {
			t.Fatalf("%q has %d nodes", text, n)
		}
		again := printer{}.expr(filter, 0)
		if utf8.RuneCountInString(again) > 4096 || strings.Contains(strings.ToLower(text), "@odata.type") {
			return // the printed text may exceed a bound: prefixes add length, and a not for ne adds a level
		}
		if got, err := model.ParseFilter(again); err != nil || !reflect.DeepEqual(got, filter) {
			t.Fatalf("%q is printed as %q, which is %#v, %v", text, again, got, err)
		}
	})
}

// FuzzParseOrderBy checks the errors of refused orders. An accepted order must be bounded
// and have no property twice. It must stay the same after it is printed and parsed again.
func FuzzParseOrderBy(f *testing.F) {
	for text := range orders {
		f.Add(text)
	}
	for text := range orderRefusals {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounded.Input(t)()
		order, err := model.ParseOrderBy(text)
		if err != nil {
			checkError(t, "$orderby", text, err)
			return
		}
		for i, o := range order {
			isTwice := slices.ContainsFunc(order[:i], func(before store.Order) bool { return reflect.DeepEqual(before.By, o.By) })
			if _, err := kindOf(o.By); err != nil || isTwice {
				t.Fatalf("%q: %v, %v", text, order, err)
			}
		}
		if len(order) == 0 || len(order) > 8 {
			t.Fatalf("%q: %d properties", text, len(order))
		}
		if got, err := model.ParseOrderBy(orderText(printer{}, order)); err != nil || !reflect.DeepEqual(got, order) {
			t.Fatalf("%q is printed as %q, which is %v, %v", text, orderText(printer{}, order), got, err)
		}
	})
}
