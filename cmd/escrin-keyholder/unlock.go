// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/standing"
)

// unlocking says what opens a keystore or a backup. No secret is an argument:
// arguments are readable by all (KR-25).
type unlocking struct{ file, credential, plugin string }

func (u unlocking) given() bool { return u != unlocking{} }

func (u unlocking) check() error {
	given := 0
	for _, s := range []string{u.file, u.credential, u.plugin} {
		if s != "" {
			given++
		}
	}
	if given > 1 {
		return errors.New("--passphrase-file, --credential and --plugin exclude one another")
	}
	return nil
}

func (u unlocking) source() (keystore.Source, error) {
	switch {
	case u.file != "":
		return keystore.PassphraseFile(u.file)
	case u.credential != "":
		return keystore.Credential(u.credential)
	case u.plugin != "":
		return keystore.Plugin(u.plugin), nil
	}
	return nil, fmt.Errorf("%w: one of --passphrase-file, --credential and --plugin is needed to open the keystore", errUsage)
}

// openHere opens the keystore in a command's own process, because no keyholder
// runs in the directory.
func (c *call) openHere(ctx context.Context) (*keystore.Keystore, *standing.Standing, error) {
	keys, err := c.store.open(ctx, c.dir)
	if err != nil {
		return nil, nil, err
	}
	s, err := standing.Load(keys)
	if err != nil {
		return nil, nil, errors.Join(err, keys.Close())
	}
	return keys, s, nil
}

// open opens the keystore in a directory.
func (u unlocking) open(ctx context.Context, dir string) (*keystore.Keystore, error) {
	source, err := u.source()
	if err != nil {
		return nil, err
	}
	keys, err := keystore.Unlock(ctx, dir, source)
	if errors.Is(err, keystore.ErrNone) {
		err = fmt.Errorf("%w: run escrin-keyholder init first", err)
	}
	return keys, err
}
