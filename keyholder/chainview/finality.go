// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/strictjson"
)

// Finality says which block a keyholder takes as settled. Its JSON form is
// "latest", "finalized" or {"confirmations": n}. The zero value is invalid.
type Finality struct {
	kind          string
	confirmations uint64
}

// Latest trusts the newest block: for chains that do not reorganise, such as a
// development network's.
func Latest() Finality { return Finality{kind: "latest"} }

// Finalized trusts what the consensus layer calls finalized.
func Finalized() Finality { return Finality{kind: "finalized"} }

const (
	maxConfirmations = 10_000
	maxFinality      = 1 << 10 // bytes of JSON
)

// Confirmations trusts a block with n blocks on top of it (1 to 10,000).
func Confirmations(n uint64) Finality { return Finality{kind: "confirmations", confirmations: n} }

func (f Finality) validate() error {
	switch {
	case f == Latest(), f == Finalized():
		return nil
	case f.kind == "confirmations" && f.confirmations >= 1 && f.confirmations <= maxConfirmations:
		return nil
	}
	return fmt.Errorf(`finality: want "latest", "finalized" or {"confirmations": 1 to %d}`, maxConfirmations)
}

// MaxHeadAge returns how old a head may be if the configuration does not say.
func (f Finality) MaxHeadAge() time.Duration {
	switch f.kind {
	case "latest":
		return 5 * time.Minute
	case "finalized":
		return time.Hour
	default:
		return 5*time.Minute + time.Duration(f.confirmations)*15*time.Second
	}
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *Finality) UnmarshalJSON(b []byte) error {
	var name string
	if json.Unmarshal(b, &name) == nil {
		*f = Finality{kind: name}
		if f.kind == "confirmations" {
			return errors.New("finality: number of confirmations is missing")
		}
		return f.validate()
	}
	object, err := strictjson.Decode[struct {
		Confirmations uint64 `json:"confirmations"`
	}](b, maxFinality)
	if err != nil {
		return fmt.Errorf("finality: %w", err)
	}
	*f = Confirmations(object.Confirmations)
	return f.validate()
}

// tag names the block from which what is settled is counted.
func (f Finality) tag() string {
	if f == Finalized() {
		return f.kind
	}
	return "latest"
}

// settled returns the number of the highest settled block if the one with the tag has number
// newest.
func (f Finality) settled(newest uint64) (uint64, error) {
	if newest < f.confirmations {
		return 0, fmt.Errorf("chain has fewer than %d blocks", f.confirmations)
	}
	return newest - f.confirmations, nil
}

// lifetime is for how long a head is used before a newer one is looked for. Whoever goes without
// finality wants the newest each time.
func (f Finality) lifetime() time.Duration {
	if f == Latest() {
		return 0
	}
	return time.Second
}

// MarshalJSON implements json.Marshaler.
func (f Finality) MarshalJSON() ([]byte, error) {
	if f.kind == "confirmations" {
		return json.Marshal(map[string]uint64{"confirmations": f.confirmations})
	}
	return json.Marshal(f.kind)
}
