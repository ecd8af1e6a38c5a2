package faults

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	api "afterhours/control"
	"afterhours/store/edm"
)

// TestNoMoreThanTheBucket: in every span of time, the requests that pass cost at most what the bucket
// has and what comes back in that time, whatever their order and priority.
func TestNoMoreThanTheBucket(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		most, per := 1+random.Int32N(20), edm.Duration(1+random.Int64N(int64(20*edm.Second)))
		rule := &api.Throttle{Units: &most, UnitsPer: &per}
		b := newBuckets(rule)
		type passed struct {
			at   time.Time
			cost float64
		}
		var all []passed
		at, pace := time.Duration(0), []float64{0.5, 1, 2, 4}[seed%4]
		for range 300 {
			at += time.Duration(random.ExpFloat64() * b.units.per.Seconds() / float64(most) * float64(time.Second) * pace)
			q := sent("GET", []string{"", "$expand=activityStatistics"}[random.IntN(2)], at)
			q.Header.Set("x-ms-throttle-priority", []string{"low", "normal", "high"}[random.IntN(3)])
			if b.take(q).Status == 0 {
				all = append(all, passed{q.Now, min(float64(costOf(q).units), float64(most))})
			}
		}
		if pace == 4 && len(all) < 50 {
			t.Fatalf("seed %d: only %d of 300 passed, though they were slow", seed, len(all))
		}
		for i := range all {
			sum := 0.0
			for _, one := range all[i:] {
				sum += one.cost
				back := one.at.Sub(all[i].at).Seconds() * float64(most) / b.units.per.Seconds()
				if sum > float64(most)+back+1e-6 {
					t.Fatalf("seed %d: %g passed in %v from a bucket of %d in %v", seed, sum, one.at.Sub(all[i].at), most, b.units.per)
				}
			}
		}
	}
}

// TestWhoWaitsPasses: a caller that is alone and waits as long as it was told passes, whatever it did
// before.
func TestWhoWaitsPasses(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 1))
		b := newBuckets(throttleOf(1+random.Int32N(12), 1+random.Int32N(12)))
		method := []string{"GET", "PATCH"}[random.IntN(2)]
		priority := []string{"low", "normal", "high"}[random.IntN(3)]
		at := time.Duration(0)
		for range 30 {
			q := sent(method, []string{"", "$expand=activityStatistics"}[random.IntN(2)], at)
			q.Header.Set("x-ms-throttle-priority", priority)
			fault := b.take(q)
			if fault.Status == 0 {
				at += time.Duration(random.Int64N(int64(time.Second)))
				continue
			}
			seconds, err := strconv.Atoi(fault.Header.Get("Retry-After"))
			if err != nil || seconds < 1 || seconds > 30 {
				t.Fatalf("seed %d: Retry-After is %q", seed, fault.Header.Get("Retry-After"))
			}
			if random.IntN(2) == 0 {
				at += time.Duration(random.Int64N(int64(seconds) * int64(time.Second)))
				continue
			}
			at += time.Duration(seconds) * time.Second
			q.Now = noon.Add(at)
			if fault := b.take(q); fault.Status != 0 {
				t.Fatalf("seed %d: told to wait %d s, and then got %+v", seed, seconds, fault)
			}
		}
	}
}

// TestThrottleTogether: of requests that come at once, exactly as many pass as there are units.
func TestThrottleTogether(t *testing.T) {
	rules := New(func() time.Time { return noon })
	if _, err := rules.Add(api.FaultRule{Throttle: throttleOf(40, 100)}, ""); err != nil {
		t.Fatal(err)
	}
	var passed, throttled atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				if fault := rules.Decide(sent("GET", "", 0)); fault.Status == 429 {
					throttled.Add(1)
				} else {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 40 || throttled.Load() != 160 {
		t.Errorf("%d passed and %d were throttled", passed.Load(), throttled.Load())
	}
	if rule := rules.List()[0]; rule.Matched != 200 || rule.Applied != 160 {
		t.Errorf("the rule says that %d matched, and it applied to %d", rule.Matched, rule.Applied)
	}
}

// TestBucketsAreBounded: however many callers come, a rule keeps maxBuckets of them.
func TestBucketsAreBounded(t *testing.T) {
	b := newBuckets(throttleOf(1, 1))
	for i := range 2 * maxBuckets {
		q := sent("GET", "", 0)
		q.Tenant = strconv.Itoa(i)
		b.take(q)
	}
	if b.all.Len() != maxBuckets {
		t.Errorf("there are %d buckets", b.all.Len())
	}
}
