// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/config"
)

const full = `# what an author may declare
version: 1
entrypoint: [/app, --serve]
cmd:
  - "8080"
env:
  MODE: production
  PATH: /opt/bin:/bin
user: app:app
workdir: /srv
stopSignal: SIGQUIT
vm:
  minMemoryMiB: 2048
  minVcpus: 2
  maxVcpus: 4
network: none
chain: true
volumes:
  - path: /var/lib/data
    sizeMiB: 512
  - path: /cache
secrets:
  - {name: password, env: DB_PASSWORD}
  - name: tls.key
    path: /run/secrets/tls.key
scratchMiB: 128
outputMiB: 32
maxProcesses: 64
readOnlyRoot: true
`

func fullSpec() Spec {
	return Spec{
		Version: 1, Workload: fullWorkload(),
		VM:         VM{MinMemoryMiB: 2048, MinVCPUs: 2, MaxVCPUs: 4},
		Network:    config.Network{Egress: []config.Destination{}, Ingress: []config.Service{}},
		Chain:      true,
		ScratchMiB: 128, Scratch: "memory", OutputMiB: 32, MaxProcesses: 64,
		Tasks: config.Tasks{PerBoot: 1}, Confidential: config.Confidential{Env: []string{}, Files: []string{}},
	}
}

func fullWorkload() Workload {
	return Workload{
		Entrypoint: []string{"/app", "--serve"}, Cmd: []string{"8080"},
		Env: map[string]string{"MODE": "production", "PATH": "/opt/bin:/bin"}, User: "app:app", Workdir: "/srv", StopSignal: "SIGQUIT",
		Volumes:      []config.Volume{{Path: "/cache", SizeMiB: 128}, {Path: "/var/lib/data", SizeMiB: 512}},
		Secrets:      []config.Secret{{Name: "password", Env: "DB_PASSWORD"}, {Name: "tls.key", Path: "/run/secrets/tls.key"}},
		ReadOnlyRoot: true,
	}
}

func TestEveryFieldIsRead(t *testing.T) {
	got, _, err := Parse([]byte(full))
	if err != nil || !reflect.DeepEqual(got, fullSpec()) {
		t.Errorf("%+v, %v", got, err)
	}
	minimal, _, err := Parse([]byte("version: 1\n"))
	if err != nil || !reflect.DeepEqual(minimal, Default()) {
		t.Errorf("%+v, %v", minimal, err)
	}
}

const fullContainers = `
version: 1
containers:
  - name: migrate
    image: ./app:latest
    completes: true
    cmd: [migrate]
    volumes: [{path: /data, name: data, sizeMiB: 64}]
  - name: db
    image: registry.example/db@sha256:0
    volumes: [{path: /var/lib/db}]
  - name: app
    image: ./app:latest
    entrypoint: [/app, --serve]
    cmd: ["8080"]
    env: {MODE: production, PATH: "/opt/bin:/bin"}
    user: app:app
    workdir: /srv
    stopSignal: SIGQUIT
    volumes: [{path: /srv/data, name: data, sizeMiB: 64, readOnly: true}, {path: /cache}]
    secrets: [{name: password, env: DB_PASSWORD}, {name: tls.key, path: /run/secrets/tls.key}]
    readOnlyRoot: true
`

func containers() Spec {
	s := Default()
	app := fullWorkload()
	app.Volumes = []config.Volume{{Path: "/cache", SizeMiB: 256}, {Path: "/srv/data", SizeMiB: 64, Name: "data", ReadOnly: true}}
	s.Containers = []Container{
		{Name: "migrate", Completes: true, Workload: Workload{Cmd: []string{"migrate"}, Volumes: []config.Volume{{Path: "/data", SizeMiB: 64, Name: "data"}}}},
		{Name: "db", Image: 1, Workload: Workload{Volumes: []config.Volume{{Path: "/var/lib/db", SizeMiB: 256}}}},
		{Name: "app", Workload: app},
	}
	return s
}

