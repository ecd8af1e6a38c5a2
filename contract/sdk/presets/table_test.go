package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAgree(t *testing.T) {
	for _, row := range []struct {
		want, got string
		agree     bool
	}{
		{"passed", "passed", true},
		{"passed", "`ODataError 429 TooManyRequests`", false},
		{"after 1.0, 1.0 s passed", "after 1.2, 2.4 s passed", true},
		{"after 1.0, 1.0 s passed", "after 1.0, 2.6 s passed", false},
		{"after 1.0, 1.0 s passed", "after 1.0 s passed", false},
		{"after 12.0 s passed", "after 17.5 s passed", true},
		{"after 12.0 s passed", "after 18.5 s passed", false},
		{"after 3.0 s `ODataError 429`", "after 3.0 s `ApiError 429`", false},
	} {
		if got := agree(row.want, row.got); got != row.agree {
			t.Errorf("agree(%q, %q) = %v", row.want, row.got, got)
		}
	}
}

func TestTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	page := "A page\n\n| preset | `go` | `java` |\n|---|---|---|\n| `throttled` | passed | failed |\n\nThe end | go | java\n"
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := readTable(file, "java")
	if err != nil {
		t.Fatal(err)
	}
	cell := table.cells["throttled"]
	if got := cell.text(); got != "failed" {
		t.Fatalf("the cell has %q", got)
	}
	cell.set("passed")
	if err := table.write(); err != nil {
		t.Fatal(err)
	}
	want := "A page\n\n| preset | `go` | `java` |\n|---|---|---|\n| `throttled` | passed | passed |\n\nThe end | go | java\n"
	if got, _ := os.ReadFile(file); string(got) != want {
		t.Errorf("the page is %q", got)
	}
	if _, err := readTable(file, "python"); err == nil {
		t.Error("a table without a column for the SDK is no error")
	}
}
