// Package handlers owns the HTTP surface of the contract: how a request is read,
// judged and answered. It leaves alone how statistics are kept (store), who signs
// tokens (handlers/auth) and which server listens where (main).
//
// The path of a request:
//
//	ServeHTTP      names the request, sets the headers of every answer, logs
//	connection     how slowly a body may come, what may stand in Host
//	canonicalURL   one spelling of the path: case, //, key('x'), casts, older forms
//	               of the query: $filter for FILTER
//	cors           answers a browser's preflight
//	Gin            finds the route that gen registered
//	security       who is calling, and does the contract permit it      401 403
//	validate       parameters and body against the contract             400 413 415
//	               after quirks has put right what SDKs are known to send
//	gen            binds what was validated, calls the operation
//	operations     the same for /me and /users/{user-id}
//	statistics, write, page, analytics -> store.Store, or the group's view of it
//	convert, patch between the wire and the record
//
// Every error, from whichever of these places, leaves through writeError.
package handlers
