// Package pages owns what people look at in a browser: the week page, and the explorer, by which the
// contracts can be read and tried. The sources lie in week and explorer, and their builds write what is
// embedded here. It leaves alone how the pages are served (handlers).
//
// The pages call the public API alone, as any other client does. They keep tokens in memory.
package pages

import (
	"embed"
	"strings"
)

//go:embed built
var built embed.FS

// The paths of the pages. DocsOfControl is the explorer of the control contract.
const (
	Week          = "/"
	Docs          = "/docs"
	DocsOfControl = "/docs/control"
)

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
	// IsZipped is true if the content is compressed by gzip.
	IsZipped bool
	// SetsStyles is true if scripts of the page set styles on elements, as those of Swagger UI do.
	SetsStyles bool

	name string // in built
}

// Content returns the content in a new slice.
func (f File) Content() []byte {
	content, _ := built.ReadFile("built/" + f.name) // embedded: the compiler has seen it
	return content
}

const (
	html       = "text/html; charset=utf-8"
	javascript = "text/javascript; charset=utf-8"
	css        = "text/css; charset=utf-8"
)

// Files returns the files of all pages.
func Files() []File {
	return []File{
		named(Week, "week.html", html),
		named("/pages/week.js", "week.js", javascript),
		named("/pages/week.css", "week.css", css),
		named(Docs, "docs.html", html).settingStyles(),
		named(DocsOfControl, "docs.html", html).settingStyles(),
		named("/pages/docs.js", "docs.js", javascript).settingStyles(),
		named("/pages/docs.css", "docs.css", css).settingStyles(),
		named("/pages/swagger-ui.js", "swagger-ui.js.gz", javascript).settingStyles(),
		named("/pages/swagger-ui.css", "swagger-ui.css.gz", css).settingStyles(),
	}
}

func named(path, name, contentType string) File {
	return File{Path: path, ContentType: contentType, IsZipped: strings.HasSuffix(name, ".gz"), name: name}
}

func (f File) settingStyles() File {
	f.SetsStyles = true
	return f
}

// Policy returns the Content-Security-Policy of the page, and of its files. Nothing but the page's own
// files and its own origin is allowed. connect names further origins that it may call.
func (f File) Policy(connect ...string) string {
	styles := "style-src 'self'"
	if f.SetsStyles {
		styles += " 'unsafe-inline'"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		styles,
		"img-src 'self' data:",
		strings.Join(append([]string{"connect-src 'self'"}, connect...), " "),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
