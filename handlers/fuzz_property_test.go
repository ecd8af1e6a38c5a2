package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/store"
)

// FuzzProperty checks that a write of one property has the effect of the PATCH of its statistic with that
// property alone, or is refused for the same reasons: by PUT, by PATCH, by PUT of $value, and by DELETE
// for null.
func FuzzProperty(f *testing.F) {
	f.Add(uint8(0), uint8(5), "PT1H", false)
	f.Add(uint8(1), uint8(6), "-P10675199DT2H48M5.4775808S", false)
	f.Add(uint8(2), uint8(7), "P1W1DT1H", false)
	f.Add(uint8(3), uint8(1), "Focus", false)
	f.Add(uint8(4), uint8(0), "meeting", false)
	f.Add(uint8(4), uint8(2), "2019-02-29", false)
	f.Add(uint8(0), uint8(4), "\xff日本標準時\n", false)
	f.Add(uint8(0), uint8(3), "", true)
	f.Add(uint8(0), uint8(0), "", true)
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, kind, property uint8, value string, null bool) {
		defer bounded.Input(t)()
		name := string(store.Definitions()[int(property)%len(store.Definitions())].Name)
		item := fuzzItem(fuzzKind(kind))
		value = strings.ToValidUTF8(value, "?") // as JSON must have it
		want, stored := z.after(t, jsonWrite(t, http.MethodPatch, item, map[string]any{name: valueOf(value, null)}))
		hasProperty := name == "id" || name == "activity" || name == "startDate" || name == "endDate" || name == "timeZoneUsed" || slices.Contains(fuzzTypes[fuzzKind(kind)], name)
		for _, request := range writesOf(t, item+"/"+name, value, null) {
			got, now := z.after(t, request)
			label := request.Method + " " + request.URL.Path
			switch {
			case want.status == http.StatusOK && got.status != http.StatusNoContent, want.status == http.StatusBadRequest && hasProperty && got.status != http.StatusBadRequest:
				t.Errorf("%s of %q: %d %s; the PATCH is %d %s", label, value, got.status, got.text, want.status, want.text)
			case want.status == http.StatusBadRequest && !hasProperty && got.status != http.StatusNotFound && got.status != http.StatusBadRequest:
				t.Errorf("%s of %q, which the type does not have: %d %s", label, value, got.status, got.text)
			}
			if !reflect.DeepEqual(now, stored) {
				t.Errorf("%s of %q: stored is\n%+v\nand by PATCH\n%+v", label, value, now, stored)
			}
		}
	})
}

// after sends the request to a restored server. It returns the records that are then stored.
func (z *fuzzServer) after(t *testing.T, request *http.Request) (testResponse, map[string]store.Record) {
	t.Helper()
	z.restore(t)
	got := z.send(t, request)
	records := map[string]store.Record{}
	for _, one := range z.state(t).statistics {
		records[one.ID] = one.Record
	}
	return got, records
}

func valueOf(value string, null bool) any {
	if null {
		return nil
	}
	return value
}

// writesOf returns the requests that write the property at the path.
func writesOf(t *testing.T, path, value string, null bool) []*http.Request {
	t.Helper()
	if null {
		return []*http.Request{
			httptest.NewRequest(http.MethodDelete, path, nil), httptest.NewRequest(http.MethodDelete, path+"/$value", nil),
			jsonWrite(t, http.MethodPut, path, map[string]any{"value": nil}),
		}
	}
	requests := []*http.Request{
		jsonWrite(t, http.MethodPut, path, map[string]any{"value": value}),
		jsonWrite(t, http.MethodPatch, path, map[string]any{"value": value}),
	}
	bare := httptest.NewRequest(http.MethodPut, path+"/$value", strings.NewReader(value))
	bare.Header.Set("Content-Type", "text/plain")
	return append(requests, bare)
}

func jsonWrite(t *testing.T, method, path string, body map[string]any) *http.Request {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(method, path, strings.NewReader(string(text)))
	request.Header.Set("Content-Type", "application/json")
	return request
}

// FuzzReplace checks that PUT leaves a statistic that is the same as a new one with the same body, or is
// refused when the creation is refused.
func FuzzReplace(f *testing.F) {
	for kind := range uint8(len(fuzzTypes)) {
		f.Add(kind, "duration", "PT1H", "startDate", "2019-06-16")
	}
	f.Add(uint8(0), "activity", "Chat", "afterHours", "PT-1M-55S")
	f.Add(uint8(3), "readEmail", "PT1H", "timeZoneUsed", "")
	f.Add(uint8(4), "id", "meeting", "long", "P")
	z := newFuzzServer(f)
	f.Fuzz(func(t *testing.T, kind uint8, name, value, otherName, other string) {
		defer bounded.Input(t)()
		id := fuzzKind(kind)
		body := string(objectOf(t, name, value, otherName, other, "id", id, "@odata.type", fuzzTypeName(id)))
		put := httptest.NewRequest(http.MethodPut, fuzzItem(id), strings.NewReader(body))
		put.Header.Set("Content-Type", "application/json")
		got, stored := z.after(t, put)
		z.restore(t)
		z.ask(t, http.MethodDelete, fuzzItem(id), nil)
		created := z.ask(t, http.MethodPost, collection, []byte(body))
		if created.status == http.StatusBadRequest {
			if got.status != http.StatusBadRequest || !reflect.DeepEqual(stored, fuzzRecords) {
				t.Errorf("%q: %d %s; POST is %s", body, got.status, got.text, created.text)
			}
			return
		}
		fresh, _, err := z.store.Get(t.Context(), store.Key{Owner: fuzzOwner, ID: id})
		if err != nil || got.status != http.StatusOK || stored[id] != fresh.Record {
			t.Errorf("%q: %d, stored is %+v, and by POST %+v %v", body, got.status, stored[id], fresh.Record, err)
		}
	})
}
