// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// SNPFlaw is one thing that can be wrong with the evidence of an SNP guest, while
// everything else about it is right. Evidence with it is made by
// [SNPGuest.ReportWith] on a machine of [SNPFlaw.On].
type SNPFlaw struct {
	Name   string // stable and unique, in kebab case
	Says   string // what is wrong, in a sentence
	Threat string // id in the list of threats, such as "AT-06"
	On     SNPMachineKind
	Flaws  SNPFlaws
}

// SNPMachineKind says on which machines a flaw is one. The zero value is any with
// a VCEK whose reports are of version 5.
type SNPMachineKind struct {
	Product kds.Product // or empty, for any but Turin, whose layouts differ
	Version uint32      // of the report, or 0 for version 5
	VLEK    bool        // signed with the provider's key
}

// Of returns the machine as the kind says, if p is of its product.
func (k SNPMachineKind) Of(p *SNPPlatform) (*SNPPlatform, bool, error) {
	product := p.Vendor().product
	if k.Product != product && (k.Product != "" || product == kds.Turin) {
		return nil, false, nil
	}
	if k.Version != 0 {
		p = p.Reporting(k.Version)
	}
	if !k.VLEK {
		return p, true, nil
	}
	p, err := p.WithVLEK()
	return p, true, err
}

// SNPFlawList returns every flaw that is known, in a stable order.
func SNPFlawList() []SNPFlaw {
	return slices.Concat(
		machineFlaws(), reportHeadFlaws(), policyFlaws(), platformInfoFlaws(), keyInfoFlaws(), reportBodyFlaws(), reservedFlaws(), cpuidFlaws(),
		chipFlaws(), tcbFlaws(), turinFlaws(), afterSigningFlaws(), reportSignatureFlaws(), reportSizeFlaws(),
		amdExtensionFlaws(), amdCertificateFlaws(), vlekFlaws(), amdListFlaws(), snpBundleFlaws(), snpMixFlaws(),
	)
}

func snpFlaw(threat, name string, f SNPFlaws, format string, args ...any) SNPFlaw {
	return SNPFlaw{Name: name, Says: fmt.Sprintf(format, args...), Threat: threat, Flaws: f}
}

func onSNP(edit func(*snp.Report)) SNPFlaws        { return SNPFlaws{Report: edit} }
func onSNPBytes(edit func([]byte) []byte) SNPFlaws { return SNPFlaws{deep: snpDeepFlaws{signed: edit}} }

// reportHeadFlaws are in version, privilege level and algorithm, and signed.
func reportHeadFlaws() (list []SNPFlaw) {
	for _, v := range []uint32{0, 1, 6, 0x105, 0xffffffff} {
		list = append(list, snpFlaw("AT-09", fmt.Sprintf("version-%d", v), onSNPBytes(put(0, binary.LittleEndian.AppendUint32(nil, v)...)),
			"The report says that it has version %d.", v))
	}
	for _, v := range []uint32{1, 2, 3, 4, 0x100, 0xffffffff} {
		list = append(list, snpFlaw("MB-10", fmt.Sprintf("vmpl-%d", v), onSNP(func(r *snp.Report) { r.VMPL = v }),
			"The report was asked for at privilege level %d.", v))
	}
	for _, a := range []uint32{0, 2, 0x101} {
		list = append(list, snpFlaw("AT-09", fmt.Sprintf("algorithm-%d", a), onSNP(func(r *snp.Report) { r.SignatureAlgorithm = a }),
			"The report is said to be signed in way %d.", a))
	}
	v2 := snpFlaw("AT-09", "version-2-of-5", onSNPBytes(put(0, 2)), "The report says that it has version 2, in the layout of version 5.")
	v3 := snpFlaw("AT-09", "version-3-of-5", onSNPBytes(put(0, 3)), "The report says that it has version 3, in the layout of version 5.")
	return append(list, v2, v3)
}

