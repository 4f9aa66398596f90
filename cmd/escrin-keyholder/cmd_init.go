// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/config"
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
the key up; the entry is then another. A holder that was to leave is so no more.
`

const runLong = `Serves until it is told to end by SIGTERM or SIGINT, and then finishes what is
under way.
`

// runInit creates what is not there yet, and prints the member entry.
func runInit(ctx context.Context, c *call) error {
	if !c.store.given() {
		return initialise(c.dir, c.listen, c.stdout)
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
	return c.showEntry(keys)
}

func runJoin(ctx context.Context, c *call) error {
	keys, err := c.store.open(ctx, c.dir)
	if err != nil {
		return err
	}
	defer keys.Close()
	return c.showEntry(keys)
}

// showEntry stores what the flags say of the member, and prints its entry.
func (c *call) showEntry(keys *keystore.Keystore) error {
	if err := c.storeProfile(keys); err != nil {
		return err
	}
	entry, err := member.Show(keys)
	if err != nil {
		return fmt.Errorf("make member entry: %w", err)
	}
	return c.printEntry(entry)
}

func (c *call) storeProfile(keys *keystore.Keystore) error {
	if c.account == "" && c.url == "" {
		return nil
	}
	profile, err := member.ReadProfile(keys)
	if err != nil {
		return err
	}
	if c.account != "" {
		if err := profile.Account.UnmarshalText([]byte(c.account)); err != nil {
			return fmt.Errorf("%w: account: %w", errUsage, err)
		}
	}
	if c.url != "" {
		profile.URL = c.url
	}
	return member.SetProfile(keys, profile)
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
