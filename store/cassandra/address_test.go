package cassandra

import (
	"strings"
	"testing"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]Address{
		"cassandra://db/afterhours":                          {hosts: []string{"db"}, keyspace: "afterhours"},
		"cassandra://10.0.0.1:9043,10.0.0.2,[::1]:9/a_1":     {hosts: []string{"10.0.0.1:9043", "10.0.0.2", "[::1]:9"}, keyspace: "a_1"},
		"cassandra://me:a%2Fb%40c:d@db/k?consistency=quorum": {hosts: []string{"db"}, keyspace: "k", user: "me", password: "a/b@c:d"},
	} {
		got, err := ParseAddress(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if strings.Join(got.hosts, " ") != strings.Join(want.hosts, " ") || got.keyspace != want.keyspace || got.user != want.user || got.password != want.password {
			t.Errorf("%s is %+v; want %+v", text, got, want)
		}
		if shown := got.String(); strings.Contains(shown, "me") || strings.Contains(shown, "?") {
			t.Errorf("%s is shown as %s", text, shown)
		}
	}
}

func TestWrongAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://db/k":                        "must begin with cassandra://",
		"cassandra://":                           `the host "" must be HOST or HOST:PORT`,
		"cassandra:///k":                         `the host "" must be HOST or HOST:PORT`,
		"cassandra://a,,b/k":                     `the host "" must be HOST or HOST:PORT`,
		"cassandra://a:0/k":                      `the host "a:0" must be HOST or HOST:PORT`,
		"cassandra://a:secret/k":                 "must be HOST or HOST:PORT",
		"cassandra://a":                          `the keyspace "" must be`,
		"cassandra://a/":                         `the keyspace "" must be`,
		"cassandra://a/Big":                      `the keyspace "Big" must be`,
		"cassandra://a/k/l":                      `the keyspace "k/l" must be`,
		"cassandra://a/k#x":                      "must have the form cassandra://",
		"cassandra://me@a/k":                     "USER:PASSWORD@",
		"cassandra://:secret@a/k":                "USER:PASSWORD@",
		"cassandra://me:%zz@a/k":                 "must be percent-encoded",
		"cassandra://me:1/secret@a/k":            "must be percent-encoded",
		"cassandra://me:1/k?secret@a/k":          "must be percent-encoded",
		"cassandra://a/k?consistency=one":        "consistency=one: it must be local_quorum or quorum",
		"cassandra://a/k?consistancy=quorum":     `there is no option "consistancy"; there are ca, cert, consistency, datacenter, key, reads, replication, tls`,
		"cassandra://a/k?reads=one":              "reads=one: it must be serial or quorum",
		"cassandra://a/k?tls=yes":                "tls=yes: it must be true or false",
		"cassandra://a/k?tls=true&tls=false":     "the option tls is there 2 times",
		"cassandra://a/k?datacenter=":            "the option datacenter has no value",
		"cassandra://a/k?replication=0":          "replication=0: it must be a number from 1 to 9",
		"cassandra://a/k?ca=roots.pem":           "need tls=true",
		"cassandra://a/k?tls=true&cert=cert.pem": "belong together",
		"cassandra://a/k?tls=%zz":                "the options cannot be read",
	} {
		_, err := ParseAddress(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		} else if strings.Contains(err.Error(), "secret") && !strings.Contains(text, "a:secret") {
			t.Errorf("%s: the error has the password: %v", text, err)
		}
	}
}

// TestCluster checks what the driver is told of an address.
func TestCluster(t *testing.T) {
	for text, want := range map[string]level{
		"cassandra://db/k":                          {gocql.LocalQuorum, gocql.LocalSerial},
		"cassandra://db/k?consistency=local_quorum": {gocql.LocalQuorum, gocql.LocalSerial},
		"cassandra://db/k?consistency=quorum":       {gocql.Quorum, gocql.Serial},
	} {
		address, err := ParseAddress(text)
		if err != nil {
			t.Fatal(err)
		}
		got := address.cluster(answerTimeout)
		if got.Consistency != want.reads || got.SerialConsistency != want.conditions || got.DefaultIdempotence || got.Timeout != answerTimeout || got.Authenticator != nil {
			t.Errorf("%s is %+v", text, got)
		}
	}
	address, err := ParseAddress("cassandra://me:secret@db/k")
	if err != nil {
		t.Fatal(err)
	}
	got, ok := address.cluster(answerTimeout).Authenticator.(gocql.PasswordAuthenticator)
	if !ok || got.Username != "me" || got.Password != "secret" {
		t.Errorf("the driver is told %+v", got)
	}
}

func TestDatacenters(t *testing.T) {
	for _, test := range []struct {
		options, names, want string
	}{
		{"", "a", ""},
		{"", "a b", "the ring has the data centers a, b: add datacenter=NAME"},
		{"?consistency=quorum", "a b", ""},
		{"?datacenter=a", "a b", ""},
		{"?datacenter=c", "a b", "datacenter=c: the ring has a, b"},
		{"?datacenter=c&consistency=quorum", "a", "datacenter=c: the ring has a"},
	} {
		a, err := ParseAddress("cassandra://db/k" + test.options)
		if err != nil {
			t.Fatal(err)
		}
		err = a.checkDatacenter(strings.Fields(test.names))
		if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s in a ring of %s: %v; want %q", test.options, test.names, err, test.want)
		}
	}
}
