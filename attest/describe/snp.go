// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"fmt"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// amd describes a report and its collateral.
func amd(signed, bundle []byte) Description {
	d, product := amdCollateral(bundle)
	r, err := snp.Parse(signed)
	if err != nil {
		return append(Description{{Name: "snp.report", Title: "SNP report", Problem: err.Error()}}, d...)
	}
	if named, ok := kds.ProductOf(r.CPUID); ok && r.Version >= 3 {
		product = named
	}
	return append(Description{snpGuest(r), snpHost(r, product)}, d...)
}

func snpGuest(r snp.Report) Section {
	s := Section{Name: "snp.report", Title: fmt.Sprintf("SNP report, version %d: what the secure processor signed about the guest", r.Version)}
	s.add("version", r.Version, "")
	s.add("guestSvn", r.GuestSVN, "security version of the guest, from its ID block")
	s.bits("policy", uint64(r.Policy), 64, "what the host may do with the guest, fixed at launch", append(snpPolicy(), policyABI(r.Policy)))
	s.add("familyId", r.FamilyID[:], "from the ID block")
	s.add("imageId", r.ImageID[:], "from the ID block")
	s.add("vmpl", r.VMPL, vmplWords(r.VMPL))
	s.add("signatureAlgorithm", r.SignatureAlgorithm, "1 is ECDSA on P-384 with SHA-384")
	s.add("reportData", r.ReportData[:], "chosen by the guest")
	s.add("measurement", r.Measurement, "launch digest: firmware, and with it kernel, initrd and command line, and the processors' first state")
	s.add("hostData", r.HostData[:], "chosen by the host")
	s.add("idKeyDigest", r.IDKeyDigest, "SHA-384 of the key that signed the ID block; zero if there is none")
	s.add("authorKeyDigest", r.AuthorKeyDigest, "SHA-384 of the key that signed the ID key; zero if there is none")
	s.add("authorKeyEnabled", r.KeyInfo.AuthorKeyEnabled, "whether the author key's digest counts")
	s.add("reportId", r.ReportID[:], "of this guest, new at each launch")
	s.add("reportIdMa", r.ReportIDMA[:], "of its migration agent; all ones if there is none")
	s.add("signature.r", r.Signature.R[:], "")
	s.add("signature.s", r.Signature.S[:], "")
	return s
}

// policyABI stands for the two low bytes of a policy, in words.
func policyABI(p snp.Policy) bit {
	major, minor := p.ABI()
	const words = "lowest version of the firmware ABI that the guest runs on"
	return bit{mask: 0xffff, name: "ABI", set: words, unset: words, value: fmt.Sprintf("%d.%d", major, minor)}
}

func vmplWords(vmpl uint32) string {
	switch {
	case vmpl == 0:
		return "privilege level of who asked for the report: the most privileged"
	case vmpl <= 3:
		return "privilege level of who asked for the report: something in the guest is more privileged"
	}
	return "the report was asked for by the host, not the guest"
}

func snpHost(r snp.Report, product kds.Product) Section {
	s := Section{Name: "snp.platform", Title: "SNP report: what the secure processor signed about the platform"}
	s.bits("platformInfo", uint64(r.PlatformInfo), 64, "how the platform is set up", snpPlatform())
	s.add("signingKey", r.KeyInfo.SigningKey, "VCEK is the key of one chip, VLEK one that AMD gave to a cloud provider")
	s.add("maskChipKey", r.KeyInfo.MaskChipKey, "whether the host has the chip's id hidden")
	s.add("chipId", r.ChipID[:], "id of the chip, zero if hidden")
	if r.Version >= 3 {
		c := r.CPUID
		s.add("cpuid", fmt.Sprintf("family %#02x, model %#02x, stepping %d", c.Family, c.Model, c.Stepping), productWords(product))
	}
	s.tcb("currentTcb", r.CurrentTCB, product, "versions that run")
	s.tcb("reportedTcb", r.ReportedTCB, product, "versions that the host has reported, and that the signing key is for")
	s.tcb("committedTcb", r.CommittedTCB, product, "versions below which the platform cannot go back")
	s.tcb("launchTcb", r.LaunchTCB, product, "versions when the guest was launched")
	s.add("currentVersion", r.CurrentVersion, "of the SNP firmware that runs")
	s.add("committedVersion", r.CommittedVersion, "of the SNP firmware below which the platform cannot go back")
	if r.Version >= 5 {
		s.add("launchMitigations", fmt.Sprintf("%#016x", r.LaunchMitVector), "mitigations in place when the guest was launched, one bit each")
		s.add("currentMitigations", fmt.Sprintf("%#016x", r.CurrentMitVector), "mitigations in place now")
	}
	return s
}

func productWords(p kds.Product) string {
	if !p.Valid() {
		return "of no product that this program knows"
	}
	return "an EPYC of the " + string(p) + " line"
}

// tcb adds a TCB word and its parts.
func (s *Section) tcb(name string, word snp.TCBVersion, product kds.Product, meaning string) {
	s.add(name, fmt.Sprintf("%#016x", uint64(word)), meaning)
	if product == "" {
		s.add(name+".parts", "unknown", "a report of version 2 does not say of which product it is, and which bytes are what depends on that")
		return
	}
	t, err := kds.SplitTCB(product, word)
	if err != nil {
		s.add(name+".parts", "unknown", err.Error())
		return
	}
	s.parts(name, t, product)
}

func (s *Section) parts(name string, t kds.TCB, product kds.Product) {
	s.add(name+".bootloader", t.Bootloader, "boot loader of the secure processor")
	s.add(name+".tee", t.TEE, "operating system of the secure processor")
	s.add(name+".snp", t.SNP, "SNP firmware")
	s.add(name+".microcode", t.Microcode, "microcode of the processor")
	if product == kds.Turin {
		s.add(name+".fmc", t.FMC, "first mutable code")
	}
}

// amdCollateral describes a bundle, and returns the product that its first
// certificate names.
func amdCollateral(bundle []byte) (Description, kds.Product) {
	if len(bundle) == 0 {
		return nil, ""
	}
	b, err := kds.ParseBundle(bundle)
	if err != nil {
		return Description{{Name: "collateral", Title: "Collateral", Problem: err.Error()}}, ""
	}
	vek, cert := certificate("collateral.vek", "Certificate of the key that signs reports (VCEK or VLEK)", b.VEK)
	var product kds.Product
	if cert != nil {
		chip, err := kds.ParseChip(cert)
		if err != nil {
			vek.Problem = err.Error()
		} else {
			product = chip.Product
			vek.chip(chip)
		}
	}
	ask, _ := certificate("collateral.ask", "Its issuer (ASK or ASVK)", b.ASK)
	return Description{vek, ask, list("collateral.crl", "Revocation list of the root (ARK)", b.CRL)}, product
}

func (s *Section) chip(c kds.Chip) {
	s.add("signer", c.Signer, "VCEK is the key of one chip, VLEK one that AMD gave to a cloud provider")
	s.add("product", string(c.Product), productWords(c.Product))
	s.add("stepping", c.Stepping, "")
	if c.Signer == kds.VCEK {
		s.add("hwId", c.HWID, "id of the chip")
	} else {
		s.add("cspId", c.CSPID, "the cloud provider")
	}
	s.parts("tcb", c.TCB, c.Product)
}
