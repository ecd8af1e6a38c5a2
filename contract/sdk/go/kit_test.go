package sdk

import (
	"context"
	"net/url"
	"slices"
	"testing"

	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/users"

	afterhourstest "afterhours/kit/go"
)

// tokenSource returns a token that answers the claims, which are "" without a challenge.
type tokenSource func(claims string) string

func (s tokenSource) GetAuthorizationToken(_ context.Context, _ *url.URL, more map[string]any) (string, error) {
	claims, _ := more["claims"].(string)
	return s(claims), nil
}

func (s tokenSource) GetAllowedHostsValidator() *authentication.AllowedHostsValidator {
	return &authentication.AllowedHostsValidator{}
}

// itemOf returns a call on the server, as the SDK sees it with tokens of the source.
func itemOf(t *testing.T, server *afterhourstest.Server, source tokenSource) *users.ItemAnalyticsActivityStatisticsActivityStatisticsItemRequestBuilder {
	t.Helper()
	server.Put(t, map[string]any{"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "c1", "duration": "PT20M"})
	c, err := connectAs(authentication.NewBaseBearerTokenAuthenticationProvider(source))
	if err != nil {
		t.Fatal(err)
	}
	c.SetBaseUrl(server.URL + "/beta")
	return c.Me().Analytics().ActivityStatistics().ByActivityStatisticsId("c1")
}

// wantRequests fails the test unless the PATCH requests had these statuses and Retry-Attempt headers.
func wantRequests(t *testing.T, server *afterhourstest.Server, statuses []int32, attempts []string) {
	t.Helper()
	var gotStatuses []int32
	var gotAttempts []string
	for _, request := range server.Requests(t, afterhourstest.Filter{Method: "PATCH"}) {
		gotStatuses = append(gotStatuses, request.Status)
		gotAttempts = append(gotAttempts, request.Headers["Retry-Attempt"])
	}
	if !slices.Equal(gotStatuses, statuses) || !slices.Equal(gotAttempts, attempts) {
		t.Errorf("the requests had %v with Retry-Attempt %q; want %v with %q", gotStatuses, gotAttempts, statuses, attempts)
	}
}

// documented is Graph's documented change; TestTheDocumentedPatch says why it has no typed durations.
func documented() models.ActivityStatisticsable {
	change := models.NewCallActivityStatistics()
	change.SetAdditionalData(map[string]any{"duration": "-PT1M55.0810357S"})
	return change
}

// TestKitThrottled: the SDK retries by itself until the documented PATCH is done.
func TestKitThrottled(t *testing.T) {
	server := afterhourstest.New(t)
	token := server.Token(t)
	item := itemOf(t, server, func(string) string { return token })
	server.FailAs(t, "throttled", afterhourstest.PresetRule{Match: afterhourstest.Match{Method: "PATCH"}, Times: 2})
	if _, err := item.Patch(t.Context(), documented(), nil); err != nil {
		t.Fatal(errorText(err))
	}
	wantRequests(t, server, []int32{429, 429, 200}, []string{"", "1", "2"})
	if got := server.Get(t, "c1")["duration"]; got != "-PT1M55.0810357S" {
		t.Errorf("the duration is %v", got)
	}
}

// TestKitClaimsChallenge: the SDK hands the claims to the source of its tokens, and sends the new token.
func TestKitClaimsChallenge(t *testing.T) {
	server := afterhourstest.New(t)
	newToken := func() string { return server.TokenWith(t, afterhourstest.TokenRequest{Cae: true}) }
	token, challenges := newToken(), 0
	item := itemOf(t, server, func(claims string) string {
		if claims != "" {
			challenges++
			token = newToken()
		}
		return token
	})
	server.FailAs(t, "cae", afterhourstest.PresetRule{})
	for range 2 {
		if _, err := item.Patch(t.Context(), documented(), nil); err != nil {
			t.Fatal(errorText(err))
		}
	}
	if challenges != 1 {
		t.Errorf("the SDK asked for %d tokens by claims", challenges)
	}
	wantRequests(t, server, []int32{401, 200, 200}, []string{"", "", ""})
}
