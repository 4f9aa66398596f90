// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"

	"github.com/escrin/escrin/enclaver/hint"
)

// secret is a password or token that cannot be printed by accident, not even as part of something else and not by
// a panic: whoever formats it sees the address of a function (threat REG-12).
type secret struct{ reveal func() string }

func hide(s string) secret { return secret{func() string { return s }} }

func (s secret) isEmpty() bool { return s.reveal == nil || s.reveal() == "" }

// text returns what is hidden.
func (s secret) text() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

func (s secret) String() string { return "[hidden]" }

// credentials are what a user has for a registry: at most one of the kinds.
type credentials struct {
	basic    secret // base64 of user and password with a colon between, as in the header
	identity secret // refresh token
	token    secret // bearer token
}

func (c credentials) isEmpty() bool {
	return c.basic.isEmpty() && c.identity.isEmpty() && c.token.isEmpty()
}

var errCredentials = errors.New("read credentials")

// readCredentials looks where docker and podman keep them; a credential helper is run, if the docker config names
// one. There may be none.
func readCredentials(ctx context.Context, repository name.Repository) (credentials, error) {
	auth, err := authn.Resolve(ctx, authn.DefaultKeychain, repository)
	var config *authn.AuthConfig
	if err == nil {
		config, err = authn.Authorization(ctx, auth)
	}
	if err != nil {
		return credentials{}, helperError(repository, err)
	}
	return newCredentials(config)
}

func newCredentials(config *authn.AuthConfig) (credentials, error) {
	user, password := config.Username, config.Password
	if config.Auth != "" && user == "" && password == "" {
		plain, err := base64.StdEncoding.DecodeString(config.Auth)
		var found bool
		if user, password, found = strings.Cut(string(plain), ":"); err != nil || !found {
			return credentials{}, fmt.Errorf("%w: the entry in the docker config is not a name and a password", errCredentials)
		}
	}
	switch {
	case config.RegistryToken != "":
		return credentials{token: hide(config.RegistryToken)}, nil
	case config.IdentityToken != "":
		return credentials{identity: hide(config.IdentityToken)}, nil
	case user == "<token>": // docker's mark of an identity token (credential helper protocol)
		return credentials{identity: hide(password)}, nil
	case user != "" || password != "":
		return credentials{basic: hide(base64.StdEncoding.EncodeToString([]byte(user + ":" + password)))}, nil
	}
	return credentials{}, nil
}

// helperError leaves out what a credential helper printed: it may be half of an answer.
func helperError(repository name.Repository, err error) error {
	text, _, _ := strings.Cut(err.Error(), ", out:")
	return hint.Wrap(fmt.Errorf("%w for %s: %s", errCredentials, repository.RegistryStr(), text),
		"check the docker config and its credential helper, or log in again with `docker login %s`", repository.RegistryStr())
}

// vault knows the secrets that must not come out again.
type vault struct {
	mu      sync.Mutex
	secrets []secret
}

func (v *vault) add(secrets ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range secrets {
		known := slices.ContainsFunc(v.secrets, func(other secret) bool { return other.text() == s })
		if s != "" && !known {
			v.secrets = append(v.secrets, hide(s))
		}
	}
}

// hide adds all forms in which credentials could come back from a registry that repeats what it was sent.
func (v *vault) hide(c credentials) {
	v.add(c.basic.text(), c.identity.text(), c.token.text())
	if plain, err := base64.StdEncoding.DecodeString(c.basic.text()); err == nil {
		_, password, _ := strings.Cut(string(plain), ":")
		v.add(string(plain), password, url.QueryEscape(password))
	}
}

// redact takes the secrets out of a text that came from elsewhere.
func (v *vault) redact(text string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.secrets {
		text = strings.ReplaceAll(text, s.text(), s.String())
	}
	return text
}
