// Command gin is the server that one would write by hand in an hour: Gin, encoding/json, and a map
// with a lock. It authenticates and validates nothing.
//
//	gin ADDRESS
package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"sync"

	"github.com/gin-gonic/gin"
)

const path = "/v1.0/me/analytics/activityStatistics"

// statistics are the stored ones, by id.
type statistics struct {
	mu   sync.RWMutex
	byID map[string]map[string]any
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	s := &statistics{byID: map[string]map[string]any{}}
	router.POST(path, s.create)
	router.GET(path+"/:id", s.get)
	router.PATCH(path+"/:id", s.update)
	if err := router.Run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gin:", err)
		os.Exit(1)
	}
}

func (s *statistics) create(c *gin.Context) {
	var statistic map[string]any
	if err := c.ShouldBindJSON(&statistic); err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	s.mu.Lock()
	s.byID[fmt.Sprint(statistic["id"])] = statistic
	s.mu.Unlock()
	c.JSON(http.StatusCreated, statistic)
}

func (s *statistics) get(c *gin.Context) {
	s.mu.RLock()
	statistic, found := s.byID[c.Param("id")]
	s.mu.RUnlock()
	if !found {
		c.JSON(http.StatusNotFound, gin.H{"error": "there is no such statistic"})
		return
	}
	c.JSON(http.StatusOK, statistic)
}

// update stores a changed copy: others may be writing the old one into their answers.
func (s *statistics) update(c *gin.Context) {
	var changes map[string]any
	if err := c.ShouldBindJSON(&changes); err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	s.mu.Lock()
	old, found := s.byID[c.Param("id")]
	statistic := maps.Clone(old)
	if found {
		maps.Copy(statistic, changes)
		s.byID[c.Param("id")] = statistic
	}
	s.mu.Unlock()
	if !found {
		c.JSON(http.StatusNotFound, gin.H{"error": "there is no such statistic"})
		return
	}
	c.JSON(http.StatusOK, statistic)
}
