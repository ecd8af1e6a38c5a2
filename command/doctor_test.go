package command

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"afterhours/contract/program"
	"afterhours/store/postgres/postgrestest"
)

// TestDoctor: doctor finds a store undamaged while a server runs on it, and finds damage.
func TestDoctor(t *testing.T) {
	dir := t.TempDir()
	c := program.NewCreator(t, dir)
	p := program.Serve(t, dir)
	for range 100 {
		c.Want(p, http.StatusCreated, "focus")
	}
	if out := mustRun(t, "doctor", "--data", dir); out != "ok" {
		t.Errorf("while a server runs, doctor prints %q", out)
	}
	if err := p.End(os.Interrupt); err != nil {
		t.Fatal(err)
	}

	file, err := os.OpenFile(filepath.Join(dir, "afterhours.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte(strings.Repeat("rust", int(info.Size()/8))), info.Size()/2); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "doctor", "--data", dir); err == nil || !strings.Contains(err.Error(), "damaged") && !strings.Contains(err.Error(), "malformed") || ExitCode(err) != 1 {
		t.Errorf("of a damaged file, doctor returns %v", err)
	}
}

// TestDoctorFinishesAnUpgrade: a new database has nothing to finish, and the flag may be repeated.
func TestDoctorFinishesAnUpgrade(t *testing.T) {
	dir, address := t.TempDir(), postgrestest.Address(t)
	for range 2 {
		if _, stderr, err := runWith(t, nil, "", "doctor", "--data", dir, "--store", address, "--finish-upgrade"); err != nil || !strings.Contains(stderr, "finished: ") || strings.Contains(stderr, "not finished") {
			t.Errorf("doctor --finish-upgrade: %v, and says %q", err, stderr)
		}
	}
	postgrestest.Run(t, address, "CREATE TABLE statistics (id INTEGER)") // of an older server
	if _, stderr, err := runWith(t, nil, "", "doctor", "--data", dir, "--store", address); err != nil || !strings.Contains(stderr, "not finished") {
		t.Errorf("doctor, with the table of an older server: %v, and says %q", err, stderr)
	}
}