// policyFlaws are bits of the guest policy that a guest must not have, and the
// one that it must.
func policyFlaws() (list []SNPFlaw) {
	bit := func(threat string, n int, says string) {
		list = append(list, snpFlaw(threat, fmt.Sprintf("policy-bit-%d", n), onSNP(func(r *snp.Report) { r.Policy ^= 1 << n }), "The guest policy %s.", says))
	}
	bit("MB-08", 16, "allows simultaneous multithreading")
	bit("MB-08", 17, "lacks the bit that is always set")
	bit("MB-08", 18, "allows a migration agent")
	bit("MB-08", 19, "allows debugging")
	bit("MB-08", 21, "allows memory on CXL devices")
	for n := 26; n < 64; n++ {
		bit("MB-08", n, fmt.Sprintf("has bit %d, which is reserved", n))
	}
	abi := func(name, says string, major, minor uint64) {
		list = append(list, snpFlaw("AT-06", "policy-abi-"+name, onSNP(func(r *snp.Report) { r.Policy = r.Policy&^0xffff | snp.Policy(major<<8|minor) }), "%s", says))
	}
	abi("zero", "The guest policy lets any firmware run the guest.", 0, 0)
	abi("lower", "The guest policy lets older firmware run the guest.", 1, 51)
	return list
}

// platformInfoFlaws are bits of the platform's configuration.
func platformInfoFlaws() (list []SNPFlaw) {
	says := map[int]string{0: "has simultaneous multithreading on", 2: "has memory without error correction", 5: "has not checked for memory aliases", 7: "has trusted I/O on"}
	for n := range 64 {
		if n == 1 || n == 3 || n == 4 {
			continue // harmless, or better
		}
		what := says[n]
		if what == "" {
			what = fmt.Sprintf("has bit %d, which is reserved", n)
		}
		list = append(list, snpFlaw("MB-08", fmt.Sprintf("platform-info-bit-%d", n), onSNP(func(r *snp.Report) { r.PlatformInfo ^= 1 << n }), "The platform %s.", what))
	}
	return list
}

// keyInfoFlaws are about the keys that signed the report and the guest.
func keyInfoFlaws() (list []SNPFlaw) {
	for k := snp.SigningKey(1); k <= 7; k++ {
		list = append(list, snpFlaw("AT-07", fmt.Sprintf("signing-key-%d", k), onSNP(func(r *snp.Report) { r.KeyInfo.SigningKey = k }),
			"The report is said to be signed by a key of kind %d, and is by a VCEK.", k))
	}
	list = append(list, snpFlaw("AT-06", "mask-chip-key", onSNP(func(r *snp.Report) { r.KeyInfo.MaskChipKey = true }), "The host made the firmware hide its key."))
	list = append(list, snpFlaw("AT-06", "author-key", onSNP(func(r *snp.Report) { r.KeyInfo.AuthorKeyEnabled = true }), "The guest is said to have an author key, and there is none."))
	for _, n := range []int{5, 6, 8, 16, 31} {
		list = append(list, snpFlaw("AT-09", fmt.Sprintf("key-info-bit-%d", n), onSNPBytes(func(b []byte) []byte {
			b[0x48+n/8] ^= 1 << (n % 8)
			return b
		}), "Bit %d of the key information is set, which is reserved.", n))
	}
	return list
}

// machineFlaws are genuine reports of machines that a policy has to name.
func machineFlaws() []SNPFlaw {
	vlek := snpFlaw("AT-07", "vlek", SNPFlaws{}, "The report is signed by a key of a cloud provider.")
	vlek.On.VLEK = true
	milan := snpFlaw("AT-08", "milan", SNPFlaws{}, "The chip is of a product whose roots leaked.")
	milan.On.Product = kds.Milan
	old := snpFlaw("AT-09", "version-2", SNPFlaws{}, "The report is of version 2, which does not name the processor.")
	old.On.Version = 2
	return []SNPFlaw{vlek, milan, old}
}

