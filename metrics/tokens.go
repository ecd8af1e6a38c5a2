package metrics

import "afterhours/handlers/auth"

// strange is the issuer of tokens that name none that the server trusts.
const strange = "unknown"

// tokens has what becomes of tokens, and what is cached.
func (from Sources) tokens() []family {
	issuers := func(read func(emit, auth.IssuerState)) func(emit) {
		return func(emit emit) {
			for _, issuer := range from.Tokens().Issuers {
				read(emit, issuer)
			}
		}
	}
	return []family{
		counter("token_verifications_total", "Tokens that were verified, without those in the cache.", func(emit emit) {
			state := from.Tokens()
			for _, issuer := range state.Issuers {
				emit(float64(issuer.Accepted), issuer.Name, "accepted")
				emit(float64(issuer.Refused), issuer.Name, "refused")
				emit(float64(issuer.Unavailable), issuer.Name, "unavailable")
			}
			emit(float64(state.Strange), strange, "refused")
		}, "issuer", "outcome"),
		counter("key_fetches_total", "Fetches of the keys of an issuer.", issuers(func(emit emit, issuer auth.IssuerState) {
			emit(float64(issuer.Fetched), issuer.Name, "fetched")
			emit(float64(issuer.FetchesFailed), issuer.Name, "failed")
		}), "issuer", "outcome"),
		gauge("keys_fetched_timestamp_seconds", "When the keys of an issuer were fetched last.", issuers(func(emit emit, issuer auth.IssuerState) {
			if !issuer.FetchedAt.IsZero() {
				emit(float64(issuer.FetchedAt.UnixMilli())/1000, issuer.Name)
			}
		}), "issuer"),
		counter("cache_hits_total", "Reads of a cache that found something.", func(emit emit) {
			hits, _ := from.Statistics()
			emit(float64(hits), "statistics")
			emit(float64(from.Tokens().CacheHits), "tokens")
		}, "cache"),
		counter("cache_misses_total", "Reads of a cache that found nothing.", func(emit emit) {
			_, misses := from.Statistics()
			emit(float64(misses), "statistics")
			emit(float64(from.Tokens().CacheMisses), "tokens")
		}, "cache"),
	}
}
