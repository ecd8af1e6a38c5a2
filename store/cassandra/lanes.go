package cassandra

import (
	"context"
	"hash/maphash"
)

// lanes let the transactions of one partition by this server come one after the other: those that meet make each
// other begin anew. The partitions of statistics have a queue instead. Partitions may share a lane.
type lanes struct {
	seed maphash.Seed
	turn []chan struct{} // a send takes the lane, a receive frees it
}

// laneCount is so many that two busy partitions seldom share a lane.
const laneCount = 256

func newLanes() lanes {
	l := lanes{maphash.MakeSeed(), make([]chan struct{}, laneCount)}
	for i := range l.turn {
		l.turn[i] = make(chan struct{}, 1)
	}
	return l
}

// take waits for the lane of the partition and returns what frees it. The error is the context's.
func (l lanes) take(ctx context.Context, partition string) (free func(), err error) {
	lane := l.turn[maphash.String(l.seed, partition)%laneCount]
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
