package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
	"afterhours/handlers/problem"
	"afterhours/handlers/signin"
	"afterhours/store"
)

func (a *controlAPI) ApproveSignIn(c *gin.Context, userCode api.UserCode) {
	respondTo(a, c, http.StatusNoContent, func(ctx context.Context, body *api.Approver) (any, error) {
		var user, upn string
		if body.User != nil {
			user = *body.User
		}
		if body.Upn != nil {
			upn = *body.Upn
		}
		return nil, a.decideSignIn(userCode, func(service *signin.Service) error {
			return service.Approve(ctx, userCode, user, upn)
		})
	})
}

func (a *controlAPI) DenySignIn(c *gin.Context, userCode api.UserCode) {
	a.respond(c, http.StatusNoContent, func(context.Context) (any, error) {
		return nil, a.decideSignIn(userCode, func(service *signin.Service) error { return service.Deny(userCode) })
	})
}

// decideSignIn decides with the service of sign-in, which a server may lack.
func (a *controlAPI) decideSignIn(userCode string, decide func(*signin.Service) error) error {
	err := signin.ErrNoDevice
	if a.signIn != nil {
		err = decide(a.signIn)
	}
	switch {
	case errors.Is(err, signin.ErrNoDevice):
		return problem.Refuse(store.ErrNotFound, "userCode", "No device waits with the code '%s'; it is unknown, has expired, or was approved or denied before.", problem.Shown(userCode))
	case errors.Is(err, store.ErrNotFound):
		return problem.Refuse(store.ErrNotFound, "upn", "The tenant has no user with this name. Give the object id as user, or add the name by POST /control/seed.")
	}
	return err
}
