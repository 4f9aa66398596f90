// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"encoding/binary"
	"encoding/pem"
	"fmt"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// intel describes a quote and its collateral.
func intel(signed, bundle []byte) Description {
	q, err := tdx.ParseQuote(signed)
	if err != nil {
		d := Description{{Name: "tdx.quote", Title: "TDX quote", Problem: err.Error()}}
		return append(d, intelCollateral(bundle, nil)...)
	}
	chain, platform := pckChain(q.PCKChain)
	d := Description{quote(q), tdReport(q), qeReport(q)}
	d = append(d, chain...)
	return append(d, intelCollateral(bundle, &judged{q, platform})...)
}

func quote(q tdx.Quote) Section {
	s := Section{Name: "tdx.quote", Title: fmt.Sprintf("TDX quote, version %d", q.Version)}
	s.add("version", q.Version, "4 has a report of TDX 1.0, 5 says which report it has")
	s.add("attestationKeyType", 2, "ECDSA on P-256")
	s.add("teeType", "0x00000081", "TDX")
	s.add("qeSvn", q.Header.QESVN, "reserved in newer specifications")
	s.add("pceSvn", q.Header.PCESVN, "reserved in newer specifications")
	s.add("qeVendorId", q.Header.QEVendorID[:], "who made the quoting enclave; it is "+isNot(q.Header.QEVendorID == tdx.IntelQE())+"Intel")
	s.add("userData", q.Header.UserData[:], "of the quoting enclave; no meaning to a verifier")
	s.add("body", q.Body, fmt.Sprintf("kind of report: 2 is TDX 1.0, 3 is TDX 1.5; %d bytes", q.Body.Size()))
	s.add("signature", q.Signature[:], "r ‖ s by the attestation key over header and report")
	s.add("attestationKey", q.AttestationKey[:], "x ‖ y on P-256; the quoting enclave's")
	s.add("padding", q.Padding, "zero bytes behind the quote, which some services add")
	return s
}

func tdReport(q tdx.Quote) Section {
	r := q.Report
	s := Section{Name: "tdx.report", Title: "TD report: what the TDX module signed about the guest and itself"}
	s.svns("teeTcbSvn", r.TEETCBSVN, "security versions of TDX module and platform when the guest was launched", teeComponents())
	s.add("mrSeam", r.MRSEAM, "SHA-384 of the TDX module")
	s.add("mrSignerSeam", r.MRSIGNERSEAM, "who signed the TDX module; zero stands for Intel")
	s.add("seamAttributes", r.SEAMAttributes[:], "attributes of the TDX module; zero in production")
	s.bits("tdAttributes", binary.LittleEndian.Uint64(r.TDAttributes[:]), 64, "what is allowed to the guest and its host", tdAttributes())
	s.bits("xfam", binary.LittleEndian.Uint64(r.XFAM[:]), 64, "processor features that the guest may use", xfam())
	s.add("mrTd", r.MRTD, "SHA-384 over the firmware, as it was loaded")
	s.add("mrConfigId", r.MRCONFIGID, "chosen by the host")
	s.add("mrOwner", r.MROWNER, "chosen by the host")
	s.add("mrOwnerConfig", r.MROWNERCONFIG, "chosen by the host")
	for i, words := range []string{"virtual hardware and firmware configuration", "boot loader and kernel", "command line and initrd", "run time"} {
		s.add(fmt.Sprintf("rtmr%d", i), r.RTMR[i], "run-time register: "+words+", by custom")
	}
	s.add("reportData", r.ReportData[:], "chosen by the guest")
	if q.Body == tdx.TDX15 {
		s.svns("teeTcbSvn2", r.TEETCBSVN2, "security versions now: the TDX module can be updated under running guests", teeComponents())
		s.add("mrServiceTd", r.MRSERVICETD, "service TDs bound to the guest, such as one that migrates it; zero is none")
	}
	return s
}

// svns adds security versions of 16 components, and each that has a name or is
// not zero.
func (s *Section) svns(name string, svn [16]byte, meaning string, components [16]string) {
	s.add(name, svn[:], meaning)
	for i, n := range svn {
		words := components[i]
		if words == "" && n == 0 {
			continue
		}
		if words == "" {
			words = "without a name in Intel's TCB infos"
		}
		s.add(fmt.Sprintf("%s.%d", name, i), n, words)
	}
}

