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
	"afterhours/handlers/limits"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/memory"
)

// panickingStore is a store whose reads panic.
type panickingStore struct{ store.Store }

func (panickingStore) Get(context.Context, store.Key) (store.Statistic, store.Settings, error) {
	panic("a secret of the inside")
}

// serverOver returns a server over the store that writes to the log, and a token that may write.
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
	contract, err := checked.Text()
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(Config{Limits: limits.New(2, 0), Store: over, Verifier: verifier, Issuer: issuer,
		Contract: contract, Logger: slog.New(slog.NewJSONHandler(log, nil)), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Mint(auth.Claims{Tenant: "11111111-2222-4333-8444-555555555555", User: "0f8fad5b-d9cb-469f-a165-70867728950e",
		Scopes: []string{"Analytics.ReadWrite"}, Expires: 24 * time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return server, token
}

// TestEveryErrorHasOneExit provokes an error at each place where one can leave: the generated routes,
// Gin and our own steps. All errors leave through writeError. The cause of a panic may be personal
// data, so it is neither in the response nor in the log.
func TestEveryErrorHasOneExit(t *testing.T) {
	var log bytes.Buffer
	server, token := serverOver(t, panickingStore{memory.New()}, &log)
	const item = "/beta/me/analytics/activityStatistics/x"
	for _, exit := range []struct {
		name, method, path, body string
		handler                  http.Handler
		status                   int
		message                  string
	}{
		{"parameter binding", "GET", "/beta/me/analytics/activityStatistics?$top=x", "", server.unguarded(), http.StatusBadRequest, "$top"},
		{"body binding", "PATCH", item, "{", server.unguarded(), http.StatusBadRequest, "cannot be read"},
		{"operation", "PATCH", item, `{"@odata.type":"#microsoft.graph.callActivityStatistics"}`, server, http.StatusInternalServerError, "The server failed"},
		{"no route", "GET", "/nowhere", "", server, http.StatusNotFound, "/nowhere"},
		{"no method", "POST", item, "", server, http.StatusMethodNotAllowed, "not allowed"},
		{"validation", "PATCH", item, `{"x":1}`, server, http.StatusBadRequest, "'x'"},
		{"panic", "DELETE", item, "", server, http.StatusInternalServerError, "The server failed"},
	} {
		t.Run(exit.name, func(t *testing.T) {
			request := httptest.NewRequestWithContext(t.Context(), exit.method, exit.path, strings.NewReader(exit.body))
			request.Header.Set("Authorization", "Bearer "+token)
			if exit.body != "" {
				request.Header.Set("Content-Type", "application/json")
			}
			recorder := checked.Serve(t, exit.handler, request)
			var got gen.Error
			if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
				t.Fatalf("%v: %s", err, recorder.Body)
			}
			if recorder.Code != exit.status || !strings.Contains(got.Error.Message, exit.message) || got.Error.InnerError.RequestID == "" ||
				recorder.Header().Get("Content-Type") != (wire.Form{Level: wire.MetadataMinimal}).ContentType() || strings.Contains(recorder.Body.String(), "secret") {
				t.Errorf("%d %v %s", recorder.Code, recorder.Header(), recorder.Body)
			}
		})
	}
	if !strings.Contains(log.String(), `"stack":"goroutine`) || strings.Contains(log.String(), "secret") {
		t.Errorf("the log has no stack of the panic, or has its cause: %s", &log)
	}
}

// unguarded returns the generated routes without the guard. Their own errors must leave by writeError
// as well.
func (s *Server) unguarded() http.Handler {
	engine := gin.New()
	gen.RegisterHandlersWithOptions(engine, s, gen.GinServerOptions{
		BaseURL:      "/beta",
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.bindFailed(c, err) },
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, req := s.accept(r, time.Now())
		defer req.context.end()
		s.setHeaders(w.Header(), req)
		engine.ServeHTTP(w, r)
	})
}
