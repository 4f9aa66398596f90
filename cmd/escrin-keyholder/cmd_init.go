// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/control"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
)

const initLong = `The keystore is encrypted with the passphrase, credential or plugin that is
named. Running init again changes nothing, but completes what was interrupted.
Fund the signer account that is printed: it pays for the holder's transactions
on the board. The member entry is for the governor of the key network.
`

const joinLong = `Prints the member entry for the governor of the key network, and makes the
encryption key of the next epoch if there is none. An epoch that has begun uses
the key up; the entry is then another. Takes back what leave did.

Asks the keyholder that runs in the directory. If none does, it opens the
keystore itself.
`

// runInit creates what is not there yet, and prints the member entry.
func runInit(ctx context.Context, c *call) error {
	profile, err := c.profile()
	if err != nil {
		return err
	}
	source, err := c.store.source()
	if err != nil {
		return err
	}
	keys, err := keystore.Create(ctx, c.dir, source)
	if errors.Is(err, keystore.ErrExists) {
		keys, err = keystore.Unlock(ctx, c.dir, source)
	}
	if err != nil {
		return err
	}
	defer keys.Close()
	if _, err := member.MakeSigner(keys); err != nil {
		return fmt.Errorf("make signer: %w", err)
	}
	if err := member.Amend(keys, profile); err != nil {
		return err
	}
	entry, err := member.Show(keys)
	if err != nil {
		return fmt.Errorf("make member entry: %w", err)
	}
	return c.printEntry(entry)
}

// runJoin asks the keyholder that runs, or opens the keystore if none does.
func runJoin(ctx context.Context, c *call) error {
	profile, err := c.profile()
	if err != nil {
		return err
	}
	entry, err := control.To(c.dir).Join(ctx, profile)
	if errors.Is(err, control.ErrNotRunning) {
		entry, err = c.joinHere(ctx, profile)
	}
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	return c.printEntry(entry)
}

func (c *call) joinHere(ctx context.Context, profile member.Profile) (member.Entry, error) {
	keys, standing, err := c.openHere(ctx)
	if err != nil {
		return member.Entry{}, err
	}
	defer keys.Close()
	return control.Holder{Keys: keys, Standing: standing}.Join(profile)
}

// profile is what the flags say of the member.
func (c *call) profile() (p member.Profile, err error) {
	if c.account != "" {
		if err := p.Account.UnmarshalText([]byte(c.account)); err != nil {
			return p, fmt.Errorf("%w: --account: %w", errUsage, err)
		}
	}
	p.URL = c.url
	if err := p.Check(); err != nil {
		return p, fmt.Errorf("%w: --url: %w", errUsage, err)
	}
	return p, nil
}

func (c *call) printEntry(entry member.Entry) error {
	b, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	if c.json {
		_, err := fmt.Fprintf(c.stdout, "%s\n", b)
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "signer        %s  (fund it)\naccount       %s\nmember entry  %s\n",
		text(entry.Signer), text(entry.Account), b)
	return err
}

func text(a config.Address) string {
	b, _ := a.MarshalText() // never fails
	return string(b)
}
