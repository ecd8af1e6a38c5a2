package command

import (
	"crypto/x509"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var discard = slog.New(slog.DiscardHandler)

// TestDevCertificate: a certificate is renewed 30 days before its end, and is valid for
// this machine and private networks only.
func TestDevCertificate(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	open := func(host string, at time.Time) *x509.Certificate {
		t.Helper()
		certificate, _, err := openDevCertificate(dir, host, at)
		if err != nil {
			t.Fatal(err)
		}
		return certificate.Leaf
	}
	const day = 24 * time.Hour
	first := open("127.0.0.1", now)
	authority, err := openDevAuthority(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	if ca := authority.Leaf; !ca.IsCA || !ca.MaxPathLenZero || ca.NotAfter.Sub(now) < 3649*day || first.NotAfter.Sub(now) > 90*day {
		t.Errorf("authority %+v until %s, server until %s", ca.Subject, ca.NotAfter, first.NotAfter)
	}
	if !open("", now.Add(59*day)).Equal(first) || !open("0.0.0.0", now).Equal(first) || !open("::", now).Equal(first) {
		t.Error("renewed too early")
	}
	renewed := open("localhost", now.Add(61*day))
	if renewed.Equal(first) {
		t.Error("not renewed 29 days before its end")
	}
	if again, err := openDevAuthority(dir, now.Add(61*day)); err != nil || !again.Leaf.Equal(authority.Leaf) {
		t.Errorf("another authority: %v", err)
	}
	for _, host := range []string{"192.168.1.7", "devbox.local", "fd00::7"} {
		if err := open(host, now).VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	for _, host := range []string{"example.com", "8.8.8.8", "2001:db8::1"} {
		if _, _, err := openDevCertificate(dir, host, now); err == nil || !strings.Contains(err.Error(), "--tls-cert") {
			t.Errorf("%s: %v", host, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, devServerFile), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open("", now).VerifyHostname("::1"); err != nil {
		t.Errorf("in place of a broken file: %v", err)
	}
}

// TestDevAuthorityIsNotReplaced: clients trust the authority, so its owner must repair it.
func TestDevAuthorityIsNotReplaced(t *testing.T) {
	now := time.Now()
	for _, row := range []struct {
		message string
		spoil   func(path string) error
		at      time.Time
	}{
		{"new authority is created", func(path string) error { return os.WriteFile(path, []byte("broken"), 0o600) }, now},
		{"chmod 600", func(path string) error { return os.Chmod(path, 0o640) }, now},
		{"ends on", func(string) error { return nil }, now.Add(devAuthorityLife - devServerLife + time.Hour)},
	} {
		dir := t.TempDir()
		if _, _, err := openDevCertificate(dir, "", now); err != nil {
			t.Fatal(err)
		}
		if err := row.spoil(filepath.Join(dir, devAuthorityKeyFile)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := openDevCertificate(dir, "", row.at); err == nil || !strings.Contains(err.Error(), row.message) {
			t.Errorf("%v, want %s", err, row.message)
		}
	}
}

// TestDevAuthorityOfSeveral: several servers that start at once on a new folder get one
// authority. --store memory allows several servers on a folder.
func TestDevAuthorityOfSeveral(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	var found sync.Map
	for range 8 {
		group.Go(func() {
			authority, err := openDevAuthority(dir, time.Now())
			if err != nil {
				t.Error(err)
				return
			}
			found.Store(string(authority.Leaf.Raw), true)
		})
	}
	group.Wait()
	count := 0
	found.Range(func(any, any) bool { count++; return true })
	if entries, err := os.ReadDir(dir); err != nil || count != 1 || len(entries) != 1 {
		t.Errorf("%d authorities, files %v, %v", count, entries, err)
	}
}
