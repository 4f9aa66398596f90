// SPDX-License-Identifier: Apache-2.0

// Package simulator plays the TDX platform and its vendor where there is no
// hardware. It signs byte-exact quotes under a certificate chain of Intel's
// shape whose root is generated for each directory: who does not configure that
// root rejects all of it. It must not be linked into anything that verifies.
package simulator

import (
	"context"
	"errors"
	"net"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/predict"
)

// Platform is one simulated machine and the vendor's keys behind it. It is safe
// for concurrent use.
type Platform struct{}

// Open returns the platform whose keys are in dir, and generates them there at
// first start.
func Open(dir string) (*Platform, error) { return nil, errors.New("open simulator: not built yet") }

// RootPEM returns the root certificate, to be given to verifiers.
func (p *Platform) RootPEM() []byte { return nil }

// Launch starts a TD: it computes the registers of l.
func (p *Platform) Launch(l predict.Launch) (*TD, error) {
	return nil, errors.New("launch TD: not built yet")
}

// TD is one launched guest.
type TD struct{}

// Registers returns the launch registers of the guest.
func (t *TD) Registers() attest.Registers { return attest.Registers{} }

// Quote returns a quote over reportData and the encoded collateral for it.
func (t *TD) Quote(reportData [64]byte) (quote, collateral []byte, err error) {
	return nil, nil, errors.New("quote TD: not built yet")
}

// Serve answers requests of package teeclient on l until ctx ends.
func Serve(ctx context.Context, l net.Listener, p *Platform) error {
	return errors.New("serve simulator: not built yet")
}
