// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"encoding/json"
	"fmt"
)

// Vectors returns the files of contracts/testdata/collateral by their names. The
// genuine quotes and collateral are in the folder given, attest/verify/testdata.
func Vectors(genuine string) (map[string][]byte, error) {
	p, err := newPKI()
	if err != nil {
		return nil, fmt.Errorf("make vectors: %w", err)
	}
	var worlds []world
	for _, name := range []string{"tdx-v4", "tdx-v5"} {
		g, err := OpenGenuine(genuine, name)
		if err != nil {
			return nil, fmt.Errorf("make vectors: %w", err)
		}
		w, err := newWorld(source{name, g.Bundle, g.Root, g.PlatformCA, g.PCK.SerialNumber, g.Time.Unix()}, newDice(name))
		if err != nil {
			return nil, fmt.Errorf("make vectors: %s: %w", name, err)
		}
		worlds = append(worlds, w)
	}
	for i := range 8 {
		w, err := p.made(fmt.Sprintf("made-%d", i))
		if err != nil {
			return nil, fmt.Errorf("make vectors: %d: %w", i, err)
		}
		worlds = append(worlds, w)
	}
	files := make(map[string][]byte)
	for _, w := range worlds {
		if files[w.Name+".json"], err = encode(w); err != nil {
			return nil, err
		}
	}
	c, err := newCases(p)
	if err != nil {
		return nil, fmt.Errorf("make vectors: %w", err)
	}
	if files["cases.json"], err = encode(c); err != nil {
		return nil, err
	}
	m, err := newMutations(p)
	if err != nil {
		return nil, fmt.Errorf("make vectors: %w", err)
	}
	if files["mutations.json"], err = encode(m); err != nil {
		return nil, err
	}
	return files, nil
}

func encode[T any](v T) ([]byte, error) {
	out, err := json.MarshalIndent(v, "", " ")
	return append(out, '\n'), err
}
