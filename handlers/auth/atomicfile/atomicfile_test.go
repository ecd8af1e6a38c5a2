package atomicfile_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"afterhours/handlers/auth/atomicfile"
)

// want checks the text and the mode of a file, and that it is alone in its folder.
func want(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("the file holds %q, %v; want %q", got, err, text)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != mode && runtime.GOOS != "windows" {
		t.Errorf("the mode is %v; want %v", info.Mode().Perm(), mode)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v; want the file alone", files, err)
	}
}

func TestCreateKeepsTheFileThatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	for _, text := range []string{"first", "second"} {
		if err := atomicfile.Create(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		want(t, path, "first", 0o600)
	}
}

func TestOneOfManyCreates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	var creators sync.WaitGroup
	read := make([]string, 20)
	for n := range read {
		creators.Go(func() {
			if err := atomicfile.Create(path, fmt.Appendf(nil, "key %d", n)); err != nil {
				t.Error(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			}
			read[n] = string(text)
		})
	}
	creators.Wait()
	for _, text := range read {
		if text != read[0] {
			t.Errorf("one process reads %q and another %q", read[0], text)
		}
	}
	want(t, path, read[0], 0o600)
}

func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "certificate")
	for _, text := range []string{"first", "second"} {
		if err := atomicfile.Replace(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		want(t, path, text, 0o644)
	}
}

func TestNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "key")
	if err := atomicfile.Create(path, nil); err == nil {
		t.Error("Create in a folder that does not exist has no error")
	}
	if err := atomicfile.Replace(path, nil, 0o600); err == nil {
		t.Error("Replace in a folder that does not exist has no error")
	}
}

func TestCheckOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := atomicfile.Create(path, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	for mode, allowed := range map[fs.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		err = atomicfile.CheckOwnerOnly(path, info, "mint tokens")
		if (err == nil) != allowed || err != nil && !strings.Contains(err.Error(), "can mint tokens: run chmod 600 "+path) {
			t.Errorf("the error for mode %v is %v", mode, err)
		}
	}
}
