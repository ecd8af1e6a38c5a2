package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"afterhours/store"
	"afterhours/store/edm"
)

// TestPages walks a collection page by page, with each way to ask for a page size.
func TestPages(t *testing.T) {
	onEveryStore(t, func(t *testing.T, ts *testServer) {
		token := ts.userToken(megan, "Analytics.ReadWrite")
		var want []string
		for i := range 151 {
			id := fmt.Sprintf("s%03d", i)
			want = append(want, id)
			if got := ts.do(call{method: "POST", path: collection, token: token, body: `{"@odata.type":"#microsoft.graph.chatActivityStatistics","id":"` + id + `"}`}); got.status != http.StatusCreated {
				t.Fatal(got.text)
			}
		}
		for _, walk := range []struct {
			query, prefer string
			pages         int
		}{
			{"", "", 3}, {"?$top=50", "", 4}, {"?$top=151", "", 1}, {"?$top=1000&$count=true", "", 1},
			{"?$count=true", "odata.maxpagesize=40", 4}, {"?$top=100", "maxpagesize=75", 3}, {"?$top=60", "odata.maxpagesize=5000", 3},
		} {
			t.Run(walk.query+" "+walk.prefer, func(t *testing.T) {
				var ids []string
				pages, path, header := 0, collection+walk.query, map[string]string{"Prefer": walk.prefer}
				for path != "" {
					got := ts.do(call{method: "GET", path: path, token: token, header: header})
					var page struct {
						Count *int   `json:"@odata.count"`
						Next  string `json:"@odata.nextLink"`
						Value []struct{ ID string }
					}
					if err := json.Unmarshal([]byte(got.text), &page); err != nil || got.status != http.StatusOK {
						t.Fatalf("%d %s", got.status, got.text)
					}
					if strings.Contains(walk.query, "$count=true") != (page.Count != nil && *page.Count == 151) {
						t.Errorf("@odata.count is %v", page.Count)
					}
					for _, one := range page.Value {
						ids = append(ids, one.ID)
					}
					pages++
					path, header = strings.TrimPrefix(page.Next, ts.url), nil // clients follow a link without the headers of the first request
				}
				if !slices.Equal(ids, want) || pages != walk.pages {
					t.Errorf("%d ids on %d pages, want %d on %d", len(ids), pages, len(want), walk.pages)
				}
			})
		}
		if got := ts.do(call{method: "GET", path: collection + "/$count", token: token}); got.text != "151" || got.header.Get("Content-Type") != "text/plain" {
			t.Errorf("$count: %q %v", got.text, got.header)
		}
		if got := ts.do(call{method: "GET", path: collection, token: ts.userToken(lee, "Analytics.Read")}); !strings.HasSuffix(got.text, `"value":[]}`) {
			t.Errorf("another user: %s", got.text)
		}
	})
}

// TestPagesWhileAnotherClientWrites walks through 10,000 statistics while another client creates,
// changes and deletes others between them. The walk must see each of the 10,000 once.
func TestPagesWhileAnotherClientWrites(t *testing.T) {
	onEveryClient(t, func(t *testing.T, c testClient) {
		owner := store.Owner{Tenant: tenant, User: megan}
		steady := 10000
		if c.isPartitioned() {
			steady = 5000 // it is slow
		}
		inParallel(t, 50, func(ctx context.Context, i int) error {
			for n := i; n < steady; n += 50 {
				record := store.Record{Type: store.Call, Activity: "Call", StartDate: store.Of(edm.Date(730000 + n*7919%3000))}
				if _, _, err := c.store.Put(ctx, store.Key{Owner: owner, ID: fmt.Sprintf("steady-%05d", n)}, record, store.NoRevision); err != nil {
					return err
				}
			}
			return nil
		})
		for _, order := range []string{"", "&$orderby=startDate%20desc"} {
			ctx, stop := context.WithCancel(t.Context())
			var writer sync.WaitGroup
			writer.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					path := fmt.Sprintf("%s/steady-%05d-x", collection, n*37%steady)
					_, _ = c.try(ctx, call{method: "PATCH", path: path, token: c.token, header: map[string]string{"Prefer": "create-if-missing"},
						body: fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","startDate":"20%02d-01-01"}`, n%100)})
					if n%3 == 0 {
						_, _ = c.try(ctx, call{method: "DELETE", path: path, token: c.token})
					}
				}
			})
			seen := map[string]int{}
			for path := collection + "?$top=500&$select=id" + order; path != ""; {
				page := c.send("GET", path, "").want(t, 200).object(t)
				for _, one := range page["value"].([]any) {
					seen[one.(map[string]any)["id"].(string)]++
				}
				next, _ := page["@odata.nextLink"].(string)
				path = strings.TrimPrefix(next, c.url)
			}
			stop()
			writer.Wait()
			for n := range steady {
				if id := fmt.Sprintf("steady-%05d", n); seen[id] != 1 {
					t.Fatalf("%s was seen %d times", id, seen[id])
				}
			}
		}
	})
}
