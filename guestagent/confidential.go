// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
)

// openAdditions takes what the identity's owner adds to the workload, if the measured config admits anything: the version
// that the key network certifies to be the newest, so that the host cannot show an older one (MB-15). It comes after the
// network was compared with the task's.
func (a *attempt) openAdditions(ctx context.Context) error {
	allowed := a.config.Confidential
	if allowed.None() {
		return nil
	}
	anchor, err := a.keyholders.State(ctx, a.keys.requester.Address(), keyholder.AnchorName{
		ChainID: a.launch.ChainID, Registry: a.launch.Registry, IdentityID: a.launch.Identity,
		Set: keyholder.Announced, Name: config.AdditionsAnchor(),
	}, 0)
	switch {
	case err != nil:
		return err
	case anchor.Digest == [32]byte{} && allowed.Required:
		return errors.New("the identity has no confidential config, and the enclave wants one")
	case anchor.Digest == [32]byte{}:
		return nil
	}
	a.opened = true // from here on an error may quote the document
	document, err := a.unsealAdditions(ctx, anchor)
	if err != nil {
		return err
	}
	a.additions, err = config.ParseAdditions(document)
	clear(document)
	if err != nil {
		return err
	}
	return allowed.Admit(a.additions)
}

// unsealAdditions fetches and opens the version that an anchor names.
func (a *attempt) unsealAdditions(ctx context.Context, anchor keyholder.Anchor) ([]byte, error) {
	sealed, err := a.link.Fetch(ctx, wire.Digest(anchor.Digest), config.MaxSealedAdditions)
	if err != nil {
		return nil, err
	}
	policy, sealed, err := config.SplitSealed(sealed)
	if err != nil {
		return nil, err
	}
	name := config.AdditionsKey(a.launch.ChainID, a.launch.Registry, a.launch.Identity, policy, anchor.Version)
	if err := a.recoverKey(ctx, name); err != nil {
		return nil, fmt.Errorf("ask for the key of the confidential config: %w", err)
	}
	return a.openSealed(sealed, name)
}
