// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/guestagent/wire"
)

func good() Config {
	return Config{
		Version: Version,
		Containers: []Container{
			{
				Name: "migrate", Disk: Disk{DataBlocks: 7, HashOffsetBlocks: 7, RootHash: wire.Hash32{1}},
				Process:    Process{Args: []string{"/bin/migrate"}, Env: []string{}, Cwd: "/", User: User{AdditionalGIDs: []uint32{}}},
				StopSignal: "SIGINT", Volumes: []Volume{}, Secrets: []Secret{}, ReadOnlyRoot: true, Completes: true,
			},
			{
				Name: MainName, Disk: Disk{OffsetBlocks: 8, DataBlocks: 5, HashOffsetBlocks: 13, RootHash: wire.Hash32{2}},
				Process: Process{
					Args: []string{"/bin/app", "<&>"}, Env: []string{"A=1"}, Cwd: "/", User: User{UID: 1, GID: 2, AdditionalGIDs: []uint32{3, 4}},
				},
				StopSignal: "SIGTERM",
				Volumes:    []Volume{{Path: "/data", SizeMiB: 256, Disk: true}, {Path: "/var/cache", SizeMiB: 16}},
				Secrets:    []Secret{{Name: "password", Env: "DB_PASSWORD"}, {Name: "tls.key", Path: "/run/secrets/tls.key"}},
				IO:         IO{Input: InputPath, Output: OutputPath},
			},
		},
		Bounds:       Bounds{MinMemoryMiB: 1024, MinVCPUs: 1, MaxVCPUs: 1024, ScratchMiB: 256, ScratchMedium: ScratchDisk, OutputMiB: 64, MaxProcesses: 1024},
		Network:      Network{Egress: []Destination{{"192.0.2.1", 53}, {"api.example.com", 443}}, Ingress: []Service{{Port: 443, To: 8080, TLS: true}}},
		Chain:        true,
		Tasks:        Tasks{PerBoot: 1},
		Confidential: Confidential{Env: []string{"A", "MODE"}, Files: []string{"/etc/app.conf"}},
	}
}

func encoded(t testing.TB) []byte {
	document, err := good().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestVector(t *testing.T) {
	want, err := os.ReadFile("testdata/config.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := encoded(t); !bytes.Equal(got, want) {
		t.Errorf("encoding changed:\n%s", got)
	}
	c, err := Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, good()) {
		t.Errorf("parsed %+v", c)
	}
}

func TestZeroConfigIsRefused(t *testing.T) {
	if _, err := (Config{}).Marshal(); err == nil {
		t.Error("the zero config was encoded")
	}
}

