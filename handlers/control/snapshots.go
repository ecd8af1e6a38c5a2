package control

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	api "afterhours/control"
	"afterhours/handlers/problem"
	"afterhours/store"
)

const (
	// maxSnapshots is how many bytes all snapshots together may take, as the contract states.
	maxSnapshots = 256 << 20
	// ownSize is about how many bytes a snapshot without rows takes.
	ownSize = 512
)

// snapshots are the snapshots by their names.
type snapshots struct {
	mu     sync.Mutex
	byName map[string]*snapshot
	left   int64 // bytes
}

// snapshot is what a tenant had at a moment, or what all tenants had if the tenant is "". It never
// changes.
type snapshot struct {
	tenant  string
	rows    store.Rows
	takenAt time.Time
}

func newSnapshots() snapshots {
	return snapshots{byName: map[string]*snapshot{}, left: maxSnapshots}
}

// size returns how many bytes the snapshot takes. There is none if it is nil.
func (s *snapshot) size() int64 {
	if s == nil {
		return 0
	}
	return ownSize + s.rows.Size()
}

// roomFor returns how many bytes the rows of a snapshot of that name may take.
func (s *snapshots) roomFor(name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left + s.byName[name].size() - ownSize
}

// keep adds a snapshot, in place of one of the same name.
func (s *snapshots) keep(name string, taken *snapshot) (*api.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.left + s.byName[name].size() - taken.size()
	if left < 0 { // another one was taken meanwhile
		return nil, explainFull(store.ErrFull)
	}
	s.byName[name], s.left = taken, left
	described := taken.describe(name)
	return &described, nil
}

func (s *snapshots) get(name string) (*snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.byName[name]; found != nil {
		return found, nil
	}
	return nil, s.missing(name)
}

func (s *snapshots) remove(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byName[name]
	if found == nil {
		return s.missing(name)
	}
	delete(s.byName, name)
	s.left += found.size()
	return nil
}

// missing returns the problem of a name that no snapshot has. It needs the lock.
func (s *snapshots) missing(name string) error {
	names := "there is none"
	if len(s.byName) > 0 {
		names = "there are " + problem.Shown(strings.Join(slices.Sorted(maps.Keys(s.byName)), ", "))
	}
	return problem.Refuse(store.ErrNotFound, "name", "There is no snapshot '%s'; %s.", problem.Shown(name), names)
}

func (s *snapshots) list() []api.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []api.Snapshot{}
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		all = append(all, s.byName[name].describe(name))
	}
	return all
}

func (s *snapshot) describe(name string) api.Snapshot {
	described := api.Snapshot{Name: name, Statistics: int32(len(s.rows.Statistics)), Bytes: s.size(), TakenAt: s.takenAt}
	if s.tenant != "" {
		described.Tenant = &s.tenant
	}
	return described
}

// explainFull says in the error of a snapshot that is too large how large it may be.
func explainFull(err error) error {
	if !errors.Is(err, store.ErrFull) {
		return err
	}
	return problem.Refuse(store.ErrFull, "", "All snapshots together may take %d MiB. Delete one, or take it of one tenant.", maxSnapshots>>20)
}