// reportBodyFlaws are in what guest and host gave the firmware to sign.
func reportBodyFlaws() (list []SNPFlaw) {
	for _, name := range slices.Sorted(maps.Keys(reportDataChanges())) {
		c := reportDataChanges()[name]
		list = append(list, snpFlaw("AT-02", name, onSNP(func(r *snp.Report) { c.edit(r.ReportData[:]) }), "%s", c.says))
	}
	add := func(threat, name, says string, edit func(*snp.Report)) {
		list = append(list, snpFlaw(threat, name, onSNP(edit), "%s", says))
	}
	add("AT-12", "measurement-first-bit", "The first bit of the launch digest is another.", func(r *snp.Report) { r.Measurement[0] ^= 0x80 })
	add("AT-12", "measurement-last-bit", "The last bit of the launch digest is another.", func(r *snp.Report) { r.Measurement[47] ^= 1 })
	add("AT-12", "measurement-zero", "The launch digest is zero.", func(r *snp.Report) { clear(r.Measurement[:]) })
	add("AT-13", "host-data-first-bit", "The host set the first bit of its data.", func(r *snp.Report) { r.HostData[0] = 0x80 })
	add("AT-13", "host-data-last-bit", "The host set the last bit of its data.", func(r *snp.Report) { r.HostData[31] = 1 })
	add("AT-13", "family-id", "The guest has a family.", func(r *snp.Report) { r.FamilyID[0] = 1 })
	add("AT-13", "family-id-last-bit", "The guest has a family, by one bit.", func(r *snp.Report) { r.FamilyID[15] = 1 })
	add("AT-13", "image-id", "The guest has an image id.", func(r *snp.Report) { r.ImageID[0] = 1 })
	add("AT-13", "image-id-last-bit", "The guest has an image id, by one bit.", func(r *snp.Report) { r.ImageID[15] = 1 })
	add("AT-12", "id-key", "The guest was launched with an ID key.", func(r *snp.Report) { r.IDKeyDigest[0] = 1 })
	add("AT-12", "id-key-last-bit", "The guest was launched with an ID key, by one bit.", func(r *snp.Report) { r.IDKeyDigest[47] = 1 })
	add("AT-12", "author-key-digest", "The guest has an author key that is not enabled.", func(r *snp.Report) { r.AuthorKeyDigest[0] = 1 })
	add("MB-09", "migration-agent", "A migration agent is bound to the guest.", func(r *snp.Report) { r.ReportIDMA = r.ReportID })
	add("MB-09", "migration-agent-zero", "The migration agent's report id is zero.", func(r *snp.Report) { clear(r.ReportIDMA[:]) })
	return list
}

// reservedFlaws are in bytes that must be zero, and signed.
func reservedFlaws() (list []SNPFlaw) {
	at := func(name string, offset int, on SNPMachineKind) {
		f := snpFlaw("AT-09", "reserved-"+name, onSNPBytes(put(offset, 1)), "The byte at %#x is not zero, which is reserved.", offset)
		f.On = on
		list = append(list, f)
	}
	v2, v3, v5 := SNPMachineKind{Version: 2}, SNPMachineKind{Version: 3}, SNPMachineKind{}
	at("after-key-info", 0x4c, v5)
	at("after-key-info-end", 0x4f, v5)
	at("after-reported-tcb", 0x188, v2)
	at("after-reported-tcb-end", 0x19f, v2)
	at("after-cpuid", 0x18b, v5)
	at("after-cpuid-end", 0x19f, v5)
	at("after-current-version", 0x1eb, v5)
	at("after-committed-version", 0x1ef, v5)
	at("after-launch-tcb", 0x1f8, v3)
	at("after-launch-tcb-end", 0x29f, v3)
	at("after-mitigations", 0x208, v5)
	at("after-mitigations-end", 0x29f, v5)
	for i, x := range []struct{ name, field string }{{"current-tcb", "current"}, {"reported-tcb", "reported"}, {"committed-tcb", "committed"}, {"launch-tcb", "launch"}} {
		base := []int{0x38, 0x180, 0x1e0, 0x1f0}[i]
		for b := 2; b <= 5; b++ {
			f := snpFlaw("AT-06", fmt.Sprintf("reserved-in-%s-%d", x.name, b), onSNPBytes(put(base+b, 1)), "Byte %d of the %s TCB is not zero, which is reserved.", b, x.field)
			list = append(list, f)
		}
	}
	return list
}

