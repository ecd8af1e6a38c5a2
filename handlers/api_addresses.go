package handlers

import (
	"context"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/operations"
)

// The operations of OData's addresses within a resource: one of the settings.

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
