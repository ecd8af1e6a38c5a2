// Package handlers owns the HTTP surface of the contract: how a request is read,
// judged and answered. It leaves alone how statistics are kept (store), who signs
// tokens (handlers/auth) and which server listens where (main).
//
// The path of a request:
//
//	ServeHTTP      names the request, sets the headers of every answer, logs
//	canonicalURL   one spelling of the path: case, //, key('x'), casts, older forms
//	               of the query: $filter for FILTER
//	connection     how slowly the body may come
//	cors           answers a browser's preflight
//	Gin            finds the route that gen registered                   404 405
//	connection     what may stand in Host                                400
//	security       who is calling, and does the contract permit it       401 403
//	validate       parameters and body against the contract              400
//	               body and decode have read it                          408 413 415
//	               quirks has put right what SDKs are known to send
//	gen            binds what was validated, calls the operation
//	operations     the same for /me and /users/{user-id}
//	statistics, write, page, analytics -> store.Store, or the group's view of it
//	recent         spares a PATCH the reading of what was just read or written
//	convert, patch between the wire and the record
//
// Every error, from whichever of these places, leaves through writeError.
package handlers
