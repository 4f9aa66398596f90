// SPDX-License-Identifier: Apache-2.0

// Package source finds the bytes of an OCI image, wherever it is: an OCI layout directory or a registry.
// What it returns is unchecked; the caller holds every byte against the descriptor it asked for.
package source

import (
	"context"
	"io"

	"github.com/escrin/escrin/enclaver/oci"
)

// Source is one image, named by whoever opened it.
type Source interface {
	// String is the name under which the user knows the image.
	String() string
	// Resolve returns the descriptor of the manifest or index that the name stands for at this moment.
	Resolve(ctx context.Context) (oci.Descriptor, error)
	// Open returns the content that a descriptor names. It is not checked.
	Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error)
}
