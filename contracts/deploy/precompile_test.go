// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/deploy"
)

// TestCT01MissingPrecompilesAreToldBeforeAnythingIsSent tries the forks that lack some.
func TestCT01MissingPrecompilesAreToldBeforeAnythingIsSent(t *testing.T) {
	payer, terms := accounts(t, 1)[0], whole(t)
	for rules, want := range map[devchain.Rules][]deploy.Precompile{
		devchain.Osaka:  nil,
		devchain.Prague: {deploy.P256Verify},
		devchain.Cancun: {deploy.G1Add, deploy.Pairing, deploy.MapToG1, deploy.P256Verify},
	} {
		client, _ := start(t, devchain.Config{Rules: rules})
		got, err := deploy.MissingPrecompiles(t.Context(), client, deploy.Precompiles())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("rules %d lack %v, want %v (%v)", rules, got, want, err)
		}
		if rules != devchain.Cancun {
			continue
		}
		_, err = deploy.Survey(t.Context(), client, payer.Address, terms)
		lacks, ok := errors.AsType[*deploy.PrecompileError](err)
		if !ok || !slices.Equal(lacks.Missing, want) || nonce(t, client, payer.Address) != 0 {
			t.Fatalf("deployed without BLS: %v", err)
		}
	}
}

// TestCT01WrongAnswersAreNone has a node whose precompiles answer with something.
func TestCT01WrongAnswersAreNone(t *testing.T) {
	_, url := start(t, devchain.Config{})
	word := strings.Repeat("0", 63)
	for _, answer := range []string{"0x", "0x" + word + "0", "0x" + word + "1", "0x" + word + "2", "0x" + word[1:], "0x" + word + "1" + word + "1"} {
		client := lie(t, url, func(c call, _ json.RawMessage) json.RawMessage {
			if c.Method != "eth_call" {
				return nil
			}
			return json.RawMessage(`"` + answer + `"`)
		})
		got, err := deploy.MissingPrecompiles(t.Context(), client, deploy.Precompiles())
		if err != nil || !slices.Equal(got, deploy.Precompiles()) {
			t.Errorf("%s: missing are %v (%v)", answer, got, err)
		}
	}
}
