// Package proxy owns the proof that many servers behind a proxy look like one that is always there: it
// runs three over PostgreSQL behind HAProxy with the file deploy/haproxy/haproxy.cfg, and restarts and
// upgrades them under load. It leaves alone crashes, which contract/durability has.
package proxy
