// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto"
	"crypto/sha512"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/attest/snp"
)

// CloudProvider is the provider in the certificates of simulated VLEKs.
const CloudProvider = "cloud.simulated.invalid"

// SNPPlatform is one simulated SEV-SNP machine. It is safe for concurrent use.
type SNPPlatform struct {
	vendor  *AMD
	version uint32 // of its reports

	mu      sync.Mutex
	chip    chip
	genuine snpCredentials
}

// chip is what makes a platform this one.
type chip struct {
	about kds.Chip
	id    [64]byte
	key   key // VCEK or VLEK
}

// OpenSNP returns the platform of a product whose keys are in dir, and makes them
// there at first start. Making two RSA keys of 4096 bits takes seconds. A
// directory can be shared by products, and with [Open].
func OpenSNP(dir string, p kds.Product) (*SNPPlatform, error) { return OpenSNPAt(dir, p, time.Now) }

// OpenSNPAt is [OpenSNP] in a world whose time is told by clock; see [OpenAt].
func OpenSNPAt(dir string, p kds.Product, clock Clock) (*SNPPlatform, error) {
	v, err := openAMD(dir, p, clock)
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	s, err := v.newPlatform("chip")
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	return s, nil
}

// newPlatform returns the platform whose key is stored under name, with a VCEK.
func (v *AMD) newPlatform(name string) (*SNPPlatform, error) {
	k, err := loadKey(v.dir, string(v.product)+"-"+name, p384)
	if err != nil {
		return nil, err
	}
	id := sha512.Sum512([]byte("escrin simulated chip " + string(v.product) + name))
	clear(id[v.product.HWIDSize():])
	p := &SNPPlatform{vendor: v, version: snp.MaxVersion, chip: chip{id: id, key: k, about: kds.Chip{
		Signer: kds.VCEK, Product: v.product, Stepping: "B1", HWID: id[:v.product.HWIDSize()], TCB: currentTCB(v.product),
	}}}
	p.genuine, err = v.issueAll(p.chip, SNPFlaws{})
	return p, err
}

// currentTCB returns the security versions of a platform that is up to date.
func currentTCB(p kds.Product) kds.TCB {
	switch p {
	case kds.Milan:
		return kds.TCB{Bootloader: 4, TEE: 1, SNP: 24, Microcode: 219}
	case kds.Genoa:
		return kds.TCB{Bootloader: 10, TEE: 1, SNP: 23, Microcode: 84}
	}
	return kds.TCB{FMC: 1, Bootloader: 2, TEE: 1, SNP: 4, Microcode: 75}
}

// cpuid returns the processor of a product, of the stepping that its
// certificates name.
func cpuid(p kds.Product) snp.CPUID {
	switch p {
	case kds.Milan:
		return snp.CPUID{Family: 0x19, Model: 0x01, Stepping: 1}
	case kds.Genoa:
		return snp.CPUID{Family: 0x19, Model: 0x11, Stepping: 1}
	}
	return snp.CPUID{Family: 0x1a, Model: 0x02, Stepping: 1}
}

// Another returns another machine of the same vendor and product, which the name
// tells apart from others. The name is part of a file name.
func (p *SNPPlatform) Another(name string) (*SNPPlatform, error) {
	other, err := p.vendor.newPlatform("chip-" + name)
	if err != nil {
		return nil, fmt.Errorf("open another platform: %w", err)
	}
	return other, nil
}

// Reporting returns the same machine with reports of this version, which is
// snp.MaxVersion at first. Later changes of either machine do not reach the other.
func (p *SNPPlatform) Reporting(version uint32) *SNPPlatform {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &SNPPlatform{vendor: p.vendor, version: version, chip: p.chip, genuine: p.genuine}
}

