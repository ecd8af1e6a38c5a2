// Afterhours is a self-hosted service for work-activity statistics, wire-compatible
// with Microsoft Graph's activityStatistics API. This package owns signals, the exit code
// and the embedded contract; it leaves alone the command line, which is package command's.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"afterhours/command"
)

// contract is the API, as the server shows and enforces it.
//
//go:embed openapi.yaml
var contract []byte

// ballastSize is the size of memory that is allocated and never touched, so that it takes
// none. The garbage collector runs whenever the heap has doubled. Without the ballast the
// heap is small, and the garbage of requests and rows would double it all the time.
const ballastSize = 64 << 20

func main() {
	ballast := make([]byte, ballastSize)
	defer runtime.KeepAlive(ballast)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from then on a second signal ends the process at once
	err := command.Run(ctx, command.Environment{
		Contract: contract,
		Args:     os.Args[1:],
		Environ:  os.Environ(),
		Stdin:    os.Stdin,
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
	})
	if err != nil {
		printError(err)
		os.Exit(command.ExitCode(err))
	}
}

// printError prints the error. It waits a second at most, as nobody may read standard error.
func printError(err error) {
	if err.Error() == "" { // the command that exec has run has failed, and has said why
		return
	}
	done := make(chan struct{})
	go func() {
		fmt.Fprintln(os.Stderr, "afterhours:", err)
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
}
