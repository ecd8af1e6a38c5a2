package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	api "afterhours/control"
)

// statistic is the id of the statistic that the SDKs update.
const statistic = "presets"

// server is the running server, as `afterhours exec` tells of it.
type server struct {
	url, controlToken string
	client            *http.Client
}

// connect returns the server. It has the statistic.
func connect() (*server, error) {
	s := &server{url: os.Getenv("AFTERHOURS_URL"), controlToken: os.Getenv("AFTERHOURS_CONTROL_TOKEN"), client: &http.Client{}}
	if file := os.Getenv("AFTERHOURS_CA_FILE"); file != "" {
		authority, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(authority)
		s.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	}
	body := fmt.Sprintf(`{"@odata.type":"#microsoft.graph.callActivityStatistics","id":%q}`, statistic)
	return s, s.send(http.MethodPost, "/beta/me/analytics/activityStatistics", os.Getenv("AFTERHOURS_TOKEN"), body, nil)
}

// fail has every PATCH fail in one way.
func (s *server) fail(one failure) error {
	if one.rule != "" {
		return s.control(http.MethodPost, "/faults", one.rule, nil)
	}
	return s.control(http.MethodPost, "/faults/presets/"+one.name, `{"match":{"method":"PATCH"}}`, nil)
}

func (s *server) stopFailing() error { return s.control(http.MethodDelete, "/faults", "", nil) }

func (s *server) forgetRequests() error { return s.control(http.MethodDelete, "/requests", "", nil) }

// updates returns every PATCH since forgetRequests.
func (s *server) updates() ([]api.Request, error) {
	var found api.RequestCollection
	err := s.control(http.MethodGet, "/requests?method=PATCH", "", &found)
	return found.Value, err
}

func (s *server) control(method, path, body string, response any) error {
	return s.send(method, "/control"+path, s.controlToken, body, response)
}

// send sends a request, and decodes the body of its response unless response is nil. A status of 400 or
// more is an error.
func (s *server) send(method, path, token, body string, response any) error {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	got, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return err
	}
	if got.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %s: %s", method, path, got.Status, text)
	}
	if response == nil {
		return nil
	}
	return json.Unmarshal(text, response)
}
