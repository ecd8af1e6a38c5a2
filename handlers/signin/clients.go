package signin

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
)

const (
	// everything is what an application may do without a list of its roles.
	everything = "Analytics.ReadWrite.All"
	// reserved begins the names of the permissions that steer the server. Nobody gets them by signing in.
	reserved = "Afterhours."
	// maxClientID is the longest client id in bytes. Entra's are GUIDs.
	maxClientID = 128
)

// Client is a registered client.
type Client struct {
	// ID is the client id, a GUID in Entra ID and any word here.
	ID string `json:"id"`
	// Secret is its secret; "" for a public client, which signs users in and never itself.
	Secret string `json:"secret"`
	// Roles are the application permissions that client_credentials gives; empty for
	// Analytics.ReadWrite.All.
	Roles []string `json:"roles"`
	// RedirectURIs are the addresses to which a browser may return, in addition to loopback ones.
	RedirectURIs []string `json:"redirectUris"`
}

// Clients are registered clients by their ids. nil stands for any client, with any secret.
type Clients map[string]*Client

// ParseClients reads a JSON list of clients. The error names what is wrong with which of them.
func ParseClients(text []byte) (Clients, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var list []*Client
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf(`it must be a JSON list of objects with id, secret, roles and redirectUris: %w`, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more text after the list")
	}
	clients := Clients{}
	for i, client := range list {
		if err := client.check(); err != nil {
			return nil, fmt.Errorf("client %d: %w", i+1, err)
		}
		if clients[client.ID] != nil {
			return nil, fmt.Errorf("client %d: the id %q is that of another one", i+1, client.ID)
		}
		clients[client.ID] = client
	}
	return clients, nil
}

func (c *Client) check() error {
	switch {
	case c == nil || !isWord(c.ID) || len(c.ID) > maxClientID:
		return fmt.Errorf("id must be one word of at most %d bytes", maxClientID)
	case len(c.Roles) > 0 && c.Secret == "":
		return errors.New("roles need a secret: without one, a client cannot sign in itself")
	}
	for _, role := range c.Roles {
		if !isWord(role) || isReserved(role) {
			return fmt.Errorf("roles: %q must be one word like Analytics.Read.All, and not begin with %s", role, reserved)
		}
	}
	for _, address := range c.RedirectURIs {
		if parsed, err := url.Parse(address); err != nil || parsed.Scheme == "" || parsed.Fragment != "" || slices.Contains(dangerousSchemes, parsed.Scheme) {
			return fmt.Errorf("redirectUris: %q must be an absolute URL without a fragment", address)
		}
	}
	return nil
}

// dangerousSchemes would run the response as a script, or show it as a page of the server.
var dangerousSchemes = []string{"javascript", "data", "vbscript", "file", "blob", "about"}

// isWord reports whether the text is one word of printable ASCII.
func isWord(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// client returns the client that a request names, which is not authenticated yet.
func (s *Service) client(values url.Values) (*Client, error) {
	id, err := required(values, "client_id")
	if err != nil {
		return nil, err
	}
	if s.Clients == nil && isWord(id) && len(id) <= maxClientID {
		return &Client{ID: strings.Clone(id)}, nil
	}
	if known := s.Clients[id]; known != nil {
		return known, nil
	}
	return nil, errClient.refuse("Application with identifier '%s' was not found. Add it to the file of --clients.", shown(id))
}

// authenticated returns the client that a request names, if it has the client's secret. A request that
// signs the client itself in must have one.
func (s *Service) authenticated(call *Call, values url.Values, needsSecret bool) (*Client, error) {
	secret := values.Get("client_secret")
	if id, password, given := call.BasicAuth(); given { // RFC 6749, 2.3.1
		var errs [2]error
		id, errs[0] = url.QueryUnescape(id)
		secret, errs[1] = url.QueryUnescape(password)
		if errors.Join(errs[:]...) != nil || values.Has("client_id") && values.Get("client_id") != id {
			return nil, errSecret.refuse("The client in the Authorization header cannot be read, or is another one than client_id.")
		}
		values.Set("client_id", id)
	}
	client, err := s.client(values)
	if err != nil {
		return nil, err
	}
	asserted := values.Get("client_assertion") != ""
	switch {
	case s.Clients == nil && (secret != "" || asserted || !needsSecret):
		return client, nil
	case secret == "" && !asserted && (client.Secret != "" || needsSecret):
		return nil, errNoSecret.refuse("The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case client.Secret == "" && needsSecret:
		return nil, errNoSecret.refuse("The client '%s' has no secret in the file of --clients, and cannot sign in itself.", client.ID)
	case !sameSecret(secret, client.Secret):
		return nil, errSecret.refuse("Invalid client secret provided. It must be that of the client '%s' in the file of --clients; an assertion cannot be checked here.", client.ID)
	}
	return client, nil
}

// isReserved reports whether a permission is one that nobody gets by signing in, in any case.
func isReserved(name string) bool {
	return len(name) >= len(reserved) && strings.EqualFold(name[:len(reserved)], reserved)
}

// sameSecret compares in constant time.
func sameSecret(given, want string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// objectID returns the object id of an application: its client id if that is a GUID, as no test needs
// another one, otherwise a name-based UUID.
func (c *Client) objectID() string {
	if isGUID(c.ID) {
		return strings.ToLower(c.ID)
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("client:"+c.ID)).String()
}

// checkOrigin refuses a page of a browser that is neither on this machine nor registered: any page that
// a developer visits could otherwise get a token. own is the origin of a page of the server, "" for none.
func (s *Service) checkOrigin(call *Call, own string) error {
	origin := call.Header.Get("Origin")
	if origin == "" || origin == own || isLoopback(origin) || s.Clients.haveOrigin(origin) {
		return nil
	}
	return errOrigin.refuse("Cross-origin token redemption is permitted only for pages on this machine, and for those of a redirectUri in the file of --clients.")
}

func (c Clients) haveOrigin(origin string) bool {
	for _, client := range c {
		for _, address := range client.RedirectURIs {
			if parsed, err := url.Parse(address); err == nil && parsed.Scheme+"://"+parsed.Host == origin {
				return true
			}
		}
	}
	return false
}

func (c Clients) haveRedirect(address string) bool {
	for _, client := range c {
		if slices.Contains(client.RedirectURIs, address) {
			return true
		}
	}
	return false
}
