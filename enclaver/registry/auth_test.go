// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

const canary = "canary-5f1b3c"

// entry is one of a docker config's.
type entry struct {
	Auth          string `json:"auth,omitempty"`
	IdentityToken string `json:"identitytoken,omitempty"`
	RegistryToken string `json:"registrytoken,omitempty"`
}

func password() entry {
	return entry{Auth: base64.StdEncoding.EncodeToString([]byte("user:" + canary))}
}

func basicHeader() string { return "Basic " + password().Auth }

// dockerConfig is what the user has for registries.
type dockerConfig struct {
	Auths       map[string]entry  `json:"auths,omitempty"`
	CredsStore  string            `json:"credsStore,omitempty"`
	CredHelpers map[string]string `json:"credHelpers,omitempty"`
}

func (c dockerConfig) use(t *testing.T) {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "config.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("DOCKER_CONFIG", home)
}

func withPassword(t *testing.T, host string) {
	t.Helper()
	dockerConfig{Auths: map[string]entry{host: password()}}.use(t)
}

// read fetches the blob of the repository "a".
func read(t *testing.T, r *evilreg.Registry) error {
	t.Helper()
	_, err := fetch(open(t, r, "a"), r.Put("a", blobType, []byte("content")), nil)
	return err
}

// tokenServer answers at path with a token, if the request is as wanted.
func tokenServer(path, token string, wanted func(*http.Request) bool) evilreg.Lie {
	return evilreg.When("", path, evilreg.Answer(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || !wanted(r) {
			evilreg.Refuse(w, http.StatusForbidden, "DENIED", "not you")
			return
		}
		fmt.Fprintf(w, `{"token":%q,"expires_in":300}`, token)
	}))
}

