package operations

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
	"afterhours/store/memory"
)

const callType = "#microsoft.graph.callActivityStatistics"

// strictService returns a strict service over the store.
func strictService(t *testing.T, over store.Store) *Service {
	t.Helper()
	s := newTestService(t, over)
	s.strict = true
	return s
}

func updateOf(t *testing.T, text string) *gen.ActivityStatisticsUpdate {
	t.Helper()
	body := new(gen.ActivityStatisticsUpdate)
	if err := json.Unmarshal([]byte(text), body); err != nil {
		t.Fatal(err)
	}
	return body
}

// create creates a call with the properties, and returns its faults as texts: target and message.
func (s *Service) create(t *testing.T, properties string) []string {
	t.Helper()
	body := updateOf(t, `{"@odata.type":"`+callType+`"`+properties+`}`)
	_, err := s.Create(t.Context(), newTestRequest(), Me, body, gen.CreateUserStatisticParams{})
	return faultTexts(t, err)
}

func faultTexts(t *testing.T, err error) (texts []string) {
	t.Helper()
	var found *problem.Problem
	if err != nil && (!errors.As(err, &found) || !errors.Is(err, problem.ErrInvalid)) {
		t.Fatal(err)
	}
	if found != nil {
		for _, fault := range found.Details {
			texts = append(texts, *fault.Target+": "+fault.Message)
		}
	}
	return texts
}

// strictCreations maps the properties of a new call to the fault of each; "" for none.
var strictCreations = map[string]string{
	``: "",
	`,"startDate":"2019-06-16","endDate":"2019-06-17"`: "",
	`,"startDate":"2019-06-16","endDate":"2019-06-16"`: "",
	`,"startDate":"2019-06-16"`:                        "",
	`,"endDate":"2019-06-16"`:                          "",
	`,"startDate":null,"endDate":"2019-06-16"`:         "",
	`,"startDate":"2019-06-16","endDate":"2019-06-15"`: "endDate: 'endDate' is '2019-06-15'; it must not be before 'startDate', which is '2019-06-16'.",

	`,"duration":"PT1H","afterHours":"PT1H"`:                                              "",
	`,"duration":"PT1H"`:                                                                  "",
	`,"afterHours":"PT1H"`:                                                                "",
	`,"duration":"-PT1M55.0810357S","afterHours":"-PT1M34.3242013S"`:                      "",
	`,"duration":"-PT2H","afterHours":"PT1H"`:                                             "",
	`,"duration":"PT1H","afterHours":"PT1H0.0000001S"`:                                    "afterHours: 'afterHours' is 'PT1H0.0000001S'; it must not be longer than 'duration', which is 'PT1H'.",
	`,"duration":"-PT1H","afterHours":"-PT2H"`:                                            "afterHours: 'afterHours' is '-PT2H'; it must not be longer than 'duration', which is '-PT1H'.",
	`,"duration":"PT0S","afterHours":"-PT1S"`:                                             "afterHours: 'afterHours' is '-PT1S'; it must not be longer than 'duration', which is 'PT0S'.",
	`,"duration":"-P10675199DT2H48M5.4775808S","afterHours":"PT1H"`:                       "",
	`,"duration":"P10675199DT2H48M5.4775807S","afterHours":"-P10675199DT2H48M5.4775808S"`: "afterHours: 'afterHours' is '-P10675199DT2H48M5.4775808S'; it must not be longer than 'duration', which is 'P10675199DT2H48M5.4775807S'.",

	`,"activity":"Call"`: "",
	`,"activity":"Chat"`: "activity: 'activity' is 'Chat'; it must be 'Call', the activity of microsoft.graph.callActivityStatistics.",

	`,"timeZoneUsed":null`:                    "",
	`,"timeZoneUsed":"Pacific Standard Time"`: "",
	`,"timeZoneUsed":"Europe/Berlin"`:         "",
	`,"timeZoneUsed":""`:                      "timeZoneUsed: 'timeZoneUsed' is empty; it must be the name of a time zone of Windows or of IANA, as in Pacific Standard Time or America/Los_Angeles, or null.",
	`,"timeZoneUsed":" "`:                     "timeZoneUsed: 'timeZoneUsed' is empty; it must be the name of a time zone",
	`,"timeZoneUsed":"Time Zone Used value"`:  "timeZoneUsed: 'timeZoneUsed' is 'Time Zone Used value'; it must be the name of a time zone of Windows or of IANA, as in Pacific Standard Time or America/Los_Angeles.",
	`,"timeZoneUsed":"Europe/Berln"`:          "timeZoneUsed: 'timeZoneUsed' is 'Europe/Berln'; it must be the name of a time zone of Windows or of IANA, as in Pacific Standard Time or America/Los_Angeles. Did you mean 'Europe/Berlin'?",
}

