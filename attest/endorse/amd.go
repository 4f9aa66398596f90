// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"cmp"
	"context"
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

// checkIssuer refuses a chain, and what its authority issued, once the root's list
// revokes that.
func (t trust) checkIssuer(e Endorsement, list []byte) error {
	root, err := t.root(e.Item)
	if err != nil {
		return err
	}
	chain := e.Issuers
	if e.Item.kind == amdChain {
		chain = e.Body
	}
	issuer, err := chainBelow(root, chain)
	if err != nil {
		return err
	}
	crl, err := pki.OpenAMDCRL(list, root)
	if err == nil {
		err = crl.Check(issuer)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	return nil
}

// unrevoked refuses a lasting item whose issuer is revoked by the list in the
// cache, also by one that has expired: what is revoked stays so. Without a list,
// nothing is known.
func (f *Fetcher) unrevoked(e Endorsement) error {
	if !e.Item.lasting() {
		return nil
	}
	item := AMDCRL(e.Item.product, e.Item.signer)
	kept, ok := f.cache.read(item)
	if !ok {
		return nil
	}
	list, err := f.trust.open(item, kept.body, nil)
	if err != nil {
		return nil // damaged: as good as none
	}
	return f.trust.checkIssuer(e, list.Body)
}

// listed returns the list for an item and the item again, which is a new one if
// the list revokes the issuer of this one. It is an error if AMD has no new one.
func (f *Fetcher) listed(ctx context.Context, e Endorsement) (list, current Endorsement, err error) {
	if list, err = f.Get(ctx, AMDCRL(e.Item.product, e.Item.signer)); err != nil {
		return list, e, err
	}
	if f.trust.checkIssuer(e, list.Body) == nil {
		return list, e, nil
	}
	if current, err = f.Get(ctx, e.Item); err == nil {
		err = f.trust.checkIssuer(current, list.Body)
	}
	return list, current, err
}
