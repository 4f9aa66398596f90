// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// TDX returns the collateral for a quote, with TCB evaluation data numbers of at
// least the given one (0 asks for none). The quote's certificates are checked
// first, so that what a stranger made up leads to no request; its signatures are
// for package attest/verify to check.
func (f *Fetcher) TDX(ctx context.Context, q tdx.Quote, least uint32) (collateral.Bundle, error) {
	platform, err := f.platform(q)
	if err != nil {
		return collateral.Bundle{}, fmt.Errorf("get collateral of quote: %w", err)
	}
	b, err := f.bundleTDX(ctx, platform.FMSPC, least)
	if err != nil {
		return collateral.Bundle{}, fmt.Errorf("get collateral of quote: %w", err)
	}
	return b, nil
}

func (f *Fetcher) bundleTDX(ctx context.Context, fmspc [6]byte, least uint32) (b collateral.Bundle, err error) {
	root, err := f.Get(ctx, RootCRL())
	if err != nil {
		return b, err
	}
	platform, err := f.Get(ctx, PCKCRL(PlatformCA))
	if err != nil {
		return b, err
	}
	info, identity, err := f.documents(ctx, fmspc, least)
	if err != nil {
		return b, err
	}
	b.RootCRL, b.PlatformCRL = root.Body, platform.Body
	if b.TCBInfo, err = splitDocument(info.Item, info.Body); err != nil {
		return b, err
	}
	if b.QEIdentity, err = splitDocument(identity.Item, identity.Body); err != nil {
		return b, err
	}
	b.TCBSigner, err = f.signer(info, root)
	return b, err
}

// documents returns TCB info and QE identity by one signer, for whose certificate
// a bundle has room. After Intel has replaced that, the one of the two that was
// fetched before is fetched again.
func (f *Fetcher) documents(ctx context.Context, fmspc [6]byte, least uint32) (info, identity Endorsement, err error) {
	infoItem, identityItem := TCBInfo(TDX, fmspc).AtLeast(least), QEIdentity(TDX).AtLeast(least)
	if info, err = f.Get(ctx, infoItem); err != nil {
		return info, identity, err
	}
	if identity, err = f.Get(ctx, identityItem); err != nil {
		return info, identity, err
	}
	if !bytes.Equal(info.Issuers, identity.Issuers) {
		if info.Fetched.Before(identity.Fetched) {
			info, err = f.renew(ctx, infoItem)
		} else {
			identity, err = f.renew(ctx, identityItem)
		}
	}
	if err == nil && !bytes.Equal(info.Issuers, identity.Issuers) {
		err = fmt.Errorf("%w: TCB info and QE identity are signed under different certificates", ErrUnavailable)
	}
	return info, identity, err
}

