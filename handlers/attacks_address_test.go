package handlers_test

import (
	"net/http"
	"strings"
)

// addressAttacks returns attacks by paths, and by ids in paths and bodies.
func addressAttacks(token string) []attack {
	const bad, form = http.StatusBadRequest, "it must be"
	id := func(name, escaped, shown string) attack {
		return attack{name + " in an id", message(token, "PATCH "+collection+"/"+escaped+" HTTP/1.1", `{"duration":"PT5H"}`, "Prefer: create-if-missing"),
			bad, "BadRequest", "activityStatistics-id", "is '" + shown + "'; " + form, seedItem}
	}
	created := func(name, escaped string) attack {
		return attack{name + " in the id of a body", message(token, "POST "+collection+" HTTP/1.1", `{"@odata.type":"#microsoft.graph.callActivityStatistics","id":"`+escaped+`"}`),
			bad, "BadRequest", "id", form, ""}
	}
	lost := func(name, path string) attack {
		return attack{name, message(token, "GET "+path+" HTTP/1.1", ""), http.StatusNotFound, "ResourceNotFound", "", "Resource not found for the path", "/none"}
	}
	return []attack{
		id("null", "a%00b", "a\x00b"), id("CR and LF", "a%0d%0aSet-Cookie:%20x=1", "a\r\nSet-Cookie: x=1"), id("escape", "a%1b[31m", "a\x1b[31m"),
		id("bidi override", "a%E2%80%AEb", "a\u202eb"), id("zero width", "a%E2%80%8Bb", "a\u200bb"), id("byte order mark", "%EF%BB%BFa", "\ufeffa"),
		id("NFC", "caf%C3%A9", "caf\u00e9"), id("NFD", "cafe%CC%81", "cafe\u0301"), id("full width", "%EF%BD%81", "\uff41"),
		id("slash", "a%2Fb", "a/b"), id("backslash", "a%5Cb", `a\b`), id("semicolon", "a;b", "a;b"), id("escaped semicolon", "a%3Bb", "a;b"), id("quote", "a'b", "a'b"),
		id("percent, escaped twice", "%252e%252e", "%2e%2e"), id("overlong dots", "%C0%AE%C0%AE", "\ufffd\ufffd\ufffd\ufffd"), id("overlong slash", "a%C0%AFb", "a\ufffd\ufffdb"),
		id("raw octets", "a\xc0\xae", "a\ufffd\ufffd"), id("surrogate", "%ED%A0%80", "\ufffd\ufffd\ufffd"), id("dots", "..", ".."), id("escaped dots", "%2e%2E", ".."), id("dot", ".", "."),
		id("space", "a%20b", "a b"), id("wildcard", "*", "*"), id("SQL", "a'%20OR%20'1'='1", "a' OR '1'='1"),
		{"id of 20 KiB", message(token, "PATCH "+collection+"/"+strings.Repeat("x", 20<<10)+" HTTP/1.1", `{}`), bad, "BadRequest", "activityStatistics-id", "is not longer than 128 characters", seedItem},
		created("null", `a\u0000b`), created("bidi override", `a\u202eb`), created("zero width", `a\u200bb`), created("CR and LF", `a\r\nb`), created("NFD", `cafe\u0301`),
		created("slash", "a/b"), created("dots", ".."), created("semicolon", "a;b"), created("markup", "<script>"),

		{"dots after an id", message(token, "DELETE "+seedItem+"/../"+seedID+" HTTP/1.1", ""), http.StatusNotFound, "ResourceNotFound", "", "Resource not found", "/none"},
		{"dots to a property", message(token, "GET "+collection+"/../settings HTTP/1.1", ""), bad, "BadRequest", "activityStatistics-id", "is '..'; " + form, seedItem + "/x"},
		{"dots to another base", message(token, "GET /beta/../v1.0/me/analytics HTTP/1.1", ""), http.StatusNotFound, "ResourceNotFound", "", "Resource not found", "/none"},
		lost("parameter of a segment", "/beta/me;x=1/analytics/settings"), lost("escaped slash between names", "/beta%2Fme/analytics/settings"),
		lost("null after a name", "/beta/me/analytics/settings%00"), lost("null after a name, with an extension", "/beta/me/analytics/settings%00.json"),
		lost("backslash between names", "/beta/me\\analytics\\settings"), lost("name escaped twice", "/beta/%256de/analytics/settings"),
		lost("dots above the root", "/../../etc/passwd"), lost("escaped dots above the root", "/%2e%2e/%2e%2e/etc/passwd"), lost("file", "/beta/me/analytics/issuer.key"),
		lost("a fragment", "/beta/me/analytics#x"), lost("10,000 slashes and names", "/beta"+strings.Repeat("//x", 5000)), lost("JSON and an escape", `/{"level":"ERROR"}%1b[2J%0a{}`),
		lost("Kelvin sign for k", "/beta/me/analytics/activityStatistics/$%E2%84%AAount"),
		{"user of another kind", message(token, "GET /beta/users/..%2f"+megan+"/analytics/settings HTTP/1.1", ""), http.StatusBadRequest, "BadRequest", "user-id", form, "/beta/users/x/analytics/settings"},
		{"user with an end of line", message(token, "GET /beta/users/a%0d%0ab@example.com/analytics/settings HTTP/1.1", ""), http.StatusBadRequest, "BadRequest", "user-id", form, "/beta/users/x/analytics/settings"},
	}
}
