// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"

	"github.com/escrin/escrin/enclaver/source"
)

// Spec is what an author declares beyond what the image says. The zero value adds nothing.
type Spec struct {
	Entrypoint []string // in place of the image's entrypoint and command
	Cmd        []string // in place of the image's command
}

// BuildOptions says what to build with and where to put it.
type BuildOptions struct {
	Store     *Store
	GuestBase string // folder with kernel, initrd, firmware and base.json
	Spec      Spec
	Name      Reference // name in the store; may be zero
	Progress  Progress
}

// Build makes an enclave of the image. The result is a function of the image, the spec and the guest
// base: the same bytes on any machine, any day.
func Build(ctx context.Context, image source.Source, opts BuildOptions) (*Enclave, error) {
	return nil, errors.New("build: not built yet")
}
