// SPDX-License-Identifier: Apache-2.0

package keynet

import (
	"context"
	"fmt"

	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/peers"
)

// CheckKeys refuses entries whose encryption key cannot be had at their addresses, or is none: dealers would wait for it until
// the session fails.
func CheckKeys(ctx context.Context, entries []Entry) error {
	urls := map[[20]byte]string{}
	var members []dkg.Member
	for _, e := range entries {
		urls[e.Account] = e.URL
		members = append(members, dkg.Member{Account: e.Account, Signer: e.Signer, EncryptionKey: e.EncryptionKey})
	}
	for i, key := range peers.New(urls).EncryptionKeys(ctx, members) {
		if err := members[i].CheckKey(key); err != nil {
			return fmt.Errorf("account %s at %s: %w", entries[i].Account, entries[i].URL, err)
		}
	}
	return nil
}