func TestLogsInAsTheRegistryAsks(t *testing.T) {
	challenge := func(r *evilreg.Registry) string {
		return fmt.Sprintf(`Bearer realm="http://%s/token?x=1",service="s"`, r.Host)
	}
	for name, c := range map[string]struct {
		have entry
		lies func(r *evilreg.Registry) []evilreg.Lie
	}{
		"password": {password(), func(*evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{evilreg.Login(`Basic realm="r"`, basicHeader())}
		}},
		"token for a password": {password(), func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{
				tokenServer("/token", "good", func(r *http.Request) bool {
					return r.Header.Get("Authorization") == basicHeader() && r.Form.Get("scope") == "repository:a:pull" &&
						r.Form.Get("service") == "s" && r.Form.Get("x") == "1"
				}),
				evilreg.Login(challenge(r), "Bearer good"),
			}
		}},
		"token for nothing": {entry{}, func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{
				tokenServer("/token", "good", func(r *http.Request) bool { return r.Header.Get("Authorization") == "" }),
				evilreg.Login(challenge(r), "Bearer good"),
			}
		}},
		"token for an identity token": {entry{Auth: password().Auth, IdentityToken: canary}, func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{
				tokenServer("/token", "good", func(r *http.Request) bool {
					return r.Method == http.MethodPost && r.PostForm.Get("refresh_token") == canary && r.PostForm.Get("grant_type") == "refresh_token" &&
						r.PostForm.Get("scope") == "repository:a:pull"
				}),
				evilreg.Login(challenge(r), "Bearer good"),
			}
		}},
		"registry token": {entry{RegistryToken: canary}, func(r *evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{evilreg.Login(challenge(r), "Bearer "+canary)}
		}},
		"the second of two ways": {password(), func(*evilreg.Registry) []evilreg.Lie {
			return []evilreg.Lie{evilreg.Login(`Negotiate, Basic realm="r"`, basicHeader())}
		}},
	} {
		r := evilreg.Start(t)
		config := dockerConfig{}
		if c.have != (entry{}) {
			config.Auths = map[string]entry{r.Host: c.have}
		}
		config.use(t)
		r.Tell(c.lies(r)...)
		if err := read(t, r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTokenIsFetchedAgainWhenItLapsed(t *testing.T) {
	r := evilreg.Start(t)
	dockerConfig{}.use(t)
	challenge := fmt.Sprintf(`Bearer realm="http://%s/token"`, r.Host)
	anyone := func(*http.Request) bool { return true }
	repository := open(t, r, "a")
	d := r.Put("a", blobType, []byte("content"))
	for _, token := range []string{"first", "second"} {
		r.Tell(tokenServer("/token", token, anyone), evilreg.Login(challenge, "Bearer "+token))
		if _, err := fetch(repository, d, nil); err != nil {
			t.Errorf("%s: %v", token, err)
		}
	}
	if n := len(r.Requests("GET", "/token")); n != 2 {
		t.Errorf("%d tokens fetched", n)
	}
	r.Tell(tokenServer("/token", "third", anyone), evilreg.Login(challenge, "Bearer never"))
	if _, err := fetch(repository, d, nil); err == nil {
		t.Error("read without leave")
	}
	if n := len(r.Requests("", "")); n > 12 {
		t.Errorf("%d requests: it does not give up", n)
	}
}

// The place that a registry names for its token server gets the password only if it is the registry itself.
func TestREG08RealmElsewhereGetsNoCredentials(t *testing.T) {
	for _, realm := range []string{
		"http://THIEF/token", "http://user@THIEF/", "http://HOST@THIEF/", "http://HOST:x@THIEF/", "http://THIEF#@HOST/",
		"http://THIEF?@HOST/", `http://THIEF\@HOST/`, `http:\\THIEF`, "//THIEF/token", "HTTP://THIEF/", " http://THIEF/",
		"http://THIEF/HOST", "http://localhost:PORT/token", "http://LOCALHOST:PORT", "http://[::ffff:127.0.0.1]:PORT/",
		"http://127.0.0.1.:PORT/", "http://127.1:PORT/", "http://2130706433:PORT/", "https://THIEF/", "ftp://THIEF/",
		"file:///etc/passwd", "javascript:1", "http://", "", "/token", "token", "https://$(reboot).example/",
	} {
		r, thief := evilreg.Start(t), evilreg.Lurk(t)
		withPassword(t, r.Host)
		_, port, _ := strings.Cut(thief.Host, ":")
		realm = strings.NewReplacer("THIEF", thief.Host, "HOST", r.Host, "PORT", port).Replace(realm)
		r.Tell(evilreg.When("", "/v2/", evilreg.Login(fmt.Sprintf(`Bearer realm="%s",service="x"`, realm), "Bearer stolen")))
		err := read(t, r)
		if stolen := thief.Credentials(canary, password().Auth); err == nil || len(stolen) != 0 {
			t.Errorf("%s: %v; stolen: %q", realm, err, stolen)
		}
	}
}

func TestREG08TokenServerSendsThePasswordNowhere(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, have := range map[string]entry{"password": password(), "identity token": {Auth: password().Auth, IdentityToken: canary}} {
			r, thief := evilreg.Start(t), evilreg.Lurk(t)
			dockerConfig{Auths: map[string]entry{r.Host: have}}.use(t)
			r.Tell(
				evilreg.When("", "/token", evilreg.Redirect(status, "http://"+thief.Host+"/token")),
				evilreg.Login(fmt.Sprintf(`Bearer realm="http://%s/token"`, r.Host), "Bearer stolen"))
			if err := read(t, r); !errors.Is(err, errRefused) || len(thief.Caught()) != 0 {
				t.Errorf("%d, %s: %v; caught: %q", status, name, err, thief.Caught())
			}
		}
	}
}

// Who has no credentials may ask any token server, with none.
func TestREG08RealmElsewhereIsAskedWithoutCredentials(t *testing.T) {
	r, elsewhere := evilreg.Start(t), evilreg.Lurk(t)
	dockerConfig{}.use(t)
	r.Tell(evilreg.Login(fmt.Sprintf(`Bearer realm="http://%s/token"`, elsewhere.Host), "Bearer stolen"))
	if err := read(t, r); err != nil || len(elsewhere.Caught()) != 1 || len(elsewhere.Credentials()) != 0 {
		t.Errorf("%v; caught: %q", err, elsewhere.Caught())
	}
}

func TestREG08PasswordGoesToKnownTokenServersOnly(t *testing.T) {
	t.Setenv(TokenServersVariable, "mine.example=login.example, other.example:5000=login.example:8443,=evil.example,evil.example=,evil.example")
	for _, c := range []struct {
		registry, realm string
		ok              bool
	}{
		{"auction", "https://auth.docker.io/token", true},
		{"auction", "https://index.docker.io/token", true},
		{"auction", "http://auth.docker.io/token", false},
		{"auction", "https://auth.docker.io:444/token", false},
		{"auction", "https://auth.docker.io.evil.example/token", false},
		{"auction", "https://evil-auth.docker.io/token", false},
		{"registry.example/a", "https://auth.docker.io/token", false},
		{"registry.example/a", "https://registry.example/token", true},
		{"registry.example/a", "https://registry.example:443/token", true},
		{"registry.example/a", "https://REGISTRY.example/token", true},
		{"registry.example/a", "https://registry.example:8443/token", false},
		{"registry.example/a", "https://auth.registry.example/token", false},
		{"registry.example/a", "https://example/token", false},
		{"registry.example:5000/a", "https://registry.example/token", false},
		{"mine.example/a", "https://login.example/token", true},
		{"mine.example/a", "https://mine.example/token", true},
		{"mine.example/a", "http://login.example/token", false},
		{"mine.example/a", "https://login.example:8443/token", false},
		{"mine.example:443/a", "https://login.example/token", false},
		{"other.example:5000/a", "https://login.example:8443/token", true},
		{"other.example:5000/a", "https://login.example/token", false},
		{"registry.example/a", "https://login.example/token", false},
		{"registry.example/a", "https://evil.example/token", false},
	} {
		repository := reference(t, c.registry).Repository()
		realm, err := url.Parse(c.realm)
		if err != nil {
			t.Fatal(err)
		}
		if a := newClient(repository, "pull").auth; a.trusts(realm) != c.ok {
			t.Errorf("%s and %s: want %v", c.registry, c.realm, c.ok)
		}
	}
}

// Names that contain, begin or end with that of a registry are not that registry.
func TestREG10CredentialsAreForOneRegistryExactly(t *testing.T) {
	dockerConfig{Auths: map[string]entry{"registry.example": password(), "127.0.0.1:5000": password()}}.use(t)
	if c, err := readCredentials(context.Background(), reference(t, "registry.example/a").Repository()); err != nil || c.isEmpty() {
		t.Fatalf("the registry itself: %v", err)
	}
	for _, host := range []string{
		"evil-registry.example", "evilregistry.example", "registry.example.evil", "registry.example-evil", "sub.registry.example",
		"registry.example.", "registry.example:443", "registry.example:80", "registry.example:5000", "registry-example", "registry.exampl",
		"registry.examples", "egistry.example", "registry..example", "registry.example.com", "registry.example%2eevil", "registry.example%00",
		"registr\u0443.example", "xn--registr-7vi.example", "REGISTRY.EXAMPLE", "registry\uff0eexample", "registry\u3002example",
		"registry.example@evil.example", "evil.example@registry.example", "user:pass@registry.example", "registry.example#evil.example",
		"registry.example?evil.example", `registry.example\evil.example`, "https://registry.example", "127.0.0.1:50000", "127.0.0.1:500", "127.0.0.1",
		"1127.0.0.1:5000", "[::ffff:127.0.0.1]:5000", "localhost:5000", "127.0.0.1.:5000",
	} {
		ref, err := oci.ParseReference(host + "/registry.example/a")
		if err != nil {
			continue
		}
		if c, err := readCredentials(context.Background(), ref.Repository()); err == nil && !c.isEmpty() && ref.Registry() != "registry.example" {
			t.Errorf("%s (%s) gets the credentials for another", host, ref.Registry())
		}
		home := &url.URL{Scheme: "https", Host: "registry.example"}
		if isHome(ref.Repository().Registry, home) && !slices.Contains([]string{"registry.example", "registry.example:443", "REGISTRY.EXAMPLE"}, ref.Registry()) {
			t.Errorf("%s is taken for another registry", host)
		}
	}
}

func TestParseChallenges(t *testing.T) {
	for header, want := range map[string]string{
		`Bearer realm="https://a/t",service="s,\"x\"",scope="a b"`: `[{bearer map[realm:https://a/t scope:a b service:s,"x"]}]`,
		`Basic realm=x`:                        `[{basic map[realm:x]}]`,
		`Basic`:                                `[{basic map[]}]`,
		`Negotiate, Basic realm="a"`:           `[{negotiate map[]} {basic map[realm:a]}]`,
		`Basic realm="a" , BEARER Realm = "b"`: `[{basic map[realm:a]} {bearer map[realm:b]}]`,
		``:                                     `[]`,
		`Bearer realm="a",realm="b"`:           `error`,
		`Bearer realm="a",REALM="b"`:           `error`,
		`Bearer realm="a`:                      `error`,
		`Bearer realm="a\`:                     `error`,
		`="a"`:                                 `error`,
		`Bearer"a"`:                            `error`,
		`Bearer ` + strings.Repeat("x", 9000):  `error`,
	} {
		all, err := parseChallenges([]string{header})
		got := fmt.Sprint(all)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%.80q is read as %s, want %s", header, got, want)
		}
	}
}

func FuzzParseChallenges(f *testing.F) {
	f.Add(`Bearer realm="https://a/t",service="s",scope="repository:a:pull"`)
	f.Add(`Negotiate, Basic realm="a", charset="UTF-8"`)
	f.Fuzz(func(t *testing.T, header string) {
		all, err := parseChallenges([]string{header})
		if err != nil && !errors.Is(err, errChallenge) {
			t.Errorf("%q: %v", header, err)
		}
		if len(all) > len(header) {
			t.Errorf("%q: %d challenges", header, len(all))
		}
		for _, c := range all {
			if c.scheme == "" || c.scheme != strings.ToLower(c.scheme) {
				t.Errorf("%q: scheme %q", header, c.scheme)
			}
		}
	})
}

func TestUnreadableChallengeIsAnError(t *testing.T) {
	for _, challenge := range []string{`Digest realm="x"`, `Bearer service="x"`, `Bearer realm="a",realm="b"`, `"`} {
		r := evilreg.Start(t)
		withPassword(t, r.Host)
		r.Tell(evilreg.Login(challenge, "never"))
		if err := read(t, r); !errors.Is(err, errChallenge) {
			t.Errorf("%s: %v", challenge, err)
		}
	}
}

func TestTokenThatIsNoneIsAnError(t *testing.T) {
	for _, answer := range []string{
		``, `{}`, `null`, `[]`, `{"token":""}`, `{"token":null}`, `{"token":"a b"}`, `{"token":"a\r\nX-Evil: 1"}`, `{"Token":"x"}`,
		`{"token":"x","token":"y"}`, `{"token":"` + strings.Repeat("x", maxToken) + `"}`,
	} {
		r := evilreg.Start(t)
		dockerConfig{}.use(t)
		r.Tell(
			evilreg.When("", "/token", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) })),
			evilreg.Login(fmt.Sprintf(`Bearer realm="http://%s/token"`, r.Host), "never"))
		if err := read(t, r); !errors.Is(err, errChallenge) {
			t.Errorf("%.50q: %v", answer, err)
		}
	}
}

func TestRefusalSaysWhatToDo(t *testing.T) {
	r, thief := evilreg.Start(t), evilreg.Lurk(t)
	withPassword(t, r.Host)
	r.Tell(evilreg.Login(fmt.Sprintf(`Bearer realm="http://%s/token"`, thief.Host), "never"))
	if err := read(t, r); !strings.Contains(hint.Of(err), TokenServersVariable+"="+r.Host+"="+thief.Host) {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
	r.Tell(evilreg.Login(`Basic realm="x"`, "never"))
	if err := read(t, r); !strings.Contains(hint.Of(err), "docker login") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}
