package handlers

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
)

// The operations of the control contract.

func (a *controlAPI) Reset(c *gin.Context) {
	respondTo(a, c, http.StatusNoContent, func(ctx context.Context, body *api.Scope) (any, error) {
		return nil, a.service.Reset(ctx, body)
	})
}

func (a *controlAPI) ListSnapshots(c *gin.Context) {
	a.respond(c, http.StatusOK, func(context.Context) (any, error) { return a.service.ListSnapshots(), nil })
}

func (a *controlAPI) TakeSnapshot(c *gin.Context, name api.SnapshotName) {
	respondTo(a, c, http.StatusCreated, func(ctx context.Context, body *api.Scope) (any, error) {
		return a.service.TakeSnapshot(ctx, name, body)
	})
}

func (a *controlAPI) DeleteSnapshot(c *gin.Context, name api.SnapshotName) {
	a.respond(c, http.StatusNoContent, func(context.Context) (any, error) { return nil, a.service.DeleteSnapshot(name) })
}

func (a *controlAPI) RestoreSnapshot(c *gin.Context, name api.SnapshotName) {
	a.respond(c, http.StatusNoContent, func(ctx context.Context) (any, error) {
		return nil, a.service.RestoreSnapshot(ctx, name)
	})
}

func (a *controlAPI) Seed(c *gin.Context, params api.SeedParams) {
	a.respond(c, http.StatusOK, func(ctx context.Context) (any, error) {
		return a.service.Seed(ctx, params, c.ContentType(), requestOf(c.Request).body.Text)
	})
}

func (a *controlAPI) CreateToken(c *gin.Context) {
	respondTo(a, c, http.StatusCreated, func(_ context.Context, body *api.TokenRequest) (any, error) {
		return a.service.CreateToken(body)
	})
}

func (a *controlAPI) GetClock(c *gin.Context) {
	a.respond(c, http.StatusOK, func(context.Context) (any, error) { return a.service.GetClock(), nil })
}

func (a *controlAPI) SetClock(c *gin.Context) {
	respondTo(a, c, http.StatusOK, func(_ context.Context, body *api.ClockUpdate) (any, error) {
		return a.service.SetClock(body)
	})
}

func (a *controlAPI) AdvanceClock(c *gin.Context) {
	respondTo(a, c, http.StatusOK, func(_ context.Context, body *api.ClockAdvance) (any, error) {
		return a.service.AdvanceClock(body)
	})
}

func (a *controlAPI) ListFaults(c *gin.Context) {
	a.respond(c, http.StatusOK, func(context.Context) (any, error) { return a.service.ListFaults(), nil })
}

func (a *controlAPI) CreateFault(c *gin.Context) {
	respondTo(a, c, http.StatusCreated, func(_ context.Context, body *api.FaultRule) (any, error) {
		return a.service.CreateFault(body)
	})
}

func (a *controlAPI) DeleteFaults(c *gin.Context) {
	a.respond(c, http.StatusNoContent, func(context.Context) (any, error) {
		a.service.DeleteFaults()
		return nil, nil
	})
}

func (a *controlAPI) DeleteFault(c *gin.Context, id api.FaultID) {
	a.respond(c, http.StatusNoContent, func(context.Context) (any, error) { return nil, a.service.DeleteFault(id) })
}

func (a *controlAPI) CreatePresetFault(c *gin.Context, name api.PresetName) {
	respondTo(a, c, http.StatusCreated, func(_ context.Context, body *api.PresetRule) (any, error) {
		return a.service.CreatePresetFault(name, body)
	})
}

func (a *controlAPI) ListRequests(c *gin.Context, params api.ListRequestsParams) {
	a.respond(c, http.StatusOK, func(ctx context.Context) (any, error) { return a.service.ListRequests(ctx, params) })
}

func (a *controlAPI) DeleteRequests(c *gin.Context) {
	a.respond(c, http.StatusNoContent, func(context.Context) (any, error) {
		a.service.DeleteRequests()
		return nil, nil
	})
}
