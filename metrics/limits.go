package metrics

import "afterhours/handlers/limits"

// queue and memory are limits with the values of their labels.
type queue struct {
	name  string
	state limits.QueueState
}

type memory struct {
	name  string
	state limits.MemoryState
}

func queues(s limits.State) []queue {
	return []queue{{"reads", s.Reads}, {"writes", s.Writes}, {"fast", s.Fast}, {"slow", s.Slow}, {"strangers", s.Strangers}, {"verifications", s.Verifications}}
}

func memories(s limits.State) []memory {
	return []memory{{"small_bodies", s.SmallBodies}, {"large_bodies", s.LargeBodies}, {"answers", s.Answers}}
}

// limits has how much of every limit is taken, and how often one was met.
func (from Sources) limits() []family {
	ofQueues := func(of func(limits.QueueState) float64) func(emit) {
		return func(emit emit) {
			for _, one := range queues(from.Limits()) {
				emit(of(one.state), one.name)
			}
		}
	}
	ofMemories := func(of func(limits.MemoryState) float64) func(emit) {
		return func(emit emit) {
			for _, one := range memories(from.Limits()) {
				emit(of(one.state), one.name)
			}
		}
	}
	return []family{
		gauge("queue_running", "Requests that have a place.", ofQueues(func(s limits.QueueState) float64 { return float64(s.Running) }), "queue"),
		gauge("queue_waiting", "Requests that wait for a place.", ofQueues(func(s limits.QueueState) float64 { return float64(s.Waiting) }), "queue"),
		gauge("queue_limit", "Places.", ofQueues(func(s limits.QueueState) float64 { return float64(s.Limit) }), "queue"),
		counter("queue_refused_total", "Requests that were refused because there was no place for them.", ofQueues(func(s limits.QueueState) float64 { return float64(s.Refused) }), "queue"),
		gauge("memory_held_bytes", "Memory that requests hold.", ofMemories(func(s limits.MemoryState) float64 { return float64(s.Taken) }), "memory"),
		gauge("memory_limit_bytes", "Memory that requests may hold.", ofMemories(func(s limits.MemoryState) float64 { return float64(s.Limit) }), "memory"),
		counter("memory_refused_total", "Requests that were refused because there was no memory for them.", ofMemories(func(s limits.MemoryState) float64 { return float64(s.Refused) }), "memory"),
		counter("throttled_requests_total", "Requests beyond the rate of their caller.", func(emit emit) { emit(float64(from.Limits().Throttled)) }),
	}
}
