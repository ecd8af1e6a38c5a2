package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/handlers"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

// The benchmarks run the whole server from the HTTP request to the bytes of the response, with a
// token that was verified before. There is no socket, so that only the work of the server counts.

func BenchmarkGet(b *testing.B) {
	onBenchStores(b, func(b *testing.B, server *handlers.Server, token string) {
		b.ReportAllocs()
		for b.Loop() {
			serveOne(b, server, "GET", collection+"/s0", token, "", http.StatusOK)
		}
	})
}

func BenchmarkPatch(b *testing.B) { onBenchStores(b, benchPatch) }

func benchPatch(b *testing.B, server *handlers.Server, token string) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		serveOne(b, server, "PATCH", collection+"/s0", token, fmt.Sprintf(seedPatch, n%59+1), http.StatusOK)
	}
}

// BenchmarkPatchParallel has 64 writers, each with a statistic of its own.
func BenchmarkPatchParallel(b *testing.B) { onBenchStores(b, benchPatchParallel) }

func benchPatchParallel(b *testing.B, server *handlers.Server, token string) {
	b.ReportAllocs()
	b.SetParallelism(benchWriters / 2) // times GOMAXPROCS, on two cores
	var writers atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		path := fmt.Sprintf("%s/s%d", collection, writers.Add(1)%benchWriters)
		for n := 0; pb.Next(); n++ {
			serveOne(b, server, "PATCH", path, token, fmt.Sprintf(seedPatch, n%59+1), http.StatusOK)
		}
	})
}

func BenchmarkList(b *testing.B) {
	onBenchStores(b, func(b *testing.B, server *handlers.Server, token string) {
		b.ReportAllocs()
		for b.Loop() {
			serveOne(b, server, "GET", collection+"?$top=35", token, "", http.StatusOK)
		}
	})
}

// BenchmarkListFiltered lists the 50 statistics of a type that a filter keeps, out of 1,000.
func BenchmarkListFiltered(b *testing.B) {
	onBenchStores(b, func(b *testing.B, server *handlers.Server, token string) {
		for i := range 1000 - benchWriters {
			timeZone := "a"
			if i < 50 {
				timeZone = "b"
			}
			serveOne(b, server, "POST", collection, token, fmt.Sprintf(
				`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"t%d","timeZoneUsed":"%s","duration":"PT%dM"}`, i, timeZone, i%7), http.StatusCreated)
		}
		b.ReportAllocs()
		for b.Loop() {
			serveOne(b, server, "GET", collection+"?$filter="+url.QueryEscape("timeZoneUsed eq 'b' and duration ge duration'PT0S'"), token, "", http.StatusOK)
		}
	})
}

// BenchmarkBatch has 20 PATCH requests in each batch.
func BenchmarkBatch(b *testing.B) {
	onBenchStores(b, func(b *testing.B, server *handlers.Server, token string) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			var items []string
			for i := range 20 {
				items = append(items, fmt.Sprintf(`{"id":"%d","method":"PATCH","url":"/me/analytics/activityStatistics/s%d","headers":{"Content-Type":"application/json"},"body":%s}`,
					i, i, fmt.Sprintf(seedPatch, n%59+1)))
			}
			serveOne(b, server, "POST", "/beta/$batch", token, `{"requests":[`+strings.Join(items, ",")+`]}`, http.StatusOK)
		}
	})
}

const benchWriters = 64

// seedPatch is the body of the documented request, with a duration to fill in.
const seedPatch = `{"@odata.type":"#microsoft.graph.callActivityStatistics","activity":"Call","startDate":"2019-06-16",` +
	`"endDate":"2019-06-17","timeZoneUsed":"Time Zone Used value","duration":"-PT1M%d.0810357S","afterHours":"-PT1M34.3242013S"}`

func onBenchStores(b *testing.B, bench func(b *testing.B, server *handlers.Server, token string), changes ...func(*handlers.Config)) {
	for _, kind := range []struct {
		name string
		open func(testing.TB) store.Store
	}{
		{"memory", func(testing.TB) store.Store { return memory.New() }},
		{"sqlite", openSQLite},
	} {
		b.Run(kind.name, func(b *testing.B) {
			over := kind.open(b)
			b.Cleanup(func() { _ = over.Close() })
			server, token := newBenchServer(b, over, changes...)
			bench(b, server, token)
		})
	}
}

// newBenchServer returns a server over the store, in which megan has benchWriters statistics, and megan's token.
func newBenchServer(t testing.TB, over store.Store, changes ...func(*handlers.Config)) (server *handlers.Server, token string) {
	issuer, err := auth.OpenLocalIssuer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	token, err = issuer.Mint(auth.Claims{Tenant: tenant, User: megan, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server = newServer(t, over, issuer, io.Discard, changes...)
	for i := range benchWriters {
		serveOne(t, server, "POST", collection, token,
			fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"s%d"}`, i), http.StatusCreated)
	}
	return server, token
}

// serveOne serves a request, and returns its response.
func serveOne(t testing.TB, server http.Handler, method, path, token, body string, status int) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, request)
	if recorder.Code != status {
		t.Errorf("%s %s: %d %s", method, path, recorder.Code, recorder.Body)
	}
	return recorder
}
