package command

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"afterhours/handlers/auth/atomicfile"
)

// The files of --tls-dev in the data folder. A key and its certificate are in one file,
// so that they always belong together. The authority's certificate is also in a file of its
// own, which everybody may read and which clients must trust.
const (
	devAuthorityKeyFile = "tls-ca.key"
	devAuthorityFile    = "tls-ca.pem"
	devServerFile       = "tls-server.key"
)

// The lives of the certificates of --tls-dev. Clients must be told to trust a new
// authority, but not a new certificate of the same one.
const (
	devAuthorityLife = 10 * 365 * 24 * time.Hour
	devServerLife    = 90 * 24 * time.Hour
	devServerRenewal = 30 * 24 * time.Hour // before its end
)

// An authority of --tls-dev can vouch only for these names and addresses, which nobody
// owns (RFC 6761, 6762, 8375; RFC 1918, 4193, 3927, 4291). A thief of its key can thus
// impersonate no site on the Internet.
var (
	devNames    = []string{"localhost", "local", "internal", "test", "home.arpa"}
	devNetworks = []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"}
)

// openDevCertificate returns the certificate of a server on this machine, and the
// absolute path of the certificate of its authority. It creates both in the folder if they
// do not exist. It renews the certificate if that ends soon or is not for host, the host of
// --addr.
func openDevCertificate(dir, host string, now time.Time) (certificate tls.Certificate, caFile string, err error) {
	authority, err := openDevAuthority(dir, now)
	if err != nil {
		return certificate, "", err
	}
	if caFile, err = filepath.Abs(filepath.Join(dir, devAuthorityFile)); err != nil {
		return certificate, "", err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Leaf.Raw})
	if err := atomicfile.Replace(caFile, public, 0o644); err != nil {
		return certificate, "", err
	}
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	ip := net.ParseIP(host)
	if isEverywhere := host == "" || ip != nil && ip.IsUnspecified(); !isEverywhere && !slices.Contains(hosts, host) {
		hosts = append(hosts, host)
	}
	path := filepath.Join(dir, devServerFile)
	if certificate, err = tls.LoadX509KeyPair(path, path); err == nil &&
		checkDevServer(authority.Leaf, certificate.Leaf, hosts, now.Add(devServerRenewal)) == nil {
		return certificate, caFile, nil
	}
	text, err := newDevServer(authority, hosts, now)
	if err != nil {
		return certificate, "", err
	}
	if certificate, err = tls.X509KeyPair(text, text); err != nil {
		return certificate, "", err
	}
	if err := checkDevServer(authority.Leaf, certificate.Leaf, hosts, now); err != nil {
		return certificate, "", usagef("the authority can vouch for this machine and private networks alone, not for %q; give --tls-cert and --tls-key: %w", host, err)
	}
	return certificate, caFile, atomicfile.Replace(path, text, 0o600)
}

// checkDevServer returns why a client that trusts the authority would refuse the
// certificate for one of the hosts at that time, nil if it would not.
func checkDevServer(authority, server *x509.Certificate, hosts []string, at time.Time) error {
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	for _, host := range hosts {
		if _, err := server.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: at}); err != nil {
			return err
		}
	}
	return nil
}

// openDevAuthority reads the authority in the folder and creates it first if there is
// none. Several servers that do so at once all get the same authority.
func openDevAuthority(dir string, now time.Time) (authority tls.Certificate, err error) {
	path := filepath.Join(dir, devAuthorityKeyFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		text, err := newDevAuthority(now)
		if err != nil {
			return authority, err
		}
		if err := atomicfile.Create(path, text); err != nil {
			return authority, err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return authority, err
	}
	if err := atomicfile.CheckOwnerOnly(path, info, "pass for this machine"); err != nil {
		return authority, err
	}
	const remedy = "if you move it away, a new authority is created, which clients must be told to trust"
	if authority, err = tls.LoadX509KeyPair(path, path); err != nil {
		return authority, fmt.Errorf("%s: %w; %s", path, err, remedy)
	}
	if end := authority.Leaf.NotAfter; now.Add(devServerLife).After(end) {
		return authority, fmt.Errorf("the authority in %s ends on %s; %s", path, end.Format(time.DateOnly), remedy)
	}
	return authority, nil
}

func newDevAuthority(now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		// The time tells the authorities of several machines apart in a list of trusted ones.
		Subject:               pkix.Name{Organization: []string{"Afterhours"}, CommonName: "Afterhours development authority " + now.UTC().Format("2006-01-02 15:04:05")},
		NotAfter:              now.Add(devAuthorityLife),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true, // it vouches for servers, not for other authorities

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         devNames,
	}
	for _, network := range devNetworks {
		_, permitted, err := net.ParseCIDR(network)
		if err != nil {
			return nil, err
		}
		template.PermittedIPRanges = append(template.PermittedIPRanges, permitted)
	}
	return newCertificate(template, nil, now)
}

func newDevServer(authority tls.Certificate, hosts []string, now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Afterhours"}, CommonName: "Afterhours development server"},
		NotAfter:    now.Add(devServerLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return newCertificate(template, &authority, now)
}

// newCertificate returns a new key and its certificate in PEM, signed by the authority.
// If authority is nil, the certificate is signed by its own key.
func newCertificate(template *x509.Certificate, authority *tls.Certificate, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template.NotBefore = now.Add(-time.Hour) // for clients whose clocks are slow
	parent, signer := template, any(key)
	if authority != nil {
		parent, signer = authority.Leaf, authority.PrivateKey
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...), nil
}

// printTrust prints how to make clients trust the authority in the file.
func printTrust(out io.Writer, url, caFile string) {
	fmt.Fprintf(out, `
The certificate is of this server's own authority, in %[1]s. To trust it:

curl --cacert %[1]s %[2]s/readyz
NODE_EXTRA_CA_CERTS=%[1]s node app.js
afterhours health --addr %[2]s --ca %[1]s
`, quote(caFile), url)
}
