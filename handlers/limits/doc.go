// Package limits owns how much work, waiting and memory each caller may have at once, and when a caller
// is refused. It leaves alone how a refusal is written (handlers), how long a query may run (operations)
// and how many connections there may be (command).
//
// A request passes, in this order:
//
//	Queue Verifications  tokens that are not known yet                           503
//	Queue Strangers      answers that need no token                              503
//	Rates                requests a second of each caller, if there is a limit   429
//	Bodies               bytes of the bodies that are held at once               503
//	Queue Reads, Writes  short work: many at once, fair between callers          503
//	Lanes                long work: few at once, fewer for dear callers          503
//	Memory Answers       bytes of the long answers that are held at once         503
//
// All of it is refused before the work begins, and every wait has an end. A caller is the tenant, the
// user and the application of a token. State shows every limit and how much of it is taken.
package limits