func TestContainersAreRead(t *testing.T) {
	got, images, err := Parse([]byte(fullContainers))
	if err != nil || !reflect.DeepEqual(got, containers()) || !slices.Equal(images, []string{"./app:latest", "registry.example/db@sha256:0"}) {
		t.Errorf("%+v, %q, %v", got, images, err)
	}
	if got.Images() != 2 || Default().Images() != 1 || len(got.All()) != 3 || got.All()[2].Name != "app" {
		t.Errorf("%d images of %+v", got.Images(), got.All())
	}
	if one := fullSpec().All(); len(one) != 1 || one[0].Name != config.MainName || !reflect.DeepEqual(one[0].Workload, fullWorkload()) {
		t.Errorf("%+v", one)
	}
}

// TestImagesAreNumberedAsTheyAreNamed: one spelling for one set of containers.
func TestImagesAreNumberedAsTheyAreNamed(t *testing.T) {
	for _, numbers := range [][3]int{{1, 0, 0}, {0, 2, 1}, {0, 1, 3}, {-1, 0, 0}} {
		s := containers()
		for i, n := range numbers {
			s.Containers[i].Image = n
		}
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "image") {
			t.Errorf("%v: %v", numbers, err)
		}
	}
}

// TestCanonicalIsReadBack: the canonical form is the only spelling that ParseCanonical takes.
func TestCanonicalIsReadBack(t *testing.T) {
	for _, s := range []Spec{Default(), fullSpec(), containers()} {
		document, err := s.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseCanonical(document); err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := ParseCanonical(append(document, '\n')); err == nil {
			t.Error("another spelling was accepted")
		}
	}
	s := fullSpec()
	s.Volumes[0], s.Volumes[1] = s.Volumes[1], s.Volumes[0]
	one, _ := s.Canonical()
	two, _ := fullSpec().Canonical()
	if !bytes.Equal(one, two) || s.Volumes[0].Path != "/var/lib/data" {
		t.Error("the order of volumes counts, or is changed in place")
	}
}

func TestZeroSpecIsRefused(t *testing.T) {
	if _, err := (Spec{}).Canonical(); err == nil {
		t.Error("the zero spec was encoded")
	}
}

// TestREG02OnlyPlainYAMLIsTaken lists what two readers may take for two things, and what is simply wrong; each error
// says where and what.
func TestREG02OnlyPlainYAMLIsTaken(t *testing.T) {
	for file, want := range refusedFiles() {
		if _, _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %q", file, err, want)
		}
	}
}

// refusedFiles are files, and a part of what is said about each.
func refusedFiles() map[string]string {
	all := refusedYAML()
	maps.Copy(all, refusedValues())
	return all
}

// refusedYAML are files of which another reader may make something else.
func refusedYAML() map[string]string {
	return map[string]string{
		"":                               "the file is empty",
		"# nothing":                      "the file is empty",
		"version: 1\n---\nversion: 1":    "more than one document",
		"[version, 1]":                   "line 1, column 1: want a mapping",
		"null":                           "want a mapping",
		"{}":                             "want 1…",
		"user: app":                      "version 0, want 1",
		"version: 2":                     "version 2, want 1",
		"version: '1'":                   "line 1, column 10: want a whole number",
		"version: 1.0":                   "want a whole number",
		"version: 0x1":                   "decimal digits",
		"version: 01":                    "decimal digits",
		"version: 0o1":                   "decimal digits",
		"version: +1":                    "decimal digits",
		"version: 1_0":                   "",
		"version: 1\nversion: 1":         "line 2, column 1: key \"version\" appears twice",
		"version: 1\nVersion: 1":         `unknown key "Version"; did you mean "version"?`,
		"version: 1\nentrypont: [a]":     `did you mean "entrypoint"?`,
		"version: 1\nports: [80]":        `unknown key "ports"; known are chain, cmd, `,
		"version: 1\n1: a":               `line 2, column 1: want a key that is text: write "1" in quotes`,
		"version: 1\n? [a]\n: b":         "want a key that is text",
		"version: 1\ncmd: &a [x]":        "line 2, column 6: anchors and aliases",
		"version: &a 1\nscratchMiB: *a":  "anchors and aliases",
		"version: 1\nenv: &a {B: c}":     "anchors and aliases",
		"version: 1\nenv:\n  <<: {A: b}": "line 3, column 3: want a key that is text",
		"version: 1\nuser: !!str app":    "line 2, column 7: tags are not taken",
		"version: 1\nuser: !app app":     "tags are not taken",
		"version: 1\nenv: !!map {A: b}":  "tags are not taken",
		"version: 1\nenv: !!binary YQ==": "tags are not taken",
		"version: 1\nuser: 1000":         `write "1000" in quotes`,
		"version: 1\nuser: yes":          `write "yes" in quotes`,
		"version: 1\nuser: Off":          `write "Off" in quotes`,
		"version: 1\nuser: ~":            "want text",
		"version: 1\nuser:":              "want text",
		"version: 1\nuser: ''":           "the text is empty",
		"version: 1\nuser: 2020-01-01":   "in quotes",
		"version: 1\nuser: 1:30":         "in quotes",
		"version: 1\ncmd: [8080]":        `line 2, column 7: want text: write "8080" in quotes`,
		"version: 1\ncmd: []":            "want 1…1024 entries",
		"version: 1\ncmd: run":           "want a list",
		"version: 1\ncmd: [[a]]":         "want text",
	}
}

