package logs_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"afterhours/logs"
)

// TestQuota floods a quota for ten seconds. Each line is allowed or counted, once a second.
func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var leftOut, told atomic.Int64
		quota := logs.NewQuota(func(count int) { leftOut.Add(int64(count)); told.Add(1) })
		allowed := int64(0)
		const seconds, each = 10, 1000
		for range seconds * each {
			if quota.Allow() {
				allowed++
			}
			time.Sleep(time.Second / each)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if allowed+leftOut.Load() != seconds*each || allowed > 1000 || told.Load() > seconds+1 {
			t.Errorf("%d lines allowed, %d left out, told %d times", allowed, leftOut.Load(), told.Load())
		}
	})
}
