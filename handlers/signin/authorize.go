package signin

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	// codeLifetime is about that of Entra's codes.
	codeLifetime = 10 * time.Minute
	maxNonce     = 512 // bytes
)

// authorization is a sign-in by a browser, and later the code that it leads to.
type authorization struct {
	signIn
	redirectURI string
	challenge   string // of the code_verifier, by S256
	requested   requestedClaims
	expires     time.Time
	redeemed    bool

	values    url.Values // the request
	respondIn string     // a response mode
}

// challengeForm is the form of a code_challenge by S256: 32 bytes in base64url.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorizePage shows the page on which a person picks a user (RFC 6749, 4.1.1).
func (s *Service) authorizePage(call *Call) (*response, error) {
	values, err := parameters(call.URL.RawQuery)
	if err != nil {
		return s.refusalPage(call, err), nil
	}
	return s.withAuthorization(call, values, func(asked *authorization) (*response, error) {
		if values.Get("prompt") == "none" {
			return nil, errLogin.refuse("Silent sign-in was asked for, and nobody is signed in: this server remembers no one.")
		}
		return s.picker(call, asked, http.StatusOK, "")
	}), nil
}

// authorize takes the user whom a person has picked, and sends the browser back with a code.
func (s *Service) authorize(call *Call) (*response, error) {
	values, err := form(call)
	if err != nil {
		return s.refusalPage(call, err), nil
	}
	return s.withAuthorization(call, values, func(asked *authorization) (*response, error) {
		if values.Has("cancel") {
			return nil, errCancelled.refuse("The user has declined to sign in.")
		}
		if asked.person, err = s.picked(call, asked.Tenant, values.Get("user"), values.Get("username")); err != nil {
			return s.picker(call, asked, http.StatusBadRequest, call.refusalOf(err).text)
		}
		return s.sendBack(asked, url.Values{"code": {s.addCode(asked)}}), nil
	}), nil
}

func (s *Service) addCode(asked *authorization) string {
	code := newSecret()
	waiting := *asked
	waiting.values, waiting.expires = nil, s.Now().Add(codeLifetime)
	s.codes.add(code, waiting)
	return code
}

// withAuthorization reads the request of a client and lets next respond to it. A refusal goes back to the
// client, but only if the client and its address are known to be right.
func (s *Service) withAuthorization(call *Call, values url.Values, next func(*authorization) (*response, error)) *response {
	asked, err := s.requestedBy(call, values)
	if err != nil {
		return s.refusalPage(call, err)
	}
	if err = s.complete(asked); err == nil {
		var made *response
		if made, err = next(asked); err == nil {
			return made
		}
	}
	refused := call.refusalOf(err)
	return s.sendBack(asked, url.Values{"error": {refused.name}, "error_description": {s.describe(call, refused)}})
}

// requestedBy reads who asks, and where the browser goes back to.
func (s *Service) requestedBy(call *Call, values url.Values) (*authorization, error) {
	asked := &authorization{values: values}
	err := s.checkOrigin(call, call.Origin)
	if err != nil {
		return nil, err
	}
	if asked.Tenant, err = s.tenant(call); err != nil {
		return nil, err
	}
	client, err := s.client(values)
	if err != nil {
		return nil, err
	}
	asked.Client = client.ID
	address, err := required(values, "redirect_uri")
	if err != nil {
		return nil, err
	}
	if err := checkRedirect(client, address); err != nil {
		return nil, err
	}
	asked.redirectURI = strings.Clone(address)
	return asked, nil
}

// complete reads the other parameters of the request.
func (s *Service) complete(asked *authorization) (err error) {
	values := asked.values
	if responseModes[values.Get("response_mode")] == nil {
		return errMalformed.refuse("The response_mode '%s' is not supported. There are query, fragment and form_post.", shown(values.Get("response_mode")))
	}
	asked.respondIn = values.Get("response_mode")
	responseType, err := required(values, "response_type")
	switch {
	case err != nil:
		return err
	case responseType != "code":
		return errResponseType.refuse("The response_type '%s' is not supported. It must be code.", shown(responseType))
	case !challengeForm.MatchString(values.Get("code_challenge")) || values.Get("code_challenge_method") != "S256":
		return errNoPKCE.refuse("Proof Key for Code Exchange is required: a code_challenge of 43 characters, and the code_challenge_method S256.")
	case len(values.Get("nonce")) > maxNonce:
		return errMalformed.refuse("The nonce is longer than %d bytes.", maxNonce)
	}
	asked.challenge, asked.Nonce = strings.Clone(values.Get("code_challenge")), strings.Clone(values.Get("nonce"))
	if asked.Scopes, err = userScopes(values.Get("scope")); err != nil {
		return err
	}
	asked.requested, err = s.requestedClaimsOf(values.Get("claims"))
	return err
}

// sendBack sends the browser back to the client with the values and the client's state.
func (s *Service) sendBack(asked *authorization, values url.Values) *response {
	if state := asked.values.Get("state"); state != "" {
		values.Set("state", state)
	}
	if asked.values.Get("client_info") != "" && asked.User != "" {
		values.Set("client_info", clientInfo(asked.person))
	}
	return responseModes[asked.respondIn](asked.redirectURI, values)
}

// sentAgain are the parameters of a request that the page sends again with the user.
var sentAgain = []string{"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce",
	"code_challenge", "code_challenge_method", "claims", "client_info"}

// picker shows the page on which a person picks a user for the client.
func (s *Service) picker(call *Call, asked *authorization, status int, wrong string) (*response, error) {
	page := formPage{Text: "Sign in to " + asked.Client + ". " + noPassword, Wrong: wrong, Hint: asked.values.Get("login_hint")}
	for _, name := range sentAgain {
		if value := asked.values.Get(name); value != "" {
			page.Hidden = append(page.Hidden, field{name, value})
		}
	}
	return s.renderPicker(call, asked.Tenant, status, page, asked.redirectURI)
}

// logout ends nothing, because nobody stays signed in. It sends the browser to an address of this machine
// or of a registered client, if one is given.
func (s *Service) logout(call *Call) (*response, error) {
	values, err := parameters(call.URL.RawQuery)
	if err != nil {
		return s.refusalPage(call, err), nil
	}
	address := values.Get("post_logout_redirect_uri")
	if address != "" && (isLoopback(address) || s.Clients.haveRedirect(address)) {
		if state := values.Get("state"); state != "" {
			return inQuery(address, url.Values{"state": {state}}), nil
		}
		return redirect(address), nil
	}
	return render(http.StatusOK, formPage{Title: "Signed out", Text: "This server remembers no one, so there is nothing else to do."}, ""), nil
}
