package cassandra

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// tlsOptions returns what the driver is told of TLS, nil for a connection without. It reads the files of the
// address: the driver, which could do so, leaves goroutines behind if it fails.
func (a *Address) tlsOptions() (*gocql.SslOptions, error) {
	if a.options["tls"] != "true" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if file := a.options["ca"]; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the option ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("the option ca: %s has no certificate in PEM", file)
		}
	}
	if cert, key := a.options["cert"], a.options["key"]; cert != "" {
		certificate, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("the options cert=%s and key=%s: %w", cert, key, err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return &gocql.SslOptions{Config: config, EnableHostVerification: true}, nil
}
