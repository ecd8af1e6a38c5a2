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

// File is a file of a page.
type File struct {
	// Path is the path of its URL.
	Path        string
	ContentType string
	// Content is compressed by gzip if IsZipped is true.
	Content  []byte
	IsZipped bool
	// Policy is the Content-Security-Policy of a page, and of its files: nothing but the page's own files
	// and its own origin is allowed.
	Policy string
}

const (
	html       = "text/html; charset=utf-8"
	javascript = "text/javascript; charset=utf-8"
	css        = "text/css; charset=utf-8"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// explorerPolicy also allows the styles that Swagger UI sets on its elements.
var explorerPolicy = strings.Replace(policy, "style-src 'self'", "style-src 'self' 'unsafe-inline'", 1)

// Files returns the files of all pages.
func Files() []File {
	return []File{
		read(Week, "week.html", html, policy),
		read("/pages/week.js", "week.js", javascript, policy),
		read("/pages/week.css", "week.css", css, policy),
		read(Docs, "docs.html", html, explorerPolicy),
		read(DocsOfControl, "docs.html", html, explorerPolicy),
		read("/pages/docs.js", "docs.js", javascript, explorerPolicy),
		read("/pages/docs.css", "docs.css", css, explorerPolicy),
		read("/pages/swagger-ui.js", "swagger-ui.js.gz", javascript, explorerPolicy),
		read("/pages/swagger-ui.css", "swagger-ui.css.gz", css, explorerPolicy),
	}
}

func read(path, name, contentType, policy string) File {
	content, _ := built.ReadFile("built/" + name) // embedded: the compiler has seen them
	return File{Path: path, ContentType: contentType, Content: content, IsZipped: strings.HasSuffix(name, ".gz"), Policy: policy}
}
