// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"crypto/elliptic"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// quotingFlaws are in the report of the quoting enclave, and signed.
func quotingFlaws() (list []TDXFlaw) {
	typed := func(name, says string, edit func(*tdx.QEReport)) {
		list = append(list, tdxFlaw("AT-09", "qe-"+name, Flaws{QEReport: edit}, "%s", says))
	}
	typed("signer-first-bit", "The quoting enclave has another signer.", func(r *tdx.QEReport) { r.MRSIGNER[0] ^= 0x80 })
	typed("signer-last-bit", "The quoting enclave has another signer, by one bit.", func(r *tdx.QEReport) { r.MRSIGNER[31] ^= 1 })
	typed("signer-zero", "The quoting enclave has no signer.", func(r *tdx.QEReport) { r.MRSIGNER = [32]byte{} })
	typed("product-zero", "The quoting enclave is product 0.", func(r *tdx.QEReport) { r.ISVProdID = 0 })
	typed("product-sgx", "The quoting enclave is the one for SGX.", func(r *tdx.QEReport) { r.ISVProdID = 1 })
	typed("product-high-byte", "The quoting enclave is another product, by the high byte.", func(r *tdx.QEReport) { r.ISVProdID |= 0x100 })
	typed("svn-lower", "The quoting enclave is out of date.", func(r *tdx.QEReport) { r.ISVSVN-- })
	typed("svn-zero", "The quoting enclave has security version 0.", func(r *tdx.QEReport) { r.ISVSVN = 0 })
	for i := range 4 {
		typed(fmt.Sprintf("miscselect-byte-%d", i), "The quoting enclave saves more state than it should.", func(r *tdx.QEReport) { r.MiscSelect[i] = 1 })
	}
	for _, i := range []int{0, 1, 3, 4, 5, 6, 7, 8, 16, 31, 32, 63} { // bit 2 is not in the mask of the identity
		typed(fmt.Sprintf("attributes-bit-%d", i), fmt.Sprintf("Bit %d of the quoting enclave's attributes is another.", i),
			func(r *tdx.QEReport) { r.Attributes[i/8] ^= 1 << (i % 8) })
	}
	raw := func(name string, at int) {
		list = append(list, tdxFlaw("AT-09", "qe-"+name, onQEReport(flip(at)), "A reserved byte of the quoting enclave's report is not zero."))
	}
	raw("reserved-1-first", 20)
	raw("reserved-1-last", 47)
	raw("reserved-2-first", 96)
	raw("reserved-2-last", 127)
	raw("reserved-3-first", 160)
	raw("reserved-3-last", 255)
	raw("reserved-4-first", 260)
	raw("reserved-4-last", 319)
	return list
}

// bindingFlaws are in the way in which the quoting enclave vouches for the
// attestation key.
func bindingFlaws() []TDXFlaw {
	report := func(name, says string, edit func(*tdx.QEReport)) TDXFlaw {
		return tdxFlaw("AT-09", "qe-binding-"+name, Flaws{QEReport: edit}, "%s", says)
	}
	bind := func(name, says string, of func(key, auth []byte) []byte) TDXFlaw {
		return tdxFlaw("AT-09", "qe-binding-"+name, Flaws{deep: deepFlaws{qeBinding: of}}, "%s", says)
	}
	quote := func(name, says string, edit func(*tdx.Quote)) TDXFlaw {
		return tdxFlaw("AT-09", "qe-binding-"+name, Flaws{Quote: edit}, "%s", says)
	}
	return []TDXFlaw{
		report("zero", "The quoting enclave vouches for no key.", func(r *tdx.QEReport) { r.ReportData = [64]byte{} }),
		report("first-bit", "The quoting enclave vouches for another key.", func(r *tdx.QEReport) { r.ReportData[0] ^= 0x80 }),
		report("last-bit", "The quoting enclave vouches for another key, by one bit.", func(r *tdx.QEReport) { r.ReportData[31] ^= 1 }),
		report("second-half", "The quoting enclave says more than what key it vouches for.", func(r *tdx.QEReport) { r.ReportData[63] = 1 }),
		report("halves-swapped", "The hash of the key stands in the second half.", func(r *tdx.QEReport) {
			r.ReportData = [64]byte(slices.Concat(r.ReportData[32:], r.ReportData[:32]))
		}),
		bind("without-auth-data", "The quoting enclave vouches for the key without the authentication data.", func(key, _ []byte) []byte { return key }),
		bind("reversed", "The quoting enclave vouches for authentication data and key in the other order.", func(key, auth []byte) []byte { return slices.Concat(auth, key) }),
		bind("of-point", "The quoting enclave vouches for the encoded point.", func(key, auth []byte) []byte { return slices.Concat([]byte{4}, key, auth) }),
		quote("auth-data-bit", "A bit of the authentication data is another.", func(q *tdx.Quote) { q.QEAuthData[0] ^= 1 }),
		quote("auth-data-longer", "The authentication data has a byte more.", func(q *tdx.Quote) { q.QEAuthData = append(q.QEAuthData, 0) }),
		quote("auth-data-shorter", "The authentication data lacks a byte.", func(q *tdx.Quote) { q.QEAuthData = q.QEAuthData[:31] }),
		quote("auth-data-empty", "The authentication data is missing.", func(q *tdx.Quote) { q.QEAuthData = nil }),
		quote("report-svn-after", "The quoting enclave's version is another than was signed.", func(q *tdx.Quote) { q.QEReport.ISVSVN++ }),
		quote("report-mrenclave-after", "The quoting enclave's measurement is another than was signed.", func(q *tdx.Quote) { q.QEReport.MRENCLAVE[0] ^= 1 }),
		quote("report-cpusvn-after", "The quoting enclave's processor is another than was signed.", func(q *tdx.Quote) { q.QEReport.CPUSVN[15] ^= 1 }),
	}
}

