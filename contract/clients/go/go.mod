module afterhours/contract/clients/go

go 1.26.0

replace afterhours => ../../..

require (
	afterhours v0.0.0-00010101000000-000000000000
	github.com/oapi-codegen/nullable v1.1.0
	github.com/oapi-codegen/runtime v1.8.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
)