// TestREG02OtherSpellingsAreRefused: one configuration has one digest.
func TestREG02OtherSpellingsAreRefused(t *testing.T) {
	document := string(encoded(t))
	for name, other := range map[string]string{
		"unknown key":       strings.Replace(document, `{"version"`, `{"debug":true,"version"`, 1),
		"duplicate key":     strings.Replace(document, `"logs":{`, `"logs":{"live":false},"logs":{`, 1),
		"case-variant key":  strings.Replace(document, `"network"`, `"Network"`, 1),
		"missing key":       strings.Replace(document, `"tasks":{"perBoot":1},`, ``, 1),
		"other order":       strings.Replace(document, `"readOnlyRoot":false,"completes":false`, `"completes":false,"readOnlyRoot":false`, 1),
		"white space":       strings.Replace(document, `,`, `, `, 1),
		"trailing newline":  document + "\n",
		"trailing document": document + document,
		"null list":         strings.Replace(document, `"secrets":[{"name":"password","env":"DB_PASSWORD"},{"name":"tls.key","path":"/run/secrets/tls.key"}]`, `"secrets":null`, 1),
		"escaped text":      strings.Replace(document, `<&>`, `\u003c\u0026\u003e`, 1),
		"upper-case hex":    strings.Replace(document, `0x01`, `0x0A`, 1),
		"exponent":          strings.Replace(document, `"version":3`, `"version":3e0`, 1),
		"invalid UTF-8":     strings.Replace(document, `A=1`, "A=\xff", 1),
		"empty":             "",
	} {
		if other == document {
			t.Errorf("%s: the case changes nothing", name)
		}
		if _, err := Parse([]byte(other)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestNotCanonicalIsTold(t *testing.T) {
	_, err := Parse(append(encoded(t), '\n'))
	if !errors.Is(err, wire.ErrNotCanonical) {
		t.Errorf("error is %v", err)
	}
}

// TestMB11ValuesOutOfBoundsAreRefused changes one field at a time.
func TestMB11ValuesOutOfBoundsAreRefused(t *testing.T) {
	main := func(c *Config) *Container { return &c.Containers[1] }
	for name, change := range map[string]func(*Config){
		"version":            func(c *Config) { c.Version = 2 },
		"no command":         func(c *Config) { main(c).Process.Args = nil },
		"empty command":      func(c *Config) { main(c).Process.Args = []string{""} },
		"NUL in argument":    func(c *Config) { main(c).Process.Args = []string{"a\x00b"} },
		"not UTF-8":          func(c *Config) { main(c).Process.Args = []string{"a\xff"} },
		"variable no value":  func(c *Config) { main(c).Process.Env = []string{"A"} },
		"variable no name":   func(c *Config) { main(c).Process.Env = []string{"=1"} },
		"relative cwd":       func(c *Config) { main(c).Process.Cwd = "work" },
		"unclean cwd":        func(c *Config) { main(c).Process.Cwd = "/a/../b" },
		"reserved uid":       func(c *Config) { main(c).Process.User.UID = 1<<32 - 1 },
		"groups not sorted":  func(c *Config) { main(c).Process.User.AdditionalGIDs = []uint32{2, 1} },
		"group twice":        func(c *Config) { main(c).Process.User.AdditionalGIDs = []uint32{1, 1} },
		"signal":             func(c *Config) { main(c).StopSignal = "TERM" },
		"signal that stops":  func(c *Config) { main(c).StopSignal = "SIGSTOP" },
		"signal of terminal": func(c *Config) { c.Containers[0].StopSignal = "SIGTTIN" },
		"signal passed over": func(c *Config) { main(c).StopSignal = "SIGCHLD" },
		"signal with space":  func(c *Config) { main(c).StopSignal = "SIG TERM" },
		"signal there isn't": func(c *Config) { c.Containers[0].StopSignal = "SIGFOO" },
		"signal by number":   func(c *Config) { main(c).StopSignal = "15" },
		"signals' other end": func(c *Config) { main(c).StopSignal = "SIGRTMAX" },
		"relative volume":    func(c *Config) { main(c).Volumes = []Volume{{Path: "data", SizeMiB: 1}} },
		"volume over root":   func(c *Config) { main(c).Volumes = []Volume{{Path: "/", SizeMiB: 1}} },
		"volume over /proc":  func(c *Config) { main(c).Volumes = []Volume{{Path: "/proc/sys", SizeMiB: 1}} },
		"MB-15 agent's path": func(c *Config) { main(c).Volumes = []Volume{{Path: "/run/escrin", SizeMiB: 1}} },
		"MB-15 its secrets":  func(c *Config) { main(c).Volumes = []Volume{{Path: "/run/escrin/secrets", SizeMiB: 1}} },
		"MB-15 secret there": func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Path: "/run/escrin/secrets/a"}} },
		"MB-15 owner's file": func(c *Config) { c.Confidential.Files = []string{"/run/escrin/secrets/db.json"} },
		"volume over /input": func(c *Config) { main(c).Volumes = []Volume{{Path: "/input", SizeMiB: 1}} },
		"volumes twice":      func(c *Config) { main(c).Volumes = []Volume{{Path: "/a", SizeMiB: 1}, {Path: "/a", SizeMiB: 1}} },
		"volume of nothing":  func(c *Config) { main(c).Volumes = []Volume{{Path: "/a", SizeMiB: 0}} },
		"volumes not sorted": func(c *Config) { main(c).Volumes = []Volume{{Path: "/b", SizeMiB: 1}, {Path: "/a", SizeMiB: 1}} },
		"many volumes":       func(c *Config) { main(c).Volumes = make([]Volume, MaxVolumes+1) },
		"secret of no input": func(c *Config) { main(c).Secrets = []Secret{{Name: "../x", Path: "/x"}} },
		"secret nowhere":     func(c *Config) { main(c).Secrets = []Secret{{Name: "a"}} },
		"secret twice":       func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Path: "/a", Env: "A"}} },
		"secrets not sorted": func(c *Config) { main(c).Secrets = []Secret{{Name: "b", Env: "B"}, {Name: "a", Env: "A"}} },
		"secret in /input":   func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Path: "/input/a"}} },
		"secret on a volume": func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Path: "/data"}} },
		"secrets in one":     func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Env: "B"}, {Name: "b", Env: "B"}} },
		"secret over a text": func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Env: "A"}} },
		"secret's variable":  func(c *Config) { main(c).Secrets = []Secret{{Name: "a", Env: "A=B"}} },
		"many secrets":       func(c *Config) { main(c).Secrets = make([]Secret, MaxSecrets+1) },
		"no processors":      func(c *Config) { c.Bounds.MinVCPUs = 0 },
		"processors":         func(c *Config) { c.Bounds.MinVCPUs, c.Bounds.MaxVCPUs = 3, 2 },
		"many processors":    func(c *Config) { c.Bounds.MaxVCPUs = MaxVCPUs + 1 },
		"no data":            func(c *Config) { main(c).Disk.DataBlocks = 0 },
		"overlapping tree":   func(c *Config) { main(c).Disk.HashOffsetBlocks = 12 },
		"endless disk":       func(c *Config) { main(c).Disk.HashOffsetBlocks = 1 << 60 },
		"no root hash":       func(c *Config) { main(c).Disk.RootHash = wire.Hash32{} },
		"other input":        func(c *Config) { main(c).IO.Input = "/in" },
		"no memory":          func(c *Config) { c.Bounds.MinMemoryMiB = 0 },
		"no scratch":         func(c *Config) { c.Bounds.ScratchMiB = 0 },
		"no processes":       func(c *Config) { c.Bounds.MaxProcesses = 0 },
		"too large":          func(c *Config) { main(c).Process.Args = []string{strings.Repeat("a", MaxSize)} },
		"disk far away":      func(c *Config) { main(c).Disk.OffsetBlocks = 1 << 60 },
		"no containers":      func(c *Config) { c.Containers = nil },
		"many containers":    func(c *Config) { c.Containers = make([]Container, MaxContainers+1) },
		"no name":            func(c *Config) { main(c).Name = "" },
		"name with slash":    func(c *Config) { main(c).Name = "a/b" },
		"name of dots":       func(c *Config) { main(c).Name = ".." },
		"long name":          func(c *Config) { main(c).Name = strings.Repeat("a", maxName+1) },
		"names twice":        func(c *Config) { main(c).Name = "migrate" },
		"input of another":   func(c *Config) { c.Containers[0].IO = main(c).IO },
		"main completes":     func(c *Config) { main(c).Completes = true },
		"medium":             func(c *Config) { c.Bounds.ScratchMedium = "" },
		"MB-15 tags in RAM":  func(c *Config) { c.Bounds.ScratchMiB = 32*1024 + 1 },
		"volume on no disk":  func(c *Config) { c.Bounds.ScratchMedium = ScratchMemory },
		"no port":            func(c *Config) { c.Network.Egress[0].Port = 0 },
		"egress not sorted":  func(c *Config) { c.Network.Egress[0].Name = "b.example.com" },
		"egress twice":       func(c *Config) { c.Network.Egress[0] = c.Network.Egress[1] },
		"much egress":        func(c *Config) { c.Network.Egress = make([]Destination, MaxDestinations+1) },
		"no outer port":      func(c *Config) { c.Network.Ingress[0].Port = 0 },
		"no inner port":      func(c *Config) { c.Network.Ingress[0].To = 0 },
		"ingress twice":      func(c *Config) { c.Network.Ingress = []Service{{1, 2, true}, {1, 3, true}} },
		"much ingress":       func(c *Config) { c.Network.Ingress = make([]Service, MaxServices+1) },
		"no tasks":           func(c *Config) { c.Tasks.PerBoot = 0 },
		"endless tasks":      func(c *Config) { c.Tasks.PerBoot = maxTasks + 1 },
		"nothing required":   func(c *Config) { c.Confidential = Confidential{Required: true} },
		"IMG-16 loader":      func(c *Config) { c.Confidential.Env = []string{"LD_PRELOAD"} },
		"no variable":        func(c *Config) { c.Confidential.Env = []string{"A=B"} },
		"secret's, too":      func(c *Config) { c.Confidential.Env = []string{"DB_PASSWORD"} },
		"env not sorted":     func(c *Config) { c.Confidential.Env = []string{"B", "A"} },
		"env twice":          func(c *Config) { c.Confidential.Env = []string{"A", "A"} },
		"file on a volume":   func(c *Config) { c.Confidential.Files = []string{"/data"} },
		"file of a secret":   func(c *Config) { c.Confidential.Files = []string{"/run/secrets/tls.key"} },
		"file in /dev":       func(c *Config) { c.Confidential.Files = []string{"/dev/null"} },
	} {
		c := good()
		change(&c)
		if _, err := c.Marshal(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestIMG16SecretsAreNoInstructions: the agent refuses what the author's tools refuse.
func TestIMG16SecretsAreNoInstructions(t *testing.T) {
	for _, name := range []string{"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GLIBC_TUNABLES", "MALLOC_CHECK_", "PATH", "ENV", "BASH_ENV", "IFS", "SHELLOPTS",
		"PS4", "PROMPT_COMMAND", "HOME", "TMPDIR", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PERL5LIB", "PERL5OPT", "RUBYOPT", "RUBYLIB",
		"NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "PHPRC", "DOTNET_STARTUP_HOOKS",
		"CORECLR_PROFILER", "OPENSSL_CONF", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "GODEBUG", "LUA_INIT", "ERL_FLAGS",
		"BASHOPTS", "BASH", "PERLLIB", "PERL_MM_OPT", "PERLIO", "ERL_ZFLAGS", "ERL_LIBS", "ELIXIR_ERL_OPTIONS", "R_HOME", "R_PROFILE_USER", "GEM_PATH",
		"BUNDLE_GEMFILE", "COMPlus_EnableDiagnostics", "DOTNET_ADDITIONAL_DEPS", "JULIA_LOAD_PATH", "MONO_PATH", "GUILE_LOAD_PATH", "TCLLIBPATH",
		"OMP_TOOL_LIBRARIES", "NODE_EXTRA_CA_CERTS", "MUSL_LOCPATH", "LESSOPEN", "ZDOTDIR", "IBM_JAVA_OPTIONS", "OPENJ9_JAVA_OPTIONS",
		"MAVEN_OPTS", "SCM_OPTIONS", "RES_OPTIONS", "SOME_PRELOAD", "CHICKEN_LOAD_PATH"} {
		c := good()
		c.Containers[1].Secrets = []Secret{{Name: "a", Env: "A_SECRET"}}
		document, err := c.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(bytes.Replace(document, []byte("A_SECRET"), []byte(name), 1)); err == nil || !strings.Contains(err.Error(), "tells programs what to run") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSignalsHaveOneNumberAndOneName: what the guest would not know is refused, and no two names are one signal's.
func TestSignalsHaveOneNumberAndOneName(t *testing.T) {
	names := strings.Fields("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS - - RTMIN")
	for n := 1; n <= 30; n++ {
		names = append(names, "RTMIN+"+strconv.Itoa(n))
	}
	for i, name := range names {
		if got := Signal("SIG" + name); name != "-" && int(got) != i+1 {
			t.Errorf("SIG%s is %d, want %d", name, got, i+1)
		}
	}
	if len(names) != 64 {
		t.Errorf("%d names", len(names))
	}
	for _, name := range []string{"", "SIG", "TERM", "sigterm", "SIGFOO", "SIGIOT", "SIGCLD", "SIGPOLL", "SIG15", "15", "RTMIN", "SIGRTMIN+", "SIGRTMIN+0", "SIGRTMIN+03", "SIGRTMIN++3",
		"SIGRTMIN+31", "SIGRTMIN+64", "SIGRTMIN-1", "SIGRTMIN+1 ", "SIGRTMAX", "SIGRTMAX-1", "SIGRTMIN+3+0", "SIGRTMIN+0+0", "SIGTERM+0", "+0"} {
		if got := Signal(name); got != 0 || ValidSignal(name) == nil {
			t.Errorf("%q is %d", name, got)
		}
	}
}

func TestNothingIsSpeltAsAnEmptyList(t *testing.T) {
	c := good()
	main := &c.Containers[1]
	main.Volumes, main.Secrets, main.Process.Env, main.Process.User.AdditionalGIDs = nil, nil, nil, nil
	c.Network, c.Confidential = Network{}, Confidential{}
	document, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(document), "null") {
		t.Errorf("null in %s", document)
	}
	if _, err := Parse(document); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(encoded(f))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, document []byte) {
		c, err := Parse(document)
		if err != nil {
			return
		}
		again, err := c.Marshal()
		if err != nil || !bytes.Equal(again, document) {
			t.Errorf("%q encodes as %q, %v", document, again, err)
		}
	})
}

func TestCommandLineRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Location{
			OffsetBlocks: rapid.Uint64Range(0, maxBlocks).Draw(t, "offset"), Size: rapid.IntRange(1, MaxSize).Draw(t, "size"),
			WipesFreed: rapid.Bool().Draw(t, "wipes"),
		}
		copy(want.Digest[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
		line := want.CommandLine()
		if len(line) > 2047 {
			t.Fatalf("%d bytes are more than the kernel takes", len(line))
		}
		for _, l := range []string{line, line + firmwareSuffix} {
			if got, err := ParseCommandLine(l); err != nil || got != want {
				t.Fatalf("%q is read as %+v, %v", l, got, err)
			}
		}
	})
}