func TestStrictCreate(t *testing.T) {
	for properties, want := range strictCreations {
		over := memory.New()
		got := strictService(t, over).create(t, properties)
		if want == "" && got != nil || want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], want)) {
			t.Errorf("%s:\n got %q\nwant %q", properties, got, want)
		}
		count, err := over.Count(t.Context(), testOwner, nil)
		if err != nil || (count == 0) != (want != "") {
			t.Errorf("%s: %d are stored, %v", properties, count, err)
		}
		if got := newTestService(t, memory.New()).create(t, properties); got != nil {
			t.Errorf("%s: refused without strict: %q", properties, got)
		}
	}
}

// TestStrictNamesEveryFault checks that one response names all broken rules and the other faults.
func TestStrictNamesEveryFault(t *testing.T) {
	s := strictService(t, memory.New())
	got := s.create(t, `,"startDate":"2019-06-16","endDate":"2019-06-15","duration":"PT1H","afterHours":"PT2H","activity":"Focus","timeZoneUsed":"x","readEmail":"PT1H"`)
	var targets []string
	for _, text := range got {
		target, _, _ := strings.Cut(text, ":")
		targets = append(targets, target)
	}
	if strings.Join(targets, " ") != "readEmail endDate afterHours activity timeZoneUsed" {
		t.Errorf("%q", got)
	}
}

// TestStrictUpdate checks that an update is judged by what it makes of the stored statistic, read from the
// store and from the cache, and that what it leaves unchanged is not held against it.
func TestStrictUpdate(t *testing.T) {
	const stored = `,"id":"a","startDate":"2019-06-16","endDate":"2019-06-17","duration":"PT2H","afterHours":"PT1H","timeZoneUsed":"UTC"`
	const wrong = `,"id":"a","startDate":"2019-06-16","endDate":"2019-06-15","duration":"PT1H","afterHours":"PT2H","activity":"Chat","timeZoneUsed":"x"`
	for _, test := range []struct {
		stored, update string
		want           string // the targets of the faults
	}{
		{stored, `{"endDate":"2019-06-15"}`, "endDate"},
		{stored, `{"startDate":"2019-06-18"}`, "endDate"},
		{stored, `{"startDate":"2019-06-18","endDate":"2019-06-18"}`, ""},
		{stored, `{"duration":"PT30M"}`, "afterHours"},
		{stored, `{"duration":null}`, ""},
		{stored, `{"afterHours":"PT3H","activity":"Focus"}`, "afterHours activity"},
		{stored, `{"timeZoneUsed":""}`, "timeZoneUsed"},
		{stored, `{"timeZoneUsed":null}`, ""},
		{stored, `{}`, ""},
		{wrong, `{}`, ""},
		{wrong, `{"duration":"PT3H"}`, ""},
		{wrong, `{"duration":"PT90M"}`, "afterHours"},
		{wrong, `{"timeZoneUsed":"x","activity":"Chat","endDate":"2019-06-14"}`, "endDate"},
		{wrong, `{"timeZoneUsed":"y"}`, "timeZoneUsed"},
	} {
		for _, remembered := range []bool{false, true} {
			over := memory.New()
			if got := newTestService(t, over).create(t, test.stored); got != nil {
				t.Fatal(got)
			}
			s := strictService(t, over)
			if remembered {
				statistic, _, err := over.Get(t.Context(), testKey)
				if err != nil {
					t.Fatal(err)
				}
				s.recent.remember(testKey, statistic)
			}
			_, err := s.Update(t.Context(), newTestRequest(), Me, "a", updateOf(t, test.update), gen.UpdateUserStatisticParams{})
			var targets []string
			for _, text := range faultTexts(t, err) {
				target, _, _ := strings.Cut(text, ":")
				targets = append(targets, target)
			}
			if got := strings.Join(targets, " "); got != test.want {
				t.Errorf("%s on %s (remembered %v): %q, want %q", test.update, test.stored, remembered, got, test.want)
			}
		}
	}
}

