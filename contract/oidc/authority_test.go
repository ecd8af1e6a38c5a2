package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// authority is a private authority, and a certificate of this machine that it signed. All files are PEM.
type authority struct {
	file, certificate, key string
	text                   []byte // of file
}

// newAuthority returns a new authority with files in the folder.
func newAuthority(t *testing.T, folder string) authority {
	t.Helper()
	now := time.Now()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "An authority of a test"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	rootKey, leafKey := newKey(t), newKey(t)
	write := func(name, kind string, bytes []byte, err error) (file string, text []byte) {
		file, text = filepath.Join(folder, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
		if err == nil {
			err = os.WriteFile(file, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return file, text
	}
	var a authority
	signed, err := x509.CreateCertificate(rand.Reader, root, root, &rootKey.PublicKey, rootKey)
	a.file, a.text = write("authority.pem", "CERTIFICATE", signed, err)
	signed, err = x509.CreateCertificate(rand.Reader, leaf, root, &leafKey.PublicKey, rootKey)
	a.certificate, _ = write("certificate.pem", "CERTIFICATE", signed, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(leafKey)
	a.key, _ = write("key.pem", "PRIVATE KEY", encoded, err)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
