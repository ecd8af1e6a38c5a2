package generate

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// purpose keeps the draws for one purpose apart from all others.
type purpose uint64

const (
	ofPerson purpose = iota
	ofYear           // its weeks off
	ofDay
)

// random draws whole numbers. The methods of rand.Rand would do so too, but only the output of
// ChaCha8 itself is the same with every version of Go.
type random struct{ source *rand.ChaCha8 }

// newRandom returns the draws of a user for a purpose. number is the year or the date, 0 for
// ofPerson.
func newRandom(seed uint64, user int, why purpose, number int) random {
	var key [32]byte
	for i, part := range []uint64{seed, uint64(user), uint64(why), uint64(number)} {
		binary.LittleEndian.PutUint64(key[8*i:], part)
	}
	return random{rand.NewChaCha8(key)}
}

// below returns a number from 0 to n-1.
func (r random) below(n int) int {
	high, _ := bits.Mul64(r.source.Uint64(), uint64(n))
	return int(high)
}

// between returns a number from low to high.
func (r random) between(low, high int) int { return low + r.below(high-low+1) }

// happens reports whether something happens that does so in so many of a hundred cases.
func (r random) happens(percent int) bool { return r.below(100) < percent }

// choose returns one of the rows. The shares of all rows are percents, and their sum is 100.
func choose[Row any](r random, rows []Row, share func(Row) int) Row {
	left := r.below(100)
	for _, row := range rows {
		if left -= share(row); left < 0 {
			return row
		}
	}
	panic("the shares of a table are less than 100 in all")
}
