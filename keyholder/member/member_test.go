// SPDX-License-Identifier: Apache-2.0

package member_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
)

func keys(t *testing.T) *keystore.Keystore {
	t.Helper()
	k, err := keystore.Create(t.Context(), filepath.Join(t.TempDir(), "holder"), keystore.Key([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// What is shown is as Ethereum computes it, is the same until the key is used,
// and another after that.
func TestEntry(t *testing.T) {
	t.Parallel()
	k := keys(t)
	if _, err := member.Show(k); !errors.Is(err, keystore.ErrNone) {
		t.Fatalf("without a signer: %v", err)
	}
	signer, err := member.MakeSigner(k)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := member.Show(k)
	if err != nil {
		t.Fatal(err)
	}
	key, err := crypto.ToECDSA(signer.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if [20]byte(entry.Signer) != [20]byte(crypto.PubkeyToAddress(key.PublicKey)) || entry.Account != entry.Signer || entry.URL != "" {
		t.Errorf("%+v", entry)
	}
	public, err := member.MakeEncryptionKey(k)
	if err != nil || len(public) != envelope.PublicKeySize {
		t.Fatalf("%d bytes, %v", len(public), err)
	}
	if entry.EncryptionKey != member.Digest(crypto.Keccak256(public)) {
		t.Error("digest is not keccak256 of the key")
	}
	private, err := k.Get(keystore.NextEncryption)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := member.PublicKey(private); err != nil || !bytes.Equal(again, public) {
		t.Errorf("private key is of another public key, %v", err)
	}
	if again, err := member.Show(k); err != nil || again != entry {
		t.Errorf("%+v, %v", again, err)
	}
	if err := k.Delete(keystore.NextEncryption); err != nil {
		t.Fatal(err)
	}
	if next, err := member.Show(k); err != nil || next.EncryptionKey == entry.EncryptionKey || next.Signer != entry.Signer {
		t.Errorf("%+v, %v", next, err)
	}
	if again, err := member.MakeSigner(k); err != nil || again.Address() != signer.Address() {
		t.Errorf("another signer, %v", err)
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	k := keys(t)
	if _, err := member.MakeSigner(k); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"holder.example", "ftp://x", "http://", "https://x?y", "https://x#y", "http://\x00"} {
		if err := member.Amend(k, member.Profile{URL: url}); err == nil {
			t.Errorf("took %q", url)
		}
	}
	want := member.Profile{Account: [20]byte{7}, URL: "https://holder.example:8443/base"}
	if err := member.Amend(k, want); err != nil {
		t.Fatal(err)
	}
	if err := member.Amend(k, member.Profile{}); err != nil { // changes nothing
		t.Fatal(err)
	}
	entry, err := member.Show(k)
	if err != nil || entry.Account != want.Account || entry.URL != want.URL {
		t.Fatalf("%+v, %v", entry, err)
	}
	b, err := json.Marshal(entry)
	if err != nil {
		t.Fatal(err)
	}
	var again member.Entry
	if err := json.Unmarshal(b, &again); err != nil || again != entry {
		t.Errorf("%s: %+v, %v", b, again, err)
	}
	if !strings.HasPrefix(string(b), `{"account":"0x0700`) {
		t.Errorf("%s", b)
	}
}
