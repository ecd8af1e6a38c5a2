package command

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"afterhours/handlers/auth"
)

// soon is how long before its end a certificate is worth a warning.
const soon = 14 * 24 * time.Hour

// checkFiles reads every file that the flags name, and asks whether the server could write where it must.
func (d *diagnosis) checkFiles(ctx context.Context) {
	d.fault(d.config.checkReadyFile())
	if d.config.ReadyFile != "" {
		d.fault(checkWritable("--ready-file", filepath.Dir(d.config.ReadyFile)))
	}
	d.fault((&App{config: d.config}).readSeed(ctx))
	_, err := d.config.clients()
	d.fault(err)
	d.checkCertificate(time.Now())
	d.checkFolder()
}

// checkCertificate checks the files of --tls-cert and --tls-key.
func (d *diagnosis) checkCertificate(now time.Time) {
	files := d.config.TLS
	if files.Cert == "" || files.Key == "" {
		return
	}
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		d.fault(explainCertificate(files.Cert, files.Key, err))
		return
	}
	begin, end := pair.Leaf.NotBefore, pair.Leaf.NotAfter
	switch {
	case now.Before(begin):
		d.fault(fmt.Errorf("--tls-cert %s: it is valid from %s on; clients refuse it before that", files.Cert, begin.Format(time.RFC3339)))
	case now.After(end):
		d.fault(fmt.Errorf("--tls-cert %s: it has expired at %s; clients refuse it", files.Cert, end.Format(time.RFC3339)))
	case now.Add(soon).After(end):
		d.warn("--tls-cert %s: it expires at %s", files.Cert, end.Format(time.RFC3339))
	}
	if public, err := url.Parse(d.config.PublicURL); err == nil && public.Host != "" && pair.Leaf.VerifyHostname(public.Hostname()) != nil {
		d.warn("--tls-cert %s: it is not for %s, the host of --public-url", files.Cert, public.Hostname())
	}
}

// checkFolder checks the data folder, its key and its store, as far as they are there.
func (d *diagnosis) checkFolder() {
	data := d.config.Data
	if data == "" {
		return
	}
	if err := checkWritable("--data", data); err != nil {
		d.fault(err)
		return
	}
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return // it would be created
	}
	d.fault(needFolder(data))
	if _, err := os.Stat(filepath.Join(data, auth.KeyFile)); err == nil {
		_, err := auth.OpenLocalIssuer(data) // creates nothing if there is a key
		d.fault(err)
	}
	switch {
	case !d.config.isSQLite():
	case d.config.New:
		d.fault(refuseStore(data))
	default:
		d.fault(refuseMissingStore(data))
	}
}

// checkWritable returns an error if no file can be made in the folder, or in the nearest one above it
// that is there.
func checkWritable(flag, folder string) error {
	path, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	for {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path:
			path = filepath.Dir(path)
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", flag, explainFile(err))
		case !info.IsDir():
			return fmt.Errorf("%s: %s is not a folder", flag, path)
		}
		if err := writable(path); err != nil {
			return fmt.Errorf("%s: this user cannot write in %s: %w", flag, path, err)
		}
		return nil
	}
}
