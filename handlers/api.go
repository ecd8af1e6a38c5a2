package handlers

import (
	"context"

	"github.com/gin-gonic/gin"

	"afterhours/gen"
	"afterhours/handlers/operations"
)

// The operations of the contract, except $batch. Each operation on /me is the one on /users/{user-id}
// for the user of the token.

var _ gen.ServerInterface = (*Server)(nil)

const me = operations.Me

func (s *Server) ListMyStatistics(c *gin.Context, params gen.ListMyStatisticsParams) {
	s.ListUserStatistics(c, me, gen.ListUserStatisticsParams(params))
}

func (s *Server) ListUserStatistics(c *gin.Context, userID string, params gen.ListUserStatisticsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.List(ctx, req, userID, params)
	})
}

func (s *Server) DeltaMyStatistics(c *gin.Context, params gen.DeltaMyStatisticsParams) {
	s.DeltaUserStatistics(c, me, gen.DeltaUserStatisticsParams(params))
}

func (s *Server) DeltaUserStatistics(c *gin.Context, userID string, params gen.DeltaUserStatisticsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Delta(ctx, req, userID, params)
	})
}

func (s *Server) AggregateMyStatistics(c *gin.Context, params gen.AggregateMyStatisticsParams) {
	s.AggregateUserStatistics(c, me, gen.AggregateUserStatisticsParams(params))
}

func (s *Server) AggregateUserStatistics(c *gin.Context, userID string, params gen.AggregateUserStatisticsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Aggregate(ctx, req, userID, params)
	})
}

func (s *Server) CountMyStatistics(c *gin.Context, params gen.CountMyStatisticsParams) {
	s.CountUserStatistics(c, me, gen.CountUserStatisticsParams(params))
}

func (s *Server) CountUserStatistics(c *gin.Context, userID string, params gen.CountUserStatisticsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Count(ctx, req, userID, params)
	})
}

func (s *Server) GetMyStatistic(c *gin.Context, id string, params gen.GetMyStatisticParams) {
	s.GetUserStatistic(c, me, id, gen.GetUserStatisticParams(params))
}

func (s *Server) GetUserStatistic(c *gin.Context, userID, id string, params gen.GetUserStatisticParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Get(ctx, req, userID, id, params)
	})
}

func (s *Server) CreateMyStatistic(c *gin.Context, params gen.CreateMyStatisticParams) {
	s.CreateUserStatistic(c, me, gen.CreateUserStatisticParams(params))
}

func (s *Server) CreateUserStatistic(c *gin.Context, userID string, params gen.CreateUserStatisticParams) {
	serveBody(s, c, func(ctx context.Context, req *operations.Request, body *gen.ActivityStatisticsUpdate) (*operations.Response, error) {
		return s.service.Create(ctx, req, userID, body, params)
	})
}

func (s *Server) UpdateMyStatistic(c *gin.Context, id string, params gen.UpdateMyStatisticParams) {
	s.UpdateUserStatistic(c, me, id, gen.UpdateUserStatisticParams(params))
}

func (s *Server) UpdateUserStatistic(c *gin.Context, userID, id string, params gen.UpdateUserStatisticParams) {
	serveBody(s, c, func(ctx context.Context, req *operations.Request, body *gen.ActivityStatisticsUpdate) (*operations.Response, error) {
		return s.service.Update(ctx, req, userID, id, body, params)
	})
}

func (s *Server) ReplaceMyStatistic(c *gin.Context, id string, params gen.ReplaceMyStatisticParams) {
	s.ReplaceUserStatistic(c, me, id, gen.ReplaceUserStatisticParams(params))
}

func (s *Server) ReplaceUserStatistic(c *gin.Context, userID, id string, params gen.ReplaceUserStatisticParams) {
	serveBody(s, c, func(ctx context.Context, req *operations.Request, body *gen.ActivityStatisticsUpdate) (*operations.Response, error) {
		return s.service.Replace(ctx, req, userID, id, body, params)
	})
}

