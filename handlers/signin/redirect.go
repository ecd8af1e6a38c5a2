package signin

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxRedirect is the longest redirect_uri in bytes.
const maxRedirect = 1024

// checkRedirect refuses an address to which a browser may not return. Without a registration it may
// return to this machine alone, at any port (RFC 8252, 7.3). Any other address must be registered.
func checkRedirect(client *Client, address string) error {
	if slices.Contains(client.RedirectURIs, address) || len(address) <= maxRedirect && isLoopback(address) {
		return nil
	}
	return errRedirect.refuse("The redirect URI '%s' specified in the request must be one on this machine, as in http://localhost:3000/, or a redirectUri of the client in the file of --clients.", shown(address))
}

// isLoopback reports whether a URL is one of this machine, without a fragment and without a user.
func isLoopback(text string) bool {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.User != nil || strings.Contains(text, "#") || strings.ContainsAny(text, "\\\r\n\t ") {
		return false
	}
	host := strings.ToLower(parsed.Hostname())
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// responseModes are the ways in which a browser takes the response back (OAuth 2.0 Multiple Response Type
// Encoding Practices, 2.1).
var responseModes = map[string]func(address string, values url.Values) *response{
	"":          inQuery,
	"query":     inQuery,
	"fragment":  inFragment,
	"form_post": inForm,
}

func inQuery(address string, values url.Values) *response {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return redirect(address + separator + values.Encode())
}

func inFragment(address string, values url.Values) *response {
	return redirect(address + "#" + values.Encode())
}

// redirect sends the browser on by GET, whatever its method was.
func redirect(address string) *response {
	return &response{status: http.StatusSeeOther, header: map[string]string{"Location": address, "Referrer-Policy": "no-referrer"}}
}

// inForm responds with a form that a person sends on. A script that sends it would need a weaker policy
// of the page.
func inForm(address string, values url.Values) *response {
	shown := formPage{Title: "Continue", Action: address, Button: "Continue"}
	for _, name := range sortedNames(values) {
		shown.Hidden = append(shown.Hidden, field{name, values.Get(name)})
	}
	return render(http.StatusOK, shown, address)
}
