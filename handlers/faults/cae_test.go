package faults

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"afterhours/contract/bounded"
	api "afterhours/control"
)

// bearing returns a request at a time after noon, with a token that became valid at another one.
func bearing(token byte, notBefore, after time.Duration) *Request {
	q := sent("GET", "", after)
	q.Origin, q.AnswersClaims, q.Token = "http://127.0.0.1:8080", true, [32]byte{token}
	q.NotBefore = noon.Add(notBefore).Truncate(time.Second)
	return q
}

// claimsRules returns rules with one for claims, made at noon.
func claimsRules(t testing.TB, times *int32) *Rules {
	t.Helper()
	rules := New(func() time.Time { return noon.Add(500 * time.Millisecond) })
	if _, err := rules.Add(api.FaultRule{Answer: &api.FaultAnswer{Claims: to(true)}, Times: times}, ""); err != nil {
		t.Fatal(err)
	}
	return rules
}

func isChallenged(fault *Fault) bool { return fault != nil && fault.Status == http.StatusUnauthorized }

// TestClaimsLoop: an old token is challenged whenever it comes, and a new one passes.
func TestClaimsLoop(t *testing.T) {
	const s = time.Second
	type step struct {
		token            byte
		notBefore, after time.Duration
		challenged       bool
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"an old token and then a new one", []step{{1, -60 * s, s, true}, {1, -60 * s, s, true}, {2, s, s, false}, {1, -60 * s, 9 * s, true}, {2, s, 9 * s, false}}},
		{"everything in the second of the rule", []step{{1, 0, 0, true}, {2, 0, 0, false}, {1, 0, 0, true}, {2, 0, 0, false}, {3, 0, 0, false}}},
		{"a token that is as old as the rule is challenged first", []step{{1, 0, 5 * s, true}, {1, 0, 5 * s, true}, {2, 5 * s, 5 * s, false}}},
		{"two old tokens", []step{{1, -60 * s, s, true}, {2, -30 * s, s, true}, {3, s, s, false}, {2, -30 * s, s, true}}},
		{"a token from after the rule", []step{{1, s, s, false}, {2, -s, s, true}, {1, s, s, false}}},
		{"the second before the rule is not new enough", []step{{1, -s, 0, true}, {2, -s, 0, true}}},
		{"a clock that was moved back", []step{{1, -60 * s, -30 * s, true}, {2, -30 * s, -30 * s, false}, {1, -60 * s, -30 * s, true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := claimsRules(t, nil)
			challenged := int32(0)
			for i, step := range c.steps {
				if got := isChallenged(rules.Decide(bearing(step.token, step.notBefore, step.after))); got != step.challenged {
					t.Errorf("request %d: challenged is %t", i, got)
				}
				if step.challenged {
					challenged++
				}
			}
			if rule := rules.List()[0]; rule.Applied != challenged {
				t.Errorf("the rule applied to %d requests, and %d were challenged", rule.Applied, challenged)
			}
		})
	}
}

// TestClaimsOfEachCaller: one caller's challenge says nothing about another's token.
func TestClaimsOfEachCaller(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"tenant":      func(q *Request) { q.Tenant = "22222222-2222-4333-8444-555555555555" },
		"user":        func(q *Request) { q.User = "22222222-2222-4333-8444-555555555555" },
		"application": func(q *Request) { q.Application = "" },
	} {
		rules := claimsRules(t, nil)
		other := bearing(2, 0, 0)
		change(other)
		if !isChallenged(rules.Decide(bearing(1, 0, 0))) || !isChallenged(rules.Decide(other)) {
			t.Errorf("another %s: a first request is not challenged", name)
		}
		if isChallenged(rules.Decide(bearing(2, 0, 0))) {
			t.Errorf("another %s: the new token is challenged, too", name)
		}
	}
}

func TestClaimsOnlyForClientsThatAnswer(t *testing.T) {
	rules := claimsRules(t, nil)
	q := bearing(1, -time.Hour, 0)
	q.AnswersClaims = false
	if fault := rules.Decide(q); fault != nil {
		t.Errorf("got %+v", fault)
	}
}

// TestClaimsTimes: times counts challenges, and no requests that pass.
func TestClaimsTimes(t *testing.T) {
	rules := claimsRules(t, to(int32(2)))
	var got []bool
	for _, token := range []byte{1, 2, 2, 1, 1, 1} {
		got = append(got, isChallenged(rules.Decide(bearing(token, 0, 0))))
	}
	if want := "[true false false true false false]"; fmt.Sprint(got) != want {
		t.Errorf("challenged: %v; want %s", got, want)
	}
}

