// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"context"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/task"
)

// Source is where public data comes from. It is trusted for availability only, except that Ledger tells what the
// chain says. Digests are the names under which data is asked for; whether the bytes fit them is for [Check].
type Source interface {
	// Ledger returns everything that the chain holds about a finished task, and the batch that it belongs to.
	Ledger(ctx context.Context, taskID [32]byte) (Ledger, error)
	// Blob returns a blob by its SHA-256.
	Blob(ctx context.Context, digest [32]byte) ([]byte, error)
	// Evidence returns evidence by its Keccak-256.
	Evidence(ctx context.Context, digest [32]byte) ([]byte, error)
	// Enclave returns the manifest that a locator REF@sha256:<hex> names, or to which REF:tag leads now.
	Enclave(ctx context.Context, locator string) (manifest, config []byte, err error)
}

// Collect fetches everything public about a task. Data that a store does not give becomes a [Blob] with a problem,
// which fails the check that needs it; that the chain gives no answer is an error.
func Collect(ctx context.Context, from Source, taskID [32]byte) (Record, error) {
	ledger, err := from.Ledger(ctx, taskID)
	if err != nil {
		return Record{}, fmt.Errorf("read the chain: %w", err)
	}
	r := Record{Ledger: ledger, Inputs: map[[32]byte]Blob{}}
	r.Manifest = fetched(from.Blob(ctx, ledger.Terms().InputDigest))
	if m, err := task.ParseManifest(r.Manifest.Bytes); err == nil {
		for _, in := range m.Inputs {
			r.Inputs[in.Digest] = fetched(from.Blob(ctx, in.Digest))
		}
	}
	if output := ledger.Result().OutputDigest; output != [32]byte{} {
		r.Output = fetched(from.Blob(ctx, output))
	}
	r.Evidence = fetched(from.Evidence(ctx, ledger.Permit.EvidenceDigest))
	manifest, config, err := from.Enclave(ctx, ledger.Policy.Locator)
	r.Enclave = Enclave{Manifest: fetched(manifest, err), Config: fetched(config, err)}
	return r, ctx.Err()
}

func fetched(b []byte, err error) Blob {
	if err != nil {
		return Blob{Problem: err.Error()}
	}
	return Blob{Bytes: b}
}

// Sizes, in bytes, that a source should refuse to exceed.
const (
	MaxBlob     = task.MaxInput + 1<<20 // the largest sealed output is of this order too
	MaxEvidence = attest.MaxEvidenceSize
	MaxDocument = 4 << 20 // enclave manifest or config
)
