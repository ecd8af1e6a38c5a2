package operations

import (
	"cmp"
	"context"

	"afterhours/handlers/problem"
	"afterhours/store"
)

// readable returns the owner whose statistics a request reads. It is an error if Graph would not
// show them; see privacy.
func (s *Service) readable(ctx context.Context, req *Request, userID string) (store.Owner, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return owner, err
	}
	settings, err := s.storeFor(req).Settings(ctx, owner)
	if err != nil {
		return owner, err
	}
	return owner, privacy(settings)
}

// readStatistic is read plus the privacy check. If the owner's settings forbid reading, the error
// is a 403, whether or not the statistic exists.
func (s *Service) readStatistic(ctx context.Context, req *Request, key store.Key) (store.Statistic, error) {
	statistic, settings, err := s.read(ctx, req, key)
	if err == nil {
		return statistic, privacy(settings)
	}
	settings, settingsErr := s.storeFor(req).Settings(ctx, key.Owner)
	return statistic, cmp.Or(settingsErr, privacy(settings), err)
}

// privacy returns nil if statistics with these settings may be read: the user must have a mailbox
// and a licence, and must not have opted out. Otherwise it returns the error that Graph sends.
func privacy(settings store.Settings) error {
	var unmet []string
	for _, requirement := range []struct {
		met  bool
		name string
	}{
		{settings.HasLicense, problem.RequireLicense},
		{settings.HasGraphMailbox, problem.RequireMailbox},
		{!settings.HasOptedOut, problem.RequireNotOptedOut},
	} {
		if !requirement.met {
			unmet = append(unmet, requirement.name)
		}
	}
	if len(unmet) == 0 {
		return nil
	}
	return problem.Policy(unmet...)
}
