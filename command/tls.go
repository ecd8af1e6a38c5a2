package command

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

// TLSFlags are the flags that say whether serve speaks https, and with which certificate.
type TLSFlags struct {
	Dev  bool   // a certificate of an authority in the data folder
	Cert string // PEM file of a certificate chain, "" for none
	Key  string // PEM file of its key
}

func (f *TLSFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.Dev, "tls-dev", false, "serve https for this machine, with a certificate of an authority that is created in the data folder")
	flags.StringVar(&f.Cert, "tls-cert", "", "serve https with the certificate chain in this PEM file, which is read again when it changes")
	flags.StringVar(&f.Key, "tls-key", "", "PEM file of the key of --tls-cert")
}

func (f TLSFlags) check() error {
	switch {
	case f.Dev && (f.Cert != "" || f.Key != ""):
		return usagef("--tls-dev makes a certificate of its own: give it or --tls-cert and --tls-key, not both")
	case f.Cert != "" && f.Key == "":
		return usagef("--tls-cert needs --tls-key, the file of its key")
	case f.Key != "" && f.Cert == "":
		return usagef("--tls-key needs --tls-cert, the file of its certificate")
	}
	return nil
}

// open returns how a server at addr speaks https, nil for plain http, and with --tls-dev
// the file of the authority that clients must trust. The least version is TLS 1.2: Graph
// takes nothing older, and the oldest platforms of the official SDKs speak it.
func (f TLSFlags) open(dataFolder, addr string, logger *slog.Logger) (config *tls.Config, caFile string, err error) {
	config = &tls.Config{MinVersion: tls.VersionTLS12}
	switch {
	case f.Dev:
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, "", fmt.Errorf("--addr: %w", err)
		}
		certificate, caFile, err := openDevCertificate(dataFolder, host, time.Now())
		if err != nil {
			return nil, "", fmt.Errorf("--tls-dev: %w", err)
		}
		config.Certificates = []tls.Certificate{certificate}
		return config, caFile, nil
	case f.Cert != "":
		files := &certificateFiles{cert: f.Cert, key: f.Key, log: logger, now: time.Now}
		if err := files.load(); err != nil {
			return nil, "", explainCertificate(f.Cert, f.Key, err)
		}
		config.GetCertificate = files.certificate
		return config, "", nil
	}
	return nil, "", nil
}

// checkInterval is the shortest time between two checks whether the files have changed.
const checkInterval = time.Second

// certificateFiles is a certificate that follows its files. They are checked when a client
// connects. This needs no signal, no goroutine and no watch on folders, which differs from
// system to system.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mutex   sync.Mutex
	current *tls.Certificate
	states  [2]fileState // of the files when they were read last
	checked time.Time
}

// fileState changes when a file does. It is zero if there is no file.
type fileState struct {
	modified time.Time
	size     int64
}

// certificate returns the certificate in the files as they are now. If they cannot be
// used, for example because only one of the two is replaced yet, it returns the last
// certificate that could.
func (f *certificateFiles) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.now().Sub(f.checked) >= checkInterval && f.readStates() != f.states {
		if err := f.load(); err != nil {
			f.log.Error("the new certificate cannot be used; the old one stays", "cert", f.cert, "key", f.key, "error", err.Error())
		} else {
			f.log.Info("a new certificate is in use", "cert", f.cert, "expires", f.current.Leaf.NotAfter)
		}
	}
	return f.current, nil
}

// load reads the files. It takes their state before that, so that the next check sees a
// change that happens meanwhile.
func (f *certificateFiles) load() error {
	f.checked, f.states = f.now(), f.readStates()
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.current = &pair
	return nil
}

func (f *certificateFiles) readStates() (states [2]fileState) {
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			states[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return states
}

// trusting returns the configuration of a client that trusts the authorities in a PEM
// file and no others.
func trusting(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, explainFile(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM", file)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// reachable returns the address at which a client on this machine reaches a listener. For
// a listener on all addresses it is localhost, a name that a certificate can have.
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