// TestMB03OtherCommandLinesAreRefused appends, prepends, drops, repeats and respells.
func TestMB03OtherCommandLinesAreRefused(t *testing.T) {
	line := Location{Digest: [32]byte{1}, OffsetBlocks: 10, Size: 20}.CommandLine()
	others := []string{"", " ", line + " ", " " + line, line + "\n", line + "\x00", line + " init=/bin/sh", "init=/bin/sh " + line,
		line + firmwareSuffix + firmwareSuffix, line + " initrd=other", line + " " + line, line + ",1",
		strings.Replace(line, "escrin.config", "escrin.Config", 1), strings.Replace(line, ",10,", ",010,", 1),
		strings.Replace(line, ",10,", ",+10,", 1), strings.Replace(line, ",10,", ",-10,", 1), strings.Replace(line, ",20", ",0", 1),
		strings.Replace(line, ",20", ",1048577", 1), strings.Replace(line, ",10,", ",68719476737,", 1), strings.Replace(line, "=01", "=0g", 1),
		strings.Replace(line, "=01", "=", 1), strings.Replace(line, "quiet", "quiet quiet", 1), strings.ToUpper(line), line[:len(line)-1] + "\t",
		strings.Replace(line, " escrin", wipesFreed+wipesFreed+" escrin", 1), strings.Replace(line, " escrin", " init_on_free=0 escrin", 1), line + wipesFreed}
	for i, argument := range strings.Fields(line) {
		fields := strings.Fields(line)
		others = append(others, strings.Join(append(fields[:i:i], fields[i+1:]...), " "), line+" "+argument, strings.Replace(line, argument, argument+"x", 1))
	}
	for _, other := range others {
		if _, err := ParseCommandLine(other); err == nil {
			t.Errorf("%q was accepted", other)
		}
	}
	if len(others) < 60 {
		t.Errorf("only %d cases", len(others))
	}
}

