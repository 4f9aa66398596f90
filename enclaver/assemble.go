// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/config"
)

// Boot is everything a machine is started with. The paths are absolute.
type Boot struct {
	Firmware string
	Kernel   string
	Initrd   string
	Disk     string // raw, read-only
	Cmdline  string

	Config          config.Config // the measured config
	ConfigDigest    [32]byte      // its SHA-256
	Measurements    []attest.Measurement
	MeasurementRoot [32]byte
	Digest          v1.Hash // of the enclave's manifest
}

// Assemble lays out what a machine boots in a folder of dir named by the enclave's digest. The disk's
// verity tree is computed from its data and must have the root that the measured config states; an
// assembled disk that is there already is checked the same way and used again.
func (e *Enclave) Assemble(ctx context.Context, dir string) (Boot, error) {
	return Boot{}, errors.New("assemble: not built yet")
}
