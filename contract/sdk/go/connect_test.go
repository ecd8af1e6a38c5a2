// Package sdk drives Afterhours with the beta SDK for Go, unmodified, over https. It
// is a module of its own: the SDK is large, and the server does not need it.
package sdk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoft/kiota-abstractions-go/store"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	textserialization "github.com/microsoft/kiota-serialization-text-go"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/users"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

// token is an access token, which it sends to any host.
type token string

func (t token) AuthenticateRequest(_ context.Context, request *abstractions.RequestInformation, _ map[string]any) error {
	request.Headers.Add("Authorization", "Bearer "+string(t))
	return nil
}

var _ authentication.AuthenticationProvider = token("")

// client is a client as NewGraphServiceClient makes it, without the packages of the 60 other
// services of Graph: these tests are not worth the time to compile those. The same with all of
// the SDK is:
//
//	adapter, err := msgraphsdk.NewGraphRequestAdapter(token(t))
//	adapter.SetBaseUrl("http://127.0.0.1:8080/beta")
//	client := msgraphsdk.NewGraphServiceClient(adapter)
//	client.Me().Analytics().ActivityStatistics()
type client struct {
	*core.GraphRequestAdapterBase
}

func connect(t *testing.T, variable string) client {
	t.Helper()
	c, err := connectAs(token(os.Getenv(variable)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func connectAs(provider authentication.AuthenticationProvider) (client, error) {
	adapter, err := core.NewGraphRequestAdapterBase(provider, core.GraphClientOptions{
		GraphServiceVersion:        "beta",
		GraphServiceLibraryVersion: "0.145.0",
	})
	if err != nil {
		return client{}, err
	}
	adapter.SetBaseUrl(os.Getenv("AFTERHOURS_URL") + "/beta")
	// NewGraphServiceClient does the same.
	abstractions.RegisterDefaultSerializer(func() serialization.SerializationWriterFactory {
		return jsonserialization.NewJsonSerializationWriterFactory()
	})
	abstractions.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return jsonserialization.NewJsonParseNodeFactory() })
	abstractions.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return textserialization.NewTextParseNodeFactory() })
	adapter.EnableBackingStore(store.BackingStoreFactoryInstance)
	return client{adapter}, nil
}

func (c client) user(id string) *users.UserItemRequestBuilder {
	return users.NewUserItemRequestBuilderInternal(map[string]string{"baseurl": c.GetBaseUrl(), "user%2Did": id}, c)
}

func (c client) Me() *users.UserItemRequestBuilder { return c.user("me-token-to-replace") }

func mine(t *testing.T) *users.ItemAnalyticsActivityStatisticsRequestBuilder {
	return connect(t, "AFTERHOURS_TOKEN").Me().Analytics().ActivityStatistics()
}

func ptr[T any](v T) *T { return &v }

func duration(text string) *serialization.ISODuration {
	d, err := serialization.ParseISODuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

func date(text string) *serialization.DateOnly {
	d, err := serialization.ParseDateOnly(text)
	if err != nil {
		panic(err)
	}
	return d
}

func call(id string) models.CallActivityStatisticsable {
	c := models.NewCallActivityStatistics()
	c.SetId(&id)
	c.SetActivity(ptr(models.CALL_ANALYTICSACTIVITYTYPE))
	c.SetStartDate(date("2019-06-16"))
	c.SetEndDate(date("2019-06-17"))
	c.SetTimeZoneUsed(ptr("Pacific Standard Time"))
	c.SetDuration(duration("PT1H30M"))
	c.SetAfterHours(duration("PT30.0S"))
	return c
}

func create(t *testing.T, id string) *users.ItemAnalyticsActivityStatisticsActivityStatisticsItemRequestBuilder {
	t.Helper()
	all := mine(t)
	if _, err := all.Post(t.Context(), call(id), nil); err != nil {
		t.Fatal(errorText(err))
	}
	return all.ByActivityStatisticsId(id)
}

// errorText returns the status, code and message of the server's response, if err has them.
func errorText(err error) string {
	var refused *odataerrors.ODataError
	if errors.As(err, &refused) && refused.GetErrorEscaped() != nil {
		return fmt.Sprintf("%d %s: %s", refused.ResponseStatusCode, *refused.GetErrorEscaped().GetCode(), *refused.GetErrorEscaped().GetMessage())
	}
	return fmt.Sprint(err)
}

// refusal returns the error of a request that must be refused with the status.
func refusal(t *testing.T, err error, status int) odataerrors.MainErrorable {
	t.Helper()
	var refused *odataerrors.ODataError
	if !errors.As(err, &refused) {
		t.Fatalf("%T %v, want an ODataError", err, err)
	}
	main := refused.GetErrorEscaped()
	if refused.ResponseStatusCode != status || main == nil || main.GetCode() == nil || main.GetMessage() == nil || main.GetInnerError() == nil {
		t.Fatalf("status %d, %s", refused.ResponseStatusCode, errorText(err))
	}
	return main
}
