// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/wire"
)

// dangerous are names by which a loader, a shell or a runtime is told what to run.
const dangerous = `LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG LD_BIND_NOW DYLD_INSERT_LIBRARIES GLIBC_TUNABLES GCONV_PATH LOCPATH MALLOC_CHECK_
PATH ENV IFS BASH_ENV BASHOPTS SHELLOPTS PS4 PROMPT_COMMAND ZDOTDIR NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS PYTHONPATH PYTHONSTARTUP PYTHONHOME
PYTHONINSPECT PERL5LIB PERL5OPT PERL5DB RUBYOPT RUBYLIB JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH LUA_PATH LUA_INIT PHPRC
GIT_SSH_COMMAND OPENSSL_CONF OPENSSL_MODULES GODEBUG DOTNET_STARTUP_HOOKS CORECLR_PROFILER ERL_FLAGS R_PROFILE JULIA_LOAD_PATH HOME SSLKEYLOGFILE`

func TestIMG16NamesThatTellProgramsWhatToRunAreNoAdditions(t *testing.T) {
	names := strings.Fields(dangerous)
	if len(names) < 40 {
		t.Fatalf("%d names", len(names))
	}
	for _, name := range names {
		a := Additions{Version: 1, Env: []Variable{{name, "x"}}}
		if _, err := a.Marshal(); err == nil {
			t.Errorf("%s was encoded", name)
		}
		document, err := wire.Encode(Additions{Version: 1, Env: a.Env, Args: []string{}, Files: []File{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseAdditions(document); err == nil {
			t.Errorf("%s was read", name)
		}
		if err := (Confidential{Env: []string{name}}).Admit(a); err == nil {
			t.Errorf("%s was admitted, as the enclave names it", name)
		}
		if err := (Confidential{Env: []string{name}, Files: []string{}}).validate(Container{}); err == nil {
			t.Errorf("%s can be in a measured list", name)
		}
	}
}

func TestIMG16OnlyWhatIsNamedIsAdmitted(t *testing.T) {
	all := Additions{Version: 1, Env: []Variable{{"MODE", "live"}}, Args: []string{"-v"}, Files: []File{{"/etc/app.conf", []byte("x")}}}
	document, err := all.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if all, err = ParseAdditions(document); err != nil {
		t.Fatal(err)
	}
	full := Confidential{Env: []string{"MODE"}, Args: true, Files: []string{"/etc/app.conf"}}
	if err := full.Admit(all); err != nil {
		t.Error(err)
	}
	for what, c := range map[string]Confidential{
		"nothing":      {},
		"no variable":  {Env: []string{"MODES"}, Args: true, Files: full.Files},
		"no arguments": {Env: full.Env, Files: full.Files},
		"no file":      {Env: full.Env, Args: true, Files: []string{"/etc"}},
	} {
		if err := c.Admit(all); err == nil {
			t.Errorf("%s: admitted", what)
		}
	}
}

func TestAdditionsHaveOneEncoding(t *testing.T) {
	good, err := Additions{Version: 1, Env: []Variable{{"B", "2"}, {"A", "1"}}, Files: []File{{"/b", nil}, {"/a", []byte{0, 1}}}}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"version":1,"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],"args":[],"files":[{"path":"/a","content":"AAE="},{"path":"/b","content":""}]}`; string(good) != want {
		t.Fatalf("encoded as %s", good)
	}
	for what, document := range map[string]string{
		"no version":   `{"version":0,"env":[],"args":[],"files":[]}`,
		"no lists":     `{"version":1,"env":null,"args":[],"files":[]}`,
		"unknown key":  `{"version":1,"env":[],"args":[],"files":[],"more":1}`,
		"white space":  `{"version":1, "env":[],"args":[],"files":[]}`,
		"order":        `{"version":1,"env":[{"name":"B","value":""},{"name":"A","value":""}],"args":[],"files":[]}`,
		"twice":        `{"version":1,"env":[{"name":"A","value":""},{"name":"A","value":""}],"args":[],"files":[]}`,
		"no name":      `{"version":1,"env":[{"name":"A=B","value":""}],"args":[],"files":[]}`,
		"NUL":          `{"version":1,"env":[{"name":"A","value":"\u0000"}],"args":[],"files":[]}`,
		"NUL argument": `{"version":1,"env":[],"args":["\u0000"],"files":[]}`,
		"file of /dev": `{"version":1,"env":[],"args":[],"files":[{"path":"/dev/x","content":""}]}`,
		"relative":     `{"version":1,"env":[],"args":[],"files":[{"path":"etc","content":""}]}`,
		"files' order": `{"version":1,"env":[],"args":[],"files":[{"path":"/b","content":""},{"path":"/a","content":""}]}`,
	} {
		if a, err := ParseAdditions([]byte(document)); err == nil {
			t.Errorf("%s: read as %+v", what, a)
		}
	}
	if _, err := (Additions{Version: 1, Files: []File{{"/a", make([]byte, MaxAdditions)}}}).Marshal(); err == nil {
		t.Error("too much was encoded")
	}
}

func TestSealedAdditionsComeApart(t *testing.T) {
	policy, envelope, err := SplitSealed(JoinSealed([32]byte{1, 2}, []byte("sealed")))
	if err != nil || policy != [32]byte{1, 2} || !bytes.Equal(envelope, []byte("sealed")) {
		t.Errorf("%x, %q, %v", policy, envelope, err)
	}
	for _, size := range []int{0, 31, 32, MaxSealedAdditions + 1} {
		if _, _, err := SplitSealed(make([]byte, size)); err == nil {
			t.Errorf("%d bytes come apart", size)
		}
	}
	if AdditionsAnchor() == [32]byte{} || AdditionsAnchor() != AdditionsKey(1, [20]byte{1}, [32]byte{1}, [32]byte{}, 3).Subject {
		t.Error("the anchor has another name than the key has a subject")
	}
}

func FuzzParseAdditions(f *testing.F) {
	f.Add([]byte(`{"version":1,"env":[{"name":"A","value":"1"}],"args":["x"],"files":[{"path":"/a","content":""}]}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		a, err := ParseAdditions(document)
		if err != nil {
			return
		}
		if again, err := a.Marshal(); err != nil || !bytes.Equal(again, document) {
			t.Errorf("%q is encoded as %q, %v", document, again, err)
		}
	})
}
