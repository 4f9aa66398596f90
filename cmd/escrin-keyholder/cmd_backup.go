// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
	"github.com/escrin/escrin/keyholder/standing"
)

const backupLong = `The backup has the signer account, the share and all other secrets of the
keystore, encrypted with a passphrase of its own. Make one after every epoch:
what an older one holds of the key is of no use any more. The release records
and the audit log are not in it, because a restored holder starts new ones.

Needs what opens the keystore, also while a keyholder runs in the directory.
`

const restoreLong = `Makes a new keystore, in a directory without one, for the loss of the old one. A
restored holder takes part in the making of later epochs, but serves none that
had begun: it does not know what was released in them. It must be a member of a
later one (see join). Make sure that the old holder does not run any more.
`

// runBackup reads the keystore itself, also beside a keyholder that runs: what opens
// the keystore is needed, so that no other program of the owner can have a backup.
func runBackup(ctx context.Context, c *call) error {
	from, err := c.store.source()
	if err != nil {
		return err
	}
	to, err := keystore.PassphraseFile(c.backup)
	if err != nil {
		return err
	}
	backup, err := keystore.BackupOf(ctx, c.dir, from, to)
	if err != nil {
		return err
	}
	if err := writeNew(c.out, backup); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	_, err = fmt.Fprintf(c.stdout, "%s: %d bytes\n", c.out, len(backup))
	return err
}

// writeNew durably writes a file that is not there, for its owner only.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func runRestore(ctx context.Context, c *call) error {
	to, err := c.store.source()
	if err != nil {
		return err
	}
	saved, err := openBackup(ctx, c.from, c.backup)
	if err != nil {
		return err
	}
	mark, err := standing.Mark(saved)
	if err != nil {
		return err
	}
	keys, err := saved.Restore(ctx, c.dir, to, mark)
	if err != nil {
		return err
	}
	defer keys.Close()
	entry, err := member.Show(keys)
	if err != nil {
		return err
	}
	return c.printEntry(entry)
}

func openBackup(ctx context.Context, path, passphraseFile string) (keystore.Saved, error) {
	from, err := keystore.PassphraseFile(passphraseFile)
	if err != nil {
		return keystore.Saved{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return keystore.Saved{}, fmt.Errorf("open backup: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, keystore.MaxBackup+1))
	if err != nil {
		return keystore.Saved{}, fmt.Errorf("open backup: %w", err)
	}
	return keystore.OpenBackup(ctx, content, from)
}
