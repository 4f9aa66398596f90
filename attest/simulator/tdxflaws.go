// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/escrin/escrin/attest/tdx"
)

// TDXFlaw is one thing that can be wrong with the evidence of a TDX guest, while
// everything else about it is right. Evidence with it is made by [TD.QuoteWith].
type TDXFlaw struct {
	Name   string // stable and unique, in kebab case
	Says   string // what is wrong, in a sentence
	Threat string // id in the list of threats, such as "AT-09"
	// V5 is set if only quotes of version 5 with the body of TDX 1.5 can have it;
	// see [Platform.Quoting].
	V5    bool
	Flaws Flaws
}

// TDXFlaws returns every flaw that is known, in a stable order.
func TDXFlaws() []TDXFlaw {
	return slices.Concat(
		headerFlaws(), descriptorFlaws(), reportFlaws(), attributeFlaws(), xfamFlaws(), hostFlaws(), unsignedFlaws(),
		quotingFlaws(), bindingFlaws(), signatureFlaws(), keyFlaws(), lengthFlaws(), pemFlaws(),
		extensionFlaws(), intelCertificateFlaws(), tcbInfoFlaws(), qeIdentityFlaws(), jsonFlaws(), verdictFlaws(),
		intelListFlaws(), bundleFlaws(), mixFlaws(),
	)
}

// tdxFlaw makes one, whose sentence is completed from format.
func tdxFlaw(threat, name string, f Flaws, format string, args ...any) TDXFlaw {
	return TDXFlaw{Name: name, Says: fmt.Sprintf(format, args...), Threat: threat, Flaws: f}
}

// onlyV5 marks flaws of quotes of version 5.
func onlyV5(list []TDXFlaw) []TDXFlaw {
	for i := range list {
		list[i].V5 = true
	}
	return list
}

// put returns an edit that overwrites bytes from an offset on.
func put(at int, bytes ...byte) func([]byte) []byte {
	return func(b []byte) []byte {
		copy(b[at:], bytes)
		return b
	}
}

// flip returns an edit that inverts the lowest bit of one byte; offsets below
// zero count from the end.
func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		if at < 0 {
			b[len(b)+at] ^= 1
		} else {
			b[at] ^= 1
		}
		return b
	}
}

func onSigned(edit func([]byte) []byte) Flaws   { return Flaws{deep: deepFlaws{signed: edit}} }
func onQuote(edit func([]byte) []byte) Flaws    { return Flaws{deep: deepFlaws{quote: edit}} }
func onQEReport(edit func([]byte) []byte) Flaws { return Flaws{deep: deepFlaws{qeReport: edit}} }
func onReport(edit func(*tdx.Report)) Flaws     { return Flaws{Report: edit} }

// Offsets in the header of a quote.
const (
	atKeyType  = 2
	atTEEType  = 4
	atVendor   = 12
	atUserData = 28
)

// headerFlaws are in the header, and signed.
func headerFlaws() (list []TDXFlaw) {
	for _, v := range []uint16{0, 1, 2, 3, 6, 0x104, 0xffff} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("header-version-%d", v),
			onSigned(put(0, byte(v), byte(v>>8))), "The quote says that it has version %d, in the layout of another.", v))
	}
	for _, k := range []uint16{0, 1, 3, 0x102, 0xffff} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("header-key-type-%d", k),
			onSigned(put(atKeyType, byte(k), byte(k>>8))), "The attestation key is said to be of type %d instead of ECDSA P-256.", k))
	}
	for _, k := range []uint32{0, 1, 0x80, 0x82, 0x181, 0x81000000} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("header-tee-type-%#x", k),
			onSigned(put(atTEEType, binary.LittleEndian.AppendUint32(nil, k)...)), "The TEE is said to be of type %#x instead of TDX.", k))
	}
	return append(list,
		tdxFlaw("AT-09", "header-vendor-zero", onSigned(put(atVendor, make([]byte, 16)...)), "The quoting enclave's vendor is zero."),
		tdxFlaw("AT-09", "header-vendor-first-byte", onSigned(flip(atVendor)), "The quoting enclave's vendor is not Intel, by one bit."),
		tdxFlaw("AT-09", "header-vendor-last-byte", onSigned(flip(atVendor+15)), "The quoting enclave's vendor is not Intel, by its last byte."),
	)
}

