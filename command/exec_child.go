package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// The exit codes of a shell for a command that cannot run, and what it adds to the number of the
// signal that has ended one.
const (
	codeNotExecutable = 126
	codeNotFound      = 127
	codeSignal        = 128
)

// findCommand returns the command that is to be run. It is an error with the exit code of a shell if
// there is no such program.
func findCommand(args []string) (*exec.Cmd, error) {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, explainExec(args[0], err)
	}
	child := exec.Command(path, args[1:]...)
	child.Args[0] = args[0]
	return child, nil
}

// explainExec puts the error of a command that cannot run into words.
func explainExec(name string, err error) error {
	var failed *exec.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return exitError{codeNotFound, fmt.Sprintf("there is no program %s in the folders of PATH", name)}
	case errors.Is(err, os.ErrNotExist):
		return exitError{codeNotFound, fmt.Sprintf("there is no program %s, or not the one that its first line names", name)}
	case errors.Is(err, os.ErrPermission):
		return exitError{codeNotExecutable, fmt.Sprintf("%s cannot be executed: its rights do not let this user do so", name)}
	}
	return exitError{codeNotExecutable, fmt.Sprintf("%s cannot be executed: %v", name, err)}
}

// runChild runs the command and passes signals on to it. The error has the exit code. ctx is done
// by the first signal, which the command may survive, so ctx only keeps the command from starting.
func runChild(ctx context.Context, child *exec.Cmd) error {
	// A signal that is ignored would be ignored by the command as well, so SIGPIPE is caught.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		var failed *os.PathError
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return explainExec(child.Args[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case received := <-signals:
			if received != os.Interrupt || !hasTerminal(child) {
				_ = child.Process.Signal(received) // an error if the command has just ended
			}
		case err := <-ended:
			return exitOf(err)
		}
	}
}

// hasTerminal reports whether one of the command's streams is a terminal. A terminal sends Ctrl-C to
// the command as well, and a second SIGINT would mean to many programs that they must not clean up.
func hasTerminal(child *exec.Cmd) bool {
	input, isFile := child.Stdin.(*os.File)
	return isFile && isTerminal(input) || isTerminal(child.Stdout) || isTerminal(child.Stderr)
}

// exitOf returns the error of a command that has ended with its exit code, as a shell would
// return it, and without words: the command has said what is wrong.
func exitOf(err error) error {
	var exited *exec.ExitError
	if !errors.As(err, &exited) {
		return err
	}
	if status, isStatus := exited.Sys().(syscall.WaitStatus); isStatus && status.Signaled() {
		return exitError{code: codeSignal + int(status.Signal())}
	}
	return exitError{code: exited.ExitCode()}
}
