package cassandra

import (
	"errors"
	"sync"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// suspectTime is how long no call goes to a node that has not answered, unless all others fail.
const suspectTime = 10 * time.Second

// hostPolicy chooses the node for a call as the policy in it does, but suspects come last. A node that is paused
// or cut off keeps its connections, so the driver would choose it until another node tells that it is down, which
// takes up to 20 s.
type hostPolicy struct {
	gocql.HostSelectionPolicy
	suspects suspects
}

// Pick implements gocql.HostSelectionPolicy.
func (p *hostPolicy) Pick(statement gocql.ExecutableStatement) gocql.NextHost {
	next := p.HostSelectionPolicy.Pick(statement)
	var last []gocql.SelectedHost
	return func() gocql.SelectedHost {
		for host := next(); host != nil; host = next() {
			suspected, ask := p.suspects.check(host.Info().HostID(), statement.IsIdempotent(), time.Now())
			if ask {
				return &watchedHost{host, p, suspected}
			}
			last = append(last, host)
		}
		if len(last) == 0 {
			return nil
		}
		host := last[0]
		last = last[1:]
		return &watchedHost{host, p, true}
	}
}

// watchedHost is a node that was chosen for a call.
type watchedHost struct {
	gocql.SelectedHost
	policy    *hostPolicy
	suspected bool // when it was chosen
}

// Mark implements gocql.SelectedHost. The driver calls it with the result of the call.
func (h *watchedHost) Mark(err error) {
	h.SelectedHost.Mark(err)
	switch id := h.Info().HostID(); {
	case errors.Is(err, gocql.ErrTimeoutNoResponse):
		h.policy.suspects.add(id, time.Now())
	case h.suspected: // otherwise the call may be older than the suspicion
		h.policy.suspects.remove(id)
	}
}

// suspects are the nodes, by their ids, that have not answered a call. The zero value is ready for use.
type suspects struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// check reports whether the node is suspected and whether a call should go to it. After suspectTime one call
// finds out if it answers again. That is a read, since a write cannot be repeated at another node.
func (s *suspects) check(node string, isRead bool, now time.Time) (suspected, ask bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, suspected := s.until[node]
	if !suspected {
		return false, true
	}
	if !isRead || now.Before(until) {
		return true, false
	}
	s.until[node] = now.Add(suspectTime)
	return true, true
}

func (s *suspects) add(node string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until == nil {
		s.until = map[string]time.Time{}
	}
	s.until[node] = now.Add(suspectTime)
}

func (s *suspects) remove(node string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.until, node)
}
