// Package budgets holds the built program to bounds of what it takes before it does any work: the size of the binary,
// the time to its first response, and its memory when it is idle. The modules that are linked are listed in
// deploy/notice. What a request costs is measured next to the code, and in bench.
package budgets