// refusedValues are files whose YAML is plain, and whose values are wrong.
func refusedValues() map[string]string {
	return map[string]string{
		"version: 1\nenv: [A=b]":                                                                      "want a mapping",
		"version: 1\nenv: {A: 1}":                                                                     `write "1" in quotes`,
		"version: 1\nenv: {A-B: c}":                                                                   "not a name of a variable",
		"version: 1\nenv: {A: b, A: c}":                                                               "appears twice",
		"version: 1\nentrypoint: ['']":                                                                "program's name is empty",
		"version: 1\nworkdir: srv":                                                                    "not a clean absolute path",
		"version: 1\nnetwork: {}":                                                                     "want 1…2 keys",
		"version: 1\nnetwork: {egress: []}":                                                           "want 1…128 entries",
		"version: 1\nnetwork: {egress: [a.example]}":                                                  "want NAME:PORT",
		"version: 1\nnetwork: {egress: [\"a.example:0443\"]}":                                         "want NAME:PORT",
		"version: 1\nnetwork: {egress: [\"a.example:65536\"]}":                                        "want NAME:PORT",
		"version: 1\nnetwork: {egress: [\"a.example:0\"]}":                                            "1…65535",
		"version: 1\nnetwork: {egress: [\"https://a.example:443\"]}":                                  "want NAME:PORT",
		"version: 1\nnetwork: {egress: [\"*.example:443\"]}":                                          "neither a host name",
		"version: 1\nnetwork: {egress: [\"a:1\", \"a:1\"]}":                                           "unique",
		"version: 1\nnetwork: {ingress: [{port: 65536, to: 1}]}":                                      "1…65535",
		"version: 1\nnetwork: {ingress: [{port: 443}]}":                                               "1…65535",
		"version: 1\nnetwork: {ingress: [{port: 1, to: 2}, {port: 1, to: 3}]}":                        "unique",
		"version: 1\nscratch: tape":                                                                   "neither",
		"version: 1\nvolumes: [{path: /a, medium: disk}]":                                             "scratch disk",
		"version: 1\ntasks: {perBoot: 0}":                                                             "want at least 1",
		"version: 1\ntasks: {perBoot: 70000}":                                                         "is not in 1…",
		"version: 1\nconfidential: {required: true}":                                                  "nothing may come",
		"version: 1\nconfidential: {env: [LD_PRELOAD]}":                                               "tells programs what to run",
		"version: 1\nconfidential: {env: [A, A]}":                                                     "unique",
		"version: 1\nconfidential: {files: [/dev/x]}":                                                 "is taken",
		"version: 1\nchain: maybe":                                                                    "want true or false",
		"version: 1\nlogs: {live: maybe}":                                                             "want true or false",
		"version: 1\nnetwork: egress":                                                                 "want none",
		"version: 1\nreadOnlyRoot: yes":                                                               "want true or false",
		"version: 1\nreadOnlyRoot: TRUE":                                                              "small letters",
		"version: 1\nreadOnlyRoot: 'true'":                                                            "want true or false",
		"version: 1\nscratchMiB: 0":                                                                   "is not in 1…",
		"version: 1\nscratchMiB: -1":                                                                  "decimal digits",
		"version: 1\nscratchMiB: 1e3":                                                                 "want a whole number",
		"version: 1\nscratchMiB: 4294967297":                                                          "decimal digits",
		"version: 1\nvm: {minVcpus: 3, maxVcpus: 2}":                                                  "3…2 processors",
		"version: 1\nvolumes: [/data]":                                                                "want a mapping",
		"version: 1\nvolumes: [{sizeMiB: 1}]":                                                         "not a clean absolute path",
		"version: 1\nvolumes: [{path: /a, sizeMiB: 0}]":                                               "want at least 1",
		"version: 1\nvolumes: [{path: /a}, {path: /a}]":                                               "paths unique",
		"version: 1\nvolumes: [{path: /proc/x}]":                                                      "is taken",
		"version: 1\nvolumes: [{path: /a/}]":                                                          "not a clean absolute path",
		"version: 1\nsecrets: [{name: UPPER, env: A}]":                                                "not a name of an input",
		"version: 1\nsecrets: [{name: a}]":                                                            "want either path or env",
		"version: 1\nsecrets: [{name: a, path: /b, env: C}]":                                          "want either path or env",
		"version: 1\nsecrets: [{name: a, env: LD_PRELOAD}]":                                           "tells programs what to run",
		"version: 1\nsecrets: [{name: a, path: /input/a}]":                                            "is taken",
		"version: 1\nsecrets: [{name: a, env: A}, {name: a, env: B}]":                                 "names unique",
		"version: 1\nsecrets: [{name: a, env: A}, {name: b, env: A}]":                                 "A is taken",
		"version: 1\nenv: {A: b}\nsecrets: [{name: a, env: A}]":                                       "A is taken",
		"version: 1\nvolumes: [{path: /a}]\nsecrets: [{name: a, path: /a}]":                           "/a is taken",
		"version: 1\nstopSignal: SIGFOO":                                                              "not a signal's name",
		"version: 1\ncontainers: []":                                                                  "want 1…16 entries",
		"version: 1\ncontainers: [{name: a}]":                                                         "want an image",
		"version: 1\ncontainers: [{image: a}]":                                                        "want a name",
		"version: 1\ncontainers: [{name: A, image: a}]":                                               "want a name",
		"version: 1\ncontainers: [{name: a, image: a, ports: [1]}]":                                   "unknown key",
		"version: 1\ncontainers: [{name: a, image: a}, {name: a, image: a}]":                          "another container has this name",
		"version: 1\ncontainers: [{name: a, image: a, completes: true}]":                              "nothing waits for it",
		"version: 1\ncmd: [a]\ncontainers: [{name: a, image: a}]":                                     "not beside them",
		"version: 1\nreadOnlyRoot: true\ncontainers: [{name: a, image: a}]":                           "not beside them",
		"version: 1\ncontainers: [{name: a, image: a, volumes: [{path: /a, readOnly: true}]}]":        "readOnly without a name",
		"version: 1\ncontainers: [{name: a, image: a, volumes: [{path: /a, name: b}, {path: /a/b}]}]": "would be mounted in it",
		"version: 1\ncontainers: [{name: a, image: a, volumes: [{path: /a, name: b}]}, {name: b, image: b, volumes: [{path: /b, name: b, sizeMiB: 2}]}]": "another container has it with another size",
		"version: 1\nnetwork: {egress: [\"a:1\"]}\ncontainers: [{name: a, image: a}, {name: b, image: a}]":                                               "is a container",
		"version: 1\nuser: \"a\\0b\"":                                                 "",
		"version: 1\nuser: \xff":                                                      "not UTF-8",
		"version: 1\n# " + strings.Repeat("x", MaxSize):                               "more than 65536",
		"version: 1\ncmd: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000): "",
		"version: 1\ncmd: [" + strings.Repeat("a, ", maxTexts) + "a]":                 "want 1…1024 entries",
		"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]":                       "",
		"%YAML 1.1\n---\nversion: 1\nuser: yes":                                       "in quotes",
		"version: 1\n...\nversion: 1":                                                 "",
	}
}