// TestClaimsTogether: every request with the old token is challenged, also if they come at once, and each new
// token passes.
func TestClaimsTogether(t *testing.T) {
	rules := claimsRules(t, nil)
	var challenged atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if isChallenged(rules.Decide(bearing(1, 0, 0))) {
				challenged.Add(1)
			}
		})
	}
	all.Wait()
	if challenged.Load() != 50 {
		t.Errorf("%d of 50 were challenged", challenged.Load())
	}
	for token := range byte(20) {
		all.Go(func() {
			if isChallenged(rules.Decide(bearing(token+2, 0, 0))) {
				t.Errorf("the new token %d is challenged", token)
			}
		})
	}
	all.Wait()
}

// TestClaimsLoopEnds: whatever tokens came before, a token that is minted after a challenge passes, and the
// challenged one does not.
func TestClaimsLoopEnds(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 2))
		rules := claimsRules(t, nil)
		at, tokens := 500*time.Millisecond, byte(0)
		for range 20 {
			at += time.Duration(random.Int64N(int64(1500 * time.Millisecond)))
			tokens++
			old := bearing(tokens, at-time.Duration(random.Int64N(int64(5*time.Second))), at)
			if !isChallenged(rules.Decide(old)) {
				continue
			}
			tokens++
			if isChallenged(rules.Decide(bearing(tokens, at, at))) {
				t.Fatalf("seed %d: the new token is challenged at %v", seed, at)
			}
			if old.NotBefore.Before(noon) && !isChallenged(rules.Decide(old)) {
				t.Fatalf("seed %d: the old token passes at %v", seed, at)
			}
		}
	}
}

func TestChallengesAreBounded(t *testing.T) {
	rules := claimsRules(t, nil)
	for i := range 2 * maxChallenged {
		q := bearing(1, 0, 0)
		q.User = strconv.Itoa(i)
		rules.Decide(q)
	}
	if known := rules.rules[0].challenges.known.Len(); known != maxChallenged {
		t.Errorf("%d callers are remembered", known)
	}
}

// TestSimulatedClaims: a request that asks for a challenge by its header gets one until its token is new.
func TestSimulatedClaims(t *testing.T) {
	rules := New(func() time.Time { return noon })
	for i, step := range []struct {
		token      byte
		notBefore  time.Duration
		challenged bool
	}{{1, -time.Minute, true}, {1, -time.Minute, true}, {2, 0, false}, {2, 0, false}, {1, -time.Minute, true}} {
		fault, err := rules.Simulate(bearing(step.token, step.notBefore, 0), "cae")
		if err != nil || isChallenged(fault) != step.challenged {
			t.Errorf("request %d: %+v, %v", i, fault, err)
		}
	}
}

// TestChallenge holds the header and the error of a challenge.
func TestChallenge(t *testing.T) {
	fault := claimsRules(t, nil).Decide(bearing(1, -time.Minute, 5*time.Second))
	const want = `Bearer realm="", authorization_uri="http://127.0.0.1:8080/common/oauth2/v2.0/authorize", client_id="00000003-0000-0000-c000-000000000000", ` +
		`error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNzk1NDM1MjAwIn19fQ==", ` +
		`error_description="Continuous access evaluation resulted in claims challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"`
	if fault.Challenge != want {
		t.Errorf("got  %s\nwant %s", fault.Challenge, want)
	}
	if fault.Code != "InvalidAuthenticationToken" || fault.Message != revoked {
		t.Errorf("got %q, %q", fault.Code, fault.Message)
	}
	rules := New(func() time.Time { return noon })
	if _, err := rules.Add(api.FaultRule{Answer: &api.FaultAnswer{Claims: to(true), Code: to("Own"), Message: to("mine")}}, ""); err != nil {
		t.Fatal(err)
	}
	if fault := rules.Decide(bearing(1, 0, 0)); fault.Code != "Own" || fault.Message != "mine" || fault.Status != http.StatusUnauthorized {
		t.Errorf("got %+v", fault)
	}
}

var quotedClaims = regexp.MustCompile(`, claims="([^"]*)"`)

// FuzzClaimsChallenge: the claims of every challenge decode to minified JSON with the time that was asked
// for, and no value has a comma, at which SDKs split the header.
func FuzzClaimsChallenge(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(1657834417))
	f.Add(int64(-1))
	f.Add(int64(253402300799))
	f.Fuzz(func(t *testing.T, notBefore int64) {
		defer bounded.Input(t)()
		header := claimsChallenge("https://localhost:8443", notBefore)
		found := quotedClaims.FindStringSubmatch(header)
		if found == nil || !strings.HasPrefix(header, "Bearer ") {
			t.Fatalf("the header is %s", header)
		}
		text, err := base64.StdEncoding.DecodeString(found[1])
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, notBefore)
		if string(text) != want || !json.Valid(text) {
			t.Errorf("the claims are %s; want %s", text, want)
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(header, "Bearer "), ",") {
			if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); !ok || name == "" || len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
				t.Errorf("split at commas, a part is %q", part)
			}
		}
	})
}
