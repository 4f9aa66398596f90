// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"io"

	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/keystore"
)

// initialise creates the identity for the ceremony, or finds it, and prints its
// public half.
func initialise(dir, listen string, stdout io.Writer) error {
	key, err := keystore.Init(dir)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(struct {
		PublicKey config.PublicKey `json:"publicKey"`
		Listen    string           `json:"listen,omitempty"`
	}{config.PublicKey(key), listen})
}
