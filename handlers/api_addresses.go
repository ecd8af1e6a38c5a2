package handlers

import (
	"context"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/operations"
)

// The operations of OData's addresses within a resource: one of the settings,
// references, and queries in a body.

func (s *Server) GetMySettingsProperty(c *gin.Context, name gen.SettingsPropertyName, _ gen.GetMySettingsPropertyParams) {
	s.setting(c, me, name, false)
}

func (s *Server) GetUserSettingsProperty(c *gin.Context, userID string, name gen.SettingsPropertyName, _ gen.GetUserSettingsPropertyParams) {
	s.setting(c, userID, name, false)
}

func (s *Server) GetMySettingsPropertyValue(c *gin.Context, name gen.SettingsPropertyName, _ gen.GetMySettingsPropertyValueParams) {
	s.setting(c, me, name, true)
}

func (s *Server) GetUserSettingsPropertyValue(c *gin.Context, userID string, name gen.SettingsPropertyName, _ gen.GetUserSettingsPropertyValueParams) {
	s.setting(c, userID, name, true)
}

// setting serves one of the settings, bare for $value.
func (s *Server) setting(c *gin.Context, userID string, name gen.SettingsPropertyName, bare bool) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.SettingsProperty(ctx, req, userID, name, bare)
	})
}

func (s *Server) GetMyStatisticReference(c *gin.Context, id string, _ gen.GetMyStatisticReferenceParams) {
	s.GetUserStatisticReference(c, me, id, gen.GetUserStatisticReferenceParams{})
}

func (s *Server) GetUserStatisticReference(c *gin.Context, userID, id string, _ gen.GetUserStatisticReferenceParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Reference(ctx, req, userID, id)
	})
}

func (s *Server) ListMyStatisticReferences(c *gin.Context, params gen.ListMyStatisticReferencesParams) {
	s.ListUserStatisticReferences(c, me, gen.ListUserStatisticReferencesParams(params))
}

func (s *Server) ListUserStatisticReferences(c *gin.Context, userID string, params gen.ListUserStatisticReferencesParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.References(ctx, req, userID, params)
	})
}

func (s *Server) QueryMyStatistics(c *gin.Context, params gen.QueryMyStatisticsParams) {
	s.QueryUserStatistics(c, me, gen.QueryUserStatisticsParams(params))
}

func (s *Server) QueryUserStatistics(c *gin.Context, userID string, params gen.QueryUserStatisticsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Query(ctx, req, userID, gen.ListUserStatisticsParams(params))
	})
}
