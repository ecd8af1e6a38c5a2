package sdk

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	azure "github.com/microsoft/kiota-authentication-azure-go"
)

// steer sends a request to the control API.
func steer(t *testing.T, method, path string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, os.Getenv("AFTERHOURS_URL")+"/control"+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("AFTERHOURS_CONTROL_TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode >= http.StatusBadRequest {
		t.Fatal(response, err)
	}
	_ = response.Body.Close()
}

// TestSignIn: azidentity signs in, the SDK calls the API, and both answer a claims challenge. contract/signin/go has the
// other credentials.
func TestSignIn(t *testing.T) {
	if os.Getenv("AFTERHOURS_CONTROL_TOKEN") == "" {
		t.Skip("the server has no control API")
	}
	server := os.Getenv("AFTERHOURS_URL")
	credential, err := azidentity.NewClientSecretCredential("7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", "5b6e0d4c-3a1f-4e8b-9c27-6d5f4a3b2c1d", "any",
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions:            azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: server}},
			DisableInstanceDiscovery: true,
		})
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := azure.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(credential,
		[]string{"https://graph.microsoft.com/.default"}, []string{address.Hostname()})
	if err != nil {
		t.Fatal(err)
	}
	c, err := connectAs(provider)
	if err != nil {
		t.Fatal(err)
	}
	read := func() {
		t.Helper()
		page, err := c.user("megan@example.com").Analytics().ActivityStatistics().Get(t.Context(), nil)
		if err != nil {
			t.Fatal(errorText(err))
		}
		if len(page.GetValue()) < 35 {
			t.Errorf("the week has %d statistics", len(page.GetValue()))
		}
	}
	read()
	steer(t, http.MethodPost, "/faults/presets/cae")
	defer steer(t, http.MethodDelete, "/faults")
	read()
	read()
}
