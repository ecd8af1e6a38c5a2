package operations

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
	"afterhours/store/memory"
)

func TestPrivacy(t *testing.T) {
	for _, test := range []struct {
		settings store.Settings
		unmet    string
	}{
		{store.DefaultSettings, ""},
		{store.Settings{HasGraphMailbox: true, HasLicense: true, HasOptedOut: true}, "UserRequireNotOptedOut"},
		{store.Settings{HasGraphMailbox: true}, "UserRequireAdvancedMyALicense"},
		{store.Settings{HasOptedOut: true}, "UserRequireAdvancedMyALicense, UserRequireGraphMailbox, UserRequireNotOptedOut"},
	} {
		err := privacy(test.settings)
		if test.unmet == "" {
			if err != nil {
				t.Errorf("%+v: %v", test.settings, err)
			}
			continue
		}
		var inner struct{ Details []struct{ Message string } }
		if !errors.Is(err, problem.ErrPolicy) || json.Unmarshal([]byte(err.Error()), &inner) != nil ||
			!strings.HasSuffix(inner.Details[0].Message, ": "+test.unmet+".") {
			t.Errorf("%+v: %v, want %s", test.settings, err, test.unmet)
		}
	}
}

// TestPrivacyHidesWhatExists checks that an owner who opted out gets the same error for a statistic
// that exists and for one that does not.
func TestPrivacyHidesWhatExists(t *testing.T) {
	over := memory.New()
	service := newTestService(t, over)
	putCall(t, over)
	if _, err := over.UpdateSettings(t.Context(), testOwner, store.SettingsChange{HasOptedOut: store.Of(true)}); err != nil {
		t.Fatal(err)
	}
	_, stored := service.Get(t.Context(), newTestRequest(), Me, testKey.ID, gen.GetUserStatisticParams{})
	_, missing := service.Get(t.Context(), newTestRequest(), Me, "none", gen.GetUserStatisticParams{})
	if !errors.Is(stored, problem.ErrPolicy) || missing == nil || stored.Error() != missing.Error() {
		t.Errorf("%v\n%v", stored, missing)
	}
}