// descriptorFlaws are in the kind and size of the body, which version 5 has
// between header and body, and signed.
func descriptorFlaws() (list []TDXFlaw) {
	const atKind, atSize = tdx.HeaderSize, tdx.HeaderSize + 2
	for _, k := range []uint16{0, 1, 2, 4, 0x103, 0xffff} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("v5-body-kind-%d", k),
			onSigned(put(atKind, byte(k), byte(k>>8))), "The body of TDX 1.5 is said to be of kind %d.", k))
	}
	for _, n := range []uint32{0, 1, 384, tdx.ReportSize, tdx.Report15Size - 1, tdx.Report15Size + 1, 0xffffffff} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("v5-body-size-%d", n),
			onSigned(put(atSize, binary.LittleEndian.AppendUint32(nil, n)...)), "The body of %d bytes is said to have %d.", tdx.Report15Size, n))
	}
	list = append(list,
		tdxFlaw("AT-09", "v5-header-version-4", onSigned(put(0, 4)), "The quote says that it has version 4, in the layout of version 5."),
		tdxFlaw("AT-09", "v5-body-short", onSigned(func(b []byte) []byte { return b[:len(b)-1] }), "The body lacks its last byte."),
		tdxFlaw("AT-09", "v5-body-long", onSigned(func(b []byte) []byte { return append(b, 0) }), "The body has a byte too many."),
	)
	return onlyV5(append(list, serviceFlaws()...))
}

// serviceFlaws are in the fields that only the body of TDX 1.5 has.
func serviceFlaws() []TDXFlaw {
	return []TDXFlaw{
		tdxFlaw("MB-09", "v5-service-td-first-bit", onReport(func(r *tdx.Report) { r.MRSERVICETD[0] = 1 }), "A service TD is bound to the guest."),
		tdxFlaw("MB-09", "v5-service-td-last-bit", onReport(func(r *tdx.Report) { r.MRSERVICETD[47] = 0x80 }), "A service TD is bound to the guest; its hash ends in the only bit."),
		tdxFlaw("MB-09", "v5-service-td-full", onReport(func(r *tdx.Report) { r.MRSERVICETD = r.MRSEAM }), "A service TD is bound to the guest."),
		tdxFlaw("AT-05", "v5-tcb-svn-2-module-lower", onReport(func(r *tdx.Report) { r.TEETCBSVN2[0]-- }), "The TDX module that runs now is older than the one at launch."),
		tdxFlaw("AT-05", "v5-tcb-svn-2-module-unknown", onReport(func(r *tdx.Report) { r.TEETCBSVN2[1] = 9 }), "The TDX module that runs now has a major version that Intel does not list."),
		tdxFlaw("AT-05", "v5-tcb-svn-2-late-microcode", onReport(func(r *tdx.Report) { r.TEETCBSVN2[2]-- }), "The microcode that runs now is older than that of any level up to date."),
		tdxFlaw("AT-05", "v5-tcb-svn-2-zero", onReport(func(r *tdx.Report) { r.TEETCBSVN2 = [16]byte{} }), "The security versions that run now are zero."),
	}
}

