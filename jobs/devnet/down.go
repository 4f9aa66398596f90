// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNone says that there is no dev network in a directory.
var ErrNone = errors.New("no dev network here")

// Down ends exactly the processes that were started for the network in dir, and waits for them. Its state stays.
// When nothing runs it does nothing. The network file is removed: it would point at servers that are gone.
func Down(ctx context.Context, dir string, report func(Event)) error {
	d, release, err := existing(dir)
	if err != nil {
		return err
	}
	defer release()
	return down(ctx, d, report)
}

func down(ctx context.Context, d directory, report func(Event)) error {
	s, err := newSupervisor(d, report)
	if err != nil {
		return err
	}
	if err := s.stopAll(ctx); err != nil {
		return err
	}
	return remove(d, "network.json")
}

// Reset is Down, and then deletes the network's state: its chain, its keys, its blobs and its logs. Files that
// are not a dev network's are left where they are.
func Reset(ctx context.Context, dir string, report func(Event)) error {
	d, release, err := existing(dir)
	if err != nil {
		return err
	}
	defer release()
	if err := down(ctx, d, report); err != nil {
		return err
	}
	names := []string{"chain", "jobs", "logs", "tee.sock", "processes.json"}
	for i := range Holders {
		names = append(names, keyholderName(i+1), keyholderName(i+1)+".json", passphraseFile(i+1))
	}
	// The plan is what marks the directory as a dev network's: it goes last, so that an interrupted reset can be
	// called again.
	if err := remove(d, append(names, "plan.json", "lock")...); err != nil {
		return err
	}
	os.Remove(string(d)) // unless it holds something else
	return nil
}

func remove(d directory, names ...string) error {
	for _, name := range names {
		if err := os.RemoveAll(d.path(name)); err != nil {
			return fmt.Errorf("delete state: %w", err)
		}
	}
	return nil
}

// Find reports where the network of a directory is (empty: the default directory); ErrNone if there is none.
func Find(dir string) (string, error) {
	d, err := resolve(dir)
	if err != nil {
		return "", err
	}
	if _, err := d.readPlan(); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %s has none", ErrNone, d)
	}
	return string(d), nil
}

// existing opens a directory that holds a dev network, else the error is ErrNone.
func existing(dir string) (directory, func(), error) {
	if _, err := Find(dir); err != nil {
		return "", nil, err
	}
	return open(dir)
}
