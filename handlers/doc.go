// Package handlers owns the door of the server: routing, authentication, the headers of every
// response, and the one exit of responses and errors. It leaves alone how a request is read (input),
// what it does (operations), how statistics are stored (store), who signs tokens (auth) and which
// server listens where (command).
//
// The path of a PATCH, from top to bottom:
//
//	ServeHTTP                  server     names the request, sets headers, logs
//	accept                     request    one spelling of the URL (spec.CanonicalURL), the form of the response
//	paced                      connection how slowly the body may arrive               408
//	shareAcrossOrigins         cors       responds to a browser's preflight
//	Gin                        router     finds the route of gen                       404 405
//	guard                      security   Host; who is calling; does the contract permit it   400 401 403
//	input.Validate             input      parameters and body against the contract     400 413 415
//	UpdateUserStatistic        api        binds the validated body
//	operations.Service.Update  operations lock, read, precondition, merge, write       404 409 412 503 507
//	wire.Type.Merge            wire       the body merged into the record              400
//	store.Store.Put            store      compare-and-swap on the revision
//	writeResponse              serve      the one exit of responses
//	writeError                 errors     the one exit of errors
package handlers
