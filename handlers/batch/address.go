package batch

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// systemResources are the names with $ that do not refer to a request (OData JSON
// 19.1), in lower case.
var systemResources = []string{"$batch", "$crossjoin", "$all", "$entity", "$root", "$id", "$metadata"}

// Announced is a request of a batch before it is served. The path and the query are escaped, and "" if they
// are not known.
type Announced struct{ Method, Path, Query string }

// announced returns the requests of the groups.
func (r *run) announced(groups []*atomicityGroup) []Announced {
	var all []Announced
	for _, g := range groups {
		for _, i := range g.items {
			one := Announced{Method: strings.ToUpper(i.Method)}
			if _, isReference := reference(i.URL); !isReference {
				if address, refusal := r.address(i); refusal == nil {
					one.Path, one.Query = address.EscapedPath(), address.RawQuery
					i.address = address
				}
			}
			all = append(all, one)
		}
	}
	return all
}

// address returns the path and query of the item's URL. SDKs write it in these forms:
//
//	/me/analytics, me/analytics     under the base path of the batch
//	/beta/me/analytics              under one of the API's base paths
//	https://host/beta/me/analytics  if the host is the server's; http and https are the
//	                                same, because a proxy may have changed the scheme
//	$1, /$1/settings                under the location in the response to request 1
//
// // counts as /. Otherwise a URL that begins with // would name another host.
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
		return nil, i.refuse(http.StatusBadRequest, "url", "%s is not a valid url.", quoted(i.URL))
	}
	address.RawQuery = strings.ReplaceAll(address.RawQuery, " ", "%20") // Graph's own examples have spaces in queries
	for segment := range strings.SplitSeq(address.Path, "/") {
		if strings.EqualFold(segment, "$batch") {
			return nil, i.refuse(http.StatusBadRequest, "url", "A batch must not contain a batch.")
		}
	}
	return address, nil
}

// absolutePath returns the item's url without scheme and host, with the base path.
func (r *run) absolutePath(i *item) (string, *Refusal) {
	if scheme, rest, found := strings.Cut(i.URL, "://"); found && defaultPorts[strings.ToLower(scheme)] != "" {
		end := segmentEnd(rest)
		if host := rest[:end]; !r.isOurs(scheme, host) {
			return "", i.refuse(http.StatusBadRequest, "url",
				"The url has the host %s; the requests of a batch must be for its own host, %s.", quoted(host), quoted(r.outer.Host))
		}
		text := "/" + strings.TrimLeft(rest[end:], "/")
		if !r.underBase(text) {
			return "", i.refuse(http.StatusBadRequest, "url",
				"%s is outside of the API; its base paths are %s.", quoted(i.URL), strings.Join(r.Bases, ", "))
		}
		return text, nil
	}
	if i.host != "" && !r.isOurs("http", i.host) && !r.isOurs("https", i.host) {
		return "", i.refuse(http.StatusBadRequest, "headers",
			"'Host' is %s; the requests of a batch must be for its own host, %s.", quoted(i.host), quoted(r.outer.Host))
	}
	relative := strings.TrimLeft(i.URL, "/")
	if first, isReference := reference(i.URL); isReference {
		target, refusal := i.referenced(first, "url")
		if refusal != nil {
			return "", refusal
		}
		return target.location() + relative[segmentEnd(relative):], nil
	}
	rooted := i.URL
	if len(relative) != len(i.URL)-1 { // most begin with one /
		rooted = "/" + relative
	}
	if r.underBase(rooted) {
		return rooted, nil
	}
	return r.base + rooted, nil
}

// segmentEnd returns where the first segment of a url ends.
func segmentEnd(text string) int {
	if end := strings.IndexAny(text, "/?"); end >= 0 {
		return end
	}
	return len(text)
}

// reference returns the first segment of a url, and whether it refers to another request, as $1 does.
func reference(text string) (first string, isReference bool) {
	relative := strings.TrimLeft(text, "/")
	first, err := url.PathUnescape(relative[:segmentEnd(relative)])
	return first, err == nil && strings.HasPrefix(first, "$") && !slices.Contains(systemResources, strings.ToLower(first))
}

// defaultPorts maps a scheme to the port of a URL that names none.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// isOurs reports whether a host is that of the outer request or the public one.
func (r *run) isOurs(scheme, host string) bool {
	host = withPort(scheme, host)
	return strings.EqualFold(host, withPort(scheme, r.outer.Host)) ||
		r.PublicHost != "" && strings.EqualFold(host, withPort(scheme, r.PublicHost))
}

// withPort returns the host with a port: its own, or else the scheme's default port.
func withPort(scheme, host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), defaultPorts[strings.ToLower(scheme)])
}

// underBase reports whether a path is under one of the API's base paths, in any case.
func (r *run) underBase(text string) bool {
	return slices.ContainsFunc(r.Bases, func(base string) bool {
		return len(text) >= len(base) && strings.EqualFold(text[:len(base)], base) &&
			(len(text) == len(base) || text[len(base)] == '/' || text[len(base)] == '?')
	})
}

// referenced returns the item that a reference such as $1 names. It must be one of
// i's dependencies (OData JSON 19.1), so it has a response already.
func (i *item) referenced(reference, member string) (*item, *Refusal) {
	for _, dependency := range i.dependencies {
		if strings.EqualFold(dependency.id, reference[1:]) {
			return dependency, nil
		}
	}
	if i.isPart {
		return nil, i.refuse(http.StatusBadRequest, member, "%s refers to no earlier request; the Content-ID of one must be %s.",
			quoted(reference), quoted(reference[1:]))
	}
	return nil, i.refuse(http.StatusBadRequest, member,
		"%s refers to a request that must be named in dependsOn.", quoted(reference))
}

// location returns the escaped path of the entity that the item created or asked
// for. It is the path of the response's Location, or of its OData-EntityId if the
// response has no body (OData 11.7.3). Without either it is the item's own path.
func (i *item) location() string {
	for _, name := range []string{"Location", "Odata-Entityid"} {
		if found, err := url.Parse(i.response.get(name)); err == nil && found.Path != "" {
			return "/" + strings.TrimLeft(found.EscapedPath(), "/")
		}
	}
	return i.path
}
