// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/curve"
)

// KR-04: a guest's accusation is noted if it proves something, and an attempt makes so many.
func TestKR04AccusationsAreChecked(t *testing.T) {
	at, o := newAttempt(t, nil)
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	network := at.runner.relay.present().network
	network.Holders[0].Signer = crypto.PubkeyToAddress(key.PublicKey)
	at.runner.relay = newRelay(network)
	accuse := func(secret uint32) error {
		t.Helper()
		s := keyholder.Statement{Board: network.Board, Path: keyholder.PathCertificate, Epoch: 1, Index: 1}
		s.Share = curve.HashToG1(curve.DSTCertificate, s.Subject[:]).Mul(curve.ScalarFromIndex(secret)).Bytes()
		digest := s.Digest()
		signature, err := crypto.Sign(digest[:], key)
		if err != nil {
			t.Fatal(err)
		}
		signature[64] += 27
		document, err := json.Marshal(keyholder.Proof{Statement: s, Signature: [65]byte(signature)})
		if err != nil {
			t.Fatal(err)
		}
		return at.Accuse(t.Context(), document)
	}
	if err := accuse(11); !errors.Is(err, client.ErrNoProof) || len(o.accused) != 0 {
		t.Errorf("of its own share: %v, noted %v", err, o.accused)
	}
	if err := accuse(12); err != nil || len(o.accused) != 1 || o.accused[0].Statement.Index != 1 {
		t.Errorf("of another share: %v, noted %v", err, o.accused)
	}
	for range keyholder.MaxHolders {
		err = accuse(12)
	}
	if codeOf(err) != hostlink.CodeRefused || len(o.accused) >= keyholder.MaxHolders {
		t.Errorf("too many: %v, noted %d", err, len(o.accused))
	}
}