// edgeSignatures are values that no signature on a curve of this order has, and
// manglings of one that was right. The halves of s are of equal length.
func edgeSignatures(order *big.Int) map[string]change {
	at := func(s []byte, half int, value *big.Int) { value.FillBytes(s[half*len(s)/2 : (half+1)*len(s)/2]) }
	one := big.NewInt(1)
	above := new(big.Int).Add(order, one)
	return map[string]change{
		"zero":      {func(s []byte) { clear(s) }, "is zero"},
		"r-zero":    {func(s []byte) { at(s, 0, new(big.Int)) }, "has r = 0"},
		"s-zero":    {func(s []byte) { at(s, 1, new(big.Int)) }, "has s = 0"},
		"r-order":   {func(s []byte) { at(s, 0, order) }, "has r = n"},
		"s-order":   {func(s []byte) { at(s, 1, order) }, "has s = n"},
		"r-above":   {func(s []byte) { at(s, 0, above) }, "has r = n + 1"},
		"s-above":   {func(s []byte) { at(s, 1, above) }, "has s = n + 1"},
		"both-one":  {func(s []byte) { at(s, 0, one); at(s, 1, one) }, "has r = s = 1"},
		"both-ones": {func(s []byte) { fill(s, 0xff) }, "has every bit set"},
		"r-bit":     {func(s []byte) { s[0] ^= 1 }, "is another by a bit of r"},
		"s-bit":     {func(s []byte) { s[len(s)-1] ^= 1 }, "is another by a bit of s"},
		"swapped":   {func(s []byte) { copy(s, slices.Concat(s[len(s)/2:], s[:len(s)/2])) }, "has r and s swapped"},
		"reversed":  {func(s []byte) { slices.Reverse(s[:len(s)/2]); slices.Reverse(s[len(s)/2:]) }, "is in the other byte order"},
	}
}

func fill(b []byte, with byte) {
	for i := range b {
		b[i] = with
	}
}

