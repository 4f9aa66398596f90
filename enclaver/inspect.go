// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/artifact"
)

// Description is what an enclave's manifest and config say about it. Nothing in it but Digest has been
// derived again; that is what Verify does.
type Description struct {
	Digest v1.Hash         `json:"digest"`
	Size   int64           `json:"size"` // bytes of all blobs
	Config artifact.Config `json:"config"`
}

// Inspect describes the enclave that ref names, without fetching its parts: from the store if it has it,
// else from the registry. With a nil store only the registry is asked.
func Inspect(ctx context.Context, ref Reference, from *Store) (Description, error) {
	return Description{}, errors.New("inspect: not built yet")
}
