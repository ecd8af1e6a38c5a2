package handlers_test

import (
	"net/http"
	"strings"
)

// bodyAttacks returns attacks by JSON.
func bodyAttacks(token string) []attack {
	const bad, unread = http.StatusBadRequest, "Unable to read JSON request payload"
	patch := func(name, body, target, part string) attack {
		return attack{"body: " + name, message(token, "PATCH "+seedItem+" HTTP/1.1", body), bad, "BadRequest", target, part, ""}
	}
	deep := func(n int) string {
		return `{"x@y":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `,"duration":"PT5H"}`
	}
	large := func(n int) string { return `{"duration":"PT5H"` + strings.Repeat(" ", n-19) + "}" }
	return []attack{
		{"body of 1 MiB and a byte", message(token, "PATCH "+seedItem+" HTTP/1.1", large(1<<20+1)), http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "", "larger than 1048576 bytes", ""},
		{"body that says to be of 1 TiB", message(token, "PATCH "+seedItem+" HTTP/1.1", "", "Content-Length: 1099511627776", "Content-Type: application/json"), http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "", "larger than 1048576 bytes", ""},
		{"batch of 4 MiB and a byte", message(token, "POST /beta/$batch HTTP/1.1", large(4<<20+1)), http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "", "larger than 4194304 bytes", ""},
		patch("10,001 levels of arrays", deep(10001), "", unread), patch("500,000 levels of arrays", deep(500000), "", unread),
		patch("500,000 open brackets", strings.Repeat("[", 500000), "", unread), patch("100,000 open objects", strings.Repeat(`{"a":`, 100000), "", unread),
		patch("1e999", `{"duration":1e999}`, "", "is out of range"), patch("-1e999 in an annotation", `{"x@y":-1e999,"duration":"PT5H"}`, "", "is out of range"),
		patch("100,000 digits", `{"duration":`+strings.Repeat("9", 100000)+`}`, "", "is out of range"),
		patch("100,000 decimals", `{"duration":0.`+strings.Repeat("9", 100000)+`}`, "duration", "it must be a text, as in PT1H30M"),
		patch("NaN", `{"duration":NaN}`, "", unread), patch("Infinity", `{"duration":-Infinity}`, "", unread), patch("a leading zero", `{"duration":01}`, "", unread), patch("hexadecimal", `{"duration":0x1}`, "", unread),
		patch("garbage after", `{"duration":"PT5H"}x`, "", unread), patch("two documents", `{"duration":"PT5H"}{"duration":"PT6H"}`, "", unread), patch("two documents in lines", "{\"duration\":\"PT5H\"}\n{}", "", unread),
		patch("a null after", "{\"duration\":\"PT5H\"}\x00", "", unread), patch("a comma after", `{"duration":"PT5H",}`, "", unread), patch("a comment", `{"duration":"PT5H"/**/}`, "", unread),
		patch("single quotes", `{'duration':'PT5H'}`, "", unread), patch("no quotes", `{duration:"PT5H"}`, "", unread), patch("cut off", `{"duration":"PT5H"`, "", unread),
		patch("invalid UTF-8", "{\"timeZoneUsed\":\"a\xff\"}", "", "invalid UTF-8"), patch("overlong UTF-8", "{\"timeZoneUsed\":\"a\xc0\xaf\"}", "", "invalid UTF-8"), patch("a surrogate in UTF-8", "{\"timeZoneUsed\":\"\xed\xa0\x80\"}", "", "invalid UTF-8"),
		patch("invalid UTF-8 in a name", "{\"\xff\":1}", "", "invalid UTF-8"), patch("UTF-16", "\xff\xfe{\x00}\x00", "", unread),
		patch("a lone surrogate", `{"timeZoneUsed":"\ud800"}`, "", "surrogate"), patch("surrogates the wrong way round", `{"timeZoneUsed":"\udc00\ud800"}`, "", "surrogate"), patch("a lone surrogate in a name", `{"\ud800":1}`, "", "surrogate"),
		patch("a byte order mark", "\xef\xbb\xbf{\"duration\":\"PT5H\"}", "", unread), patch("a raw end of line in a text", "{\"timeZoneUsed\":\"a\nb\"}", "", unread),
		patch("null", "null", "", "The body is null; it must be a JSON object"), patch("a text", `"x"`, "", "must be a JSON object"), patch("an array", `[{"duration":"PT5H"}]`, "", "must be a JSON object"),
		patch("a prototype", `{"__proto__":{"duration":"PT5H"}}`, "__proto__", "There is no property '__proto__'"), patch("an entity tag to set", `{"etag":"x"}`, "etag", "There is no property 'etag'"), patch("a tenant to set", `{"tenant":"x"}`, "tenant", "There is no property 'tenant'"),
		patch("a control character", `{"timeZoneUsed":"a\u001b[31m"}`, "timeZoneUsed", "it must be a time zone"), patch("a duration of 60 KiB", `{"duration":"`+strings.Repeat("P", 60<<10)+`"}`, "duration", "is not longer than 64 characters"),
		patch("digits of another script", `{"startDate":"٢٠١٩-٠٦-١٦"}`, "startDate", "YYYY-MM-DD"), patch("a name of 100 KiB", `{"`+strings.Repeat("a", 100<<10)+`":1}`, strings.Repeat("a", 60)+"…", "There is no property"),
		patch("80,000 unknown properties", `{"duration":"`+strings.Repeat("P", 100_000)+`"`+members(`,"p%d":1`, 80_000)+`}`, "", "it has more than 5000 values"),
		patch("4,990 unknown properties", `{"duration":"`+strings.Repeat("P", 100_000)+`"`+members(`,"p%d":1`, 4990)+`}`, "duration", "longer than 64"),
		patch("4,990 annotations", `{"color":"PT5H"`+members(`,"p%d@q":1`, 4990)+`}`, "color", "There is no property 'color'"),
		{"body: 4,990 unknown properties of settings", message(token, "PATCH /beta/me/analytics HTTP/1.1", `{"settings":{"hasLicense":true`+members(`,"p%d":1`, 4990)+`}}`), bad, "BadRequest", "settings/p0", "There is no property", ""},
	}
}
