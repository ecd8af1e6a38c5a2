package auth_test

import (
	"testing"
	"time"

	"afterhours/handlers/auth"
)

func (w testVerifier) goodTokens() map[string]string {
	return map[string]string{
		"RS256": token(w.claims()),
		"ES256": must(w.local.Mint(auth.Claims{Tenant: tenantA, User: alice, Scopes: []string{"Analytics.ReadWrite"}, Expires: time.Hour}, w.now())),
	}
}

// BenchmarkVerifyCold verifies with an empty cache of tokens. The issuers have their keys already.
func BenchmarkVerifyCold(b *testing.B) {
	w := newTestVerifier(b)
	issuers := []*auth.Issuer{w.local.Issuer(), w.remote.issuer(b)}
	for name, token := range w.goodTokens() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				w.verifier = newVerifier(b, w.clock, issuers...)
				b.StartTimer()
				if _, err := w.verify(token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerifyWarm(b *testing.B) {
	w := newTestVerifier(b)
	for name, token := range w.goodTokens() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.verify(token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerifyWarmParallel(b *testing.B) {
	w := newTestVerifier(b)
	token := w.goodTokens()["ES256"]
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.verify(token); err != nil {
				b.Error(err)
			}
		}
	})
}
