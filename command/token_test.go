package command

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"afterhours/control"
	"afterhours/handlers/auth"
)

// TestPermissions: token warns of a permission that no operation asks for, and prints the
// token all the same.
func TestPermissions(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, "token", "--data", dir) // creates the key
	for line, warned := range map[string]string{
		"--scope Analytics.Read,Analytics.ReadWrite":        "",
		"--role Analytics.Read.All,Analytics.ReadWrite.All": "",
		"--scope Foo":                "--scope Foo",
		"--scope Analytics.Read,Bar": "--scope Bar",
		"--scope analytics.read":     "--scope analytics.read",
		"--scope Analytics.Read.All": "--scope Analytics.Read.All",
		"--role Analytics.Read":      "--role Analytics.Read",
	} {
		token, stderr, err := runWith(t, nil, "", append(strings.Fields("token --data "+dir), strings.Fields(line)...)...)
		if err != nil || strings.Count(token, ".") != 2 {
			t.Errorf("%s: %v, and prints %q", line, err, token)
		}
		if warned == "" && stderr != "" || !strings.HasPrefix(stderr, warned) {
			t.Errorf("%s says %q; want %q", line, stderr, warned)
		}
		for _, name := range slices.Concat(userPermissions, applicationPermissions) {
			if warned != "" && !strings.Contains(stderr, name) {
				t.Errorf("%s says %q, without %s", line, stderr, name)
			}
		}
	}
}

// TestCae: a token says that its client can answer a claims challenge if --cae asks for it.
func TestCae(t *testing.T) {
	dir := t.TempDir()
	issuer, err := auth.OpenLocalIssuer(dir)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := auth.NewVerifier(time.Now, issuer.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string]bool{"": false, "--cae": true, "--cae=false": false, "--cae --role Analytics.Read.All": true} {
		token := mustRun(t, append(strings.Fields("token --data "+dir), strings.Fields(flag)...)...)
		caller, err := verifier.Verify(t.Context(), token)
		if err != nil || caller.AnswersClaims != want {
			t.Errorf("token %s: %t, %v; want %t", flag, caller.AnswersClaims, err, want)
		}
	}
}

// TestPermissionsOfContract: the permissions are those that operations of the two contracts ask for.
func TestPermissionsOfContract(t *testing.T) {
	asked := map[string][]string{}
	for _, match := range regexp.MustCompile(`- (delegated|application): \[(\S+)\]`).FindAllStringSubmatch(string(contractText(t))+string(control.Contract), -1) {
		if !slices.Contains(asked[match[1]], match[2]) {
			asked[match[1]] = append(asked[match[1]], match[2])
		}
	}
	for kind, known := range map[string][]string{"delegated": userPermissions, "application": applicationPermissions} {
		slices.Sort(asked[kind])
		if !slices.Equal(asked[kind], slices.Sorted(slices.Values(known))) {
			t.Errorf("%s: the contract asks for %v; known are %v", kind, asked[kind], known)
		}
	}
}
