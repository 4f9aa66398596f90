// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// verifySNP asks whether the collateral is genuine and whether it is for the key
// that signed the report, and remembers nothing before all of it is answered.
func (v *Verifier) verifySNP(e attest.Evidence, now time.Time) (claims.Facts, error) {
	report, err := snp.Parse(e.Signed)
	if err != nil {
		return claims.Facts{}, refusePart(partReport, err)
	}
	key := key(sha256.Sum256(e.Collateral))
	chain, err := v.openAMDChain(key, e.Collateral)
	if err != nil {
		return claims.Facts{}, err
	}
	if err := cmp.Or(chain.checkReport(report, e.Signed), chain.valid(now)); err != nil {
		return claims.Facts{}, err
	}
	v.chips.put(key, chain, len(e.Collateral))
	return claims.Facts{
		Evidence: e,
		SNP:      &claims.SNP{Report: report, Chip: chain.chip},
		Editions: []collateral.Edition{chain.edition()},
	}, nil
}

// amdChain is a bundle whose certificates and list are right, but for dates,
// under a trusted root, and not revoked.
type amdChain struct {
	ark, ask, vek *x509.Certificate
	key           *ecdsa.PublicKey // of vek
	chip          kds.Chip
	list          pki.CRL // of ark
}

// openAMDChain checks everything in a bundle, but for dates and what depends on
// the report.
func (v *Verifier) openAMDChain(k key, raw []byte) (*amdChain, error) {
	if c := v.chips.get(k); c != nil {
		return c, nil
	}
	if len(raw) == 0 {
		return nil, refuse(codeSNPCollateralAbsent, errors.New("no collateral"))
	}
	bundle, err := kds.ParseBundle(raw)
	if err != nil {
		return nil, refusePart(partSNPCollateral, err)
	}
	c, err := v.openVEK(bundle.VEK)
	if err != nil {
		return nil, err
	}
	if c.ask, err = pki.Parse(bundle.ASK); err != nil {
		return nil, refusePart(partASK, err)
	}
	authority, holder := pki.ASK, pki.VCEK
	if c.chip.Signer == kds.VLEK {
		authority, holder = pki.ASVK, pki.VLEK
	}
	line := string(c.chip.Product)
	if err := cmp.Or(
		refusePart(partASK, pki.CheckAMD(c.ask, c.ark, authority, line)),
		refusePart(partVEK, pki.CheckAMD(c.vek, c.ask, holder, line)),
	); err != nil {
		return nil, err
	}
	if c.list, err = pki.OpenAMDCRL(bundle.CRL, c.ark); err != nil {
		return nil, refusePart(partARKCRL, err)
	}
	return c, cmp.Or(refusePart(partARK, c.list.Check(c.ark)), refusePart(partASK, c.list.Check(c.ask)))
}

// openVEK reads the certificate of the key that signs reports, and finds the
// root that it must be under: the certificate names its product.
func (v *Verifier) openVEK(der []byte) (c *amdChain, err error) {
	c = new(amdChain)
	if c.vek, err = pki.Parse(der); err != nil {
		return nil, refusePart(partVEK, err)
	}
	if c.chip, err = kds.ParseChip(c.vek); err != nil {
		return nil, refusePart(partChip, err)
	}
	if c.ark = v.roots.amd[c.chip.Product]; c.ark == nil {
		return nil, refuse(CodeNoRoot, fmt.Errorf("no root certificate of AMD's for %s is trusted", c.chip.Product))
	}
	var ok bool
	if c.key, ok = c.vek.PublicKey.(*ecdsa.PublicKey); !ok {
		return nil, refusePart(partVEK, flaw.New(pki.FlawKey, errors.New("key is not on P-384")))
	}
	return c, nil
}

func (c *amdChain) valid(now time.Time) error {
	return cmp.Or(
		refusePart(partARK, pki.Valid(c.ark, now)),
		refusePart(partASK, pki.Valid(c.ask, now)),
		refusePart(partVEK, pki.Valid(c.vek, now)),
		refusePart(partARKCRL, c.list.Valid(now)),
	)
}

// checkReport checks that the certified key signed the report, and that report
// and certificate say the same of the platform. Where neither is so, the
// collateral is another's and says nothing.
func (c *amdChain) checkReport(r snp.Report, raw []byte) error {
	switch key := r.KeyInfo.SigningKey; {
	case key == snp.SignedByNobody:
		return refuse(codeReportUnsigned, errors.New("report says that it is not signed"))
	case key != snp.SignedByVCEK && key != snp.SignedByVLEK:
		return refuse(codeReportSigner, fmt.Errorf("report says that it is signed by %v", key))
	case key == snp.SignedByVCEK && r.KeyInfo.MaskChipKey:
		return refuse(codeReportMasked, errors.New("report says that the key of the chip is not used"))
	}
	differs := c.compare(r)
	switch signed := pki.VerifyP384(c.key, raw[:snp.SignedSize], r.Signature.R, r.Signature.S); {
	case !signed && differs != nil:
		return refuse(codeSNPCollateralOther, differs)
	case !signed:
		return refuse(codeReportSignature, errors.New("report signature does not verify"))
	}
	return refusePart(partReport, differs)
}

// What report and certificate can contradict each other in.
const (
	flawSigner  flaw.Flaw = "signer"
	flawCPUID   flaw.Flaw = "cpuid"
	flawProduct flaw.Flaw = "product"
	flawChip    flaw.Flaw = "chip"
	flawTCB     flaw.Flaw = "tcb"
)

// compare looks for contradictions: in the kind of key, the product, the chip and
// the security version of each part.
func (c *amdChain) compare(r snp.Report) error {
	if (r.KeyInfo.SigningKey == snp.SignedByVLEK) != (c.chip.Signer == kds.VLEK) {
		return flaw.New(flawSigner, fmt.Errorf("report is by a %v, certificate for a %v", r.KeyInfo.SigningKey, c.chip.Signer))
	}
	if r.Version >= 3 {
		product, known := kds.ProductOf(r.CPUID)
		switch {
		case !known:
			return flaw.New(flawCPUID, fmt.Errorf("processor of family %#x, model %#x is unknown", r.CPUID.Family, r.CPUID.Model))
		case product != c.chip.Product:
			return flaw.New(flawProduct, fmt.Errorf("report is by a %s, certificate for a %s", product, c.chip.Product))
		}
	}
	// Who hides the id of the chip has zeros there. The certificate still has it.
	var id [64]byte
	copy(id[:], c.chip.HWID)
	if c.chip.Signer == kds.VCEK && r.ChipID != [64]byte{} && r.ChipID != id {
		return flaw.New(flawChip, fmt.Errorf("report is by chip %x, certificate for %x", r.ChipID, c.chip.HWID))
	}
	tcb, err := kds.SplitTCB(c.chip.Product, r.ReportedTCB)
	if err == nil && tcb != c.chip.TCB {
		err = fmt.Errorf("report is by TCB %+v, certificate for %+v", tcb, c.chip.TCB)
	}
	if err != nil {
		return flaw.New(flawTCB, err)
	}
	return nil
}

// edition returns how new the revocation list is. A root has one list for each
// kind of key, and nothing says that the two are numbered together.
func (c *amdChain) edition() collateral.Edition {
	authority := sha256.Sum256(c.ark.RawSubjectPublicKeyInfo)
	s := collateral.Series{Document: collateral.DocumentCRL, Authority: authority}
	if c.chip.Signer == kds.VLEK {
		s.Document = collateral.DocumentVLEKCRL
	}
	return collateral.Edition{Series: s, Number: c.list.Number(), Issued: c.list.Issued()}
}
