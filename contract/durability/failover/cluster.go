package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// cluster is the three machines that the script cluster starts.
type cluster struct {
	script, folder string
	machines       []machine
}

// machine has a name and the addresses of its servers.
type machine struct{ name, patroni, postgres string }

// member is a machine as Patroni describes it.
type member struct {
	Name, Role, State string
	Timeline          int
	Lag               any // a number of bytes, or "unknown"
}

func openCluster(script, folder string) (*cluster, error) {
	lines, err := os.ReadFile(filepath.Join(folder, "machines"))
	if err != nil {
		return nil, err
	}
	c := &cluster{script: script, folder: folder}
	for line := range strings.Lines(string(lines)) {
		words := strings.Fields(line)
		c.machines = append(c.machines, machine{words[0], "127.0.0.1:" + words[3], "127.0.0.1:" + words[4]})
	}
	return c, nil
}

// store returns the value of --store, in the form that the documentation recommends.
func (c *cluster) store() string {
	var hosts []string
	for _, m := range c.machines {
		hosts = append(hosts, m.postgres)
	}
	return "postgres://postgres@" + strings.Join(hosts, ",") + "/postgres?target_session_attrs=read-write"
}

// do runs the script for a machine.
func (c *cluster) do(verb, name string) error {
	if out, err := exec.Command(c.script, verb, c.folder, name).CombinedOutput(); err != nil {
		return fmt.Errorf("cluster %s %s: %w: %s", verb, name, err, out)
	}
	return nil
}

// members returns the members as the first Patroni that answers describes them.
func (c *cluster) members() (members []member, err error) {
	client := http.Client{Timeout: 2 * time.Second}
	for _, m := range c.machines {
		var response *http.Response
		if response, err = client.Get("http://" + m.patroni + "/cluster"); err != nil {
			continue
		}
		var described struct{ Members []member }
		err = json.NewDecoder(response.Body).Decode(&described)
		_ = response.Body.Close()
		if err == nil {
			return described.Members, nil
		}
	}
	return nil, fmt.Errorf("no Patroni answers: %w", err)
}

// named returns the name of the machine in the role, "" for none.
func named(members []member, role string) string {
	for _, m := range members {
		if m.Role == role {
			return m.Name
		}
	}
	return ""
}

// whole reports whether all machines run: a primary, and two replicas without a lag, one of
// them synchronous.
func whole(members []member) bool {
	if len(members) != 3 || named(members, "leader") == "" || named(members, "sync_standby") == "" {
		return false
	}
	for _, m := range members {
		lag, ok := m.Lag.(float64)
		if m.Timeline != members[0].Timeline || m.Role != "leader" && (!ok || lag > 1<<20) || m.State != "running" && m.State != "streaming" {
			return false
		}
	}
	return true
}

// awaitWhole waits until the cluster is whole, and returns the primary and the synchronous
// replica.
func (c *cluster) awaitWhole() (primary, replica string, err error) {
	for begun := time.Now(); time.Since(begun) < 3*time.Minute; time.Sleep(500 * time.Millisecond) {
		members, err := c.members()
		if err == nil && whole(members) {
			return named(members, "leader"), named(members, "sync_standby"), nil
		}
	}
	members, err := c.members()
	return "", "", fmt.Errorf("the cluster is not whole after three minutes: %+v, %w", members, err)
}

// switchover asks Patroni to make the replica the primary, as for maintenance.
func (c *cluster) switchover(primary, replica string) error {
	body, err := json.Marshal(map[string]string{"leader": primary, "candidate": replica})
	if err != nil {
		return err
	}
	for _, m := range c.machines {
		if m.name != primary {
			continue
		}
		response, err := http.Post("http://"+m.patroni+"/switchover", "application/json", bytes.NewReader(body))
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		if answer, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
			return fmt.Errorf("switchover: %d %s", response.StatusCode, answer)
		}
	}
	return nil
}