// teeComponents are the names that Intel's TCB infos give to the parts of a TEE
// TCB SVN.
func teeComponents() [16]string {
	return [16]string{0: "TDX module, security version", 1: "TDX module, major version", 2: "microcode loaded late for TDX"}
}

// cpuComponents are the names that Intel's TCB infos give to the parts of a CPU
// SVN.
func cpuComponents() [16]string {
	return [16]string{
		0: "microcode loaded early, by the BIOS", 1: "microcode loaded late, for SGX", 2: "TXT SINIT", 3: "BIOS", 4: "BIOS", 5: "BIOS",
		7: "loader of the TDX module (SEAMLDR)",
	}
}

func qeReport(q tdx.Quote) Section {
	r := q.QEReport
	s := Section{Name: "tdx.qe", Title: "Report of the quoting enclave: what the processor signed about the software that signs quotes"}
	s.add("cpuSvn", r.CPUSVN[:], "security version of the processor, in its own encoding")
	s.add("miscSelect", r.MiscSelect[:], "extended features of the enclave")
	s.bits("attributes", binary.LittleEndian.Uint64(r.Attributes[:8]), 64, "of the enclave", sgxAttributes())
	s.add("attributesXfrm", r.Attributes[8:], "processor features that the enclave may use")
	s.add("mrEnclave", r.MRENCLAVE[:], "SHA-256 of the enclave")
	s.add("mrSigner", r.MRSIGNER[:], "SHA-256 of the key that signed the enclave")
	s.add("isvProdId", r.ISVProdID, "product: 2 is Intel's quoting enclave for TDX")
	s.add("isvSvn", r.ISVSVN, "security version of the enclave")
	s.add("reportData", r.ReportData[:], "SHA-256 of attestation key and authentication data, and 32 zero bytes")
	s.add("authData", q.QEAuthData, "authentication data of the quoting enclave")
	s.add("signature", q.QESignature[:], "r ‖ s by the key in the PCK certificate over this report")
	return s
}

// pckChain describes the certificates in a quote, and returns what the first
// says of the platform, or nil.
func pckChain(chain []byte) (Description, *collateral.Platform) {
	var d Description
	var platform *collateral.Platform
	titles := []string{"PCK certificate: the key of one platform", "Issuer of the PCK certificate", "Root certificate"}
	rest := chain
	for i := 0; ; i++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		title := "One certificate more"
		if i < len(titles) {
			title = titles[i]
		}
		s, cert := certificate(fmt.Sprintf("tdx.chain.%d", i), title, block.Bytes)
		if cert != nil && i == 0 {
			if p, err := collateral.ParsePlatform(cert); err != nil {
				s.Problem = err.Error()
			} else {
				platform = &p
				s.platform(p)
			}
		}
		d = append(d, s)
	}
	if len(d) != len(titles) {
		d = append(d, Section{Name: "tdx.chain", Title: "Certificate chain", Problem: fmt.Sprintf("%d certificates, want %d", len(d), len(titles))})
	}
	return d, platform
}

func (s *Section) platform(p collateral.Platform) {
	s.add("ppid", p.PPID[:], "id of the platform, the same for its life")
	s.add("fmspc", p.FMSPC[:], "family, model, stepping, platform type and custom SKU: which TCB info is about it")
	s.add("pceId", p.PCEID[:], "id of the provisioning certification enclave")
	s.add("pceSvn", p.PCESVN, "its security version")
	s.add("sgxType", p.SGXType, "0 is standard, 1 scalable, 2 scalable with integrity")
	s.add("instanceId", p.InstanceID[:], "which registration of the platform this is; zero of platforms with one processor package")
	s.add("dynamicPlatform", p.DynamicPlatform, "whether processor packages can be added after registration")
	s.add("cachedKeys", p.CachedKeys, "whether Intel keeps the platform's root keys")
	s.add("smt", p.SMTEnabled, "whether hyper-threading is on")
	s.svns("cpuSvn", p.CPUSVN, "security versions of the platform's components that the certificate is for", cpuComponents())
}