// signatureFlaws are in the four signatures that are not in certificates.
func signatureFlaws() (list []TDXFlaw) {
	for name, c := range edgeSignatures(elliptic.P256().Params().N) {
		list = append(list,
			tdxFlaw("AT-11", "quote-signature-"+name, Flaws{Quote: func(q *tdx.Quote) { c.edit(q.Signature[:]) }}, "The signature over the report %s.", c.says),
			tdxFlaw("AT-11", "qe-signature-"+name, Flaws{Quote: func(q *tdx.Quote) { c.edit(q.QESignature[:]) }}, "The signature over the quoting enclave's report %s.", c.says),
			tdxFlaw("AT-11", "tcb-info-signature-"+name, Flaws{Bundle: func(b *collateral.Bundle) { c.edit(b.TCBInfo.Signature[:]) }}, "The signature over the TCB info %s.", c.says),
			tdxFlaw("AT-11", "qe-identity-signature-"+name, Flaws{Bundle: func(b *collateral.Bundle) { c.edit(b.QEIdentity.Signature[:]) }}, "The signature over the QE identity %s.", c.says),
		)
	}
	sortFlaws(list)
	signer := func(name, says string, edit func(*signers)) {
		list = append(list, tdxFlaw("AT-11", name, Flaws{deep: deepFlaws{signers: edit}}, "%s", says))
	}
	signer("quote-signed-by-pck", "The report is signed with the platform's certified key.", func(s *signers) { s.report = s.pck })
	signer("quote-signed-by-stranger", "The report is signed with a key that nobody vouches for.", func(s *signers) { s.report = s.stranger })
	signer("qe-report-signed-by-attestation-key", "The quoting enclave's report is signed with the key that it vouches for.", func(s *signers) { s.qeReport = s.report })
	signer("qe-report-signed-by-stranger", "The quoting enclave's report is signed with a key that nobody certified.", func(s *signers) { s.qeReport = s.stranger })
	signer("qe-report-signed-by-platform-ca", "The quoting enclave's report is signed with the key of the platform CA.", func(s *signers) { s.qeReport = s.platformCA })
	signer("tcb-info-signed-by-pck", "The TCB info is signed with the platform's key.", func(s *signers) { s.tcbInfo = s.pck })
	signer("tcb-info-signed-by-root", "The TCB info is signed with the root's key.", func(s *signers) { s.tcbInfo = s.root })
	signer("tcb-info-signed-by-stranger", "The TCB info is signed with a key that nobody certified.", func(s *signers) { s.tcbInfo = s.stranger })
	signer("qe-identity-signed-by-pck", "The QE identity is signed with the platform's key.", func(s *signers) { s.qeIdentity = s.pck })
	signer("qe-identity-signed-by-root", "The QE identity is signed with the root's key.", func(s *signers) { s.qeIdentity = s.root })
	signer("qe-identity-signed-by-stranger", "The QE identity is signed with a key that nobody certified.", func(s *signers) { s.qeIdentity = s.stranger })
	return list
}

// keyFlaws are in the attestation key, for which the quoting enclave vouches all
// the same.
func keyFlaws() (list []TDXFlaw) {
	p := elliptic.P256().Params().P
	key := func(name, says string, edit func(key []byte)) {
		edited := func(k []byte) []byte {
			k = bytes.Clone(k)
			edit(k)
			return k
		}
		list = append(list, tdxFlaw("AT-11", "attestation-key-"+name, Flaws{deep: deepFlaws{attestationKey: edited}}, "%s", says))
	}
	key("zero", "The attestation key is zero.", func(k []byte) { clear(k) })
	key("off-curve", "The attestation key is not on the curve.", func(k []byte) { k[63] ^= 1 })
	key("negated", "The attestation key has the y of its negation.", func(k []byte) {
		y := new(big.Int).SetBytes(k[32:])
		y.Sub(p, y).FillBytes(k[32:])
	})
	key("x-field", "The attestation key has x = p.", func(k []byte) { p.FillBytes(k[:32]) })
	key("y-field", "The attestation key has y = p.", func(k []byte) { p.FillBytes(k[32:]) })
	key("ones", "The attestation key has every bit set.", func(k []byte) { fill(k, 0xff) })
	key("swapped", "The attestation key has x and y swapped.", func(k []byte) { copy(k, slices.Concat(k[32:], k[:32])) })
	key("reversed", "The attestation key is in the other byte order.", func(k []byte) { slices.Reverse(k[:32]); slices.Reverse(k[32:]) })
	quote := func(name, says string, edit func(*tdx.Quote)) {
		list = append(list, tdxFlaw("AT-11", "attestation-key-"+name, Flaws{Quote: edit}, "%s", says))
	}
	quote("unbound-bit", "The attestation key is another than the quoting enclave vouches for.", func(q *tdx.Quote) { q.AttestationKey[0] ^= 1 })
	quote("unbound-zero", "The attestation key was replaced by zeros.", func(q *tdx.Quote) { q.AttestationKey = [64]byte{} })
	return list
}

// Offsets in the signature data of a quote, from where its length stands.
const (
	atCertType  = 4 + 64 + 64
	atCertSize  = atCertType + 2
	atQEReport  = atCertSize + 4
	atAuthSize  = atQEReport + tdx.QEReportSize + 64
	atInnerType = atAuthSize + 2 + 32
	atInnerSize = atInnerType + 2
	atChain     = atInnerSize + 4
)

