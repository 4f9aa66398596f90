// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	// PutSecret keeps a secret for the file that the config declares for the container with this index, which its owner
	// alone may read.
	PutSecret(container int, name string, owner config.User, content []byte) error
}

// Inputs gives a workload its inputs: each as the secret that containers declare by its name, or else in the input
// directory. NewInputs makes it.
type Inputs struct {
	config config.Config
	store  Store
	given  []string
}

// NewInputs begins with none.
func NewInputs(c config.Config, store Store) *Inputs {
	c.Containers = slices.Clone(c.Containers)
	return &Inputs{config: c, store: store}
}

// Put gives the workload one input; content that cannot be what is declared is an ErrInputs.
func (i *Inputs) Put(name string, content []byte) error {
	i.given = append(i.given, name)
	secret := false
	for n, container := range i.config.Containers {
		at := slices.IndexFunc(container.Secrets, func(s config.Secret) bool { return s.Name == name })
		if at < 0 {
			continue
		}
		secret = true
		if err := i.give(n, container.Secrets[at], content); err != nil {
			return err
		}
	}
	if secret {
		return nil
	}
	return i.store.PutInput(name, content)
}

// give gives a container a secret.
func (i *Inputs) give(container int, secret config.Secret, content []byte) error {
	process := &i.config.Containers[container].Process
	if secret.Path != "" {
		return i.store.PutSecret(container, secret.Name, process.User, content)
	}
	if len(content) > MaxVariable || !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return fmt.Errorf("%w: secret %s is no text of at most %d bytes without NUL", ErrInputs, secret.Name, MaxVariable)
	}
	process.Env = append(slices.Clip(process.Env), secret.Env+"="+string(content))
	return nil
}

// SecretsPath is where secrets of the identity are that the config does not put elsewhere.
const SecretsPath = "/run/escrin/secrets/"

// PutSecret gives the workload a secret of the identity: as the config declares by its name, or else the main container as
// a file below SecretsPath. Like Put, it takes no secret that has no place.
func (i *Inputs) PutSecret(label string, content []byte) error {
	if !slices.Contains(i.config.SecretNames(), label) {
		path, main := SecretsPath+label, &i.config.Containers[len(i.config.Containers)-1] // a config has one at least
		if slices.ContainsFunc(main.Secrets, func(s config.Secret) bool { return s.Path == path }) || slices.Contains(i.config.Confidential.Files, path) {
			return fmt.Errorf("%w: the place of %s is another's", ErrInputs, label)
		}
		main.Secrets = append(slices.Clip(main.Secrets), config.Secret{Name: label, Path: path})
	}
	return i.Put(label, content)
}

// Add gives the main container a confidential config that its own admits (config.Confidential.Admit): variables in the place of
// measured ones, arguments behind them, files for its user alone.
func (i *Inputs) Add(a config.Additions) error {
	last := len(i.config.Containers) - 1
	main := &i.config.Containers[last]
	process := &main.Process
	process.Args, process.Env = append(slices.Clip(process.Args), a.Args...), slices.Clone(process.Env)
	for _, v := range a.Env {
		process.Env = slices.DeleteFunc(process.Env, func(e string) bool { return strings.HasPrefix(e, v.Name+"=") })
		process.Env = append(process.Env, v.Name+"="+v.Value)
	}
	for n, f := range a.Files {
		name := fmt.Sprintf("+%d", n) // of no input
		i.given = append(i.given, name)
		main.Secrets = append(slices.Clip(main.Secrets), config.Secret{Name: name, Path: f.Path})
		if err := i.store.PutSecret(last, name, process.User, f.Content); err != nil {
			return err
		}
	}
	return nil
}

// Config returns the config to run, with the secrets in its environment; without one of them it is an ErrInputs.
func (i *Inputs) Config() (config.Config, error) {
	for _, name := range i.config.SecretNames() {
		if !slices.Contains(i.given, name) {
			return config.Config{}, fmt.Errorf("%w: secret %s is missing", ErrInputs, name)
		}
	}
	return i.config, nil
}
