// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/logs"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// leaks says whether text has the canary in a form that can be turned back.
func leaks(text string) bool {
	for _, form := range []string{
		canary, base64.StdEncoding.EncodeToString([]byte(canary)), password().Auth, fmt.Sprintf("%x", canary), fmt.Sprint([]byte(canary)),
	} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

// listen collects everything that is logged by anyone, until the test ends.
func listen(t *testing.T) *bytes.Buffer {
	t.Helper()
	var all bytes.Buffer
	before := slog.Default()
	for _, l := range []*log.Logger{logs.Debug, logs.Warn, logs.Progress} {
		w := l.Writer()
		l.SetOutput(&all)
		t.Cleanup(func() { l.SetOutput(w) })
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(&all, &slog.HandlerOptions{Level: slog.LevelDebug - 10})))
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(os.Stderr)
	})
	return &all
}

// However things go wrong, and whoever prints them: the password is not in it.
func TestREG12CredentialsAreNotPrinted(t *testing.T) {
	logged := listen(t)
	anyone := func(*http.Request) bool { return true }
	for name, lies := range map[string]func(r *evilreg.Registry) []evilreg.Lie{
		"echo":       func(*evilreg.Registry) []evilreg.Lie { return []evilreg.Lie{login("Basic"), evilreg.Echo(403)} },
		"echo again": func(*evilreg.Registry) []evilreg.Lie { return []evilreg.Lie{login("Basic"), evilreg.Echo(500)} },
		"not known":  func(*evilreg.Registry) []evilreg.Lie { return []evilreg.Lie{evilreg.Login(`Basic realm="x"`, "never")} },
		"echo of the token server": func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{evilreg.When("", "/token", evilreg.Echo(401)), evilreg.Login(bearer(r), "never")}
		},
		"echo of the token": func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{tokenServer("/token", canary, anyone), once(evilreg.Login(bearer(r), "never")), evilreg.Echo(400)}
		},
		"token that is none": func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{tokenServer("/token", canary+" \x00", anyone), evilreg.Login(bearer(r), "never")}
		},
		"cut": func(*evilreg.Registry) []evilreg.Lie { return []evilreg.Lie{login("Basic"), evilreg.HangUp()} },
		"signed address": func(*evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{evilreg.Redirect(307, "https://127.0.0.1:1/?X-Amz-Signature="+canary)}
		},
		"realm with a password": func(*evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{evilreg.Login(`Bearer realm="http://x:`+canary+`@127.0.0.1/"`, "never")}
		},
	} {
		r := evilreg.Start(t)
		withPassword(t, r.Host)
		d := r.Put("a", blobType, []byte("content"))
		r.Tell(lies(r)...)
		repository := open(t, r, "a")
		_, err := fetch(repository, d, nil)
		pusher := newPusher(t, r, "a")
		pushErr := pusher.Blob(context.Background(), blobOf("other"), holding("other"))
		if err == nil || pushErr == nil {
			t.Errorf("%s: %v, %v", name, err, pushErr)
			continue
		}
		for _, value := range []any{
			err, pushErr, hint.Of(err), repository, *repository, repository.client.auth, repository.client.vault,
			repository.client.auth.credentials, repository.client.auth.header, pusher, pusher.client.auth,
		} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				if text := fmt.Sprintf(verb, value); leaks(text) {
					t.Errorf("%s: %s of %T: %s", name, verb, value, text)
				}
			}
			if data, err := json.Marshal(value); err == nil && leaks(string(data)) {
				t.Errorf("%s: JSON of %T: %s", name, value, data)
			}
			slog.Error("failed", "value", value)
		}
		if strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%s: the registry writes to the terminal: %q", name, err)
		}
	}
	if leaks(logged.String()) {
		t.Errorf("logged: %s", logged)
	}
}

func login(scheme string) evilreg.Lie {
	return evilreg.Login(scheme+` realm="x"`, scheme+" "+password().Auth)
}

func bearer(r *evilreg.Registry) string {
	return fmt.Sprintf(`Bearer realm="http://%s/token"`, r.Host)
}

func once(lie evilreg.Lie) evilreg.Lie { return evilreg.When("", "/v2/", evilreg.Times(1, lie)) }

