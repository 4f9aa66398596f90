// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/strictjson"
)

const (
	maxToken = 64 << 10
	clientID = "escrin"
)

// TokenServersVariable is the name of an environment variable with further pairs REGISTRY=HOST, separated by commas:
// the token server HOST (with its port, if it is not 443) may get the password for REGISTRY.
const TokenServersVariable = "ESCRIN_TOKEN_SERVERS"

// tokenServers are the registries whose token server has another name than they have. A password goes to the
// registry's own host, or to the one that is named here, or by the user, for it.
func tokenServers() map[string]string {
	servers := map[string]string{
		name.DefaultRegistry:  "auth.docker.io",
		"registry.gitlab.com": "gitlab.com",
	}
	for pair := range strings.SplitSeq(os.Getenv(TokenServersVariable), ",") {
		if registry, host, found := strings.Cut(strings.TrimSpace(pair), "="); found && registry != "" && host != "" {
			servers[registry] = host
		}
	}
	return servers
}

// authorizer answers a registry that asks who we are, and keeps the answer. Nothing is said, and no credential
// helper is run, before a registry asks.
type authorizer struct {
	repository name.Repository
	scopes     []string
	base       http.RoundTripper

	vault       *vault
	mu          sync.Mutex
	header      secret // Authorization, once there was a challenge
	credentials credentials
	read        bool // whether credentials were read
}

// current returns the header to send.
func (a *authorizer) current() secret {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.header
}

// RoundTrip adds the header to a request to the registry itself. Redirects come by here one by one: what goes
// elsewhere goes without (threats REG-08, REG-09).
func (a *authorizer) RoundTrip(req *http.Request) (*http.Response, error) {
	header := a.current()
	if header.isEmpty() || !isHome(a.repository.Registry, req.URL) {
		return a.base.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", header.text())
	return a.base.RoundTrip(req)
}

// answer makes the header that a 401 asks for. The request was sent with the header used; if that is no longer the
// current one, another request has had the answer.
func (a *authorizer) answer(ctx context.Context, resp *http.Response, used secret) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.header.text() != used.text() {
		return nil
	}
	all, err := parseChallenges(resp.Header.Values("WWW-Authenticate"))
	if err != nil {
		return err
	}
	c, err := choose(all)
	if err != nil {
		return err
	}
	if !a.read {
		if a.credentials, err = readCredentials(ctx, a.repository); err != nil {
			return err
		}
		a.read = true
		a.vault.hide(a.credentials)
	}
	a.header, err = a.headerFor(ctx, c)
	return err
}

func (a *authorizer) headerFor(ctx context.Context, c challenge) (secret, error) {
	switch {
	case c.scheme == "basic":
		if a.credentials.basic.isEmpty() {
			return secret{}, nil
		}
		return hide("Basic " + a.credentials.basic.text()), nil
	case !a.credentials.token.isEmpty():
		return hide("Bearer " + a.credentials.token.text()), nil
	}
	token, err := a.fetchToken(ctx, c)
	if errors.As(err, new(*answerError)) && len(a.scopes) > 1 {
		a.scopes = a.scopes[:1] // to mount from other repositories is a wish only
		token, err = a.fetchToken(ctx, c)
	}
	if err != nil {
		return secret{}, err
	}
	return hide("Bearer " + token), nil
}

// fetchToken gets a bearer token from the token server that the registry names ("realm"). Who has no credentials
// asks without, wherever it is.
func (a *authorizer) fetchToken(ctx context.Context, c challenge) (string, error) {
	realm, err := url.Parse(c.params["realm"])
	if err != nil || realm.User != nil || !isPlainHost(realm.Host) {
		return "", fmt.Errorf("%w: its token server has no usable address", errChallenge)
	}
	if !a.credentials.isEmpty() && !a.trusts(realm) {
		return "", hint.Wrap(fmt.Errorf("%w: registry %s wants the password for it to be sent to %s", errRefused, a.repository.RegistryStr(), realm.Hostname()),
			"if that is right, say so with %s=%s=%s; to go without a password, log out with `docker logout %s`",
			TokenServersVariable, a.repository.RegistryStr(), realm.Host, a.repository.RegistryStr())
	}
	req, err := a.tokenRequest(ctx, realm, c.params["service"])
	if err != nil {
		return "", err
	}
	client := &http.Client{Transport: a.base, CheckRedirect: stayAt(realm)}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", newAnswerError(resp, a.vault)
	}
	token, err := readToken(resp.Body)
	a.vault.add(token)
	return token, err
}

// isPlainHost says whether a host can be said to a user, who may hand it to a shell.
func isPlainHost(host string) bool {
	odd := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-:[]", r))
	}
	return host != "" && !strings.ContainsFunc(host, odd)
}

// trusts says whether credentials for the registry may be sent to u.
func (a *authorizer) trusts(u *url.URL) bool {
	if isHome(a.repository.Registry, u) {
		return true
	}
	host, ok := tokenServers()[a.repository.RegistryStr()]
	return ok && sameOrigin(&url.URL{Scheme: "https", Host: host}, u)
}

// stayAt refuses redirects to another origin than u's.
func stayAt(u *url.URL) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		req.Header.Del("Referer")
		if len(via) > maxRedirects || !sameOrigin(u, req.URL) {
			return fmt.Errorf("%w: %s may not send this request to %s", errRefused, u.Hostname(), req.URL.Hostname())
		}
		return nil
	}
}

// tokenRequest is a GET with the password, or a POST with the identity token (distribution token specification).
func (a *authorizer) tokenRequest(ctx context.Context, realm *url.URL, service string) (*http.Request, error) {
	if !a.credentials.identity.isEmpty() {
		form := url.Values{
			"service": {service}, "scope": {strings.Join(a.scopes, " ")}, "client_id": {clientID},
			"grant_type": {"refresh_token"}, "refresh_token": {a.credentials.identity.text()},
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, realm.String(), strings.NewReader(form.Encode()))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return req, err
	}
	query := realm.Query()
	query["scope"] = a.scopes
	if service != "" {
		query.Set("service", service)
	}
	with := *realm
	with.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, with.String(), nil)
	if err == nil && !a.credentials.basic.isEmpty() {
		req.Header.Set("Authorization", "Basic "+a.credentials.basic.text())
	}
	return req, err
}

func readToken(body io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxToken+1))
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	answer, err := strictjson.DecodeOpen[struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}](data, maxToken)
	if err != nil {
		return "", fmt.Errorf("%w: read token", errChallenge) // no more: the text may be the token
	}
	for _, token := range []string{answer.Token, answer.AccessToken} {
		if token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return token, nil
		}
	}
	return "", fmt.Errorf("%w: the token server gave no token", errChallenge)
}
