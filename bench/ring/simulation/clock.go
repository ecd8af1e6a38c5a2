package simulation

// clock runs events in the order of their times, and those of one time in the order in which they were scheduled. Times
// are seconds from the start.
type clock struct {
	now    float64
	count  uint64
	events []event // a heap with four children for each event
}

type event struct {
	at    float64
	order uint64
	run   func()
}

func (e *event) before(other *event) bool {
	return e.at < other.at || e.at == other.at && e.order < other.order
}

// at schedules an event. The time must not have passed.
func (c *clock) at(at float64, run func()) {
	c.count++
	c.events = append(c.events, event{at, c.count, run})
	n := len(c.events) - 1
	for n > 0 {
		parent := (n - 1) / 4
		if !c.events[n].before(&c.events[parent]) {
			return
		}
		c.events[n], c.events[parent] = c.events[parent], c.events[n]
		n = parent
	}
}

// run runs all events up to a time.
func (c *clock) run(until float64) {
	for len(c.events) > 0 && c.events[0].at <= until {
		next := c.events[0]
		c.pop()
		c.now = next.at
		next.run()
	}
	c.now = until
}

// pop removes the first event.
func (c *clock) pop() {
	last := len(c.events) - 1
	c.events[0], c.events[last] = c.events[last], event{}
	c.events = c.events[:last]
	for n := 0; ; {
		first := n
		for child := 4*n + 1; child <= 4*n+4 && child < last; child++ {
			if c.events[child].before(&c.events[first]) {
				first = child
			}
		}
		if first == n {
			return
		}
		c.events[n], c.events[first] = c.events[first], c.events[n]
		n = first
	}
}