func TestREG12PanicDoesNotPrintASecret(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); leaks(text) {
			t.Error(text)
		}
	}()
	panic(credentials{basic: hide(canary)})
}

// helper puts a credential helper on the PATH that writes down how it is called.
func helper(t *testing.T, script string) (calls func() string) {
	t.Helper()
	dir := t.TempDir()
	record := filepath.Join(dir, "calls")
	text := fmt.Sprintf("#!/bin/sh\n{ printf '%%s ' \"$0\" \"$@\"; cat; echo; } >>%s\n%s\n", record, script)
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-xyz"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string {
		data, err := os.ReadFile(record)
		if err != nil {
			return ""
		}
		return strings.ReplaceAll(string(data), dir+"/", "")
	}
}

func TestCredentialHelperIsAsked(t *testing.T) {
	for name, config := range map[string]func(host string) dockerConfig{
		"for the registry": func(host string) dockerConfig { return dockerConfig{CredHelpers: map[string]string{host: "xyz"}} },
		"for all":          func(string) dockerConfig { return dockerConfig{CredsStore: "xyz"} },
	} {
		calls := helper(t, fmt.Sprintf(`echo '{"ServerURL":"x","Username":"user","Secret":"%s"}'`, canary))
		r := evilreg.Start(t)
		config(r.Host).use(t)
		r.Tell(login("Basic"))
		if err := read(t, r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, call := range strings.Split(strings.TrimSpace(calls()), "\n") {
			if call != "docker-credential-xyz get "+r.Host && call != "docker-credential-xyz get "+r.Host+"/a" {
				t.Errorf("%s: called as %q", name, call)
			}
		}
	}
}

func TestCredentialHelperMayGiveAnIdentityToken(t *testing.T) {
	helper(t, fmt.Sprintf(`echo '{"ServerURL":"x","Username":"<token>","Secret":"%s"}'`, canary))
	r := evilreg.Start(t)
	dockerConfig{CredsStore: "xyz"}.use(t)
	r.Tell(
		tokenServer("/token", "good", func(r *http.Request) bool { return r.PostForm.Get("refresh_token") == canary }),
		evilreg.Login(bearer(r), "Bearer good"))
	if err := read(t, r); err != nil {
		t.Error(err)
	}
}

func TestCredentialHelperIsNotAskedForNothing(t *testing.T) {
	calls := helper(t, "exit 1")
	r := evilreg.Start(t)
	dockerConfig{CredsStore: "xyz"}.use(t)
	if err := read(t, r); err != nil || calls() != "" {
		t.Errorf("%v; called: %s", err, calls())
	}
}

func TestCredentialHelperWithoutCredentialsMeansNone(t *testing.T) {
	helper(t, "echo 'credentials not found in native keychain'; exit 1")
	r := evilreg.Start(t)
	dockerConfig{CredsStore: "xyz"}.use(t)
	r.Tell(evilreg.When("", "/token", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"token":"free"}`) })),
		evilreg.Login(bearer(r), "Bearer free"))
	if err := read(t, r); err != nil {
		t.Error(err)
	}
}

// What a helper prints when it fails may be a password.
func TestREG12CredentialHelperThatFails(t *testing.T) {
	for name, script := range map[string]string{
		"fails":        "echo " + canary + "; exit 1",
		"to stderr":    "echo x >&2; echo " + canary + "; exit 3",
		"half of JSON": `echo '{"Username":"user","Secret":"` + canary,
		"not JSON":     "echo " + canary,
		"wrong JSON":   `echo '{"Username":["` + canary + `"]}'`,
		"is killed":    "echo " + canary + "; kill -9 $$",
	} {
		helper(t, script)
		r := evilreg.Start(t)
		dockerConfig{CredsStore: "xyz"}.use(t)
		r.Tell(login("Basic"))
		if err := read(t, r); err == nil || leaks(fmt.Sprintf("%v %+v %s", err, err, hint.Of(err))) {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
}

func TestCredentialHelperThatIsMissing(t *testing.T) {
	r := evilreg.Start(t)
	dockerConfig{CredsStore: "nowhere"}.use(t)
	r.Tell(login("Basic"))
	if err := read(t, r); err == nil || !strings.Contains(hint.Of(err), "credential helper") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}
