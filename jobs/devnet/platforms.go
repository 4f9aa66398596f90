// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"fmt"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/network"
)

// allowPlatforms has the platform registry allow both vendors' platforms, unless it has a rule for them already: what
// was denied on a network stays denied. (Which platforms are genuine, the keyholders' roots decide.)
func allowPlatforms(ctx context.Context, n network.Network) error {
	c, err := chain.Open(ctx, n.Chain.HTTP, chain.Contracts{
		ChainID: n.Chain.ID, Registry: n.Contracts.Registry, Permitter: n.Contracts.Permitter, TaskHub: n.Contracts.TaskHub,
	})
	if err != nil {
		return fmt.Errorf("allow platforms: %w", err)
	}
	defer c.Close()
	key, err := n.Accounts[deployerAccount].Key()
	if err != nil {
		return fmt.Errorf("allow platforms: %w", err)
	}
	governor, registry := chain.NewAccount(key), c.Platforms(n.Contracts.Platforms)
	for _, tee := range []chain.Family{chain.AllTDX, chain.AllSNP} {
		rule, err := registry.Rule(ctx, tee)
		if err != nil {
			return err
		}
		if rule.Access != chain.Unlisted {
			continue
		}
		if _, err := registry.SetRule(ctx, governor, tee, chain.Rule{Access: chain.Allowed}); err != nil {
			return err
		}
	}
	return nil
}
