// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/escrin/escrin/guestagent/config"
)

// MaxVariable is the largest secret that fits an environment variable, in bytes.
const MaxVariable = 64 << 10

// ErrInputs says that the inputs are not those that the config declares.
var ErrInputs = errors.New("the inputs are not what the enclave declares")

// Store keeps what a workload is to read.
type Store interface {
	// PutInput keeps an input for the input directory.
	PutInput(name string, content []byte) error
	// PutSecret keeps a secret for the file that the config declares, which its owner alone may read.
	PutSecret(name string, owner config.User, content []byte) error
}

// Inputs gives a workload its inputs: each as the secret that the config declares by its name, or else in the input
// directory. NewInputs makes it.
type Inputs struct {
	config config.Config
	store  Store
	given  []string
}

// NewInputs begins with none.
func NewInputs(c config.Config, store Store) *Inputs { return &Inputs{config: c, store: store} }

// Put gives the workload one input; content that cannot be what is declared is an ErrInputs.
func (i *Inputs) Put(name string, content []byte) error {
	i.given = append(i.given, name)
	at := slices.IndexFunc(i.config.Secrets, func(s config.Secret) bool { return s.Name == name })
	if at < 0 {
		return i.store.PutInput(name, content)
	}
	secret := i.config.Secrets[at]
	if secret.Path != "" {
		return i.store.PutSecret(name, i.config.Process.User, content)
	}
	if len(content) > MaxVariable || !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return fmt.Errorf("%w: secret %s is no text of at most %d bytes without NUL", ErrInputs, name, MaxVariable)
	}
	i.config.Process.Env = append(slices.Clip(i.config.Process.Env), secret.Env+"="+string(content))
	return nil
}

// SecretsPath is where secrets of the identity are that the config does not put elsewhere.
const SecretsPath = "/run/escrin/secrets/"

// PutSecret gives the workload a secret of the identity: as the config declares by its name, or else as a file below
// SecretsPath. Like Put, it takes no secret that has no place.
func (i *Inputs) PutSecret(label string, content []byte) error {
	declared := func(s config.Secret) bool { return s.Name == label }
	if !slices.ContainsFunc(i.config.Secrets, declared) {
		path := SecretsPath + label
		if slices.ContainsFunc(i.config.Secrets, func(s config.Secret) bool { return s.Path == path }) {
			return fmt.Errorf("%w: another secret has the place of %s", ErrInputs, label)
		}
		i.config.Secrets = append(slices.Clip(i.config.Secrets), config.Secret{Name: label, Path: path})
	}
	return i.Put(label, content)
}

// Config returns the config to run, with the secrets in its environment; without one of them it is an ErrInputs.
func (i *Inputs) Config() (config.Config, error) {
	for _, s := range i.config.Secrets {
		if !slices.Contains(i.given, s.Name) {
			return config.Config{}, fmt.Errorf("%w: secret %s is missing", ErrInputs, s.Name)
		}
	}
	return i.config, nil
}
