package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/spf13/pflag"
)

// tlsOptions say whether and with which certificate serve speaks https.
type tlsOptions struct {
	dev       bool
	cert, key string
}

func (o *tlsOptions) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.dev, "tls-dev", false, "serve https for this machine, with a certificate of an authority that is created in the data folder")
	flags.StringVar(&o.cert, "tls-cert", "", "serve https with the certificate chain in this PEM file, which is read again when it changes")
	flags.StringVar(&o.key, "tls-key", "", "PEM file of the key of --tls-cert")
}

func (o tlsOptions) check() error {
	switch {
	case o.dev && (o.cert != "" || o.key != ""):
		return fmt.Errorf("--tls-dev makes a certificate of its own: give it or --tls-cert and --tls-key, not both; %w", errUsage)
	case o.cert != "" && o.key == "":
		return fmt.Errorf("--tls-cert needs --tls-key, the file of its key; %w", errUsage)
	case o.key != "" && o.cert == "":
		return fmt.Errorf("--tls-key needs --tls-cert, the file of its certificate; %w", errUsage)
	}
	return nil
}

// secure sets how the server speaks https, if it is to. TLS 1.2 is what the oldest
// of the official SDKs' platforms speak, and the least that Graph takes.
func (a *app) secure(options serveOptions, logger *slog.Logger) error {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	switch {
	case options.tls.dev:
		host, _, err := net.SplitHostPort(options.addr)
		if err != nil {
			return fmt.Errorf("--addr: %w", err)
		}
		certificate, caFile, err := openDevCertificate(options.data, host, time.Now())
		if err != nil {
			return fmt.Errorf("--tls-dev: %w", err)
		}
		config.Certificates = []tls.Certificate{certificate}
		a.caFile = caFile
	case options.tls.cert != "":
		files := &certificateFiles{cert: options.tls.cert, key: options.tls.key, log: logger, now: time.Now}
		if err := files.load(); err != nil {
			return fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
		config.GetCertificate = files.certificate
	default:
		return nil
	}
	a.tls = config
	return nil
}

// checkInterval is how often at most the files of a certificate are looked at.
const checkInterval = time.Second

// certificateFiles is a certificate that follows its files. They are looked at
// when a client connects, so that no signal, no thread and no watch on folders,
// which differ from system to system, is needed.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mutex   sync.Mutex
	current *tls.Certificate
	seen    [2]fileState // of the files when they were read last
	looked  time.Time
}

// fileState is what shows that a file was changed; zero for one that is not there.
type fileState struct {
	modified time.Time
	size     int64
}

// certificate returns the certificate of the files as they are now. If they cannot
// be used, as while they are being replaced one after the other, it is the last
// that could.
func (f *certificateFiles) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.now().Sub(f.looked) >= checkInterval && f.states() != f.seen {
		if err := f.load(); err != nil {
			f.log.Error("the new certificate cannot be used; the old one stays", "cert", f.cert, "key", f.key, "error", err.Error())
		} else {
			f.log.Info("a new certificate is in use", "cert", f.cert, "expires", f.current.Leaf.NotAfter)
		}
	}
	return f.current, nil
}

// load reads the files. Their state is taken before, so that a change meanwhile is
// noticed the next time.
func (f *certificateFiles) load() error {
	f.looked, f.seen = f.now(), f.states()
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.current = &pair
	return nil
}

func (f *certificateFiles) states() (states [2]fileState) {
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			states[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return states
}

// trusting returns what a client needs to trust the authorities in a PEM file and
// no others.
func trusting(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM", file)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// reachable returns the address at which a client on this machine finds a
// listener: one on all addresses answers at localhost, for which a certificate can
// be.
func reachable(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = ""
	}
	return net.JoinHostPort(cmp.Or(host, "localhost"), port)
}
