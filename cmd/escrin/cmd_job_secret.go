// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/secret"
	"github.com/escrin/escrin/keyholder/keyname"
)

// readSecrets finds the secrets that --secret names: NAME for the last version on this machine, or NAME=FILE.
func readSecrets(cmd *cobra.Command, identity common.Hash, texts []string) ([]secret.Sealed, error) {
	dir, err := secret.Dir()
	if err != nil {
		return nil, err
	}
	var secrets []secret.Sealed
	for _, text := range texts {
		label, path, named := strings.Cut(text, "=")
		if !keyname.ValidLabel(label) {
			return nil, badLabel(cmd, label)
		}
		var s secret.Sealed
		if named {
			s, err = secret.Read(path)
		} else if s, err = secret.Find(dir, wire.Hash32(identity), label, 0); err != nil {
			err = withHint(err, "make it with `escrin secret set %s %s FILE`, or name its file with --secret %s=FILE", identity, label, label)
		}
		if err != nil {
			return nil, err
		}
		if s.Label != label || s.Identity != wire.Hash32(identity) {
			return nil, fmt.Errorf("cannot use secret %s: its file holds %s of identity %s", label, s.Label, s.Identity)
		}
		secrets = append(secrets, s)
	}
	return secrets, nil
}

// checkNetwork requires that secrets were sealed under this network.
func checkNetwork(n network.Network, secrets []secret.Sealed) error {
	for _, s := range secrets {
		if s.ChainID != n.Chain.ID || s.Registry != wire.Address(n.Contracts.Registry) || [96]byte(s.GroupKey) != n.KeyNetwork.GroupKey {
			return withHint(fmt.Errorf("cannot use secret %s: it was sealed for another network", s.Label), "seal it anew with `escrin secret set`")
		}
	}
	return nil
}