func (s *Server) DeleteMyStatistic(c *gin.Context, id string, params gen.DeleteMyStatisticParams) {
	s.DeleteUserStatistic(c, me, id, gen.DeleteUserStatisticParams(params))
}

func (s *Server) DeleteUserStatistic(c *gin.Context, userID, id string, params gen.DeleteUserStatisticParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Delete(ctx, req, userID, id, params)
	})
}

func (s *Server) GetMyStatisticProperty(c *gin.Context, id string, name gen.PropertyName, _ gen.GetMyStatisticPropertyParams) {
	s.property(c, me, id, name, false)
}

func (s *Server) GetUserStatisticProperty(c *gin.Context, userID, id string, name gen.PropertyName, _ gen.GetUserStatisticPropertyParams) {
	s.property(c, userID, id, name, false)
}

func (s *Server) GetMyStatisticPropertyValue(c *gin.Context, id string, name gen.PropertyName, _ gen.GetMyStatisticPropertyValueParams) {
	s.property(c, me, id, name, true)
}

func (s *Server) GetUserStatisticPropertyValue(c *gin.Context, userID, id string, name gen.PropertyName, _ gen.GetUserStatisticPropertyValueParams) {
	s.property(c, userID, id, name, true)
}

// property serves a property, bare for $value.
func (s *Server) property(c *gin.Context, userID, id string, name gen.PropertyName, bare bool) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Property(ctx, req, userID, id, name, bare)
	})
}

func (s *Server) GetMySettings(c *gin.Context, _ gen.GetMySettingsParams) {
	s.GetUserSettings(c, me, gen.GetUserSettingsParams{})
}

func (s *Server) GetUserSettings(c *gin.Context, userID string, _ gen.GetUserSettingsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Settings(ctx, req, userID)
	})
}

func (s *Server) UpdateMySettings(c *gin.Context, params gen.UpdateMySettingsParams) {
	s.UpdateUserSettings(c, me, gen.UpdateUserSettingsParams(params))
}

func (s *Server) UpdateUserSettings(c *gin.Context, userID string, params gen.UpdateUserSettingsParams) {
	serveBody(s, c, func(ctx context.Context, req *operations.Request, body *gen.SettingsUpdate) (*operations.Response, error) {
		return s.service.UpdateSettings(ctx, req, userID, body, params)
	})
}

func (s *Server) GetMyAnalytics(c *gin.Context, params gen.GetMyAnalyticsParams) {
	s.GetUserAnalytics(c, me, gen.GetUserAnalyticsParams(params))
}

func (s *Server) GetUserAnalytics(c *gin.Context, userID string, params gen.GetUserAnalyticsParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Analytics(ctx, req, userID, params)
	})
}

func (s *Server) UpdateMyAnalytics(c *gin.Context, params gen.UpdateMyAnalyticsParams) {
	s.UpdateUserAnalytics(c, me, gen.UpdateUserAnalyticsParams(params))
}

func (s *Server) UpdateUserAnalytics(c *gin.Context, userID string, params gen.UpdateUserAnalyticsParams) {
	serveBody(s, c, func(ctx context.Context, req *operations.Request, body *gen.UserAnalyticsUpdate) (*operations.Response, error) {
		return s.service.UpdateAnalytics(ctx, req, userID, body, params)
	})
}

func (s *Server) GetMe(c *gin.Context, params gen.GetMeParams) {
	s.GetUser(c, me, gen.GetUserParams(params))
}

func (s *Server) GetUser(c *gin.Context, userID string, params gen.GetUserParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.User(ctx, req, userID, params)
	})
}

func (s *Server) ListUsers(c *gin.Context, params gen.ListUsersParams) {
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Users(ctx, req, params)
	})
}

func (s *Server) GetServiceDocument(c *gin.Context, _ gen.GetServiceDocumentParams) {
	s.serve(c, func(_ context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.ServiceDocument(req)
	})
}

func (s *Server) GetMetadata(c *gin.Context, _ gen.GetMetadataParams) {
	s.serve(c, func(_ context.Context, req *operations.Request) (*operations.Response, error) {
		return s.service.Metadata(req), nil
	})
}
