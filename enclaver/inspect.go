// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/artifact"
)

// Description is what an enclave's manifest and config say about it. They do not contradict each other;
// that they are true is for Verify to find out.
type Description struct {
	Digest v1.Hash         `json:"digest"`
	Size   int64           `json:"size"` // bytes of all blobs
	Config artifact.Config `json:"config"`
}

// Description is what the enclave's manifest and config say.
func (e *Enclave) Description() Description {
	return Description{Digest: e.descriptor.Digest, Size: e.manifest.Size(), Config: e.config}
}

// Inspect describes the enclave that ref names, without fetching its parts: from the store if it has it,
// else from the registry. With a nil store only the registry is asked.
func Inspect(ctx context.Context, ref Reference, in *Store) (Description, error) {
	if in != nil {
		e, err := Load(ctx, ref, in)
		if err == nil {
			return e.Description(), nil
		}
		if !errors.Is(err, ErrNotExist) {
			return Description{}, err
		}
	}
	_, e, err := fetchDocuments(ctx, ref)
	if err != nil {
		return Description{}, fmt.Errorf("inspect %s: %w", ref, err)
	}
	return e.Description(), nil
}
