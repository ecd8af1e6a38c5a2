package sdk

import (
	"strings"
	"testing"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	nethttp "github.com/microsoft/kiota-http-go"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/users"
)

func TestPreconditionFailed(t *testing.T) {
	all := mine(t)
	seen := nethttp.NewHeadersInspectionOptions()
	seen.InspectResponseHeaders = true
	_, err := all.Post(t.Context(), call("go-etag"), &users.ItemAnalyticsActivityStatisticsRequestBuilderPostRequestConfiguration{
		Options: []abstractions.RequestOption{seen},
	})
	if err != nil {
		t.Fatal(errorText(err))
	}
	headers := abstractions.NewRequestHeaders()
	headers.Add("If-Match", seen.GetResponseHeaders().Get("ETag")[0])
	configuration := &users.ItemAnalyticsActivityStatisticsActivityStatisticsItemRequestBuilderPatchRequestConfiguration{Headers: headers}
	item := all.ByActivityStatisticsId("go-etag")
	change := func() models.ActivityStatisticsable {
		c := models.NewCallActivityStatistics()
		c.SetTimeZoneUsed(ptr(time.Now().String()))
		return c
	}
	if _, err := item.Patch(t.Context(), change(), configuration); err != nil {
		t.Fatal(errorText(err))
	}
	_, err = item.Patch(t.Context(), change(), configuration)
	refusal(t, err, 412)
}

func TestRefusals(t *testing.T) {
	all := mine(t)
	_, err := all.ByActivityStatisticsId("missing").Get(t.Context(), nil)
	if code := *refusal(t, err, 404).GetCode(); !strings.Contains(code, "NotFound") {
		t.Error(code)
	}
	item := create(t, "go-twice")
	_, err = all.Post(t.Context(), call("go-twice"), nil)
	refusal(t, err, 409)
	change := models.NewCallActivityStatistics()
	change.SetAdditionalData(map[string]any{"nonsense": "1"})
	_, err = item.Patch(t.Context(), change, nil)
	if target := *refusal(t, err, 400).GetDetails()[0].GetTarget(); target != "nonsense" {
		t.Error(target)
	}
	_, err = connect(t, "AFTERHOURS_OLD_TOKEN").Me().Analytics().ActivityStatistics().Get(t.Context(), nil)
	if code := *refusal(t, err, 401).GetCode(); code != "InvalidAuthenticationToken" {
		t.Error(code)
	}
}
