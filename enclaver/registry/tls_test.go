// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// abroad is a registry that is not on this host, as far as its client can tell: example.com over TLS.
type abroad struct {
	*evilreg.Registry
	server *httptest.Server
}

func startAbroad(t *testing.T) abroad {
	t.Helper()
	r := evilreg.Start(t)
	server := httptest.NewTLSServer(r)
	t.Cleanup(server.Close)
	return abroad{r, server}
}

// open returns a repository whose client finds the registry, and trusts it, under the name example.com.
func (a abroad) open(t *testing.T) *Repository {
	t.Helper()
	repository, err := Open(context.Background(), reference(t, "example.com/a").Repository())
	if err != nil {
		t.Fatal(err)
	}
	quick(repository.client)
	w := repository.client.auth.base.(*way)
	w.trust = a.server.Client().Transport.(*http.Transport).TLSClientConfig
	w.dial = a.dial("203.0.114.1")
	return repository
}

// dial reaches the server, which seems to have another address.
func (a abroad) dial(address string) dial {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, a.server.Listener.Addr().String())
		return seeming{conn, address}, err
	}
}

type seeming struct {
	net.Conn
	address string
}

func (s seeming) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(s.address), Port: 443} }

func TestREG09CredentialsDoNotLeaveTLS(t *testing.T) {
	thief := evilreg.Lurk(t)
	for name, lie := range map[string]evilreg.Lie{
		"redirect to plain HTTP":       evilreg.When("GET", "/blobs/", evilreg.Redirect(307, "http://example.com/v2/a/blobs/x")),
		"redirect to plain HTTP here":  evilreg.When("GET", "/blobs/", evilreg.Redirect(307, "http://"+thief.Host+"/x")),
		"redirect to this host":        evilreg.When("GET", "/blobs/", evilreg.Redirect(307, "https://"+thief.Host+"/x")),
		"redirect to another port":     evilreg.When("GET", "/blobs/", evilreg.Redirect(307, "https://127.0.0.1:1/x")),
		"redirect to a private host":   evilreg.When("GET", "/blobs/", evilreg.Redirect(307, "https://10.0.0.1/x")),
		"token server in plain HTTP":   evilreg.Login(`Bearer realm="http://example.com/token"`, "never"),
		"token server on this host":    evilreg.Login(fmt.Sprintf(`Bearer realm="https://%s/token"`, thief.Host), "never"),
		"token server on another port": evilreg.Login(`Bearer realm="https://example.com:444/token"`, "never"),
		"token server below":           evilreg.Login(`Bearer realm="https://auth.example.com/token"`, "never"),
	} {
		r := startAbroad(t)
		withPassword(t, "example.com")
		d := r.Put("a", blobType, []byte("content"))
		r.Tell(lie)
		if _, err := fetch(r.open(t), d, nil); !errors.Is(err, errRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if caught := thief.Caught(); len(caught) != 0 {
		t.Errorf("caught %q", caught)
	}
}

func TestREG09UploadGoesNeitherHereNorWithoutTLS(t *testing.T) {
	thief := evilreg.Lurk(t)
	for _, to := range []string{"http://example.com/v2/a/blobs/uploads/1", "http://" + thief.Host + "/", "https://" + thief.Host + "/", "https://10.0.0.1/", "https://169.254.169.254/"} {
		r := startAbroad(t)
		withPassword(t, "example.com")
		r.Tell(evilreg.When("POST", "", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusAccepted)
		})))
		pusher, err := NewPusher(reference(t, "example.com/a:v1"))
		if err != nil {
			t.Fatal(err)
		}
		pusher.client = r.open(t).client
		if err := pusher.Blob(context.Background(), blobOf("x"), holding("x")); !errors.Is(err, errRefused) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if caught := thief.Caught(); len(caught) != 0 {
		t.Errorf("caught %q", caught)
	}
}

func TestPasswordReachesItsRegistryOverTLS(t *testing.T) {
	r := startAbroad(t)
	withPassword(t, "example.com")
	d := r.Put("a", blobType, []byte("content"))
	r.Tell(
		tokenServer("/token", "good", func(r *http.Request) bool { return r.Header.Get("Authorization") == basicHeader() }),
		evilreg.Login(`Bearer realm="https://example.com/token"`, "Bearer good"))
	if _, err := fetch(r.open(t), d, nil); err != nil {
		t.Error(err)
	}
}

// A certificate that is not trusted is not tried again, and nothing is sent.
func TestUntrustedCertificateIsTheEnd(t *testing.T) {
	r := startAbroad(t)
	withPassword(t, "example.com")
	repository := r.open(t)
	repository.client.auth.base.(*way).trust = nil
	_, err := fetch(repository, r.Put("a", blobType, []byte("content")), nil)
	if !errors.As(err, new(*tls.CertificateVerificationError)) || len(r.Requests("", "")) != 0 {
		t.Errorf("%v", err)
	}
}

func TestRegistryElsewhereWithoutTLS(t *testing.T) {
	r := startAbroad(t)
	plain := httptest.NewServer(r)
	t.Cleanup(plain.Close)
	r.server = plain
	repository := r.open(t)
	if _, err := fetch(repository, blobOf("x"), nil); !strings.Contains(hint.Of(err), "certificate") || len(r.Requests("", "")) != 0 {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}

// Only what is on this host is spoken to without TLS.
func TestRegistriesElsewhereAreSpokenToOverTLS(t *testing.T) {
	for host, want := range map[string]string{
		"localhost": "http", "localhost:5000": "http", "127.0.0.1:5000": "http", "127.1.2.3": "http", "[::1]:5000": "http", "LOCALHOST:1": "http",
		"10.0.0.1:5000": "https", "192.168.1.2": "https", "registry.local:5000": "https", "localhost.example": "https", "registry.example": "https",
		"127.0.0.1.example": "https", "example.local": "https", "169.254.1.1": "https",
	} {
		registry, err := name.NewRegistry(host)
		if err != nil {
			t.Fatal(err)
		}
		repository := registry.Repo("a")
		if u := newClient(repository, "pull").url("x", url.Values{}); u.Scheme != want || !strings.EqualFold(u.Host, host) {
			t.Errorf("%s is spoken to at %s", host, u)
		}
	}
}
