package cassandra

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// Scheme begins the address of a ring.
const Scheme = "cassandra"

// form says how an address is written.
const form = Scheme + "://[USER:PASSWORD@]HOST[:PORT][,HOST...]/KEYSPACE?consistency=local_quorum&datacenter=NAME"

// Address is where a ring is, and how to use it.
type Address struct {
	hosts          []string // each with a port, if it is not 9042
	user, password string
	keyspace       string
	options        map[string]string
}

// options are the names of an address's query, and what is wrong with a value, nil for any value.
var options = map[string]func(value string) error{
	"consistency": func(value string) error {
		if _, ok := levels[value]; !ok {
			return errors.New("it must be local_quorum or quorum")
		}
		return nil
	},
	"reads": func(value string) error {
		if value != "serial" && value != "quorum" {
			return errors.New("it must be serial or quorum")
		}
		return nil
	},
	"datacenter": nil,
	"replication": func(value string) error {
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 9 {
			return errors.New("it must be a number from 1 to 9, the replicas of a keyspace that is created")
		}
		return nil
	},
	"tls": func(value string) error {
		if value != "true" && value != "false" {
			return errors.New("it must be true or false")
		}
		return nil
	},
	"ca": nil, "cert": nil, "key": nil,
}

// level is the consistency of reads and writes, and that of the conditions of writes.
type level struct{ reads, conditions gocql.Consistency }

var levels = map[string]level{
	"local_quorum": {gocql.LocalQuorum, gocql.LocalSerial},
	"quorum":       {gocql.Quorum, gocql.Serial},
}

var keyspaceName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

// ParseAddress reads an address of the form
// cassandra://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/KEYSPACE?OPTIONS. The options are
//
//	consistency  local_quorum (the default) or quorum. All servers of a ring must have the same
//	reads        serial (the default): they have their place in the order of the writes. Or quorum: faster, but if
//	             the outcome of a write is unknown, one read may show it and the next one not yet
//	datacenter   the one whose nodes are used first, or alone with local_quorum
//	replication  how many replicas a keyspace gets that does not exist yet
//	tls          true or false, which is the default
//	ca           a file with the certificates that are trusted in place of the system's
//	cert, key    files with the certificate of this client
//
// An error does not contain the password.
func ParseAddress(text string) (*Address, error) {
	rest, ok := strings.CutPrefix(text, Scheme+"://")
	if !ok {
		return nil, fmt.Errorf("the address must begin with %s://", Scheme)
	}
	authority, rest := cut(rest, "/?#")
	if strings.Contains(rest, "@") { // what is before it may be a part of the password, and must not be shown
		return nil, errEncoding
	}
	a := &Address{}
	credentials, hosts, found := cutLast(authority, "@")
	if !found {
		hosts = authority
	} else if err := a.setCredentials(credentials); err != nil {
		return nil, err
	}
	for host := range strings.SplitSeq(hosts, ",") {
		if err := checkHost(host); err != nil {
			return nil, err
		}
		a.hosts = append(a.hosts, host)
	}
	if err := a.setPath(rest); err != nil {
		return nil, err
	}
	if err := a.checkTLS(); err != nil {
		return nil, err
	}
	return a, nil
}

// cut splits the text before the first of the characters.
func cut(text, chars string) (before, after string) {
	if at := strings.IndexAny(text, chars); at >= 0 {
		return text[:at], text[at:]
	}
	return text, ""
}

func cutLast(text, separator string) (before, after string, found bool) {
	if at := strings.LastIndex(text, separator); at >= 0 {
		return text[:at], text[at+len(separator):], true
	}
	return text, "", false
}

func (a *Address) setCredentials(text string) error {
	user, password, found := strings.Cut(text, ":")
	var failed [2]error
	a.user, failed[0] = url.PathUnescape(user)
	a.password, failed[1] = url.PathUnescape(password)
	if errors.Join(failed[:]...) != nil {
		return errEncoding
	}
	if !found || a.user == "" {
		return errors.New("the user and the password are written USER:PASSWORD@")
	}
	return nil
}

var errEncoding = errors.New("special characters of the user and the password must be percent-encoded")

// checkHost returns an error if the text is no host or HOST:PORT.
func checkHost(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "9042"
	}
	n, err := strconv.Atoi(port)
	if host == "" || strings.ContainsAny(host, " []%") || err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("the host %q must be HOST or HOST:PORT; several are separated by commas", text)
	}
	return nil
}

// setPath reads the keyspace and the options.
func (a *Address) setPath(text string) error {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Fragment != "" {
		return fmt.Errorf("the address must have the form %s", form)
	}
	a.keyspace = strings.TrimPrefix(parsed.Path, "/")
	if !keyspaceName.MatchString(a.keyspace) {
		return fmt.Errorf("the keyspace %q must be up to 48 small letters, digits and _, the first one a letter, as in %s://HOST/afterhours", a.keyspace, Scheme)
	}
	values, err := url.ParseQuery(parsed.RawQuery)
	if err != nil {
		return errors.New("the options cannot be read; special characters must be percent-encoded")
	}
	a.options = map[string]string{}
	for name, value := range values {
		check, known := options[name]
		switch {
		case !known:
			return fmt.Errorf("there is no option %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(options)), ", "))
		case len(value) > 1:
			return fmt.Errorf("the option %s is there %d times", name, len(value))
		case value[0] == "":
			return fmt.Errorf("the option %s has no value", name)
		case check != nil:
			if err := check(value[0]); err != nil {
				return fmt.Errorf("%s=%s: %w", name, value[0], err)
			}
		}
		a.options[name] = value[0]
	}
	return nil
}

// checkTLS returns an error if options of TLS contradict each other. Their files are read when a ring is opened.
func (a *Address) checkTLS() error {
	ca, cert, key := a.options["ca"], a.options["cert"], a.options["key"]
	if a.options["tls"] != "true" && ca+cert+key != "" {
		return errors.New("the options ca, cert and key need tls=true")
	}
	if (cert == "") != (key == "") {
		return errors.New("the options cert and key belong together")
	}
	return nil
}

// String returns the address without the user, the password and the options.
func (a *Address) String() string {
	return Scheme + "://" + strings.Join(a.hosts, ",") + "/" + a.keyspace
}

// level returns the consistency that the address asks for.
func (a *Address) level() level {
	if named, ok := levels[a.options["consistency"]]; ok {
		return named
	}
	return levels["local_quorum"]
}

// serial returns the consistency of reads that take part in the order of a partition's transactions.
func (a *Address) serial() gocql.Consistency {
	if a.options["reads"] == "quorum" {
		return a.level().reads
	}
	return a.level().conditions
}