// signedSize returns how long the signed part of a quote is.
func signedSize(quote []byte) int {
	if quote[0] == tdx.Version5 {
		return tdx.HeaderSize + 6 + int(tdx.Body(quote[tdx.HeaderSize]).Size())
	}
	return tdx.HeaderSize + tdx.ReportSize
}

// add16 and add32 return edits that add to a length in the signature data.
func add16(at int, n uint16) Flaws {
	return onQuote(func(q []byte) []byte {
		field := q[signedSize(q)+at:]
		binary.LittleEndian.PutUint16(field, binary.LittleEndian.Uint16(field)+n)
		return q
	})
}

func add32(at int, n uint32) Flaws {
	return onQuote(func(q []byte) []byte {
		field := q[signedSize(q)+at:]
		binary.LittleEndian.PutUint32(field, binary.LittleEndian.Uint32(field)+n)
		return q
	})
}

// lengthFlaws are in lengths, types and ends of the parts of a quote.
func lengthFlaws() (list []TDXFlaw) {
	for _, x := range []struct {
		name string
		at   int
		wide bool
	}{
		{"signature-data-size", 0, true}, {"certification-size", atCertSize, true}, {"auth-data-size", atAuthSize, false}, {"chain-size", atInnerSize, true},
	} {
		for name, n := range map[string]uint32{"one-less": 0xffffffff, "one-more": 1, "far-more": 0x7fffff00} {
			f := add32(x.at, n)
			if !x.wide {
				f = add16(x.at, uint16(n))
			}
			list = append(list, tdxFlaw("AT-09", x.name+"-"+name, f, "The %s is %s than it is.", x.name, name))
		}
	}
	sortFlaws(list)
	for _, k := range []uint16{0, 1, 2, 3, 4, 5, 7, 8, 0x106, 0xffff} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("certification-type-%d", k), onQuote(func(q []byte) []byte {
			binary.LittleEndian.PutUint16(q[signedSize(q)+atCertType:], k)
			return q
		}), "What certifies the attestation key is said to be of type %d.", k))
	}
	for _, k := range []uint16{0, 1, 2, 3, 4, 6, 7, 8, 0x105, 0xffff} {
		list = append(list, tdxFlaw("AT-09", fmt.Sprintf("chain-type-%d", k), onQuote(func(q []byte) []byte {
			binary.LittleEndian.PutUint16(q[signedSize(q)+atInnerType:], k)
			return q
		}), "The certificate chain is said to be of type %d.", k))
	}
	return append(list, truncations()...)
}

func truncations() (list []TDXFlaw) {
	cut := func(name string, at func(q []byte) int) {
		list = append(list, tdxFlaw("AT-09", "quote-cut-"+name, onQuote(func(q []byte) []byte { return q[:at(q)] }), "The quote ends early: %s.", name))
	}
	cut("to-nothing", func([]byte) int { return 0 })
	cut("in-header", func([]byte) int { return 20 })
	cut("after-header", func([]byte) int { return tdx.HeaderSize })
	cut("in-report", func([]byte) int { return 400 })
	cut("after-report", signedSize)
	cut("in-signature", func(q []byte) int { return signedSize(q) + 30 })
	cut("after-key", func(q []byte) int { return signedSize(q) + atCertType })
	cut("in-qe-report", func(q []byte) int { return signedSize(q) + atQEReport + 100 })
	cut("after-qe-report", func(q []byte) int { return signedSize(q) + atQEReport + tdx.QEReportSize })
	cut("before-chain", func(q []byte) int { return signedSize(q) + atChain })
	cut("by-one-byte", func(q []byte) int { return len(q) - 1 })
	more := func(name, says string, bytes ...byte) {
		list = append(list, tdxFlaw("AT-09", "quote-and-"+name, onQuote(func(q []byte) []byte { return append(q, bytes...) }), "%s", says))
	}
	more("a-byte", "A byte follows the quote.", 1)
	more("zeros-and-a-byte", "Zeros and a byte follow the quote.", 0, 0, 0, 1)
	more("text", "A text follows the quote.", []byte("-----BEGIN")...)
	return append(list, tdxFlaw("AT-09", "quote-too-long", onQuote(func(q []byte) []byte { return append(q, make([]byte, 64<<10)...) }),
		"The quote is followed by more zeros than any buffer has."))
}