// reportFlaws are in measurements, report data and what the TDX module says of
// itself.
func reportFlaws() (list []TDXFlaw) {
	registers := []struct {
		name string
		of   func(*tdx.Report) *[48]byte
	}{
		{"mrtd", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.MRTD) }},
		{"rtmr0", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.RTMR[0]) }},
		{"rtmr1", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.RTMR[1]) }},
		{"rtmr2", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.RTMR[2]) }},
		{"rtmr3", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.RTMR[3]) }},
	}
	for _, x := range registers {
		list = append(list,
			tdxFlaw("AT-12", x.name+"-first-bit", onReport(func(r *tdx.Report) { x.of(r)[0] ^= 0x80 }), "The first bit of %s is another.", x.name),
			tdxFlaw("AT-12", x.name+"-last-bit", onReport(func(r *tdx.Report) { x.of(r)[47] ^= 1 }), "The last bit of %s is another.", x.name),
		)
	}
	list = append(list, tdxFlaw("AT-12", "rtmr-swapped", onReport(func(r *tdx.Report) { r.MRTD, r.RTMR[0] = r.RTMR[0], r.MRTD }), "MRTD and RTMR0 are swapped."))
	for name, change := range reportDataChanges() {
		list = append(list, tdxFlaw("AT-02", name, onReport(func(r *tdx.Report) { change.edit(r.ReportData[:]) }), "%s", change.says))
	}
	list = append(list,
		tdxFlaw("AT-09", "module-signer-first-bit", onReport(func(r *tdx.Report) { r.MRSIGNERSEAM[0] = 0x80 }), "The TDX module is not signed by Intel."),
		tdxFlaw("AT-09", "module-signer-last-bit", onReport(func(r *tdx.Report) { r.MRSIGNERSEAM[47] = 1 }), "The TDX module is not signed by Intel, by one bit."),
		tdxFlaw("AT-05", "module-major-unknown", onReport(func(r *tdx.Report) { r.TEETCBSVN[1] = 9 }), "The TDX module has a major version that Intel does not list."),
		tdxFlaw("AT-05", "module-minor-lower", onReport(func(r *tdx.Report) { r.TEETCBSVN[0]-- }), "The TDX module is out of date."),
		tdxFlaw("AT-05", "module-svn-zero", onReport(func(r *tdx.Report) { r.TEETCBSVN[0] = 0 }), "The TDX module has security version 0."),
		tdxFlaw("AT-05", "late-microcode-lower", onReport(func(r *tdx.Report) { r.TEETCBSVN[2]-- }), "The microcode is out of date."),
	)
	for i := range 64 {
		if i%9 == 0 { // one bit in each byte, each at another place
			list = append(list, tdxFlaw("AT-09", fmt.Sprintf("module-attributes-bit-%d", i),
				onReport(func(r *tdx.Report) { r.SEAMAttributes[i/8] ^= 1 << (i % 8) }), "The TDX module has attribute bit %d.", i))
		}
	}
	sortFlaws(list)
	return list
}

// sortFlaws puts flaws that came out of a map in a stable order.
func sortFlaws(list []TDXFlaw) {
	slices.SortFunc(list, func(a, b TDXFlaw) int { return strings.Compare(a.Name, b.Name) })
}

// change is a change of some bytes, and what they are after it.
type change struct {
	edit func([]byte)
	says string
}

// reportDataChanges are flaws of the 64 bytes of report data of either vendor, by
// name.
func reportDataChanges() map[string]change {
	return map[string]change{
		"report-data-first-bit":   {func(d []byte) { d[0] ^= 0x80 }, "The first bit of the report data is another."},
		"report-data-last-digest": {func(d []byte) { d[31] ^= 1 }, "The last bit of the digest in the report data is another."},
		"report-data-first-rest":  {func(d []byte) { d[32] ^= 0x80 }, "The report data has a bit behind the digest."},
		"report-data-last-bit":    {func(d []byte) { d[63] ^= 1 }, "The last bit of the report data is another."},
		"report-data-zero":        {func(d []byte) { clear(d) }, "The report data is zero."},
		"report-data-halves":      {func(d []byte) { copy(d, slices.Concat(d[32:], d[:32])) }, "The halves of the report data are swapped."},
		"report-data-twice":       {func(d []byte) { copy(d[32:], d[:32]) }, "The digest stands in both halves of the report data."},
	}
}

