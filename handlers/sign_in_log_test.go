package handlers_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"afterhours/handlers"
	"afterhours/handlers/signin"
	"afterhours/store/memory"
)

// lockedBuffer is a log that a server and a test use at once.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// TestSignInLogsNoSecret: neither the log nor the journal has a secret, a password, a code, a token or a name.
func TestSignInLogsNoSecret(t *testing.T) {
	log := new(lockedBuffer)
	over := memory.New()
	c := newSignIn(t, nil)
	c.controlServer = newControlServer(t, over, func(config *handlers.Config) {
		config.Logger = slog.New(slog.NewJSONHandler(log, nil))
		config.SignIn = signin.New(signin.Config{Issuer: config.Issuer, Users: over, Tenant: tenant, User: megan, UPN: meganUPN, Now: config.Now})
	})
	const hidden = "SECRET"
	secrets := []string{hidden}
	keep := func(got testResponse) {
		for _, name := range []string{"access_token", "id_token", "refresh_token", "device_code"} {
			if text, ok := got.object(t)[name].(string); ok {
				secrets = append(secrets, text)
			}
		}
	}
	keep(c.token(tenant, byCredentials("client_secret", hidden)))
	keep(c.token(tenant, byPassword("password", hidden, "scope", "openid offline_access Analytics.Read")))
	c.token(tenant, byPassword("password", hidden, "username", hidden+"@example.com"))
	c.token(tenant, parameters("grant_type", hidden, "client_id", hidden))
	c.token(tenant, redeemBy(hidden))
	c.send("GET", "/common/oauth2/v2.0/authorize?"+authorizeBy("state", hidden, "login_hint", hidden).Encode(), "")
	code := c.pick(tenant, authorizeBy("state", hidden)).Get("code")
	keep(c.token(tenant, redeemBy(code)))
	_, form := c.beginDevice(tenant)
	c.send("GET", "/common/userrealm/"+hidden+"@example.com", "")
	c.send("PUT", "/common/userrealm/"+hidden+"@example.com", "")
	c.send("GET", "/common/UserRealm/"+hidden+"@example.com/more", "")
	secrets = append(secrets, code, form.Get("device_code"), verifier)
	if len(secrets) < 8 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	for _, secret := range secrets {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %s: %s", secret, log)
		}
		if secret != hidden && strings.Contains(c.steer("GET", "/requests", "").text, secret) {
			t.Errorf("the journal has %s", secret)
		}
	}
	if !strings.Contains(log.String(), "/:tenant/oauth2/v2.0/token") {
		t.Errorf("the log has no sign-in: %s", log)
	}
}
