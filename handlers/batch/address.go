package batch

import (
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// systemResources are the names with $ that are no reference to a request
// (OData JSON 19.1), in lower case.
var systemResources = []string{"$batch", "$crossjoin", "$all", "$entity", "$root", "$id", "$metadata"}

// address returns the URL that the item asks for: path and query alone. The forms,
// of which every SDK has its own:
//
//	/me/analytics, me/analytics     under the base path of the batch
//	/beta/me/analytics              one of the API's base paths
//	https://host/beta/me/analytics  if the host is the server's; http counts as https,
//	                                since a proxy may have changed one into the other
//	$1, /$1/settings                below what request 1 answered
//
// // counts as /, so that none of them can name another host.
func (r *run) address(i *item) (*url.URL, *Refusal) {
	if strings.Contains(i.URL, "#") {
		return nil, i.refuse(http.StatusBadRequest, "url", "The url %s has a fragment; write # as %%23.", quoted(i.URL))
	}
	text, refusal := r.absolutePath(i)
	if refusal != nil {
		return nil, refusal
	}
	address, err := url.ParseRequestURI(text)
	if err != nil {
		return nil, i.refuse(http.StatusBadRequest, "url", "%s is no url.", quoted(i.URL))
	}
	address.RawQuery = strings.ReplaceAll(address.RawQuery, " ", "%20") // as Graph's own examples are written
	for segment := range strings.SplitSeq(address.Path, "/") {
		if strings.EqualFold(segment, "$batch") {
			return nil, i.refuse(http.StatusBadRequest, "url", "A batch must not contain a batch.")
		}
	}
	return address, nil
}

// absolutePath returns the item's url from the first slash of the path on.
func (r *run) absolutePath(i *item) (string, *Refusal) {
	if scheme, rest, found := strings.Cut(i.URL, "://"); found && defaultPorts[strings.ToLower(scheme)] != "" {
		end := strings.IndexAny(rest+"/", "/?")
		if host := rest[:end]; !r.isOurs(scheme, host) {
			return "", i.refuse(http.StatusBadRequest, "url",
				"The url is one of the host %s; a batch can only ask its own, %s.", quoted(host), quoted(r.outer.Host))
		}
		text := "/" + strings.TrimLeft(rest[end:], "/")
		if !r.underBase(text) {
			return "", i.refuse(http.StatusBadRequest, "url",
				"%s is outside of the API, which is under %s.", quoted(i.URL), strings.Join(r.Bases, ", "))
		}
		return text, nil
	}
	relative := strings.TrimLeft(i.URL, "/")
	end := strings.IndexAny(relative+"/", "/?")
	first, err := url.PathUnescape(relative[:end])
	isReference := err == nil && strings.HasPrefix(first, "$") && !slices.Contains(systemResources, strings.ToLower(first))
	switch {
	case isReference:
		before, refusal := i.referenced(first, "url")
		if refusal != nil {
			return "", refusal
		}
		return before.location() + relative[end:], nil
	case r.underBase("/" + relative):
		return "/" + relative, nil
	}
	return path.Dir(r.outer.URL.EscapedPath()) + "/" + relative, nil
}

// defaultPorts are the ports that need not be written, by scheme.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// isOurs says whether a host is that of the batch or the public one.
func (r *run) isOurs(scheme, host string) bool {
	host = withPort(scheme, host)
	return strings.EqualFold(host, withPort(scheme, r.outer.Host)) ||
		r.PublicHost != "" && strings.EqualFold(host, withPort(scheme, r.PublicHost))
}

// withPort adds the scheme's default port to a host that has none.
func withPort(scheme, host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), defaultPorts[strings.ToLower(scheme)])
}

// underBase says whether a path begins with one of the API's, in whatever case.
func (r *run) underBase(text string) bool {
	return slices.ContainsFunc(r.Bases, func(base string) bool {
		return len(text) >= len(base) && strings.EqualFold(text[:len(base)], base) &&
			(len(text) == len(base) || text[len(base)] == '/' || text[len(base)] == '?')
	})
}

// referenced returns the item that a reference such as $1 names. The item must
// depend on it (OData JSON 19.1), so that its answer is there.
func (i *item) referenced(reference, member string) (*item, *Refusal) {
	for _, before := range i.after {
		if strings.EqualFold(before.id, reference[1:]) {
			return before, nil
		}
	}
	return nil, i.refuse(http.StatusBadRequest, member,
		"%s refers to a request that must stand in dependsOn.", quoted(reference))
}

// location returns the escaped path of the entity that the item created or asked
// for: that of the answer's Location or, without a body, OData-EntityId (OData
// 11.7.3), else the item's own.
func (i *item) location() string {
	for _, name := range []string{"Location", "Odata-Entityid"} {
		if found, err := url.Parse(i.answer.get(name)); err == nil && found.Path != "" {
			return "/" + strings.TrimLeft(found.EscapedPath(), "/")
		}
	}
	return i.path
}