// cpuidFlaws name another processor than the certificate.
func cpuidFlaws() (list []SNPFlaw) {
	add := func(name, says string, c snp.CPUID) {
		list = append(list, snpFlaw("AT-06", "cpuid-"+name, onSNP(func(r *snp.Report) { r.CPUID = c }), "%s", says))
	}
	add("zero", "The report names no processor.", snp.CPUID{})
	add("turin", "The report names a processor of another product.", cpuid(kds.Turin))
	add("family", "The report names a family unknown.", snp.CPUID{Family: 0x17, Model: 0x11, Stepping: 1})
	add("model", "The report names a model unknown.", snp.CPUID{Family: 0x19, Model: 0x61, Stepping: 1})
	return list
}

// chipFlaws are about which chip it is.
func chipFlaws() (list []SNPFlaw) {
	report := func(name, says string, edit func(id *[64]byte)) {
		list = append(list, snpFlaw("AT-06", "chip-id-"+name, onSNP(func(r *snp.Report) { edit(&r.ChipID) }), "%s", says))
	}
	report("zero", "The host made the firmware hide which chip it is.", func(id *[64]byte) { *id = [64]byte{} })
	report("first-bit", "The report is of another chip than the certificate.", func(id *[64]byte) { id[0] ^= 0x80 })
	report("last-bit", "The report is of another chip than the certificate, by one bit.", func(id *[64]byte) { id[63] ^= 1 })
	report("half", "The report has half of the chip's id.", func(id *[64]byte) { clear(id[32:]) })
	chip := func(threat, name, says string, edit func(*kds.Chip)) {
		list = append(list, snpFlaw(threat, name, SNPFlaws{Chip: edit}, "%s", says))
	}
	chip("AT-06", "certified-id-first-bit", "The certificate is of another chip than the report.", func(c *kds.Chip) { c.HWID = flip(0)(bytes.Clone(c.HWID)) })
	chip("AT-06", "certified-id-last-bit", "The certificate is of another chip than the report, by its last byte.", func(c *kds.Chip) { c.HWID = flip(-1)(bytes.Clone(c.HWID)) })
	chip("AT-06", "certified-id-zero", "The certificate is of chip zero.", func(c *kds.Chip) { c.HWID = make([]byte, len(c.HWID)) })
	chip("AT-06", "certified-id-short", "The certificate has a chip id that lacks a byte.", func(c *kds.Chip) { c.HWID = c.HWID[1:] })
	chip("AT-06", "certified-id-empty", "The certificate has an empty chip id.", func(c *kds.Chip) { c.HWID = nil })
	chip("AT-06", "certified-product-turin", "The certificate is for another product.", func(c *kds.Chip) { c.Product = kds.Turin; c.HWID = c.HWID[:8] })
	chip("AT-06", "certified-product-unknown", "The certificate is for a product unknown.", func(c *kds.Chip) { c.Product = "Rome" })
	chip("AT-06", "certified-product-lower-case", "The certificate spells the product in another way.", func(c *kds.Chip) { c.Product = kds.Product(bytes.ToLower([]byte(c.Product))) })
	return list
}