// WithVLEK returns the same machine as a cloud provider has it: its reports are
// signed with a key of the provider's.
func (p *SNPPlatform) WithVLEK() (*SNPPlatform, error) {
	k, err := loadKey(p.vendor.dir, string(p.vendor.product)+"-vlek", p384)
	if err != nil {
		return nil, fmt.Errorf("open VLEK: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	q := &SNPPlatform{vendor: p.vendor, version: p.version, chip: chip{id: p.chip.id, key: k, about: kds.Chip{
		Signer: kds.VLEK, Product: p.vendor.product, CSPID: CloudProvider, TCB: p.chip.about.TCB,
	}}}
	if q.genuine, err = q.vendor.issueAll(q.chip, SNPFlaws{}); err != nil {
		return nil, fmt.Errorf("open VLEK: %w", err)
	}
	return q, nil
}

// SetTCB replaces the security versions of the machine's firmware, and its
// certificate by one that has them. The key stays the same, unlike on hardware.
func (p *SNPPlatform) SetTCB(t kds.TCB) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := p.chip
	changed.about.TCB = t
	c, err := p.vendor.issueAll(changed, SNPFlaws{})
	if err != nil {
		return fmt.Errorf("set TCB: %w", err)
	}
	p.chip, p.genuine = changed, c
	return nil
}

// Vendor returns the platform's vendor.
func (p *SNPPlatform) Vendor() *AMD { return p.vendor }

// ChipID returns the id of the chip as it stands in reports.
func (p *SNPPlatform) ChipID() [64]byte {
	c, _ := p.current()
	return c.id
}

// current returns the chip and its certificates as they are now.
func (p *SNPPlatform) current() (chip, snpCredentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.chip, p.genuine
}

// Chip returns what the certificate of the chip's key says.
func (p *SNPPlatform) Chip() kds.Chip {
	c, _ := p.current()
	c.about.HWID = slices.Clone(c.about.HWID)
	return c.about
}

// RootPEM returns the root certificate (ARK), to be given to verifiers.
func (p *SNPPlatform) RootPEM() []byte { return encodePEM(p.vendor.ark.cert.Raw) }

// Launch starts a guest: it computes the launch digest of l.
func (p *SNPPlatform) Launch(l predict.SNPLaunch) (*SNPGuest, error) {
	digest, err := predict.SNP(l)
	if err != nil {
		return nil, fmt.Errorf("launch SNP guest: %w", err)
	}
	return p.Start(digest), nil
}

// Start starts a guest that has this launch digest, whatever it comes from.
func (p *SNPPlatform) Start(digest attest.Register) *SNPGuest {
	return &SNPGuest{platform: p, digest: digest}
}

// SNPGuest is one launched guest. It is safe for concurrent use.
type SNPGuest struct {
	platform *SNPPlatform
	digest   attest.Register
}

// LaunchDigest returns the launch digest of the guest.
func (g *SNPGuest) LaunchDigest() attest.Register { return g.digest }

// Report returns a report over reportData and the encoded collateral for it.
func (g *SNPGuest) Report(reportData [64]byte) (report, collateral []byte, err error) {
	return g.ReportWith(reportData, SNPFlaws{})
}

// ReportWith is Report with something wrong, for tests.
func (g *SNPGuest) ReportWith(reportData [64]byte, f SNPFlaws) (report, collateral []byte, err error) {
	e, signed, err := g.attest(reportData, f)
	if err != nil {
		return nil, nil, fmt.Errorf("report on SNP guest: %w", err)
	}
	if err := g.mix(&e, reportData, f.deep); err != nil {
		return nil, nil, fmt.Errorf("report on SNP guest: %w", err)
	}
	if f.Signed != nil {
		f.Signed(&e.report)
	}
	if f.Bundle != nil {
		f.Bundle(&e.bundle)
	}
	if collateral, err = e.bundle.Marshal(); err != nil {
		return nil, nil, fmt.Errorf("report on SNP guest: %w", err)
	}
	report = e.report.Marshal()
	if f.deep.signed != nil {
		copy(report, signed)
	}
	return edited(report, f.deep.report), edited(collateral, f.deep.bundle), nil
}

