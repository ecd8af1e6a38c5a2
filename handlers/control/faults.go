package control

import (
	api "afterhours/control"
)

// ListFaults returns the rules for faults, the oldest first.
func (s *Service) ListFaults() *api.FaultCollection {
	return &api.FaultCollection{Value: s.Faults.List()}
}

// CreateFault adds a rule.
func (s *Service) CreateFault(body *api.FaultRule) (*api.Fault, error) {
	return s.Faults.Add(*body, "")
}

// CreatePresetFault adds the rule of a preset.
func (s *Service) CreatePresetFault(name api.PresetName, body *api.PresetRule) (*api.Fault, error) {
	return s.Faults.AddPreset(name, *body)
}

// DeleteFaults removes all rules.
func (s *Service) DeleteFaults() { s.Faults.Clear("") }

// DeleteFault removes a rule.
func (s *Service) DeleteFault(id string) error { return s.Faults.Remove(id) }
