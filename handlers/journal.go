package handlers

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	api "afterhours/control"
)

// journaledHeaders are the headers by which SDKs say who they are and how often they tried.
var journaledHeaders = []string{"SdkVersion", "User-Agent", "Retry-Attempt"}

const (
	maxJournaledHeader = 200 // characters of a header
	maxJournaledPath   = 500 // characters of a path
)

// ginParameter is a parameter in a route as Gin writes it.
var ginParameter = regexp.MustCompile(`/:([^/]+)`)

// record adds the request to the journal, unless it is of the control API or a probe.
func (a *controlAPI) record(r *http.Request, req *request, status int, took time.Duration) {
	if req.isControl || req.route == "/livez" || req.route == "/readyz" {
		return
	}
	a.service.Journal.Add(api.Request{
		Time:            req.at.UTC(),
		Method:          method(r),
		Route:           optional(ginParameter.ReplaceAllString(req.route, "/{$1}")),
		Path:            cut(r.URL.EscapedPath(), maxJournaledPath),
		Status:          int32(status),
		RequestID:       req.ID,
		ClientRequestID: optional(req.clientID),
		Tenant:          optional(req.Caller.Tenant),
		User:            optional(req.Caller.User),
		Headers:         headersOf(r),
		NotFound:        optional(req.notFound),
		Faults:          faultsOf(req),
	}, took)
}

// faultsOf returns the rule that applied.
func faultsOf(req *request) *[]string {
	if req.rule() == "" {
		return nil
	}
	return &[]string{req.rule()}
}

func headersOf(r *http.Request) *map[string]string {
	sent := map[string]string{}
	for _, name := range journaledHeaders {
		if value := strings.Join(r.Header.Values(name), ", "); value != "" {
			sent[name] = cut(strings.ToValidUTF8(value, "\ufffd"), maxJournaledHeader)
		}
	}
	if len(sent) == 0 {
		return nil
	}
	return &sent
}

// cut returns the first characters of a text, in which each byte may be one.
func cut(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

// optional returns a property that is absent if the text is empty.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