// mix lets flaws put genuine evidence of others in the place of parts of e.
func (g *SNPGuest) mix(e *snpEvidence, reportData [64]byte, f snpDeepFlaws) error {
	edit, v := f.mix, g.platform.vendor
	switch {
	case f.forge != nil:
		edit = f.forge
		v = &AMD{dir: filepath.Join(v.dir, "stranger"), product: v.product, clock: v.clock, issued: v.issued}
		if err := v.open(); err != nil {
			return err
		}
	case f.mix == nil:
		return nil
	}
	p, err := v.newPlatform("chip-stranger")
	if err != nil {
		return err
	}
	other, _, err := p.Reporting(g.platform.version).Start(g.digest).attest(reportData, SNPFlaws{})
	if err == nil {
		edit(e, other)
	}
	return err
}

// attest does what secure processor and vendor do. It also returns the signed
// part of the report as it was signed, which flaws may have made unlike any that
// package snp writes.
func (g *SNPGuest) attest(reportData [64]byte, f SNPFlaws) (e snpEvidence, signed []byte, err error) {
	p := g.platform
	c, genuine := p.current()
	e.credentials = genuine
	if f.onCertificates() {
		if e.credentials, err = p.vendor.issueAll(c, f); err != nil {
			return e, nil, err
		}
	}
	if e.report, err = g.report(c, reportData); err != nil {
		return e, nil, err
	}
	if f.Report != nil {
		f.Report(&e.report)
	}
	k := snpSigner{report: c.key, vek: c.key, ask: e.credentials.issuer.key}
	if f.deep.signer != nil {
		if k.stranger, err = loadKey(p.vendor.dir, "snp-stranger", p384); err != nil {
			return e, nil, err
		}
		f.deep.signer(&k)
	}
	signed = edited(e.report.Marshal()[:snp.SignedSize], f.deep.signed)
	if e.report.Signature, err = k.report.signReport(signed); err != nil {
		return e, nil, err
	}
	e.bundle.VEK, e.bundle.ASK = e.credentials.vek.cert.Raw, e.credentials.issuer.cert.Raw
	e.bundle.CRL, err = p.vendor.list(p.vendor.clock(), f, e.credentials)
	return e, signed, err
}

// report is what the firmware says of the guest.
func (g *SNPGuest) report(c chip, reportData [64]byte) (snp.Report, error) {
	tcb, err := kds.JoinTCB(c.about.Product, c.about.TCB)
	if err != nil {
		return snp.Report{}, err
	}
	firmware := snp.Firmware{Build: 21, Minor: 58, Major: 1}
	r := snp.Report{
		Version:            g.platform.version,
		Policy:             snp.PolicyReservedOne | 1<<8 | 55, // firmware ABI 1.55 at least
		SignatureAlgorithm: snp.ECDSAP384,
		CurrentTCB:         tcb, ReportedTCB: tcb, CommittedTCB: tcb, LaunchTCB: tcb,
		PlatformInfo:   snp.PlatformECC | snp.PlatformAliasCheckComplete,
		ReportData:     reportData,
		Measurement:    g.digest,
		ReportID:       sha512.Sum512_256(g.digest[:]),
		ChipID:         c.id,
		CurrentVersion: firmware, CommittedVersion: firmware,
		CPUID:           cpuid(c.about.Product),
		LaunchMitVector: 3, CurrentMitVector: 3,
	}
	for i := range r.ReportIDMA {
		r.ReportIDMA[i] = 0xff
	}
	if c.about.Signer == kds.VLEK {
		r.KeyInfo.SigningKey = snp.SignedByVLEK
	}
	return r, nil
}

// signReport signs with ECDSA P-384 and SHA-384.
func (k key) signReport(signed []byte) (s snp.Signature, err error) {
	digest := sha512.Sum384(signed)
	r, t, err := k.signECDSA(digest[:], crypto.SHA384)
	if err != nil || r.BitLen() > 384 || t.BitLen() > 384 {
		return s, fmt.Errorf("sign report: %w", err)
	}
	r.FillBytes(s.R[:])
	t.FillBytes(s.S[:])
	return s, nil
}
