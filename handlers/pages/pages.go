// Package pages owns what people look at in a browser: the week page. The sources lie in week, and its
// build writes what is embedded here. It leaves alone how the pages are served (handlers).
//
// The week page calls the public API alone, as any other client does. It keeps tokens in memory.
package pages

import (
	"embed"
	"strings"
)

//go:embed built
var built embed.FS

// Week is the path of the week page.
const Week = "/"

// SignIn is the path of the answer that says where people sign in, a list of Provider.
const SignIn = "/pages/sign-in.json"

// Provider is an OpenID Connect issuer at which people sign in to the page, by an authorization code with
// PKCE. The page is a public client there.
type Provider struct {
	// Issuer is the name of the issuer; discovery begins there.
	Issuer string `json:"issuer"`
	// Client is the client id of the page.
	Client string `json:"client"`
	// Scope is what the page asks for, with spaces between.
	Scope string `json:"scope"`
	// Audience is whom the access token is for, "" if the scope says that.
	Audience string `json:"audience,omitempty"`
}

// File is a file of a page.
type File struct {
	// Path is the path of its URL.
	Path        string
	ContentType string
	Content     []byte
}

// Files returns the files of all pages.
func Files() []File {
	files := []File{
		{Path: Week, ContentType: "text/html; charset=utf-8"},
		{Path: "/pages/week.js", ContentType: "text/javascript; charset=utf-8"},
		{Path: "/pages/week.css", ContentType: "text/css; charset=utf-8"},
	}
	for i, name := range []string{"week.html", "week.js", "week.css"} {
		files[i].Content, _ = built.ReadFile("built/" + name) // embedded: the compiler has seen them
	}
	return files
}

// Policy returns the Content-Security-Policy of the pages. Nothing but the page's own files and its own
// origin is allowed. connect names further origins that it may call.
func Policy(connect ...string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		strings.Join(append([]string{"connect-src 'self'"}, connect...), " "),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
