// SPDX-License-Identifier: Apache-2.0

// Package simulator plays TEE platforms and their vendors where there is no
// hardware: Intel's TDX ([Open]) and AMD's SEV-SNP ([OpenSNP]). It signs byte-exact
// quotes and reports under certificate chains of the vendors' shapes whose roots
// are generated for each directory: who does not configure those roots rejects
// all of it. It must not be linked into anything that verifies.
//
// Under one set of keys everything is made the same way twice, signatures
// included, save for the dates; evidence with a flaw ([TDXFlaws], [SNPFlawList])
// differs from genuine evidence in that flaw and in what is signed over it.
package simulator

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/attest/tdx"
)

// Platform is one simulated TDX machine. It is safe for concurrent use.
type Platform struct {
	vendor  *Intel
	version uint16 // of its quotes
	body    tdx.Body

	mu      sync.Mutex
	machine machine
	genuine credentials
}

// machine is what makes a platform this one.
type machine struct {
	platform         collateral.Platform
	pck, attestation key
}

// Open returns the platform whose keys are in dir, and makes them there at first
// start.
func Open(dir string) (*Platform, error) { return OpenAt(dir, time.Now) }

// OpenAt is [Open] in a world whose time is told by clock: certificates are as
// old as the time at which they are opened, collateral as the time at which it
// is asked for.
func OpenAt(dir string, clock Clock) (*Platform, error) {
	v, err := openIntel(dir, clock)
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	p, err := v.newPlatform("platform", newPlatform())
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	return p, nil
}

// newPlatform returns the platform whose keys are stored under name.
func (v *Intel) newPlatform(name string, about collateral.Platform) (*Platform, error) {
	p := &Platform{vendor: v, version: tdx.Version4, body: tdx.TDX10, machine: machine{platform: about}}
	var err error
	if p.machine.pck, err = loadKey(v.dir, name+"-pck", p256); err != nil {
		return nil, err
	}
	if p.machine.attestation, err = loadKey(v.dir, name+"-attestation", p256); err != nil {
		return nil, err
	}
	p.genuine, err = v.issueAll(p.machine, Flaws{})
	return p, err
}

// Another returns another machine of the same vendor: its PPID is the hash of
// the name, which is part of file names, and its family is fmspc.
func (p *Platform) Another(name string, fmspc [6]byte) (*Platform, error) {
	about := newPlatform()
	sum := sha256.Sum256([]byte(name))
	about.PPID, about.FMSPC = [16]byte(sum[:]), fmspc
	other, err := p.vendor.newPlatform("platform-"+name, about)
	if err != nil {
		return nil, fmt.Errorf("open another platform: %w", err)
	}
	return other, nil
}

// Quoting returns the same machine with quotes of this version and kind of body,
// which are tdx.Version4 and tdx.TDX10 at first. Later changes of either machine do
// not reach the other.
func (p *Platform) Quoting(version uint16, body tdx.Body) *Platform {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &Platform{vendor: p.vendor, version: version, body: body, machine: p.machine, genuine: p.genuine}
}

// Vendor returns the platform's vendor, which all platforms of one directory
// share.
func (p *Platform) Vendor() *Intel { return p.vendor }

// PPID returns the id of the machine, as its certificate says.
func (p *Platform) PPID() [16]byte {
	m, _ := p.current()
	return m.platform.PPID
}

// FMSPC returns the family of the machine, as its certificate says.
func (p *Platform) FMSPC() [6]byte {
	m, _ := p.current()
	return m.platform.FMSPC
}

// current returns the machine and its certificates as they are now.
func (p *Platform) current() (machine, credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.machine, p.genuine
}

// Revoke puts the platform's certificate on the list of its issuer.
func (p *Platform) Revoke() error {
	m, _ := p.current()
	serial, err := serialOf(m.pck)
	if err != nil {
		return fmt.Errorf("revoke platform: %w", err)
	}
	p.vendor.revoke(intelPlatform, serial)
	return nil
}

// Update brings the machine to the security versions that the vendor demands by
// now, and gives it a certificate that says so.
func (p *Platform) Update() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	updated := p.machine
	updated.platform.CPUSVN = newPlatform().CPUSVN
	updated.platform.CPUSVN[0] += p.vendor.state(updated.platform.FMSPC, 0).recoveries
	c, err := p.vendor.issueAll(updated, Flaws{})
	if err != nil {
		return fmt.Errorf("update platform: %w", err)
	}
	p.machine, p.genuine = updated, c
	return nil
}

// RootPEM returns the root certificate, to be given to verifiers.
func (p *Platform) RootPEM() []byte { return encodePEM(p.vendor.root.cert.Raw) }

// Launch starts a TD: it computes the registers of l.
func (p *Platform) Launch(l predict.Launch) (*TD, error) {
	registers, err := predict.TDX(l)
	if err != nil {
		return nil, fmt.Errorf("launch TD: %w", err)
	}
	return p.Start(registers), nil
}

