// Package signin drives Afterhours with azidentity, unmodified, over https. It is a module of its own: the server
// does not need azidentity. It calls the API by net/http, because the Graph SDK takes minutes to compile;
// contract/sdk/go has a test of both together.
package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

const (
	tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63" // of the demo
	client = "5b6e0d4c-3a1f-4e8b-9c27-6d5f4a3b2c1d"
	scope  = "https://graph.microsoft.com/.default"
)

var (
	url     = os.Getenv("AFTERHOURS_URL")
	options = azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: url}}
)

// tokenOf returns the token of a credential.
func tokenOf(t *testing.T, credential azcore.TokenCredential, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		t.Fatal(err)
	}
	return token.Token
}

func send(t *testing.T, method, path, token, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// wantWeek fails unless the token reads the demo week at the path.
func wantWeek(t *testing.T, path, token string) {
	t.Helper()
	response := send(t, http.MethodGet, path, token, "")
	var page struct{ Value []json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil || response.StatusCode != http.StatusOK || len(page.Value) != 35 {
		t.Errorf("%s with %d statistics, %v", response.Status, len(page.Value), err)
	}
}

func TestClientSecret(t *testing.T) {
	credential, err := azidentity.NewClientSecretCredential(tenant, client, "any",
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	wantWeek(t, "/beta/users/megan@example.com/analytics/activityStatistics", tokenOf(t, credential, err))
}

// TestClientAssertion: an assertion is taken for any client that is not registered, and never checked.
func TestClientAssertion(t *testing.T) {
	credential, err := azidentity.NewClientAssertionCredential(tenant, client, func(context.Context) (string, error) { return "a.b.c", nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	wantWeek(t, "/beta/users/megan@example.com/analytics/activityStatistics", tokenOf(t, credential, err))
}

func TestPassword(t *testing.T) {
	credential, err := azidentity.NewUsernamePasswordCredential(tenant, client, "megan@example.com", "any", //nolint:staticcheck // deprecated, and still used
		&azidentity.UsernamePasswordCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	token := tokenOf(t, credential, err)
	wantWeek(t, "/beta/me/analytics/activityStatistics", token)
	if again := tokenOf(t, credential, err); again != token {
		t.Error("the second token is not the one in the cache")
	}
}

func TestUnknownUser(t *testing.T) {
	credential, err := azidentity.NewUsernamePasswordCredential(tenant, client, "nobody@example.com", "any",
		&azidentity.UsernamePasswordCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "AADSTS50034") || failed.RawResponse.StatusCode != http.StatusBadRequest {
		t.Errorf("%T %v", err, err)
	}
}

func TestDeviceCode(t *testing.T) {
	approve := func(_ context.Context, message azidentity.DeviceCodeMessage) error {
		got := send(t, http.MethodPost, "/control/sign-ins/"+message.UserCode+"/approve", os.Getenv("AFTERHOURS_CONTROL_TOKEN"), `{"upn":"megan@example.com"}`)
		if got.StatusCode != http.StatusNoContent {
			return errors.New(got.Status)
		}
		return nil
	}
	credential, err := azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		TenantID: tenant, ClientID: client, UserPrompt: approve, ClientOptions: options, DisableInstanceDiscovery: true})
	wantWeek(t, "/beta/me/analytics/activityStatistics", tokenOf(t, credential, err))
}

// steer sends a request to the control API.
func steer(t *testing.T, method, path, body string) *http.Response {
	t.Helper()
	got := send(t, method, "/control"+path, os.Getenv("AFTERHOURS_CONTROL_TOKEN"), body)
	if got.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %s", method, path, got.Status)
	}
	return got
}

// TestClaimsChallenge: azcore's own policy for bearer tokens answers a challenge by a new token.
func TestClaimsChallenge(t *testing.T) {
	credential, err := azidentity.NewClientSecretCredential(tenant, client, "any",
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	bearer := runtime.NewBearerTokenPolicy(credential, []string{scope}, nil)
	pipeline := runtime.NewPipeline("signin", "0", runtime.PipelineOptions{PerRetry: []policy.Policy{bearer}}, &options)
	read := func() {
		t.Helper()
		request, err := runtime.NewRequest(t.Context(), http.MethodGet, url+"/beta/users/megan@example.com/analytics/activityStatistics")
		if err != nil {
			t.Fatal(err)
		}
		response, err := pipeline.Do(request)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(response, err)
		}
		_ = response.Body.Close()
	}
	read()
	steer(t, http.MethodDelete, "/requests", "")
	steer(t, http.MethodPost, "/faults/presets/cae", "{}")
	read()
	read() // by the same token
	steer(t, http.MethodDelete, "/faults", "")
	var sent struct {
		Value []struct {
			Path   string
			Status int
		}
	}
	if err := json.NewDecoder(steer(t, http.MethodGet, "/requests", "").Body).Decode(&sent); err != nil {
		t.Fatal(err)
	}
	var seen []int
	for _, request := range sent.Value {
		if !strings.Contains(request.Path, "openid-configuration") {
			seen = append(seen, request.Status)
		}
	}
	if !slices.Equal(seen, []int{401, 200, 200, 200}) {
		t.Errorf("the server saw %+v", sent.Value)
	}
}
