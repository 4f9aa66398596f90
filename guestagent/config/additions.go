// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/keyname"
)

const (
	// AdditionsVersion is the only version of the document that this package reads and writes.
	AdditionsVersion = 1
	// MaxAdditions is the largest document in bytes, before it is sealed.
	MaxAdditions = 1 << 20
	// MaxSealedAdditions is the largest sealed document in bytes, with the policy before it.
	MaxSealedAdditions = 2 << 20
	// maxValue bounds the value of a variable, and an argument, in bytes.
	maxValue = 64 << 10
)

// Additions are a confidential config: what the identity's owner adds to the main container. The order of the fields is
// the order of the JSON keys.
type Additions struct {
	Version int        `json:"version"`
	Env     []Variable `json:"env"`   // sorted by name
	Args    []string   `json:"args"`  // behind those of the process
	Files   []File     `json:"files"` // sorted by path
}

// Variable is one of the environment; it takes the place of a measured one.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// File is one that the container's user alone may read.
type File struct {
	Path    string `json:"path"`
	Content []byte `json:"content"`
}

// ParseAdditions reads the canonical encoding; any other spelling is an error. What the enclave admits is another question.
func ParseAdditions(document []byte) (Additions, error) {
	return wire.Parse("confidential config", document, MaxAdditions, Additions.validate)
}

// Marshal sorts and returns the one canonical encoding, or an error where ParseAdditions would refuse it.
func (a Additions) Marshal() ([]byte, error) {
	a.Env, a.Args, a.Files = slices.Clone(orEmpty(a.Env)), orEmpty(a.Args), slices.Clone(orEmpty(a.Files))
	slices.SortFunc(a.Env, func(x, y Variable) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(a.Files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	for i := range a.Files {
		a.Files[i].Content = orEmpty(a.Files[i].Content)
	}
	return wire.Marshal("confidential config", a, MaxAdditions, Additions.validate)
}

// validate refuses names that tell programs what to run, whatever an enclave admits (IMG-16).
func (a Additions) validate() error {
	if a.Version != AdditionsVersion {
		return fmt.Errorf("version %d, want %d", a.Version, AdditionsVersion)
	}
	if a.Env == nil || a.Args == nil || a.Files == nil || len(a.Env) > MaxConfidential || len(a.Files) > MaxConfidential {
		return fmt.Errorf("want lists, of variables and files of at most %d", MaxConfidential)
	}
	if err := validStrings("args", a.Args); err != nil {
		return err
	}
	for i, v := range a.Env {
		switch {
		case !ValidVariable(v.Name) || ControlsPrograms(v.Name):
			return fmt.Errorf("env: %.140q is no name of a variable, or tells programs what to run", v.Name)
		case i > 0 && v.Name <= a.Env[i-1].Name:
			return errors.New("env: must be sorted by name, and names unique")
		case len(v.Value) > maxValue || !utf8.ValidString(v.Value) || strings.IndexByte(v.Value, 0) >= 0:
			return fmt.Errorf("env: %s is no text of at most %d bytes without NUL", v.Name, maxValue)
		}
	}
	for i, f := range a.Files {
		if err := validTarget("files", f.Path); err != nil {
			return err
		}
		if i > 0 && f.Path <= a.Files[i-1].Path {
			return errors.New("files: must be sorted by path, and paths unique")
		}
	}
	return nil
}

// Admit reports what of a confidential config the measured one does not name.
func (c Confidential) Admit(a Additions) error {
	if err := a.validate(); err != nil {
		return err
	}
	if len(a.Args) > 0 && !c.Args {
		return errors.New("the enclave takes no arguments")
	}
	for _, v := range a.Env {
		if !slices.Contains(c.Env, v.Name) {
			return fmt.Errorf("the enclave takes no variable %s", v.Name)
		}
	}
	for _, f := range a.Files {
		if !slices.Contains(c.Files, f.Path) {
			return fmt.Errorf("the enclave takes no file %s", f.Path)
		}
	}
	return nil
}

// AdditionsAnchor is the name of the anchor, announced, that says which version is the newest: SHA-256 of what JoinSealed returned.
func AdditionsAnchor() [32]byte {
	return AdditionsKey(0, [20]byte{}, [32]byte{}, [32]byte{}, 0).Subject
}

// AdditionsKey names the key of a version of an identity's confidential config, for the enclaves that policy names.
func AdditionsKey(chainID uint64, registry [20]byte, identity, policy [32]byte, version uint64) keyname.Name {
	return keyname.ForConfig(chainID, registry, identity, policy, version)
}

// JoinSealed returns what the anchor has the SHA-256 of: the policy of the key's name, then the envelope.
func JoinSealed(policy [32]byte, envelope []byte) []byte { return append(policy[:], envelope...) }

// SplitSealed takes apart what JoinSealed returned.
func SplitSealed(sealed []byte) (policy [32]byte, envelope []byte, err error) {
	if len(sealed) <= len(policy) || len(sealed) > MaxSealedAdditions {
		return policy, nil, fmt.Errorf("sealed confidential config of %d bytes", len(sealed))
	}
	return [32]byte(sealed), sealed[len(policy):], nil
}
