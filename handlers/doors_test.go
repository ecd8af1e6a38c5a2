package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"afterhours/contract/checked"
	"afterhours/gen"
	"afterhours/handlers/auth"
	"afterhours/store"
	"afterhours/store/memory"
)

// panicking is a store whose reads panic.
type panicking struct{ store.Store }

func (panicking) Get(context.Context, store.Key) (store.Statistic, store.Settings, error) {
	panic("a secret of the inside")
}

// serverOver returns a server over the store, which writes to the log, and a token of
// somebody who may write.
func serverOver(t testing.TB, over store.Store, log io.Writer) (*Server, string) {
	t.Helper()
	issuer, err := auth.OpenLocalIssuer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := auth.NewVerifier(time.Now, issuer.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Store: over, Verifier: verifier, Issuer: issuer,
		Contract: []byte("openapi"), Logger: slog.New(slog.NewJSONHandler(log, nil)), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Mint(auth.Claims{Tenant: aTenant, User: aUser, Scopes: []string{"Analytics.ReadWrite"}, Expires: 24 * time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return server, token
}

// TestEveryDoor knocks on each of the doors through which an error can leave the
// generated server, Gin and our own steps. All lead to the one writer, and what a panic
// was about, which may be somebody's data, comes neither into an answer nor into the log.
func TestEveryDoor(t *testing.T) {
	var log bytes.Buffer
	server, token := serverOver(t, panicking{memory.New()}, &log)
	// An engine whose generated handlers stand without the guard before them, as
	// they must not be able to answer in a way of their own even then.
	unguarded := func(around ...gen.StrictMiddlewareFunc) http.Handler {
		engine := gin.New()
		server.register(engine, "/beta", around...)
		return server.withRequest(engine)
	}
	unexpected := func(gen.StrictHandlerFunc, string) gen.StrictHandlerFunc {
		return func(*gin.Context, any) (any, error) { return 42, nil }
	}
	const item = "/beta/me/analytics/activityStatistics/x"
	for _, door := range []struct {
		name, method, path, body string
		handler                  http.Handler
		status                   int
		message                  string
	}{
		{"parameter binding", "GET", "/beta/me/analytics/activityStatistics?$top=x", "", unguarded(), http.StatusBadRequest, "$top"},
		{"body binding", "PATCH", item, "{", unguarded(), http.StatusBadRequest, "cannot be read"},
		{"operation", "PATCH", item, `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`, server, http.StatusInternalServerError, "The server failed"},
		{"answer", "PATCH", item, `{}`, unguarded(unexpected), http.StatusInternalServerError, "The server failed"},
		{"no route", "GET", "/nowhere", "", server, http.StatusNotFound, "/nowhere"},
		{"no method", "PUT", item, "", server, http.StatusMethodNotAllowed, "not allowed"},
		{"validation", "PATCH", item, `{"x":1}`, server, http.StatusBadRequest, "'x'"},
		{"panic", "DELETE", item, "", server, http.StatusInternalServerError, "The server failed"},
	} {
		t.Run(door.name, func(t *testing.T) {
			request := httptest.NewRequestWithContext(t.Context(), door.method, door.path, strings.NewReader(door.body))
			request.Header.Set("Authorization", "Bearer "+token)
			if door.body != "" {
				request.Header.Set("Content-Type", "application/json")
			}
			recorder := checked.Serve(t, door.handler, request)
			var got gen.Error
			if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s", err, recorder.Body)
			}
			if recorder.Code != door.status || !strings.Contains(got.Error.Message, door.message) || got.Error.InnerError.RequestID == "" ||
				recorder.Header().Get("Content-Type") != (form{level: metadataMinimal}).contentType() || strings.Contains(recorder.Body.String(), "secret") {
				t.Errorf("%d %v %s", recorder.Code, recorder.Header(), recorder.Body)
			}
		})
	}
	if !strings.Contains(log.String(), `"stack":"goroutine`) || strings.Contains(log.String(), "secret") {
		t.Errorf("the log has no stack of the panic, or what it was about: %s", &log)
	}
}

// withRequest does what ServeHTTP does for the handlers behind it, and no more.
func (s *Server) withRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := &request{id: newRequestID()}
		s.setHeaders(w.Header(), known)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, known)))
	})
}
