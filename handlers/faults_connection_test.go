package handlers_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// onEveryWire runs the test over HTTP/1.1 with and without TLS, and over HTTP/2. The client of the user
// shows what the server sends as it is. Over HTTP/1.1 each of its requests has a connection of its own,
// as it would repeat some requests that fail on a used one.
func onEveryWire(t *testing.T, test func(t *testing.T, isHTTP2 bool, c controlServer, user testClient)) {
	for name, start := range map[string]func(*httptest.Server){
		"http/1.1":  (*httptest.Server).Start,
		"https/1.1": (*httptest.Server).StartTLS,
		"http/2":    func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() },
	} {
		t.Run(name, func(t *testing.T) {
			c, user := newFaultServer(t)
			listener := httptest.NewUnstartedServer(c.handler)
			start(listener)
			t.Cleanup(listener.Close)
			raw := *c.testServer
			raw.url, raw.client = listener.URL, listener.Client()
			isHTTP2 := listener.EnableHTTP2
			raw.client.Transport.(*http.Transport).DisableKeepAlives = !isHTTP2
			got, err := raw.client.Get(raw.url + "/livez")
			if err != nil {
				t.Fatal(err)
			}
			_ = got.Body.Close()
			if (got.ProtoMajor == 2) != isHTTP2 {
				t.Fatalf("the protocol is %s", got.Proto)
			}
			test(t, isHTTP2, c, testClient{&raw, user.token})
		})
	}
}

// patchA changes the duration of the statistic a.
func (c testClient) patchA(ctx context.Context, duration string, header ...string) (testResponse, error) {
	given := map[string]string{}
	for i := 0; i < len(header); i += 2 {
		given[header[i]] = header[i+1]
	}
	return c.try(ctx, call{method: "PATCH", path: collection + "/a", token: c.token, header: given, body: fmt.Sprintf(`{"duration":%q}`, duration)})
}

// wantReset fails unless the error is that of a connection or stream that the server has reset.
func wantReset(t *testing.T, isHTTP2 bool, err error) {
	t.Helper()
	want := "connection reset by peer"
	if isHTTP2 {
		want = "stream error"
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestFaultResetsTheConnection(t *testing.T) {
	onEveryWire(t, func(t *testing.T, isHTTP2 bool, c controlServer, user testClient) {
		id := c.fail(`{"match":{"method":"PATCH"},"times":1,"connection":"reset"}`)
		_, err := user.patchA(t.Context(), "PT2H")
		wantReset(t, isHTTP2, err)
		user.send("GET", collection+"/a", "").want(t, 200, `"PT1H"`)
		found := c.requests("?method=PATCH&wait=PT5S")
		if len(found) != 1 || found[0].Status != 0 || found[0].Faults == nil || (*found[0].Faults)[0] != id {
			t.Errorf("the journal has %+v", found)
		}
		got, err := user.patchA(t.Context(), "PT3H")
		if err != nil || got.status != 200 {
			t.Errorf("the next request: %v %v", got, err)
		}
		_, err = user.patchA(t.Context(), "PT4H", "Afterhours-Simulate", ";connection=reset")
		wantReset(t, isHTTP2, err)
	})
}

func TestFaultCutsTheBody(t *testing.T) {
	onEveryWire(t, func(t *testing.T, isHTTP2 bool, c controlServer, user testClient) {
		for _, rule := range []string{`{"match":{"method":"PATCH"},"times":1,"connection":"cut"}`,
			`{"match":{"method":"PATCH"},"times":1,"connection":"cut","answer":{"status":503,"retryAfter":1}}`} {
			c.fail(rule)
			request, _ := http.NewRequestWithContext(t.Context(), "PATCH", user.url+collection+"/a", strings.NewReader(`{"duration":"PT2H"}`))
			request.Header.Set("Authorization", "Bearer "+user.token)
			request.Header.Set("Content-Type", "application/json")
			response, err := user.client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err == nil || response.ContentLength < 100 || int64(len(text)) != response.ContentLength/2 || text[0] != '{' {
				t.Errorf("%d, %d of %d bytes, error %v: %s", response.StatusCode, len(text), response.ContentLength, err, text)
			}
			if hasStatus := strings.Contains(rule, "503"); hasStatus != (response.StatusCode == 503) {
				t.Errorf("%s: %d", rule, response.StatusCode)
			}
		}
		user.send("GET", collection+"/a", "").want(t, 200, `"PT2H"`)
	})
}

// TestFaultCutsResponsesWithoutBody: they are not sent, and the operation is done.
func TestFaultCutsResponsesWithoutBody(t *testing.T) {
	onEveryWire(t, func(t *testing.T, isHTTP2 bool, c controlServer, user testClient) {
		c.fail(`{"match":{"method":"HEAD"},"connection":"cut"}`)
		c.fail(`{"match":{"method":"DELETE"},"times":1,"connection":"cut"}`)
		for _, method := range []string{"HEAD", "DELETE"} {
			if got, err := user.try(t.Context(), call{method: method, path: collection + "/a", token: user.token}); err == nil {
				t.Errorf("%s: %+v", method, got)
			}
		}
		user.send("GET", collection+"/a", "").want(t, 404)
	})
}

// TestFaultsOfBatchesEndTheConnection: what a request of a batch does to the connection, it does to that
// of the batch. After a reset, no request of its atomicity group has been done.
func TestFaultsOfBatchesEndTheConnection(t *testing.T) {
	onEveryWire(t, func(t *testing.T, isHTTP2 bool, c controlServer, user testClient) {
		batch := func(simulate string) (testResponse, error) {
			return user.try(t.Context(), call{method: "POST", path: "/beta/$batch", token: user.token, body: `{"requests":[
				{"id":"1","atomicityGroup":"g","method":"PATCH","url":"/me/analytics/activityStatistics/a","headers":{"Content-Type":"application/json"},"body":{"duration":"PT2H"}},
				{"id":"2","atomicityGroup":"g","method":"GET","url":"/me/analytics/activityStatistics/a","headers":{"Afterhours-Simulate":"` + simulate + `"}}]}`})
		}
		_, err := batch(";connection=reset")
		wantReset(t, isHTTP2, err)
		user.send("GET", collection+"/a", "").want(t, 200, `"PT1H"`)
		got, err := batch(";connection=cut")
		if err == nil || got.status != 200 || !strings.HasPrefix(got.text, `{"responses":[`) {
			t.Errorf("%+v, error %v", got, err)
		}
		user.send("GET", collection+"/a", "").want(t, 200, `"PT2H"`)
	})
}