// tcbFlaws are lies about security versions, in the report and in the
// certificate, each component up and down.
func tcbFlaws() (list []SNPFlaw) {
	parts := []struct {
		name  string
		shift int
		of    func(*kds.TCB) *uint8
	}{
		{"bootloader", 0, func(t *kds.TCB) *uint8 { return &t.Bootloader }}, {"tee", 8, func(t *kds.TCB) *uint8 { return &t.TEE }},
		{"snp", 48, func(t *kds.TCB) *uint8 { return &t.SNP }}, {"microcode", 56, func(t *kds.TCB) *uint8 { return &t.Microcode }},
	}
	words := []struct {
		name string
		of   func(*snp.Report) *snp.TCBVersion
	}{
		{"current", func(r *snp.Report) *snp.TCBVersion { return &r.CurrentTCB }}, {"reported", func(r *snp.Report) *snp.TCBVersion { return &r.ReportedTCB }},
		{"committed", func(r *snp.Report) *snp.TCBVersion { return &r.CommittedTCB }}, {"launch", func(r *snp.Report) *snp.TCBVersion { return &r.LaunchTCB }},
	}
	for _, p := range parts {
		for _, w := range words {
			list = append(list, snpFlaw("AT-06", w.name+"-"+p.name+"-lower", onSNP(func(r *snp.Report) { *w.of(r) -= 1 << p.shift }), "The %s TCB has a lower version of the %s.", w.name, p.name))
		}
		list = append(list,
			snpFlaw("AT-06", "reported-"+p.name+"-higher", onSNP(func(r *snp.Report) { r.ReportedTCB += 1 << p.shift }), "The report claims a higher version of the %s than the certificate.", p.name),
			snpFlaw("AT-06", "certified-"+p.name+"-lower", SNPFlaws{Chip: func(c *kds.Chip) { *p.of(&c.TCB)-- }}, "The certificate is for a lower version of the %s.", p.name),
			snpFlaw("AT-06", "certified-"+p.name+"-higher", SNPFlaws{Chip: func(c *kds.Chip) { *p.of(&c.TCB)++ }}, "The certificate is for a higher version of the %s.", p.name),
		)
	}
	for _, w := range words {
		list = append(list, snpFlaw("AT-06", w.name+"-tcb-zero", onSNP(func(r *snp.Report) { *w.of(r) = 0 }), "The %s TCB is zero.", w.name))
	}
	firmware := func(name, says string, edit func(*snp.Firmware)) {
		list = append(list, snpFlaw("AT-06", "committed-firmware-"+name, onSNP(func(r *snp.Report) { edit(&r.CommittedVersion) }), "%s", says))
	}
	firmware("build-lower", "The committed firmware is of an older build.", func(f *snp.Firmware) { f.Build-- })
	firmware("minor-lower", "The committed firmware is of an older minor version.", func(f *snp.Firmware) { f.Minor-- })
	firmware("zero", "The committed firmware has version zero.", func(f *snp.Firmware) { *f = snp.Firmware{} })
	return list
}

// turinFlaws are in what only Turin has: eight bytes of id, and the FMC.
func turinFlaws() []SNPFlaw {
	list := []SNPFlaw{
		snpFlaw("AT-06", "turin-chip-id-beyond", onSNP(func(r *snp.Report) { r.ChipID[8] = 1 }), "The chip's id has more than eight bytes."),
		snpFlaw("AT-06", "turin-chip-id-last-bit", onSNP(func(r *snp.Report) { r.ChipID[7] ^= 1 }), "The report is of another chip than the certificate."),
		snpFlaw("AT-06", "turin-chip-id-zero", onSNP(func(r *snp.Report) { clear(r.ChipID[:]) }), "The host made the firmware hide which chip it is."),
		snpFlaw("AT-06", "turin-certified-id-long", SNPFlaws{Chip: func(c *kds.Chip) { c.HWID = make([]byte, 64) }}, "The certificate has a chip id of 64 bytes."),
		snpFlaw("AT-06", "turin-reported-fmc-lower", onSNP(func(r *snp.Report) { r.ReportedTCB-- }), "The report claims a lower FMC than the certificate."),
		snpFlaw("AT-06", "turin-reported-fmc-higher", onSNP(func(r *snp.Report) { r.ReportedTCB++ }), "The report claims a higher FMC than the certificate."),
		snpFlaw("AT-06", "turin-certified-fmc-lower", SNPFlaws{Chip: func(c *kds.Chip) { c.TCB.FMC-- }}, "The certificate is for a lower FMC."),
		snpFlaw("AT-06", "turin-certified-fmc-higher", SNPFlaws{Chip: func(c *kds.Chip) { c.TCB.FMC++ }}, "The certificate is for a higher FMC."),
		snpFlaw("AT-06", "turin-reserved-in-tcb", onSNP(func(r *snp.Report) { r.ReportedTCB |= 1 << 48 }), "A reserved byte of the reported TCB is not zero."),
		snpFlaw("AT-06", "turin-cpuid-genoa", onSNP(func(r *snp.Report) { r.CPUID = cpuid(kds.Genoa) }), "The report names a processor of another product."),
		snpFlaw("AT-06", "turin-fmc-missing", onVEK(dropExtension(1, 3, 6, 1, 4, 1, 3704, 1, 3, 9)), "The certificate names no FMC."),
	}
	for i := range list {
		list[i].On.Product = kds.Turin
	}
	return list
}
