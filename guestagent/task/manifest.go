// SPDX-License-Identifier: Apache-2.0

// Package task holds what a task's submitter and the guest that runs it agree on, and what the guest signs for the
// TaskHub: the terms of a batch of tasks; the input manifest, whose SHA-256 is their inputDigest; the deterministic tar
// of outputs; and the EIP-712 types of claims, heartbeats and reports. SPEC.md beside this file is normative.
package task

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/keyname"
)

const (
	// ManifestVersion is the only version of the manifest that this package reads and writes.
	ManifestVersion = 1
	// MaxManifest is the largest manifest in bytes.
	MaxManifest = 64 << 10
	// MaxInputs is the largest number of inputs of a task.
	MaxInputs = 64
	// MaxInput is the largest sealed input in bytes.
	MaxInput = 32 << 20
	// MaxTotalInput is the largest sum of a task's sealed inputs in bytes.
	MaxTotalInput = 64 << 20
	// ResultKeySize is the size in bytes of the HPKE public key that outputs are sealed to (MLKEM768-X25519).
	ResultKeySize = 1216
	// GroupKeySize is the size in bytes of a key network's public key (compressed BLS12-381 G2).
	GroupKeySize = 96
)

// Manifest names the inputs of one task, and what they were encrypted under: identity, policy and key
// network. A guest that is led to others stops before anything is decrypted, and says nothing in the
// submitter's name. The order of the fields is the order of the JSON keys.
type Manifest struct {
	Version   int         `json:"version"`
	Identity  wire.Hash32 `json:"identity"`  // the task's; not zero
	Policy    wire.Hash32 `json:"policy"`    // the measurement root that may open the inputs; not zero
	Inputs    []Input     `json:"inputs"`    // sorted by name; may be empty
	ResultKey []byte      `json:"resultKey"` // ResultKeySize bytes, base64
	GroupKey  []byte      `json:"groupKey"`  // of the key network, GroupKeySize bytes, base64
}

// Input is one sealed blob: an envelope to the task's key name or, if it is a secret of the identity, to that secret's.
type Input struct {
	Name   string      `json:"name"`             // ValidName; the workload reads /input/<name>. Of a secret: its label
	Digest wire.Digest `json:"digest"`           // of the sealed bytes
	Size   uint64      `json:"size"`             // sealed bytes, 1…MaxInput
	Secret *Secret     `json:"secret,omitempty"` // nil for what was sealed to the task
}

// Secret says to which key a secret was sealed, of those that its label and the manifest's identity have.
type Secret struct {
	Version uint64      `json:"version"` // from 1
	Policy  wire.Hash32 `json:"policy"`  // measurement root, author key, or zero: keyname.Name.Policy
}

// KeyName is the name of the key that opens an input of a parsed manifest, for a task.
func (m Manifest) KeyName(chainID uint64, registry [20]byte, task [32]byte, in Input) (keyname.Name, error) {
	if in.Secret == nil {
		return keyname.ForTask(chainID, registry, m.Identity, task, m.Policy), nil
	}
	return keyname.ForSecret(chainID, registry, m.Identity, in.Name, in.Secret.Policy, in.Secret.Version)
}

// valid says whether an input may be called as it is.
func (in Input) valid() error {
	switch {
	case in.Secret == nil && !ValidName(in.Name):
		return fmt.Errorf("input name %q is not a letter or digit, then up to %d of a-z 0-9 . _ -", in.Name, maxName-1)
	case in.Secret != nil && (!keyname.ValidLabel(in.Name) || in.Secret.Version == 0):
		return fmt.Errorf("secret %q of version %d: want a label, and a version from 1", in.Name, in.Secret.Version)
	case in.Size == 0 || in.Size > MaxInput:
		return fmt.Errorf("input %s: size %d is not in 1…%d bytes", in.Name, in.Size, MaxInput)
	}
	return nil
}

// ParseManifest reads the canonical encoding; any other spelling of the same manifest is an error.
func ParseManifest(document []byte) (Manifest, error) {
	return wire.Parse("input manifest", document, MaxManifest, Manifest.validate)
}

// Marshal sorts the inputs by name and returns the one canonical encoding of m, or an error where
// ParseManifest would refuse it.
func (m Manifest) Marshal() ([]byte, error) {
	m.Inputs = append([]Input{}, m.Inputs...)
	slices.SortFunc(m.Inputs, func(a, b Input) int { return strings.Compare(a.Name, b.Name) })
	return wire.Marshal("input manifest", m, MaxManifest, Manifest.validate)
}

// ValidName says whether an input may have this name: a letter or digit, then up to 63 of a-z 0-9 . _ -
func ValidName(name string) bool {
	alphanumeric := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	other := func(r rune) bool { return !alphanumeric(r) && !strings.ContainsRune("._-", r) }
	return name != "" && len(name) <= maxName && alphanumeric(rune(name[0])) && !strings.ContainsFunc(name, other)
}

const maxName = 64 // bytes of an input's name

func (m Manifest) validate() error {
	switch {
	case m.Version != ManifestVersion:
		return fmt.Errorf("version %d, want %d", m.Version, ManifestVersion)
	case m.Identity == wire.Hash32{} || m.Policy == wire.Hash32{}:
		return errors.New("identity and policy must be set")
	case m.Inputs == nil || len(m.Inputs) > MaxInputs:
		return fmt.Errorf("want a list of at most %d inputs", MaxInputs)
	case len(m.ResultKey) != ResultKeySize:
		return fmt.Errorf("resultKey has %d bytes, want %d", len(m.ResultKey), ResultKeySize)
	case len(m.GroupKey) != GroupKeySize:
		return fmt.Errorf("groupKey has %d bytes, want %d", len(m.GroupKey), GroupKeySize)
	}
	total, last := uint64(0), ""
	for _, in := range m.Inputs {
		if err := in.valid(); err != nil {
			return err
		}
		if in.Name <= last {
			return errors.New("inputs must be sorted by name, and names unique")
		}
		last, total = in.Name, total+in.Size
	}
	if total > MaxTotalInput {
		return fmt.Errorf("inputs of %d bytes in all, more than %d", total, MaxTotalInput)
	}
	return nil
}
