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
		{"serve --addr nowhere", "--addr nowhere: write host and port", 2},
		{"serve --addr nowhere.invalid:1", "--addr", 1},
		{"serve --addr 70000 --tls-dev", "from 0 to 65535", 2},
		{"health --addr 1", "http://127.0.0.1:1/readyz", 1},
		{"health --addr localhost", "write host and port", 2},
		{"token --expires 1x", "30m, 12h or 7d", 2},
		{"serve --public-url graph.example.com", "write scheme, host and port", 2},
		{"serve --control --addr :0", "--control: others than this machine can reach the server", 2},
		{"serve --control=anyone", "must be local, anywhere or off", 2},
		{"serve --audience x", "none is given", 2},
		{"serve --limit -1", "write the requests a second of each caller, as in --limit 100", 2},
		{"serve --limit many", "invalid argument", 2},
		{"serve --issuer https://a.example,https://b.example --audience x", "one absolute URL", 2},
		{"token --expires 500ms", "needs a lifetime", 2},
		{"user add --upn q@x --id", "flag needs an argument", 2},
		{"user add --upn q@x --id " + demoUser + " --tenant x", "--tenant \"x\" is no GUID", 2},
		{"user add --upn " + demoUser + " --id " + demoUser, "no user principal name", 2},
		{"user add --upn a/b --id " + demoUser, "no user principal name", 2},
		{"user list --store memory", "keeps nothing", 2},
		{"user", "say add, list or remove", 2},
		{"user bogus", "unknown command", 2},
		{"serve extra", "unknown command", 2},
		{"serve --tls-cert a", "needs --tls-key", 2},
		{"serve --tls-key a", "needs --tls-cert", 2},
		{"serve --tls-dev --tls-cert a --tls-key b", "not both", 2},
		{"serve --store memory --tls-cert nothing --tls-key nothing", "no such file", 1},
		{"serve --store memory --tls-dev --addr graph.microsoft.com:0", "give --tls-cert", 2},
		{"health --ca nothing", "--ca", 1},
		{"token --tenant me", "tenant must be a GUID", 2},
		{"token --role A --scope B", "not both", 2},
		{"user add --id x --upn y", "--id \"x\" is no GUID", 2},
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
		{"serve --addr :1 --addr :2", "\"--addr\" flag: it is given twice", 2},
		{"serve --demo --demo", "\"--demo\" flag: it is given twice", 2},
		{"user list --tenant a --tenant b", "\"--tenant\" flag: it is given twice", 2},
		{"serve --prot 1", "see afterhours serve --help", 2},
		{"user add", "see afterhours user add --help", 2},
		{"user list --tenant x", "see afterhours user list --help", 2},
		{"backup", "name the FILE, as in afterhours backup ", 2},
		{"restore a b", "one FILE only, not 2", 2},
		{"import", "name the FILE, as in afterhours import ", 2},
		{"export a b", "one FILE only, not 2", 2},
		{"import --from 0 nothing", "--from 0: lines begin with 1", 2},
		{"import nothing", "no such file", 1},
		{"restore nothing", "nothing", 1},
		{"serve --store postgres", "postgres://USER@HOST/DATABASE", 2},
		{"serve --store postgres://me:secret/word@db/x", "must be percent-encoded", 2},
		{"serve --store sqlite://elsewhere", "--store sqlite takes no address: --data names its folder", 2},
		{"user list --store memory://", "--store memory takes no address", 2},
		{"health --addr http://127.0.0.1:1", "refused", 1},
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
