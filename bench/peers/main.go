// Command peers compares the built program with other servers. Each server gets the same
// requests from the same generator, in rounds that take turns. The script run builds and
// starts it. It leaves alone what one part of the program costs, which the benchmarks
// beside that part measure.
//
//	main.go      the flags, and what is built
//	measure.go   what is measured, in which order
//	peers.go     the servers, and how each is installed and started
//	server.go    a running server, and whether it does what is said of it
//	requests.go  the requests
//	wrk.go       one sample: wrk for some seconds
//	large.go     a paced load over a large store
//	figures.go   medians and ratios
//	page.go      peers.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// bench is one run of the command. Its measurements are in measure.go and large.go.
type bench struct {
	ctx        context.Context // done when the run is interrupted: every process ends then
	folder     string          // of the built programs, data and logs
	peers      []peer
	rounds     int // that count; one more warms up
	seconds    int // of one sample
	statistics int // of the large store, 0 for none
	token      string
}

func run(ctx context.Context, args []string) error {
	b := &bench{ctx: ctx}
	flags := flag.NewFlagSet("bench/peers/run", flag.ContinueOnError)
	names := flags.String("peers", "", "names of the peers, separated by commas (default: all), beside bare: "+strings.Join(namesOf(allPeers), ","))
	page := flags.String("page", "peers.md", "the file to write")
	flags.StringVar(&b.folder, "folder", "", "an empty folder for programs, data and logs")
	flags.IntVar(&b.rounds, "rounds", 5, "how many rounds count")
	flags.IntVar(&b.seconds, "seconds", 5, "how long each peer is loaded in a round")
	flags.IntVar(&b.statistics, "statistics", 1_000_000, "how many statistics the large sqlite store has at least; 0 leaves it out")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q: there are flags only, see --help", flags.Arg(0))
	case b.rounds < 1 || b.seconds < 1 || b.statistics < 0:
		return errors.New("--rounds and --seconds must be 1 at least, and --statistics not negative")
	case runtime.NumCPU() < 2:
		return errors.New("this needs two cores: one for the server and one for the load")
	}
	if b.peers, err = choose(*names, os.Getenv(postgresVariable)); err != nil {
		return err
	}
	if !slices.Contains(namesOf(b.peers), "sqlite") {
		b.statistics = 0
	}
	if err := b.install(); err != nil {
		return err
	}
	p, err := b.measureAll()
	if err != nil {
		return err
	}
	return p.write(*page)
}

// install builds the program and installs the peers.
func (b *bench) install() error {
	builds := [][]string{{".", "afterhours", "afterhours"}, {"servers", "bare", "./bare"}}
	if b.statistics > 0 {
		builds = append(builds, []string{"servers", "vegeta", "github.com/tsenart/vegeta/v12"})
	}
	for _, build := range builds {
		if err := b.build(build[0], build[1], build[2]); err != nil {
			return err
		}
	}
	for _, p := range b.peers {
		if p.install == nil {
			continue
		}
		fmt.Fprintln(os.Stderr, "installing", p.title)
		if err := p.install(b); err != nil {
			return fmt.Errorf("installing %s: %w", p.name, err)
		}
	}
	return nil
}

// build builds a Go program of the module in a folder.
func (b *bench) build(module, name, pkg string) error {
	return b.do(module, "go", "build", "-o", filepath.Join(b.folder, name), pkg)
}

// do runs a command line to its end.
func (b *bench) do(dir string, args ...string) error {
	_, err := b.output(dir, args...)
	return err
}

// output runs a command line to its end and returns its standard output.
func (b *bench) output(dir string, args ...string) (string, error) {
	command := exec.CommandContext(b.ctx, args[0], args[1:]...)
	var complaints strings.Builder
	command.Dir, command.Stderr = dir, &complaints
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(args, " "), err, out, complaints.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// choose returns the peers of that names, all if there is none. Without a PostgreSQL server,
// that store is left out, or an error if it is named.
func choose(names, postgres string) ([]peer, error) {
	all := slices.Clone(allPeers)
	if postgres == "" {
		all = slices.DeleteFunc(all, func(p peer) bool { return p.name == "postgres" })
	}
	if names == "" {
		return all, nil
	}
	var chosen []peer
	for name := range strings.SplitSeq(names, ",") {
		if name == "bare" { // which is always there
			continue
		}
		at := slices.IndexFunc(all, func(p peer) bool { return p.name == name })
		switch {
		case at < 0 && name == "postgres":
			return nil, fmt.Errorf("postgres: %s is not set", postgresVariable)
		case at < 0:
			return nil, fmt.Errorf("%q is no peer; choose from %s", name, strings.Join(namesOf(all), ","))
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

func namesOf(peers []peer) (names []string) {
	for _, p := range peers {
		names = append(names, p.name)
	}
	return names
}