// TestStrictUpsert checks that a PATCH that creates is judged as a creation.
func TestStrictUpsert(t *testing.T) {
	s, prefer := strictService(t, memory.New()), "create-if-missing"
	_, err := s.Update(t.Context(), newTestRequest(), Me, "a", updateOf(t, `{"@odata.type":"`+callType+`","activity":"Chat"}`), gen.UpdateUserStatisticParams{Prefer: &prefer})
	if got := faultTexts(t, err); len(got) != 1 || !strings.HasPrefix(got[0], "activity: ") {
		t.Errorf("%q", got)
	}
}

// TestStrictJudgesWhatIsStored checks that a remembered statistic that another server changed since is not
// what an update is judged by.
func TestStrictJudgesWhatIsStored(t *testing.T) {
	over := memory.New()
	s := strictService(t, over)
	if got := s.create(t, `,"id":"a","startDate":"2019-06-16","endDate":"2019-06-17"`); got != nil {
		t.Fatal(got)
	}
	another := newTestService(t, over)
	if _, err := another.Update(t.Context(), newTestRequest(), Me, "a", updateOf(t, `{"startDate":"2019-01-01"}`), gen.UpdateUserStatisticParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), newTestRequest(), Me, "a", updateOf(t, `{"endDate":"2019-01-02"}`), gen.UpdateUserStatisticParams{}); err != nil {
		t.Error(err)
	}
}

// TestHints checks that a service that is not strict logs each rule once an hour, with the number of
// writes since, and without a value or a name.
func TestHints(t *testing.T) {
	var log bytes.Buffer
	s, now := newTestService(t, memory.New()), time.Now()
	s.now = func() time.Time { return now }
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	lines := func() []string {
		text := log.String()
		log.Reset()
		return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' })
	}
	write := func() { s.create(t, `,"timeZoneUsed":"secret","activity":"Chat"`) }
	write()
	if got := lines(); len(got) != 2 || !strings.Contains(got[0], "rule=activityOfAnotherType property=activity writes=1") || !strings.Contains(got[1], "rule=unknownTimeZone property=timeZoneUsed writes=1") ||
		strings.Contains(strings.Join(got, ""), "secret") || strings.Contains(strings.Join(got, ""), testOwner.User) {
		t.Errorf("%q", got)
	}
	write()
	write()
	s.create(t, `,"timeZoneUsed":"UTC"`)
	if got := lines(); len(got) != 0 {
		t.Errorf("within the hour: %q", got)
	}
	now = now.Add(hintInterval)
	write()
	if got := lines(); len(got) != 2 || !strings.Contains(got[1], "writes=3") {
		t.Errorf("after the hour: %q", got)
	}
}

// TestStrictRulesAreTheContract checks that the rules and their targets are those of the contract.
func TestStrictRulesAreTheContract(t *testing.T) {
	s := newTestService(t, memory.New())
	contract, _ := s.spec.Schema("activityStatisticsBase").Extensions["x-strict-rules"].(map[string]any)
	for _, rule := range strictRules {
		one, _ := contract[rule.name].(map[string]any)
		if one["target"] != string(rule.target) || one["description"] == "" {
			t.Errorf("%s: the contract has %v", rule.name, one)
		}
	}
	if len(contract) != len(strictRules) {
		t.Errorf("the contract has %d rules, and there are %d", len(contract), len(strictRules))
	}
	if length(math.MinInt64) != 1<<63 || length(-1) != 1 || length(1) != 1 {
		t.Error("length")
	}
}
