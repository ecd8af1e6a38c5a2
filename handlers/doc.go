// Package handlers owns the door of the server: routing, authentication, the headers of every
// response, and the one exit of responses and errors. It leaves alone how a request is read (input),
// what it does (operations), how statistics are stored (store), who signs tokens (auth) and which
// server listens where (command).
//
// The path of a PATCH, from top to bottom. The columns are the function, its file here or its
// package, and the statuses of its errors:
//
//	ServeHTTP                  server.go      names the request, sets headers, logs, tells Observe
//	beginSpan                  spans.go       begins the span of the request if there are traces (traces)
//	accept                     request.go     one spelling of the URL (spec.CanonicalURL)
//	pace                       connection.go  sets the slowest rate of the body
//	shareAcrossOrigins         cors.go        responds to a browser's preflight
//	Gin                        router.go      finds the route of gen                        404 405
//	guard                      security.go    checks Host; authenticates; permits           400 401 403 429
//	applyFault                 faults.go      lets it fail or wait if a test asked for it (faults)
//	receive, enter             admission.go   reads the body; takes a place (limits)        408 413 415 503
//	operations.Service.Learn   operations     stores the name in the token as an alias
//	takeQuery                  body_query.go  adds the query in the body of a POST on $query
//	input.Validate             input          parameters and body against the contract      400
//	UpdateUserStatistic        api.go         binds the validated body
//	operations.Service.Update  operations     owner, lock, read, precondition, merge, write 400 403 404 409 412 503
//	wire.Type.Merge            wire           merges the body into the record               400
//	store.Store.Put            store          compare-and-swap on the revision              507
//	writeResponse              serve.go       the one exit of responses
//	writeError                 errors.go      the one exit of errors
//	encode                     compress.go    compresses a large body for a client that takes gzip
//
// The control contract, by which tests steer the server, takes the same path to control_operations.go
// and package control. A response with a fault is changed on its way out (faulty_response.go).
//
// Sign-in takes the path as far as guard, and then goes to sign_in.go and package signin.
//
// The week page and its files take the path as far as guard, and then go to pages.go and package pages.
//
// Each request of a batch enters ServeHTTP again, as a request of its own.
package handlers
