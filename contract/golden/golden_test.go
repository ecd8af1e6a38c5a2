package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const example = `A remark.

### a name
GET /x
Accept: text

{

}
> 200 OK
>
> and more

### without a body
GET /y
> 404
`

// TestParse: a file is what parse and input make of it.
func TestParse(t *testing.T) {
	remark, cases := parse(example)
	if len(cases) != 2 {
		t.Fatalf("%d cases", len(cases))
	}
	first := cases[0]
	if first.Name != "a name" || first.Head != "GET /x\nAccept: text" || first.Body != "{\n\n}" || cases[1].Body != "" {
		t.Errorf("%q", cases)
	}
	again := remark
	for _, one := range cases {
		again += "\n" + one.input() + strings.Join(one.lines, "")
	}
	if again != example {
		t.Errorf("it becomes\n%s", again)
	}
}

// TestUpdate: -update rewrites what is told and nothing else.
func TestUpdate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Replace(example, "> 404", "> old", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	*update = true
	defer func() { *update = false }()
	Test(t, file, func(_ *testing.T, one Case) string {
		if one.Body == "" {
			return "404"
		}
		return "200 OK\n\nand more\n"
	})
	text, err := os.ReadFile(file)
	if err != nil || string(text) != example {
		t.Errorf("%v, it becomes\n%s", err, text)
	}
}