// Start starts a TD that has these registers, whatever they come from.
func (p *Platform) Start(r attest.Registers) *TD { return &TD{platform: p, registers: r} }

// TD is one launched guest. It is safe for concurrent use.
type TD struct {
	platform  *Platform
	registers attest.Registers
}

// Registers returns the launch registers of the guest.
func (t *TD) Registers() attest.Registers { return t.registers }

// Quote returns a quote over reportData and the encoded collateral for it.
func (t *TD) Quote(reportData [64]byte) (quote, collateral []byte, err error) {
	return t.QuoteWith(reportData, Flaws{})
}

// QuoteWith is Quote with something wrong, for tests.
func (t *TD) QuoteWith(reportData [64]byte, f Flaws) (quote, collateral []byte, err error) {
	e, err := t.attest(reportData, f)
	if err != nil {
		return nil, nil, fmt.Errorf("quote TD: %w", err)
	}
	if f.deep.mix != nil {
		from, err := t.strangers(reportData)
		if err != nil {
			return nil, nil, fmt.Errorf("quote TD: %w", err)
		}
		f.deep.mix(&e.evidence, from)
	}
	if f.Quote != nil {
		f.Quote(&e.evidence.quote)
	}
	if f.Bundle != nil {
		f.Bundle(&e.bundle)
	}
	if collateral, err = e.bundle.Marshal(); err != nil {
		return nil, nil, fmt.Errorf("quote TD: %w", err)
	}
	quote = e.marshal()
	if f.deep.quote != nil {
		quote = f.deep.quote(quote)
	}
	if f.deep.bundle != nil {
		collateral = f.deep.bundle(collateral)
	}
	return quote, collateral, nil
}

// strangers returns evidence of others over the same report data.
func (t *TD) strangers(reportData [64]byte) (from strangers, err error) {
	v := t.platform.vendor
	platform := &Intel{dir: v.dir, clock: v.clock, issued: v.issued, root: v.root, signer: v.signer}
	if platform.platform, err = loadKey(v.dir, "platform-ca-stranger", p256); err != nil {
		return strangers{}, err
	}
	about := newPlatform()
	about.PPID[0]++
	about.FMSPC[1]++
	if from.platform, err = t.on(platform, about, reportData); err != nil {
		return strangers{}, err
	}
	root := &Intel{dir: v.dir, clock: v.clock, issued: v.issued, platform: v.platform, signer: v.signer}
	if root.root, err = openRoot(v.dir, "root-stranger", p256, root.certifyRoot); err != nil {
		return strangers{}, err
	}
	from.root, err = t.on(root, newPlatform(), reportData)
	return from, err
}

// on returns evidence of the same guest on a platform of another vendor.
func (t *TD) on(v *Intel, about collateral.Platform, reportData [64]byte) (evidence, error) {
	p, err := v.newPlatform("platform-stranger", about)
	if err != nil {
		return evidence{}, err
	}
	made, err := p.Quoting(t.platform.version, t.platform.body).Start(t.registers).attest(reportData, Flaws{})
	return made.evidence, err
}

// rawEvidence is evidence and the signed parts of its quote as bytes, which flaws
// may have made unlike any that package tdx writes.
type rawEvidence struct {
	evidence
	signed, unflawed []byte // header and report
	qe, unflawedQE   []byte
}

// attest does what TDX module, quoting enclave and vendor do.
func (t *TD) attest(reportData [64]byte, f Flaws) (e rawEvidence, err error) {
	p := t.platform
	m, c := p.current()
	if f.onCertificates() {
		if c, err = p.vendor.issueAll(m, f); err != nil {
			return e, err
		}
	}
	k, err := p.signers(m, f)
	if err != nil {
		return e, err
	}
	if e, err = t.sign(m, c, k, reportData, f); err != nil {
		return e, err
	}
	e.bundle, err = p.vendor.endorse(c, m, p.vendor.state(m.platform.FMSPC, 0), p.vendor.clock(), f, k)
	return e, err
}

func (p *Platform) signers(m machine, f Flaws) (signers, error) {
	v := p.vendor
	k := signers{
		report: m.attestation, qeReport: m.pck, tcbInfo: v.signer, qeIdentity: v.signer,
		root: v.root.key, platformCA: v.platform, pck: m.pck,
	}
	if f.deep.signers == nil {
		return k, nil
	}
	var err error
	if k.stranger, err = loadKey(v.dir, "stranger", p256); err != nil {
		return k, err
	}
	f.deep.signers(&k)
	return k, nil
}