func FuzzParseCommandLine(f *testing.F) {
	f.Add(Location{Digest: [32]byte{1}, OffsetBlocks: 10, Size: 20, WipesFreed: true}.CommandLine())
	f.Fuzz(func(t *testing.T, line string) {
		loc, err := ParseCommandLine(line)
		if err == nil && strings.TrimSuffix(line, firmwareSuffix) != loc.CommandLine() {
			t.Errorf("%q was accepted", line)
		}
	})
}

// TestAG02DestinationsHaveOneSpelling: what several programs read in several ways is no destination.
func TestAG02DestinationsHaveOneSpelling(t *testing.T) {
	for _, name := range []string{"", ".", "a.", ".a", "a..b", "A.example", "a_b", "-a", "a-", "a b", "a/b", "user@a", "a:1", "[::1]", "::ffff:192.0.2.1", "fe80::1%eth0", "0::1",
		"::1", "2001:db8::1", "localhost", "a.localhost", "enclave", "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "169.254.169.254", "198.18.0.1", "198.19.255.255",
		"224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "0177.0.0.1", "127.0.0.1.", "①27.0.0.1", "127。0。0。1", "0x7f000001", "017700000001", "127.0.1",
		"::01", "1", "127.1", "0x7f.1", "127.0.0.01", "2130706433", "1.2.3.4.5", "a.1", "a.0x7f", "*.example.com", "ä.example", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 127) + "aa"} {
		if err := (Destination{name, 443}).Validate(); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	for _, name := range []string{"localhost.example", "a.example.com", "xn--4ca.example", "192.0.2.1", "10.0.0.1", "255.example", "1a.b-c.d", "a.c1"} {
		if err := (Destination{name, 443}).Validate(); err != nil {
			t.Error(err)
		}
	}
}
