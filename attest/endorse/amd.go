// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
)

// openChainAMD verifies AMD's chain for a product: the intermediate authority and
// the root, which must be the trusted one.
func (e *Endorsement) openChainAMD(ark *x509.Certificate) error {
	ask, err := e.openIntermediate(ark, e.Body)
	if err != nil {
		return err
	}
	e.Body = pki.EncodePEM(ask, ark)
	return nil
}

// openIntermediate reads and checks the intermediate authority in a chain.
func (e *Endorsement) openIntermediate(ark *x509.Certificate, chain []byte) (*x509.Certificate, error) {
	ask, err := chainBelow(ark, chain)
	if err != nil {
		return nil, err
	}
	role := pki.ASK
	if e.Item.signer == kds.VLEK {
		role = pki.ASVK
	}
	line := string(e.Item.product)
	if err := cmp.Or(pki.CheckAMD(ark, ark, pki.ARK, line), pki.CheckAMD(ask, ark, role, line)); err != nil {
		return nil, err
	}
	e.within(ask.NotBefore, ask.NotAfter)
	return ask, nil
}

// openListAMD verifies a revocation list of a product's root.
func (e *Endorsement) openListAMD(ark *x509.Certificate) error {
	if err := pki.CheckAMD(ark, ark, pki.ARK, string(e.Item.product)); err != nil {
		return err
	}
	list, err := pki.OpenAMDCRL(e.Body, ark)
	if err != nil {
		return err
	}
	return e.addList(list, ark)
}

// openVCEK verifies the certificate of a chip's key, and that it is for the chip
// and the firmware that were asked for.
func (e *Endorsement) openVCEK(ark *x509.Certificate, issuers []byte) error {
	ask, err := e.openIntermediate(ark, issuers)
	if err != nil {
		return err
	}
	cert, err := pki.Parse(e.Body)
	if err != nil {
		return err
	}
	if !bytes.Equal(cert.Raw, e.Body) {
		return errors.New("bytes follow the certificate")
	}
	if err := pki.CheckAMD(cert, ask, pki.VCEK, string(e.Item.product)); err != nil {
		return err
	}
	chip, err := kds.ParseChip(cert)
	if err != nil {
		return err
	}
	switch {
	case chip.Signer != kds.VCEK || chip.Product != e.Item.product:
		return fmt.Errorf("certificate is of a %s of %s", chip.Signer, chip.Product)
	case hex.EncodeToString(chip.HWID) != e.Item.hwid:
		return fmt.Errorf("certificate is of chip %x", chip.HWID)
	case chip.TCB != e.Item.tcb:
		return fmt.Errorf("certificate is for firmware %+v, want %+v", chip.TCB, e.Item.tcb)
	}
	e.Issuers = pki.EncodePEM(ask, ark)
	e.within(cert.NotBefore, cert.NotAfter)
	return nil
}
