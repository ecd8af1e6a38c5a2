package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// peer is a server to compare.
type peer struct {
	name  string // in --peers
	title string // on the page
	facts facts

	collection string // the path of its statistics
	keeps      bool   // it has statistics that are created by POST, changed by PATCH, and read by GET

	install func(b *bench) error                                 // nil if there is nothing to install
	command func(b *bench, s *server) (args []string, err error) // listens on s.address and may write to s.folder
	mint    func(b *bench, s *server) (string, error)            // a token that it accepts; nil if any will do
}

// facts are what a peer does in the measured PATCH, in a few words each.
type facts struct{ Authenticates, Validates, Keeps, OnDisk, Logs string }

const (
	graphPath        = "/v1.0/me/analytics/activityStatistics"
	postgresVariable = "AFTERHOURS_TEST_POSTGRES"
	wiremock         = "org.wiremock:wiremock-standalone:3.13.2"
)

// allPeers lists what can be compared with the bare handler.
var allPeers = []peer{
	afterhours("memory", "Afterhours, memory", "in memory", "no", inPlace("memory")),
	afterhours("sqlite", "Afterhours, sqlite", "SQLite", "yes (FULL)", inPlace("sqlite")),
	afterhours("postgres", "Afterhours, PostgreSQL", "PostgreSQL", "yes, by PostgreSQL", newSchema),
	{
		name: "gin", title: "Gin 1.12.0, by hand", collection: graphPath, keeps: true,
		facts:   facts{"no", "that it is JSON", "a map with a lock", "no", "no"},
		install: func(b *bench) error { return b.build("servers", "gin", "./gin") },
		command: func(b *bench, s *server) ([]string, error) {
			return []string{filepath.Join(b.folder, "gin"), s.address}, nil
		},
	},
	{
		name: "json-server", title: "json-server 0.17.4", collection: "/activityStatistics", keeps: true,
		facts:   facts{"no", "that it is JSON", "a file, written whole", "no", "no (`--quiet`)"},
		install: func(b *bench) error { return b.do("json-server", "npm", "ci", "--silent", "--ignore-scripts") },
		command: startJSONServer,
	},
	{
		name: "pocketbase", title: "PocketBase 0.36.8", collection: "/api/collections/activityStatistics/records", keeps: true,
		facts:   facts{"no: its rules let everybody in", "types and patterns of fields", "SQLite", "no (NORMAL)", "to its own database"},
		install: func(b *bench) error { return b.build("servers", "pocketbase", "./pocketbase") },
		command: func(b *bench, s *server) ([]string, error) {
			return []string{filepath.Join(b.folder, "pocketbase"), "serve", "--http", s.address, "--dir", s.folder}, nil
		},
	},
	{
		name: "wiremock", title: "WireMock 3.13.2", collection: graphPath,
		facts: facts{"no", "no", "no: a template repeats the request's values", "no", "no"},
		install: func(b *bench) error {
			return b.do(b.folder, "mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
				"-Dartifact="+wiremock, "-DoutputDirectory="+b.folder, "-Dmdep.stripVersion=true")
		},
		command: startWireMock,
	},
	{
		name: "prism", title: "Prism 5.16.0", collection: strings.TrimPrefix(graphPath, "/v1.0"),
		facts:   facts{"that there is a token", "against our contract", "no: it answers an example", "no", "a line for each request"},
		install: func(b *bench) error { return b.do("../../contract/prism", "npm", "ci", "--silent", "--ignore-scripts") },
		command: func(_ *bench, s *server) ([]string, error) {
			host, port, _ := strings.Cut(s.address, ":")
			return []string{"node", "../../contract/prism/node_modules/.bin/prism", "mock", "--host", host, "--port", port, "../../openapi.yaml"}, nil
		},
	},
}

// bare returns the yardstick: a handler that answers what is in the file.
func bare(recording string) peer {
	return peer{
		name: "bare", title: "bare net/http", collection: graphPath,
		facts: facts{"no", "no", "no: it answers the bytes that Afterhours answered once", "no", "no"},
		command: func(b *bench, s *server) ([]string, error) {
			return []string{filepath.Join(b.folder, "bare"), s.address, recording}, nil
		},
	}
}

// afterhours returns the program with a store, as people run it.
func afterhours(name, title, keeps, onDisk string, store func(b *bench, s *server) (string, error)) peer {
	return peer{
		name: name, title: title, collection: graphPath, keeps: true,
		facts: facts{"tokens", "against the contract", keeps, onDisk, "a line for each request, to a file"},
		command: func(b *bench, s *server) ([]string, error) {
			where, err := store(b, s)
			return []string{b.program(), "serve", "--addr", s.address, "--data", filepath.Join(s.folder, "data"), "--store", where}, err
		},
		mint: func(b *bench, s *server) (string, error) {
			return b.output("", b.program(), "token", "--data", filepath.Join(s.folder, "data"), "--expires", "12h")
		},
	}
}

func (b *bench) program() string { return filepath.Join(b.folder, "afterhours") }

func inPlace(store string) func(*bench, *server) (string, error) {
	return func(*bench, *server) (string, error) { return store, nil }
}

// newSchema returns the URL of an empty schema on the PostgreSQL server. It is dropped when
// the peer stops.
func newSchema(b *bench, s *server) (string, error) {
	address, err := url.Parse(os.Getenv(postgresVariable))
	if err != nil {
		return "", fmt.Errorf("%s: %w", postgresVariable, err)
	}
	schema := "peers_" + strings.ToLower(rand.Text())
	psql := []string{"psql", "--quiet", "--no-psqlrc", address.String(), "--command"}
	if err := b.do("", append(psql, "CREATE SCHEMA "+schema)...); err != nil {
		return "", err
	}
	last := &bench{ctx: context.WithoutCancel(b.ctx)} // also after an interrupt
	s.atEnd = func() error { return last.do("", append(psql, "DROP SCHEMA "+schema+" CASCADE")...) }
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String(), nil
}

func startJSONServer(_ *bench, s *server) ([]string, error) {
	host, port, _ := strings.Cut(s.address, ":")
	file := filepath.Join(s.folder, "db.json")
	return []string{"node", "json-server/node_modules/json-server/lib/cli/bin.js", "--host", host, "--port", port, "--quiet", file},
		os.WriteFile(file, []byte(`{"activityStatistics":[]}`), 0o600)
}

func startWireMock(b *bench, s *server) ([]string, error) {
	host, port, _ := strings.Cut(s.address, ":")
	if err := os.CopyFS(s.folder, os.DirFS("wiremock")); err != nil { // it would write to the folder
		return nil, err
	}
	return []string{"java", "-jar", filepath.Join(b.folder, "wiremock-standalone.jar"), "--bind-address", host, "--port", port,
		"--root-dir", s.folder, "--global-response-templating", "--no-request-journal", "--disable-banner"}, nil
}
