package signin

import (
	"bytes"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// field is a field of a form.
type field struct{ Name, Value string }

// formPage is a page with one form.
type formPage struct {
	Title   string
	Text    string
	Wrong   string // what was wrong with the form before
	Action  string // "" for a page without a form
	Hidden  []field
	Code    *string // of a device, to be typed; nil for a page that needs none
	Users   []string
	Choose  bool   // whether a user is chosen
	Hint    string // the name to begin with
	Button  string
	Cancels bool
}

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}} - Afterhours</title>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
{{with .Wrong}}<p role="alert"><strong>{{.}}</strong></p>
{{end}}{{with .Text}}<p>{{.}}</p>
{{end}}{{if .Action}}<form method="post" action="{{.Action}}">
{{range .Hidden}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
{{end}}{{with .Code}}<p><label>Code <input name="user_code" value="{{.}}" required autocomplete="off"></label></p>
{{end}}{{if .Choose}}<p><label>Name or object id <input name="username" value="{{.Hint}}" autocomplete="off"></label></p>
{{end}}<p><button>{{.Button}}</button></p>
{{range .Users}}<p><button name="user" value="{{.}}">{{.}}</button></p>
{{end}}{{if .Cancels}}<p><button name="cancel" value="true">Cancel</button></p>
{{end}}</form>
{{end}}</main>
</body>
</html>
`))

// render returns a page whose form may be sent to the server itself and to the address, "" for none.
// Browsers hold a redirect after the form to the same policy.
func render(status int, page formPage, address string) *response {
	var text bytes.Buffer
	if err := pageTemplate.Execute(&text, page); err != nil {
		panic(err) // cannot happen: the template is a constant, and its values are texts
	}
	return &response{status: status, body: text.Bytes(), header: map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" + sourceOf(address),
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "same-origin", // no-referrer would make the Origin of the form null
	}}
}

// sourceOf returns the source of an address for a policy. The grammar of sources has no IPv6 address, so
// the source is then its scheme.
func sourceOf(address string) string {
	parsed, err := url.Parse(address)
	switch {
	case err != nil || address == "":
		return ""
	case parsed.Scheme != "http" && parsed.Scheme != "https" || strings.HasPrefix(parsed.Host, "["):
		return " " + parsed.Scheme + ":"
	}
	return " " + parsed.Scheme + "://" + parsed.Host
}

// refusalPage shows a person a refusal that cannot go back to the client, because the client's address is
// not known to be right.
func (s *Service) refusalPage(call *Call, err error) *response {
	refused := call.refusalOf(err)
	status := refused.status()
	if status == http.StatusUnauthorized {
		status = http.StatusBadRequest // a browser would ask for a password
	}
	return render(status, formPage{Title: "Sign-in failed", Wrong: s.describe(call, refused)}, "")
}

func sortedNames(values url.Values) []string { return slices.Sorted(maps.Keys(values)) }
