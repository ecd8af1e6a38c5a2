package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	_ "afterhours/command" // so that go test repeats these tests when the program changes
	"afterhours/contract/program"
)

func TestMain(m *testing.M) { os.Exit(program.Main(m)) }

// afterDrain is how long a server finishes requests once its listener is closed.
const afterDrain = 10 * time.Second

// store is a database that does not answer. Nothing else may be wrong with the settings.
const store = "postgres://127.0.0.1:1/afterhours"

// read decodes a file of YAML.
func read(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// checkSettings runs serve --check with the arguments and returns the time of --drain. The test fails
// if anything but the database is wrong.
func checkSettings(t *testing.T, args []string, environment map[string]string) (drain time.Duration) {
	t.Helper()
	for name, value := range environment {
		t.Setenv(name, value)
	}
	out, _ := program.TryRun(t, append(args, "--check")...) // an error, as the database does not answer
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "wrong: ") && !strings.Contains(line, "--store "+store+": ") {
			t.Error(line)
		}
	}
	found := regexp.MustCompile(`(?m)^drain +(\S+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("serve --check printed %s", out)
	}
	drain, err := time.ParseDuration(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return drain
}

// TestComposeFits: the program takes the settings of each server, and compose waits for its end.
func TestComposeFits(t *testing.T) {
	var file struct {
		Services map[string]struct {
			Command     []string
			Environment map[string]string
			Grace       time.Duration `yaml:"stop_grace_period"`
		}
	}
	read(t, "compose.yaml", &file)
	servers := 0
	for name, service := range file.Services {
		if len(service.Command) == 0 || service.Command[0] != "serve" {
			continue
		}
		servers++
		drain := checkSettings(t, service.Command, map[string]string{"AFTERHOURS_DATA": filepath.Join(t.TempDir(), "data"), "AFTERHOURS_STORE": store})
		if drain == 0 || service.Grace < drain+afterDrain {
			t.Errorf("%s drains for %v and may take %v more; compose waits for %v", name, drain, afterDrain, service.Grace)
		}
	}
	proxy := file.Services["proxy"].Environment
	for variable, want := range map[string]string{"AFTERHOURS_1": "one:8080", "AFTERHOURS_2": "two:8080", "AFTERHOURS_3": "three:8080"} {
		if proxy[variable] != want {
			t.Errorf("HAProxy's %s is %q; want %q", variable, proxy[variable], want)
		}
	}
	if servers != 3 {
		t.Errorf("there are %d servers", servers)
	}
}

// object is what the test needs of an object of Kubernetes.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     struct {
		Selector    map[string]any
		PodSelector map[string]any `yaml:"podSelector"`
		Template    struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Grace      int `yaml:"terminationGracePeriodSeconds"`
				Containers []struct{ Args []string }
				Volumes    []struct {
					ConfigMap struct{ Name string } `yaml:"configMap"`
				}
			}
		}
	}
}

// objects reads the files for Kubernetes by the kinds of their objects.
func objects(t *testing.T) map[string]object {
	t.Helper()
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]object{}
	for _, name := range files {
		var one object
		read(t, name, &one)
		found[one.Kind] = one
	}
	return found
}

// TestKubernetesFits: the program takes the settings, Kubernetes waits for the end of a server, and
// all objects mean the same pods.
func TestKubernetesFits(t *testing.T) {
	all := objects(t)
	pod := all["Deployment"].Spec.Template.Spec
	config := all["ConfigMap"]
	data := "data: " + filepath.Join(t.TempDir(), "data")
	settings := filepath.Join(t.TempDir(), "config.yaml")
	text := strings.Replace(config.Data["config.yaml"], "data: /var/lib/afterhours/data", data, 1)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil || !strings.Contains(text, data) {
		t.Fatalf("%v: the data folder of %s", err, text)
	}
	args := slices.Clone(pod.Containers[0].Args)
	at := slices.Index(args, "/etc/afterhours/config.yaml")
	if at < 0 {
		t.Fatalf("the arguments %v do not name the file", args)
	}
	args[at] = settings
	drain := checkSettings(t, args, map[string]string{"AFTERHOURS_STORE": store})
	if grace := time.Duration(pod.Grace) * time.Second; drain == 0 || grace < drain+afterDrain {
		t.Errorf("a server drains for %v and may take %v more; Kubernetes waits for %v", drain, afterDrain, grace)
	}
	if pod.Volumes[0].ConfigMap.Name != config.Metadata.Name {
		t.Errorf("the pods read the settings of %q; they are in %q", pod.Volumes[0].ConfigMap.Name, config.Metadata.Name)
	}
	label := all["Deployment"].Spec.Template.Metadata.Labels["app.kubernetes.io/name"]
	for kind, selector := range map[string]map[string]any{
		"Deployment": all["Deployment"].Spec.Selector, "Service": {"matchLabels": all["Service"].Spec.Selector},
		"PodDisruptionBudget": all["PodDisruptionBudget"].Spec.Selector, "NetworkPolicy": all["NetworkPolicy"].Spec.PodSelector,
	} {
		labels, _ := selector["matchLabels"].(map[string]any)
		if labels["app.kubernetes.io/name"] != label || label == "" {
			t.Errorf("the %s selects %v; the pods are %q", kind, labels, label)
		}
	}
}
