package sdk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models"
	"github.com/microsoftgraph/msgraph-beta-sdk-go/models/odataerrors"
)

// TestMain runs the tests, or, with AFTERHOURS_OBSERVE, sends the documented PATCH for each id
// on standard input; see ../presets.
func TestMain(m *testing.M) {
	if os.Getenv("AFTERHOURS_OBSERVE") == "" {
		os.Exit(m.Run())
	}
	if err := observe(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tokens has one token, and gets another one for each claims challenge.
type tokens struct{ token string }

func (t *tokens) GetAuthorizationToken(ctx context.Context, _ *url.URL, more map[string]any) (string, error) {
	_, isChallenged := more["claims"]
	if t.token != "" && !isChallenged {
		return t.token, nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("AFTERHOURS_URL")+"/control/tokens", strings.NewReader(`{"cae":true}`))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+os.Getenv("AFTERHOURS_CONTROL_TOKEN"))
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var body struct{ Token string }
	err = json.NewDecoder(response.Body).Decode(&body)
	t.token = body.Token
	return t.token, err
}

func (t *tokens) GetAllowedHostsValidator() *authentication.AllowedHostsValidator {
	return &authentication.AllowedHostsValidator{}
}

func observe() error {
	c, err := connectAs(authentication.NewBaseBearerTokenAuthenticationProvider(&tokens{}))
	if err != nil {
		return err
	}
	ids := bufio.NewScanner(os.Stdin)
	for ids.Scan() {
		change := models.NewCallActivityStatistics()
		change.SetDuration(duration("PT1H"))
		_, err := c.Me().Analytics().ActivityStatistics().ByActivityStatisticsId(ids.Text()).Patch(context.Background(), change, nil)
		if err := json.NewEncoder(os.Stdout).Encode(outcome(err)); err != nil {
			return err
		}
	}
	return ids.Err()
}

// outcome returns what became of a PATCH, for package presets.
func outcome(err error) map[string]any {
	var refused *odataerrors.ODataError
	var failed *abstractions.ApiError
	switch {
	case err == nil:
		return map[string]any{}
	case errors.As(err, &refused) && refused.GetErrorEscaped() != nil:
		return map[string]any{"error": "ODataError", "status": refused.ResponseStatusCode, "code": refused.GetErrorEscaped().GetCode()}
	case errors.As(err, &failed):
		return map[string]any{"error": "ApiError", "status": failed.ResponseStatusCode}
	}
	return map[string]any{"error": strings.TrimPrefix(fmt.Sprintf("%T", err), "*")}
}
