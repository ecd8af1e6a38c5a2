package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
)

// queryAttacks returns attacks by query options.
func queryAttacks(token string) []attack {
	list := func(name, query, target, part string) attack {
		return attack{name, message(token, "GET "+collection+"?"+query+" HTTP/1.1", ""), http.StatusBadRequest, "BadRequest", target, part, ""}
	}
	filter := func(name, text, part string) attack {
		return list("$filter: "+name, "$filter="+strings.ReplaceAll(url.QueryEscape(text), "+", "%20"), "$filter", part)
	}
	or := func(n int) string { return strings.TrimPrefix(strings.Repeat(" or id eq 'a'", n), " or ") }
	return []attack{
		list("10,000 options", strings.TrimPrefix(members("&%d", 7000), "&")+strings.Repeat("&", 3000), "query", "The query has 10000 options; send 64 at most"),
		list("an option 10,000 times", strings.TrimSuffix(strings.Repeat("a&", 10000), "&"), "query", "The query has 10000 options; send 64 at most"),
		list("a known option 60 times", strings.TrimSuffix(strings.Repeat("top=1&", 60), "&"), "$top", "given 60 times"),
		list("broken escapes", "$top=%zz", "query", "two hexadecimal digits"), list("broken escapes in a name", "%=1", "query", "two hexadecimal digits"),
		list("null", "$filter=%00", "$filter", "$filter, column 1"), list("overlong", "$filter=%C0%AE", "$filter", "$filter, column 1"),
		list("$top beyond 64 bits", "$top=99999999999999999999", "$top", ""), list("$top as an exponent", "$top=1e3", "$top", "a whole number from 0 to 1000"),
		list("$top negative", "$top=-1", "$top", "at least 0"), list("$top with digits of another script", "$top=%D9%A1", "$top", "a whole number from 0 to 1000"),
		list("$skip beyond the most", "$skip=1000001", "$skip", "at most 1000000"), list("$count that is no truth", "$count=yes", "$count", ""),
		list("$skiptoken of garbage", "$skiptoken=%00%FF", "$skiptoken", "it must be"), list("$skiptoken of 4 KiB", "$skiptoken="+strings.Repeat("A", 4096), "$skiptoken", "one of this server"),
		list("$skiptoken beyond the most", "$skiptoken="+strings.Repeat("A", 4097), "$skiptoken", "longer than 4096"),
		list("$orderby of many", "$orderby="+strings.TrimSuffix(strings.Repeat("id,", 300), ","), "$orderby", "$orderby, column"),
		list("$select of markup", "$select=%3Cscript%3E", "$select", "$select, column 1"),

		filter("nesting", strings.Repeat("(", 33)+"id eq 'a'"+strings.Repeat(")", 33), "at most 32 levels of nesting"),
		filter("nesting without end", strings.Repeat("(", 4000), "at most 32 levels of nesting"),
		filter("not without end", strings.Repeat("not ", 1000)+"true", "at most 32 levels of nesting"),
		filter("minus without end", strings.Repeat("-", 4000)+"1", "at most 32 levels of nesting"),
		filter("functions in functions", strings.Repeat("tolower(", 400)+"id"+strings.Repeat(")", 400)+" eq 'a'", "at most 32 levels of nesting"),
		filter("concat of concat", "length("+strings.Repeat("concat(toupper(", 15)+"timeZoneUsed"+strings.Repeat("),timeZoneUsed)", 15)+") gt 9", "at most 4096 characters of text that concat, tolower and toupper make"),
		filter("300 terms", or(300), "at most 256"),
		filter("10,000 terms", or(10000), "longer than 4096"),
		filter("a number of 4,000 digits", "length(id) eq "+strings.Repeat("9", 4000), "$filter, column"),
		filter("1e999", "length(id) lt 1e999", "$filter, column"), filter("NaN", "length(id) eq NaN", "$filter, column"),
		filter("a text without end", "id eq '"+strings.Repeat("a", 4000), "$filter, column"),
		filter("SQL", "id eq 'a'; DROP TABLE statistics; --", "$filter, column"),
		filter("SQL in a function", "sleep(10) eq 1", "$filter, column"),
		filter("a regular expression", "regexp(id,'(a+)+$')", "$filter, column"),
		filter("a property of the inside", "tenant eq 'x'", "Could not find a property named 'tenant'"),
		filter("an invisible character", "activity\u200b eq 'Call'", "$filter, column"),
	}
}

// tagAttacks returns attacks by entity tags.
func tagAttacks(token string) []attack {
	write := func(name, tags, code, part string, status int) attack {
		return attack{"If-Match: " + name, message(token, "PATCH "+seedItem+" HTTP/1.1", `{"duration":"PT5H"}`, "If-Match: "+tags), status, code, "If-Match", part, ""}
	}
	malformed := func(name, tags string) attack {
		return write(name, tags, "BadRequest", "it must be", http.StatusBadRequest)
	}
	stale := func(name, tags string) attack {
		return write(name, tags, "resourceModified", "read it again", http.StatusPreconditionFailed)
	}
	return []attack{
		malformed("no quotes", "AAAAAAAAAAA"), malformed("an open quote", `W/"x`), malformed("a list with *", `W/"x", *`), malformed("weak in lower case", `w/"x"`), malformed("SQL", `"x" OR "1"="1"`),
		malformed("a text after", `W/"x" y`), malformed("octets", "W/\"a\" \xff"),
		stale("a guess", `W/"AAAAAAAAAAA"`), stale("a guess of zero", `"0"`), stale("strong and weak guesses", `"AAAAAAAAAAE", W/"AAAAAAAAAAI"`), stale("an empty one", `""`),
		stale("1,000 guesses", strings.TrimSuffix(strings.Repeat(`W/"x",`, 600), ",")), stale("a * as a tag", `"*"`), stale("commas", `"a,b","c"`),
		write("a list of 20 KiB", strings.TrimSuffix(strings.Repeat(`W/"AAAAAAAAAAA",`, 1200), ","), "BadRequest", "longer than", http.StatusBadRequest),
		{"If-None-Match of any on a DELETE", message(token, "DELETE "+seedItem+" HTTP/1.1", "", "If-None-Match: *"), http.StatusPreconditionFailed, "resourceModified", "If-None-Match", "exists", ""},
		{"If-Match in two lines", message(token, "DELETE "+seedItem+" HTTP/1.1", "", `If-Match: "x"`, `If-Match: W/"y"`), http.StatusPreconditionFailed, "resourceModified", "If-Match", "read it again", ""},
	}
}