// platform reads the platform from a quote's PCK certificate, if Intel issued it.
func (f *Fetcher) platform(q tdx.Quote) (collateral.Platform, error) {
	root, err := f.trust.root(RootCRL())
	if err != nil {
		return collateral.Platform{}, err
	}
	certs, err := pki.ParsePEM(q.PCKChain, 3)
	if err != nil {
		return collateral.Platform{}, err
	}
	if !bytes.Equal(certs[2].Raw, root.Raw) {
		return collateral.Platform{}, fmt.Errorf("%w: quote is certified under a root that is not trusted", ErrUnverified)
	}
	err = cmp.Or(pki.Check(root, root, pki.Root), pki.Check(certs[1], root, pki.PlatformCA), pki.Check(certs[0], certs[1], pki.PCK))
	if err != nil {
		return collateral.Platform{}, fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	return collateral.ParsePlatform(certs[0])
}

// signer returns the certificate of who signed a document, unless the root has
// revoked it.
func (f *Fetcher) signer(e, rootCRL Endorsement) ([]byte, error) {
	root, err := f.trust.root(e.Item)
	if err != nil {
		return nil, err
	}
	signer, err := chainBelow(root, e.Issuers)
	if err != nil {
		return nil, err
	}
	list, err := pki.OpenCRL(rootCRL.Body, root)
	if err != nil {
		return nil, err
	}
	if err := list.Check(signer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	return signer.Raw, nil
}

// SNP returns the collateral for a report. A report that is signed by a cloud
// provider's key (VLEK) needs its certificate, in DER, from the host: AMD gives it
// to the provider alone. For others, vlek is nil.
func (f *Fetcher) SNP(ctx context.Context, r snp.Report, vlek []byte) (kds.Bundle, error) {
	b, err := f.bundleSNP(ctx, r, vlek)
	if err != nil {
		return kds.Bundle{}, fmt.Errorf("get collateral of report: %w", err)
	}
	return b, nil
}

func (f *Fetcher) bundleSNP(ctx context.Context, r snp.Report, vlek []byte) (kds.Bundle, error) {
	if len(vlek) != 0 {
		return f.bundleVLEK(ctx, vlek)
	}
	if r.KeyInfo.SigningKey != snp.SignedByVCEK {
		return kds.Bundle{}, errors.New("the report is not signed by a chip's own key (VCEK), and no certificate was given with it")
	}
	if r.KeyInfo.MaskChipKey || r.ChipID == [64]byte{} {
		return kds.Bundle{}, errors.New("the host hides the chip id (MASK_CHIP_ID), and the certificate cannot be asked for without it")
	}
	products := f.candidates(r)
	if len(products) == 0 {
		return kds.Bundle{}, fmt.Errorf("%w: no root is trusted for the report's processor", ErrUnverified)
	}
	var vcek Endorsement
	var err error
	for _, p := range products {
		if vcek, err = f.vcek(ctx, p, r); !errors.Is(err, ErrNotFound) {
			break
		}
	}
	if err != nil {
		return kds.Bundle{}, err
	}
	list, vcek, err := f.listed(ctx, vcek)
	if err != nil {
		return kds.Bundle{}, err
	}
	root, err := f.trust.root(vcek.Item)
	if err != nil {
		return kds.Bundle{}, err
	}
	ask, err := chainBelow(root, vcek.Issuers)
	if err != nil {
		return kds.Bundle{}, err
	}
	return kds.Bundle{VEK: vcek.Body, ASK: ask.Raw, CRL: list.Body}, nil
}

func (f *Fetcher) vcek(ctx context.Context, p kds.Product, r snp.Report) (Endorsement, error) {
	tcb, err := kds.SplitTCB(p, r.ReportedTCB)
	if err != nil {
		return Endorsement{}, err
	}
	item, err := VCEK(p, r.ChipID[:p.HWIDSize()], tcb)
	if err != nil {
		return Endorsement{}, err
	}
	return f.Get(ctx, item)
}

// candidates returns the products that the report can be from. Since version 3
// it says; before, the size of the chip's id does, save for two that AMD has to be
// asked about in turn.
func (f *Fetcher) candidates(r snp.Report) []kds.Product {
	var candidates []kds.Product
	said, known := kds.ProductOf(r.CPUID)
	short := [56]byte(r.ChipID[8:]) == [56]byte{}
	for _, p := range f.trust.products() {
		if known && p == said || r.Version < 3 && short == (p == kds.Turin) {
			candidates = append(candidates, p)
		}
	}
	return candidates
}

// bundleVLEK completes a provider's certificate.
func (f *Fetcher) bundleVLEK(ctx context.Context, vlek []byte) (kds.Bundle, error) {
	cert, err := pki.Parse(vlek)
	if err != nil {
		return kds.Bundle{}, err
	}
	chip, err := kds.ParseChip(cert)
	if err != nil {
		return kds.Bundle{}, err
	}
	if chip.Signer != kds.VLEK {
		return kds.Bundle{}, fmt.Errorf("the certificate is of a %s, not a VLEK", chip.Signer)
	}
	chain, err := f.Get(ctx, AMDChain(chip.Product, kds.VLEK))
	if err != nil {
		return kds.Bundle{}, err
	}
	list, chain, err := f.listed(ctx, chain)
	if err != nil {
		return kds.Bundle{}, err
	}
	certs, err := pki.ParsePEM(chain.Body, 2)
	if err != nil {
		return kds.Bundle{}, err
	}
	if err := pki.CheckAMD(cert, certs[0], pki.VLEK, string(chip.Product)); err != nil {
		return kds.Bundle{}, fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	return kds.Bundle{VEK: vlek, ASK: certs[0].Raw, CRL: list.Body}, nil
}
