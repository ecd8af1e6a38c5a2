package auth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
)

const (
	// maxDocumentSize is the longest discovery document or key set, in bytes. Entra's have about 2 and 20 KiB.
	maxDocumentSize = 1 << 20
	// maxRedirects is how many redirects within its host a request for a document follows.
	maxRedirects = 3
)

// source fetches the keys of a remote issuer.
type source struct {
	issuer    string // the issuer's name
	discovery string // URL of its discovery document
	client    *http.Client
}

// newSource finds the discovery document as OpenID Connect Discovery 1.0, section 4.1, says. For an issuer of every
// tenant, Entra publishes it at "common".
func newSource(issuer string, client *http.Client) *source {
	base := strings.TrimSuffix(strings.ReplaceAll(issuer, tenantTemplate, "common"), "/")
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	own.CheckRedirect = stayOnHost
	return &source{issuer: issuer, discovery: base + DiscoveryPath, client: &own}
}

// stayOnHost refuses a redirect to another host or scheme. Otherwise an open redirect on the issuer's host would be
// enough to plant keys.
func stayOnHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.URL.Host != first.Host || next.URL.Scheme != first.Scheme {
		return fmt.Errorf("it redirects to %s://%s, and keys are taken from its own host only", next.URL.Scheme, next.URL.Host)
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	}
	return nil
}

// fetch reads the discovery document and the key set that it names.
func (s *source) fetch(ctx context.Context) (*keySet, error) {
	keysURL, err := s.discover(ctx)
	if err != nil {
		return nil, fmt.Errorf("discovery document %s: %w", s.discovery, err)
	}
	document, err := s.get(ctx, keysURL)
	if err != nil {
		return nil, fmt.Errorf("key set %s: %w", keysURL, err)
	}
	keys, err := parseKeySet(document)
	if err != nil {
		return nil, fmt.Errorf("key set %s: %w", keysURL, err)
	}
	return keys, nil
}

func (s *source) discover(ctx context.Context) (string, error) {
	document, err := s.get(ctx, s.discovery)
	if err != nil {
		return "", err
	}
	var found struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(document, &found); err != nil {
		return "", fmt.Errorf("not a discovery document: %w", err)
	}
	// Section 4.3: without this check an issuer could publish another issuer's keys as its own.
	if found.Issuer != s.issuer {
		return "", fmt.Errorf("its issuer calls itself %q, but is configured as %q: configure the name that is in its tokens, character by character", found.Issuer, s.issuer)
	}
	return found.JWKS, s.checkKeysURL(found.JWKS)
}

// checkKeysURL allows the key set to be on another host, as Google's is. Plain http is allowed only on a loopback host
// and only if the issuer itself uses it.
func (s *source) checkKeysURL(keysURL string) error {
	u, err := url.Parse(keysURL)
	if err != nil {
		return fmt.Errorf("jwks_uri: %w", err)
	}
	if isSecure(u) || isPlainLoopback(u) && strings.HasPrefix(s.issuer, "http:") {
		return nil
	}
	return fmt.Errorf("jwks_uri %q must be an https URL", keysURL)
}

func (s *source) get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := s.client.Do(request)
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		return nil, fmt.Errorf("%w; if the authority is private, name its PEM file by serve --issuer-ca", err)
	case err != nil:
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s, want 200", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxDocumentSize+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxDocumentSize {
		return nil, errors.New("longer than 1 MiB")
	}
	return body, nil
}
