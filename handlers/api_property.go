package handlers

import (
	"context"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/operations"
)

// The operations of the contract that write one property of a statistic. Each is a PATCH of the
// statistic with that property alone, and has a response without a body.

func (s *Server) ReplaceMyStatisticProperty(c *gin.Context, id string, name gen.PropertyName, params gen.ReplaceMyStatisticPropertyParams) {
	s.writeProperty(c, me, id, name, gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) ReplaceUserStatisticProperty(c *gin.Context, userID, id string, name gen.PropertyName, params gen.ReplaceUserStatisticPropertyParams) {
	s.writeProperty(c, userID, id, name, params)
}

func (s *Server) UpdateMyStatisticProperty(c *gin.Context, id string, name gen.PropertyName, params gen.UpdateMyStatisticPropertyParams) {
	s.writeProperty(c, me, id, name, gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) UpdateUserStatisticProperty(c *gin.Context, userID, id string, name gen.PropertyName, params gen.UpdateUserStatisticPropertyParams) {
	s.writeProperty(c, userID, id, name, gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) ClearMyStatisticProperty(c *gin.Context, id string, name gen.PropertyName, params gen.ClearMyStatisticPropertyParams) {
	s.setProperty(c, me, id, name, nil, gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) ClearUserStatisticProperty(c *gin.Context, userID, id string, name gen.PropertyName, params gen.ClearUserStatisticPropertyParams) {
	s.setProperty(c, userID, id, name, nil, gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) ReplaceMyStatisticPropertyValue(c *gin.Context, id string, name gen.PropertyName, params gen.ReplaceMyStatisticPropertyValueParams) {
	s.ReplaceUserStatisticPropertyValue(c, me, id, name, gen.ReplaceUserStatisticPropertyValueParams(params))
}

func (s *Server) ReplaceUserStatisticPropertyValue(c *gin.Context, userID, id string, name gen.PropertyName, params gen.ReplaceUserStatisticPropertyValueParams) {
	s.setProperty(c, userID, id, name, string(requestOf(c.Request).body.Text), gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) ClearMyStatisticPropertyValue(c *gin.Context, id string, name gen.PropertyName, params gen.ClearMyStatisticPropertyValueParams) {
	s.setProperty(c, me, id, name, nil, gen.ReplaceUserStatisticPropertyParams(params))
}

func (s *Server) ClearUserStatisticPropertyValue(c *gin.Context, userID, id string, name gen.PropertyName, params gen.ClearUserStatisticPropertyValueParams) {
	s.setProperty(c, userID, id, name, nil, gen.ReplaceUserStatisticPropertyParams(params))
}

// writeProperty sets a property to the value in the validated body.
func (s *Server) writeProperty(c *gin.Context, userID, id string, name gen.PropertyName, params gen.ReplaceUserStatisticPropertyParams) {
	var body gen.PropertyUpdate
	if err := requestOf(c.Request).body.Bind(&body); err != nil {
		s.bindFailed(c, err)
		return
	}
	var value any
	if text, hasValue := body.Value.Get(); hasValue {
		value = text
	}
	s.setProperty(c, userID, id, name, value, params)
}

// setProperty sets a property to the value, nil for null.
func (s *Server) setProperty(c *gin.Context, userID, id string, name gen.PropertyName, value any, params gen.ReplaceUserStatisticPropertyParams) {
	req := requestOf(c.Request)
	var err error
	if req.body, err = s.quirks.PropertyBody(s.spec.Schema("activityStatisticsUpdate"), string(name), value); err != nil {
		s.writeGinError(c, err)
		return
	}
	serveBody(s, c, func(ctx context.Context, req *operations.Request, body *gen.ActivityStatisticsUpdate) (*operations.Response, error) {
		return s.service.SetProperty(ctx, req, userID, id, name, body, params)
	})
}
