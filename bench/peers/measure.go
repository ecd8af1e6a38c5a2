package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// measureAll measures everything that the page shows.
func (b *bench) measureAll() (*page, error) {
	recordings, err := b.record()
	if err != nil {
		return nil, err
	}
	p := b.newPage()
	everyone := append([]peer{bare(recordings[patching.title])}, b.peers...)
	if p.OneCore, err = b.compare(everyone, oneCore, patching); err != nil {
		return nil, err
	}
	if p.TwoCores, err = b.compare(everyone, twoCores, patching); err != nil {
		return nil, err
	}
	if p.Reading, err = b.compareReading(recordings); err != nil {
		return nil, err
	}
	if b.statistics > 0 {
		if p.Large, err = b.measureLarge(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// compareReading compares the stores of Afterhours with the bare handler, for each kind of
// reading.
func (b *bench) compareReading(recordings map[string]string) (tables []readingTable, err error) {
	ours := slices.DeleteFunc(slices.Clone(b.peers), func(p peer) bool { return p.mint == nil })
	if len(ours) == 0 {
		return nil, nil
	}
	for _, k := range reading {
		table, err := b.compare(append([]peer{bare(recordings[k.title])}, ours...), oneCore, k)
		if err != nil {
			return nil, err
		}
		tables = append(tables, readingTable{k.title, k.connections, table})
	}
	return tables, nil
}

// record asks Afterhours for one answer of each kind, which the bare handler repeats, and keeps
// its token. It returns the files of the answers by the title of the kind.
func (b *bench) record() (files map[string]string, err error) {
	s, err := b.start(allPeers[0], oneCore.server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	b.token = s.token
	files = map[string]string{}
	for n, k := range append([]kind{patching}, reading...) {
		if files[k.title], err = s.record(b, fmt.Sprintf("kind%d", n), k.requests(s.collection)[0]); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// compare starts the peers, loads them in turns, and stops them. The first round warms up.
func (b *bench) compare(peers []peer, l layout, k kind) (table []row, err error) {
	connections := k.connections
	if l.connections > 0 {
		connections = l.connections
	}
	fmt.Fprintf(os.Stderr, "\n%s, %d connections, server on %s, load on %s\n", k.title, connections, l.server, l.load)
	all := make([]series, len(peers))
	servers, files := make([]*server, len(peers)), make([]string, len(peers))
	for n, p := range peers {
		if servers[n], err = b.start(p, l.server); err != nil {
			return nil, err
		}
		s := servers[n]
		defer func() { err = errors.Join(err, s.stop()) }()
		if files[n], err = b.load(s, "load", k.requests(s.collection)); err != nil {
			return nil, err
		}
		all[n].peer = p
	}
	for round := range b.rounds + 1 {
		for n, s := range servers {
			got, err := b.sample(s, l, connections, files[n])
			if err != nil {
				return nil, err
			}
			if round > 0 {
				all[n].samples = append(all[n].samples, got)
			}
			fmt.Fprintf(os.Stderr, "%d %-12s %8.0f/s  p50 %v  p99 %v\n", round, s.name, got.rate, got.p50, got.p99)
		}
	}
	return rows(all), nil
}
