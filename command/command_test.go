package command

import (
	"strings"
	"testing"
)

// TestCommandLine: the error of a wrong command line names the flag and the mistake. The
// exit code is 2 if the command line cannot be understood, else 1.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		args, message string
		code          int
	}{
		{"serve --prot 1", "unknown flag: --prot", 2},
		{"serve --store postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=1", "127.0.0.1", 1},
		{"serve --store mongodb", "must be sqlite, memory or a URL", 2},
		{"serve --durability some", "must be full or normal", 2},
		{"serve --addr nowhere", "--addr nowhere: it must be host and port", 2},
		{"serve --addr nowhere.invalid:1", "--addr", 1},
		{"serve --addr 70000 --tls-dev", "from 0 to 65535", 2},
		{"health --addr 1", "127.0.0.1:1", 1},
		{"health --addr localhost", "it must be host and port", 2},
		{"token --expires 1x", "--expires 1x: it must be a number and its unit, as in 30m, 12h or 7d", 2},
		{"token --upn a@x --role A", "leave out --upn", 2},
		{"serve --demo=yes", "--demo yes: it must be true or false", 2},
		{"import --from x nothing", "--from x: it must be a whole number", 2},
		{"serve --port 1", "did you mean --addr?", 2},
		{"serve --addr = :1", "--addr = :1: leave out the spaces around the equals sign, as in --addr=:1", 2},
		{"user remvoe --upn q@x", "unknown command \"remvoe\" for \"afterhours user\" (did you mean remove?)", 2},
		{"serve --public-url graph.example.com", "--public-url graph.example.com: it must be scheme, host and port", 2},
		{"serve --control --addr :0", "--control: others than this machine can reach the server", 2},
		{"serve --control=anyone", "must be local, anywhere or off", 2},
		{"serve --audience x", "none is given", 2},
		{"serve --limit -1", "write the requests a second of each caller, as in --limit 100", 2},
		{"serve --limit many", "--limit many: it must be a whole number", 2},
		{"serve --issuer https://a.example,https://b.example --audience x", "one absolute URL", 2},
		{"token --expires 500ms", "--expires 500ms: it must be at least 1s", 2},
		{"user add --upn q@x --id", "--id needs a value, as in --id 0f8fad5b", 2},
		{"user add --upn q@x --id " + demoUser + " --tenant x", "--tenant x: it must be a GUID, as in ", 2},
		{"user add --upn " + demoUser + " --id " + demoUser, "no user principal name", 2},
		{"user add --upn a/b --id " + demoUser, "no user principal name", 2},
		{"user list --store memory", "keeps nothing", 2},
		{"user", "say add, list or remove", 2},
		{"user bogus", "unknown command", 2},
		{"serve extra", "serve takes no argument, but has \"extra\"", 2},
		{"serve --tls-cert a", "needs --tls-key", 2},
		{"serve --tls-key a", "needs --tls-cert", 2},
		{"serve --tls-dev --tls-cert a --tls-key b", "not both", 2},
		{"serve --store memory --tls-cert nothing --tls-key nothing", "there is no file nothing", 1},
		{"serve --store memory --tls-dev --addr graph.microsoft.com:0", "give --tls-cert", 2},
		{"health --ca nothing", "--ca: there is no file nothing", 1},
		{"serve --store memory --tls-cert flags.go --tls-key flags.go", "--tls-cert flags.go: it has no certificate in PEM", 1},
		{"token --tenant me", "--tenant me: it must be a GUID", 2},
		{"token --role A --scope B", "not both", 2},
		{"user add --id x --upn y", "--id x: it must be a GUID", 2},
		{"user add --upn y", "--id is missing, as in afterhours user add --id ", 2},
		{"user remove", "--upn is missing, as in afterhours user remove --upn ", 2},
		{"fly", "unknown command", 2},
		{"help bogus", "unknown command \"bogus\" for \"afterhours\"", 2},
		{"help user lst", "unknown command \"lst\" for \"afterhours user\" (did you mean list?)", 2},
		{"completion", "say bash, fish, powershell or zsh", 2},
		{"completion cmd", "unknown command \"cmd\" for \"afterhours completion\"", 2},
		{"serve --adr :1", "unknown flag: --adr (did you mean --addr?); see", 2},
		{"serve -addr :1", "(did you mean --addr?)", 2},
		{"serve --tls-de", "(did you mean --tls-dev?)", 2},
		{"token --scopes x", "did you mean --scope?", 2},
		{"user list --tennant x", "did you mean --tenant?", 2},
		{"serve --x", "unknown flag: --x; see afterhours serve --help", 2},
		{"fly", "unknown command \"fly\" for \"afterhours\"; see afterhours --help", 2},
		{"serv", "unknown command \"serv\" for \"afterhours\" (did you mean serve?); see afterhours --help", 2},
		{"user lst", "unknown command \"lst\" for \"afterhours user\" (did you mean list?)", 2},
		{"serve --addr :1 --addr :2", "--addr is given twice; give it once", 2},
		{"serve --demo --demo", "--demo is given twice; give it once", 2},
		{"user list --tenant a --tenant b", "--tenant is given twice; give it once", 2},
		{"serve --prot 1", "see afterhours serve --help", 2},
		{"user add", "see afterhours user add --help", 2},
		{"user list --tenant x", "see afterhours user list --help", 2},
		{"backup", "name the FILE, as in afterhours backup ", 2},
		{"restore a b", "one FILE only, not 2", 2},
		{"import", "name the FILE, as in afterhours import ", 2},
		{"export a b", "one FILE only, not 2", 2},
		{"import --from 0 nothing", "--from 0: lines begin with 1", 2},
		{"import nothing", "there is no file nothing", 1},
		{"restore nothing", "there is no file nothing", 1},
		{"restore command_test.go", "it is no backup of this program", 1},
		{"backup nowhere/x.db", "there is no folder nowhere", 1},
		{"export nowhere/x.csv", "there is no folder nowhere", 1},
		{"export --resume x.csv", "there is no file x.csv", 1},
		{"serve --store postgres", "postgres://USER@HOST/DATABASE", 2},
		{"serve --store postgres://me:secret/word@db/x", "must be percent-encoded", 2},
		{"serve --store cassandra", "cassandra://HOST,HOST/KEYSPACE", 2},
		{"serve --store cassandra://me:secret@db/Wrong", "the keyspace \"Wrong\" must be", 2},
		{"serve --store cassandra://db/x?consistency=one", "consistency=one: it must be local_quorum or quorum", 2},
		{"serve --control --store cassandra://127.0.0.1:1/x", "--control: a ring of Cassandra cannot be reset", 2},
		{"serve --store sqlite://elsewhere", "--store sqlite takes no address: --data names its folder", 2},
		{"user list --store memory://", "--store memory takes no address", 2},
		{"health --addr http://127.0.0.1:1", "no server listens at 127.0.0.1:1; start one with afterhours serve", 1},
	} {
		args := strings.Fields(row.args)
		if args[0] != "health" && args[0] != "fly" && args[0] != "serv" && args[0] != "help" && args[0] != "completion" && !strings.HasSuffix(row.args, "--id") {
			args = append(args, "--data", dir)
		}
		_, err := run(t, args...)
		if err == nil || !strings.Contains(err.Error(), row.message) || ExitCode(err) != row.code {
			t.Errorf("%s: %v, exit code %d", row.args, err, ExitCode(err))
		}
	}
}