// attributeFlaws are each bit of the TD's attributes.
func attributeFlaws() (list []TDXFlaw) {
	names := map[int]string{0: "DEBUG", 28: "SEPT_VE_DISABLE", 29: "MIGRATABLE", 30: "PKS", 31: "KL", 63: "PERFMON"}
	for i := range 64 {
		name, verb := fmt.Sprintf("bit %d", i), "is set"
		if n, ok := names[i]; ok {
			name = n
		}
		if i == 28 {
			verb = "is clear"
		}
		list = append(list, tdxFlaw("MB-08", fmt.Sprintf("td-attributes-bit-%d", i),
			onReport(func(r *tdx.Report) { r.TDAttributes[i/8] ^= 1 << (i % 8) }), "%s of the TD's attributes %s.", name, verb))
	}
	return list
}

// xfamFlaws are each bit of XFAM that no guest may have, and those that each
// guest has.
func xfamFlaws() (list []TDXFlaw) {
	const possible = 0x6dbe7
	for i := range 64 {
		if i < 2 {
			list = append(list, tdxFlaw("MB-08", fmt.Sprintf("xfam-bit-%d", i),
				onReport(func(r *tdx.Report) { r.XFAM[0] &^= 1 << i }), "Bit %d of XFAM is clear, which is always set.", i))
		} else if possible>>i&1 == 0 {
			list = append(list, tdxFlaw("MB-08", fmt.Sprintf("xfam-bit-%d", i),
				onReport(func(r *tdx.Report) { r.XFAM[i/8] |= 1 << (i % 8) }), "Bit %d of XFAM is set, which no guest has.", i))
		}
	}
	return append(list, tdxFlaw("MB-08", "xfam-zero", onReport(func(r *tdx.Report) { r.XFAM = [8]byte{} }), "XFAM is zero."))
}

// hostFlaws are in the fields that the host chooses.
func hostFlaws() (list []TDXFlaw) {
	for _, x := range []struct {
		name string
		of   func(*tdx.Report) *[48]byte
	}{
		{"mrconfigid", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.MRCONFIGID) }},
		{"mrowner", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.MROWNER) }},
		{"mrownerconfig", func(r *tdx.Report) *[48]byte { return (*[48]byte)(&r.MROWNERCONFIG) }},
	} {
		list = append(list,
			tdxFlaw("AT-13", x.name+"-first-bit", onReport(func(r *tdx.Report) { x.of(r)[0] = 0x80 }), "The host set the first bit of %s.", x.name),
			tdxFlaw("AT-13", x.name+"-last-bit", onReport(func(r *tdx.Report) { x.of(r)[47] = 1 }), "The host set the last bit of %s.", x.name),
		)
	}
	return list
}

// unsignedFlaws change what is signed after it was.
func unsignedFlaws() (list []TDXFlaw) {
	fields := []struct {
		name string
		at   int
	}{
		{"header-qe-svn", 8}, {"header-pce-svn", 10}, {"header-user-data", atUserData},
		{"tee-tcb-svn", 48}, {"mrseam", 64}, {"mrsignerseam", 112}, {"seam-attributes", 160}, {"td-attributes", 168}, {"xfam", 176},
		{"mrtd", 184}, {"mrconfigid", 232}, {"mrowner", 280}, {"mrownerconfig", 328},
		{"rtmr0", 376}, {"rtmr1", 424}, {"rtmr2", 472}, {"rtmr3", 520}, {"report-data", 568}, {"report-data-end", 631},
	}
	for _, x := range fields {
		list = append(list, tdxFlaw("AT-09", "unsigned-"+x.name, onQuote(flip(x.at)), "A bit of %s is another than was signed.", x.name))
	}
	return append(list, onlyV5([]TDXFlaw{
		tdxFlaw("AT-09", "v5-unsigned-tcb-svn-2", onQuote(flip(tdx.HeaderSize+6+tdx.ReportSize)), "A bit of the second TCB SVN is another than was signed."),
		tdxFlaw("MB-09", "v5-unsigned-service-td", onQuote(flip(tdx.HeaderSize+6+tdx.Report15Size-1)), "A bit of the service TD is another than was signed."),
	})...)
}
