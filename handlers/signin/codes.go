package signin

import (
	"crypto/rand"
	"math/big"
	"sync"
	"time"
)

// maxPending is how many codes wait at once. The oldest is forgotten when one more comes. Each takes at
// most 8 KiB.
const maxPending = 4096

// pending has what waits to be redeemed, by its key. Its methods may be called concurrently.
type pending[T any] struct {
	mu    sync.Mutex
	byKey map[string]*T
	order []string // of the keys, the oldest first
}

func newPending[T any]() *pending[T] { return &pending[T]{byKey: map[string]*T{}} }

// add adds an entry under a key that is new.
func (p *pending[T]) add(key string, entry T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.order) == maxPending {
		delete(p.byKey, p.order[0])
		p.order = append(p.order[:0], p.order[1:]...)
	}
	p.byKey[key] = &entry
	p.order = append(p.order, key)
}

// with calls use with the entry of a key, nil for none, while no other call does. use may change the
// entry.
func (p *pending[T]) with(key string, use func(*T) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return use(p.byKey[key])
}

// find returns the key of the first entry that matches, "" for none.
func (p *pending[T]) find(matches func(*T) bool) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, key := range p.order {
		if matches(p.byKey[key]) {
			return key
		}
	}
	return ""
}

// newSecret returns a text that nobody can guess: 130 bits at least.
func newSecret() string { return rand.Text() }

// userCodeLetters are letters that nobody takes for another one, or for a word (RFC 8628, 6.1).
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"

// newUserCode returns a code that a person can type.
func newUserCode() string {
	code := make([]byte, 9)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(userCodeLetters))))
		if err != nil {
			panic(err) // cannot happen: crypto/rand ends the program instead
		}
		code[i] = userCodeLetters[n.Int64()]
	}
	return string(code)
}

// isOver reports whether a time has come by the clock of the server.
func (s *Service) isOver(at time.Time) bool { return !s.Now().Before(at) }
