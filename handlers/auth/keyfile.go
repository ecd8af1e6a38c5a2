package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"afterhours/handlers/auth/atomicfile"
)

const (
	keyFile = "issuer.key"
	// maxKeyFileSize is in bytes and far larger than any key. It limits what is read of a file that is no key.
	maxKeyFileSize = 64 << 10
	pemType        = "PRIVATE KEY" // PKCS#8 (RFC 7468, section 10)
)

// openKey reads the key file in dir and creates it first if there is none.
func openKey(dir string) (*ecdsa.PrivateKey, error) {
	path := filepath.Join(dir, keyFile)
	private, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return private, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	text, err := newKey()
	if err != nil {
		return nil, err
	}
	if err := atomicfile.Create(path, text); err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	return readKey(path) // another process may have created its key first
}

func readKey(path string) (*ecdsa.PrivateKey, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := checkMode(file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFileSize))
	if err != nil {
		return nil, err
	}
	private, err := decodeKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; if you move it away, a new key is created, and the tokens of the old one stop working", path, err)
	}
	return private, nil
}

// checkMode returns an error if other users may read or write the file. It checks the open file instead of its name,
// because the name may stand for another file by now.
func checkMode(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return atomicfile.CheckOwnerOnly(file.Name(), info, "mint tokens")
}

func decodeKey(text []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("not a PEM file with a block %q", pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("not a PKCS#8 key: %w", err)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || private.Curve != elliptic.P256() {
		return nil, fmt.Errorf("it holds another kind of key (%T); it must be EC on the curve P-256", parsed)
	}
	return private, nil
}

func newKey() ([]byte, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}