func (t *TD) sign(m machine, c credentials, k signers, reportData [64]byte, f Flaws) (e rawEvidence, err error) {
	e.credentials = c
	q := &e.evidence.quote
	q.Version, q.Body, q.Header.QEVendorID = t.platform.version, t.platform.body, tdx.IntelQE()
	q.AttestationKey = publicKey(m.attestation)
	if f.deep.attestationKey != nil {
		q.AttestationKey = [64]byte(f.deep.attestationKey(q.AttestationKey[:]))
	}
	q.QEAuthData = qeAuthData()
	q.PCKChain = encodePEM(c.pck.cert.Raw, c.platformCA.cert.Raw, c.root.cert.Raw)
	q.Report = t.report(reportData)
	if f.Report != nil {
		f.Report(&q.Report)
	}
	q.QEReport = newQEReport()
	q.QEReport.CPUSVN = m.platform.CPUSVN
	bind := func(key, auth []byte) []byte { return append(key, auth...) }
	if f.deep.qeBinding != nil {
		bind = f.deep.qeBinding
	}
	bound := sha256.Sum256(bind(q.AttestationKey[:64:64], q.QEAuthData))
	copy(q.QEReport.ReportData[:], bound[:])
	if f.QEReport != nil {
		f.QEReport(&q.QEReport)
	}
	e.unflawed, e.unflawedQE = q.SignedBytes(), q.QEReport.Marshal()
	e.signed, e.qe = edited(e.unflawed, f.deep.signed), edited(e.unflawedQE, f.deep.qeReport)
	if q.QESignature, err = k.qeReport.signP256(e.qe); err != nil {
		return e, err
	}
	q.Signature, err = k.report.signP256(e.signed)
	return e, err
}

// edited returns a copy of b, changed by edit if there is one.
func edited(b []byte, edit func([]byte) []byte) []byte {
	b = append([]byte(nil), b...)
	if edit == nil {
		return b
	}
	return edit(b)
}

// marshal returns the bytes of the quote. Where a signed part was changed beyond
// what package tdx writes, it is put in the place of the other.
func (e rawEvidence) marshal() []byte {
	q := e.evidence.quote
	out := q.Marshal()
	size := len(q.SignedBytes())
	qe := size + 4 + len(q.Signature) + len(q.AttestationKey) + 2 + 4
	if string(e.qe) != string(e.unflawedQE) {
		copy(out[qe:], e.qe)
	}
	if string(e.signed) != string(e.unflawed) {
		out = append(append([]byte(nil), e.signed...), out[size:]...)
	}
	return out
}

// qeAuthData returns the authentication data of Intel's quoting enclaves: the
// numbers from 0 to 31.
func qeAuthData() []byte {
	data := make([]byte, 32)
	for i := range data {
		data[i] = byte(i)
	}
	return data
}

// publicKey returns x ‖ y of a key on P-256.
func publicKey(k key) (out [64]byte) {
	public := k.Public().(*ecdsa.PublicKey)
	point, err := public.Bytes()
	if err != nil {
		return out
	}
	return [64]byte(point[1:])
}

// report is what the TDX module says of the guest.
func (t *TD) report(reportData [64]byte) tdx.Report {
	report := newReport()
	if t.platform.body == tdx.TDX15 {
		report.TEETCBSVN2 = report.TEETCBSVN
	}
	r := t.registers
	report.MRTD, report.RTMR[0], report.RTMR[1], report.RTMR[2] = r.MRTD, r.RTMR0, r.RTMR1, r.RTMR2
	report.ReportData = reportData
	return report
}

// newReport is the TD report of a guest on the simulated machine, without what
// the guest brings.
func newReport() tdx.Report {
	return tdx.Report{
		TEETCBSVN:    [16]byte{6, 1, 3},
		MRSEAM:       sha512.Sum384([]byte("escrin simulated TDX module")),
		TDAttributes: [8]byte{3: 0x10}, // SEPT_VE_DISABLE
		XFAM:         [8]byte{0xe7, 0, 6},
	}
}

func newQEReport() tdx.QEReport {
	return tdx.QEReport{
		CPUSVN:     newPlatform().CPUSVN,
		Attributes: [16]byte{0: 0x15, 8: 0xe7},
		MRENCLAVE:  sha256.Sum256([]byte("escrin simulated quoting enclave")),
		MRSIGNER:   sha256.Sum256([]byte("escrin simulated quoting enclave signer")),
		ISVProdID:  2,
		ISVSVN:     4,
	}
}

// newPlatform describes the simulated machine.
func newPlatform() collateral.Platform {
	return collateral.Platform{
		PPID:            [16]byte{'e', 's', 'c', 'r', 'i', 'n', ' ', 's', 'i', 'm', 'u', 'l', 'a', 't', 'e', 'd'},
		CPUSVN:          [16]byte{3, 3, 2, 2, 4, 1, 0, 5},
		PCESVN:          13,
		FMSPC:           [6]byte{0x90, 0xc0, 0x6f},
		SGXType:         1, // scalable
		InstanceID:      [16]byte{'i', 'n', 's', 't', 'a', 'n', 'c', 'e'},
		DynamicPlatform: collateral.True, CachedKeys: collateral.False, SMTEnabled: collateral.False,
	}
}
