// Package faults owns the rules by which tests let requests fail: which requests a rule matches, how
// often it applies and what happens then. It leaves alone how a failure reaches the client: waiting
// requests, responses and connections are the door's (handlers).
//
//	Add -> check -> rule          a rule comes in
//	Decide -> matches -> choose   a request meets the rules -> Fault
//	Simulate -> parse             a request brings a fault of its own -> Fault
package faults
