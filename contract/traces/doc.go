// Package traces tests the traces of the built program: a collector of OpenTelemetry receives them, and they have
// nothing of a person. The collector is a module of its own, so that the program does not depend on it.
package traces