// TestIMG16SecretsAreNoInstructions: a value that is not measured reaches no variable that programs obey.
func TestIMG16SecretsAreNoInstructions(t *testing.T) {
	for _, name := range dangerous() {
		s := Default()
		s.Secrets = []config.Secret{{Name: "a", Env: name}}
		if s.Validate() == nil {
			t.Errorf("%s may be a secret", name)
		}
		if _, _, err := Parse([]byte("version: 1\nsecrets: [{name: a, env: " + name + "}]")); err == nil {
			t.Errorf("%s may be a secret in a file", name)
		}
	}
	for _, name := range []string{"DB_PASSWORD", "API_KEY", "GOOGLE_API_KEY", "GITHUB_TOKEN", "NPM_TOKEN", "AWS_SECRET_ACCESS_KEY"} {
		s := Default()
		s.Secrets = []config.Secret{{Name: "a", Env: name}}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatTheGuestCannotDoIsRefused: an author who asks for it is told, and does not get something else.
func TestWhatTheGuestCannotDoIsRefused(t *testing.T) {
	for _, file := range []string{
		"tasks: {perBoot: 2}\nnetwork: {egress: [\"a.example:443\"]}",
	} {
		if _, _, err := Parse([]byte("version: 1\n" + file)); err == nil || !strings.Contains(err.Error(), "cannot do that yet") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func dangerous() []string {
	return []string{"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_DEBUG_OUTPUT", "LD_BIND_NOW", "GLIBC_TUNABLES", "MALLOC_CHECK_", "DYLD_INSERT_LIBRARIES",
		"PATH", "ENV", "BASH_ENV", "BASH_FUNC_x", "IFS", "CDPATH", "SHELL", "SHELLOPTS", "PS4", "PROMPT_COMMAND", "HOME", "TMPDIR", "PYTHONPATH",
		"PYTHONSTARTUP", "PYTHONHOME", "PYTHONINSPECT", "PERL5LIB", "PERL5OPT", "PERL5DB", "RUBYOPT", "RUBYLIB", "NODE_OPTIONS", "NODE_PATH",
		"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "PHPRC", "DOTNET_STARTUP_HOOKS", "CORECLR_PROFILER",
		"OPENSSL_CONF", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "GODEBUG", "LUA_INIT", "ERL_FLAGS",
		"BASHOPTS", "BASH", "PERLLIB", "PERL_MM_OPT", "PERLIO", "ERL_ZFLAGS", "ERL_LIBS", "ELIXIR_ERL_OPTIONS", "R_HOME", "R_PROFILE_USER", "GEM_PATH",
		"BUNDLE_GEMFILE", "COMPlus_EnableDiagnostics", "DOTNET_ADDITIONAL_DEPS", "JULIA_LOAD_PATH", "MONO_PATH", "GUILE_LOAD_PATH", "TCLLIBPATH",
		"OMP_TOOL_LIBRARIES", "NODE_EXTRA_CA_CERTS", "MUSL_LOCPATH", "LESSOPEN", "ZDOTDIR", "IBM_JAVA_OPTIONS", "OPENJ9_JAVA_OPTIONS",
		"MAVEN_OPTS", "SCM_OPTIONS", "RES_OPTIONS", "SOME_PRELOAD", "CHICKEN_LOAD_PATH"}
}

func TestMB07ShapesAreRestricted(t *testing.T) {
	all := []attest.Shape{{VCPUs: 1, MemoryMiB: 1024}, {VCPUs: 2, MemoryMiB: 2048}, {VCPUs: 4, MemoryMiB: 8192}}
	for vm, want := range map[VM][]attest.Shape{
		{1024, 1, 1024}: all, {1025, 1, 1024}: all[1:], {1024, 2, 2}: all[1:2], {1, 1, 1}: all[:1], {1, 3, 1024}: all[2:], {9000, 1, 1024}: nil, {2048, 1, 1}: nil,
	} {
		s := Default()
		s.VM = vm
		got, err := s.Shapes(all)
		if !reflect.DeepEqual(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%+v: %v, %v", vm, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("version: 1\n"))
	f.Add([]byte(fullContainers))
	document, _ := fullSpec().Canonical()
	f.Add(document)
	f.Fuzz(func(t *testing.T, file []byte) {
		s, _, err := Parse(file)
		if err != nil {
			return
		}
		document, err := s.Canonical()
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		if again, err := ParseCanonical(document); err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%q: %+v, then %+v, %v", file, s, again, err)
		}
	})
}
