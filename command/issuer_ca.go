package command

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
)

// client returns the client that fetches the keys of the issuers, nil for the usual one. It trusts the authorities in
// the file of --issuer-ca as well as those of the system.
func (f *IssuerFlags) client() (*http.Client, error) {
	if f.CA == "" {
		return nil, nil
	}
	if !slices.ContainsFunc(f.Issuers, func(name string) bool { return strings.HasPrefix(name, "https://") }) {
		return nil, usagef("--issuer-ca %s: it needs an --issuer that begins with https", f.CA)
	}
	text, err := os.ReadFile(f.CA)
	if err != nil {
		return nil, fmt.Errorf("--issuer-ca: %w", explainFile(err))
	}
	authorities, err := parseAuthorities(text)
	if err != nil {
		return nil, fmt.Errorf("--issuer-ca %s: %w", f.CA, err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("the authorities of the system: %w", err)
	}
	for _, authority := range authorities {
		roots.AddCert(authority)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	return &http.Client{Transport: transport}, nil
}

// parseAuthorities reads certificates in PEM. A file without one is an error, and so is anything else in PEM: a key does
// not belong in a file that many may read.
func parseAuthorities(text []byte) (authorities []*x509.Certificate, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("it has a %s; give certificates alone", block.Type)
		}
		authority, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be read: %w", len(authorities)+1, err)
		}
		authorities = append(authorities, authority)
	}
	if len(authorities) == 0 {
		return nil, errors.New("it has no certificate; it must be a PEM file, with a line -----BEGIN CERTIFICATE-----")
	}
	return authorities, nil
}
