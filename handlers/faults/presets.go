package faults

import (
	"net/http"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
)

// presets are the rules of the presets. Their answers are shared and never change.
var presets = map[api.PresetName]api.FaultRule{
	api.Throttled:      {Answer: &api.FaultAnswer{Status: to(int32(http.StatusTooManyRequests)), RetryAfter: to(1.0)}},
	api.Unavailable:    {Answer: &api.FaultAnswer{Status: to(int32(http.StatusServiceUnavailable)), RetryAfter: to(1.0)}},
	api.GatewayTimeout: {Answer: &api.FaultAnswer{Status: to(int32(http.StatusGatewayTimeout))}},
	api.Cae:            {Answer: &api.FaultAnswer{Status: to(int32(http.StatusUnauthorized)), Claims: to(true)}},
	api.Expired: {Answer: &api.FaultAnswer{Status: to(int32(http.StatusUnauthorized)),
		Message: to("Lifetime validation failed, the token is expired.")}},
	api.NoLicence: {Answer: policy(problem.RequireLicense)},
	api.OptedOut:  {Answer: policy(problem.RequireNotOptedOut)},
	api.NoMailbox: {Answer: &api.FaultAnswer{Status: to(int32(http.StatusNotFound)), Code: to("MailboxNotEnabledForRESTAPI"),
		Message: to("The mailbox is either inactive, soft-deleted, or is hosted on-premise.")}},
	api.Quota: {Answer: &api.FaultAnswer{Status: to(int32(http.StatusInsufficientStorage))}},
	api.Flaky: {Rate: to(0.2), Seed: to(int64(1)),
		Answer: &api.FaultAnswer{Status: to(int32(http.StatusServiceUnavailable)), RetryAfter: to(1.0)}},
}

// policy returns the refusal that the server itself sends for an unmet requirement.
func policy(requirement string) *api.FaultAnswer {
	return &api.FaultAnswer{Status: to(int32(http.StatusForbidden)), Code: to(string(gen.ErrorCodeUnknownError)),
		Message: to(problem.Policy(requirement).Message)}
}

func to[T any](value T) *T { return &value }

// AddPreset adds the rule of a preset that the contract has. The error is that of Add.
func (r *Rules) AddPreset(name api.PresetName, given api.PresetRule) (*api.Fault, error) {
	added := presets[name]
	added.Match, added.Times = given.Match, given.Times
	return r.Add(added, name)
}
