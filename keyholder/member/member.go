// SPDX-License-Identifier: Apache-2.0

// Package member makes what a keyholder shows to become a member of an epoch: its
// accounts, and the encryption key that it takes into the next epoch.
// (keyholder/SPEC.md, section 11.)
package member

import (
	"crypto/hpke"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/transact"
	"github.com/escrin/escrin/strictjson"
)

// profileRecord is the name of the record with the holder's Profile.
const profileRecord = "profile"

const maxProfile = 4 << 10

// Keys are the records of a keystore.
type Keys interface {
	Get(name string) ([]byte, error)
	Put(name string, secret []byte) error
}

// Digest is keccak256 of an encryption key, in JSON 0x-prefixed lower-case
// hexadecimal.
type Digest [32]byte

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(d[:])), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(b []byte) error {
	digits, ok := strings.CutPrefix(string(b), "0x")
	if !ok || len(digits) != 2*len(d) {
		return errors.New("want 0x and 64 hexadecimal digits")
	}
	_, err := hex.Decode(d[:], []byte(digits))
	return err
}

// Entry is what the governor needs of a member: the three words of
// KeyNetwork.Member, and where the holder is reached.
type Entry struct {
	Account       config.Address `json:"account"`
	Signer        config.Address `json:"signer"`
	EncryptionKey Digest         `json:"encryptionKey"`
	URL           string         `json:"url"`
}

// Profile is what the holder's operator said of it once and for all.
type Profile struct {
	Account config.Address `json:"account"`       // who the member is; zero for the signer's own
	URL     string         `json:"url,omitempty"` // where others reach the holder
}

// Check refuses an address that others cannot use.
func (p Profile) Check() error {
	if p.URL == "" {
		return nil
	}
	u, err := url.Parse(p.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is not an http address", p.URL)
	}
	return nil
}

// Signer returns the holder's signer account, or keystore.ErrNone.
func Signer(keys Keys) (transact.Account, error) {
	secret, err := keys.Get(keystore.Signer)
	if err != nil {
		return transact.Account{}, err
	}
	defer clear(secret)
	return transact.ParseAccount(secret)
}

// MakeSigner returns the signer account, which it draws if there is none.
func MakeSigner(keys Keys) (transact.Account, error) {
	signer, err := Signer(keys)
	if !errors.Is(err, keystore.ErrNone) {
		return signer, err
	}
	if signer, err = transact.NewAccount(rand.Reader); err != nil {
		return signer, err
	}
	secret := signer.Bytes()
	defer clear(secret)
	return signer, keys.Put(keystore.Signer, secret)
}

// MakeEncryptionKey returns the public key, 1216 bytes, that the holder takes
// into the next epoch. It draws one if there is none: one key is for one epoch.
func MakeEncryptionKey(keys Keys) ([]byte, error) {
	private, err := keys.Get(keystore.NextEncryption)
	if errors.Is(err, keystore.ErrNone) {
		var public []byte
		if private, public, err = envelope.GenerateRecipient(); err != nil {
			return nil, err
		}
		defer clear(private)
		return public, keys.Put(keystore.NextEncryption, private)
	}
	if err != nil {
		return nil, err
	}
	defer clear(private)
	return PublicKey(private)
}

// PublicKey returns the public key of an encryption key.
func PublicKey(private []byte) ([]byte, error) {
	key, err := hpke.MLKEM768X25519().NewPrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("read encryption key: %w", err)
	}
	return key.PublicKey().Bytes(), nil
}

// KeyDigest is keccak256 of a public key: what the board says of it.
func KeyDigest(public []byte) (d Digest) {
	h := sha3.NewLegacyKeccak256()
	h.Write(public)
	h.Sum(d[:0])
	return d
}

func setProfile(keys Keys, p Profile) error {
	if err := p.Check(); err != nil {
		return err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return keys.Put(profileRecord, b)
}

// Amend stores those parts of a profile that are not zero.
func Amend(keys Keys, p Profile) error {
	now, err := ReadProfile(keys)
	if err != nil {
		return err
	}
	amended := now
	if p.Account != (config.Address{}) {
		amended.Account = p.Account
	}
	if p.URL != "" {
		amended.URL = p.URL
	}
	if amended == now {
		return nil
	}
	return setProfile(keys, amended)
}

// ReadProfile returns the stored profile; the zero one if none was.
func ReadProfile(keys Keys) (Profile, error) {
	b, err := keys.Get(profileRecord)
	if errors.Is(err, keystore.ErrNone) {
		return Profile{}, nil
	}
	if err != nil {
		return Profile{}, err
	}
	return strictjson.Decode[Profile](b, maxProfile)
}

// Show returns the entry with which the holder joins the next epoch, and makes
// what it lacks for that.
func Show(keys Keys) (Entry, error) {
	profile, err := ReadProfile(keys)
	if err != nil {
		return Entry{}, err
	}
	signer, err := Signer(keys)
	if err != nil {
		return Entry{}, err
	}
	public, err := MakeEncryptionKey(keys)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Account: profile.Account, Signer: config.Address(signer.Address()), EncryptionKey: KeyDigest(public), URL: profile.URL}
	if e.Account == (config.Address{}) {
		e.Account = e.Signer
	}
	return e, nil
}
