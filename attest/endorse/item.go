// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"

	"github.com/escrin/escrin/attest/kds"
)

// Technology is the kind of enclave that a document of Intel's is about.
type Technology string

// The technologies.
const (
	SGX Technology = "sgx"
	TDX Technology = "tdx"
)

// CA is one of the two authorities that issue PCK certificates.
type CA string

// The authorities.
const (
	PlatformCA  CA = "platform"
	ProcessorCA CA = "processor"
)

// kind is what sort of thing an Item is.
type kind uint8

const (
	tcbInfo kind = iota + 1
	qeIdentity
	pckCRL
	rootCRL
	amdChain
	amdCRL
	amdVCEK
)

// source is a service, or a part of one, with a pace of its own.
type source string

const (
	intelAPI  source = "intel"
	intelFile source = "intel-crl"
	amdAPI    source = "amd"      // chains and lists: few, and everybody needs them
	amdChips  source = "amd-vcek" // certificates of chips: as many as anybody asks for
)

// Item names one thing that a vendor publishes. Items are comparable; the zero
// Item is none.
type Item struct {
	kind       kind
	technology Technology
	fmspc      [6]byte
	ca         CA
	product    kds.Product
	signer     kds.Signer
	hwid       string // in lower-case hexadecimal digits
	tcb        kds.TCB
	least      uint32
}

// TCBInfo is the TCB info of a platform family.
func TCBInfo(t Technology, fmspc [6]byte) Item {
	return Item{kind: tcbInfo, technology: t, fmspc: fmspc}
}

// QEIdentity is the identity of Intel's quoting enclave.
func QEIdentity(t Technology) Item { return Item{kind: qeIdentity, technology: t} }

// PCKCRL is the revocation list of an authority for PCK certificates.
func PCKCRL(ca CA) Item { return Item{kind: pckCRL, ca: ca} }

// RootCRL is the revocation list of Intel's root.
func RootCRL() Item { return Item{kind: rootCRL} }

// AMDChain is the certificate of AMD's intermediate authority for a product and
// a kind of key (ASK or ASVK), and of the product's root (ARK).
func AMDChain(p kds.Product, s kds.Signer) Item {
	return Item{kind: amdChain, product: p, signer: s}
}

// AMDCRL is the revocation list of a product's root for a kind of key.
func AMDCRL(p kds.Product, s kds.Signer) Item {
	return Item{kind: amdCRL, product: p, signer: s}
}

// VCEK is the certificate of the key with which one chip signs reports while its
// firmware has this version. A chip id of another size than the product's, and a
// version that the product cannot have, are errors.
func VCEK(p kds.Product, hwid []byte, tcb kds.TCB) (Item, error) {
	if !p.Valid() || len(hwid) != p.HWIDSize() {
		return Item{}, fmt.Errorf("name VCEK: chip id of %d bytes is none of product %q", len(hwid), string(p))
	}
	if _, err := kds.JoinTCB(p, tcb); err != nil {
		return Item{}, fmt.Errorf("name VCEK: %w", err)
	}
	return Item{kind: amdVCEK, product: p, signer: kds.VCEK, hwid: hex.EncodeToString(hwid), tcb: tcb}, nil
}

// AtLeast asks for a TCB info or QE identity with this TCB evaluation data number
// or a higher one. It is the same item: what is fetched takes the older one's
// place, for everybody. Other items have no such number and stay as they are.
func (i Item) AtLeast(number uint32) Item {
	if i.numbered() {
		i.least = number
	}
	return i
}

// String returns the path of the item, unique among items.
func (i Item) String() string {
	switch i.kind {
	case tcbInfo:
		return fmt.Sprintf("%s/tcb/%x", i.technology, i.fmspc)
	case qeIdentity:
		return fmt.Sprintf("%s/qe/identity", i.technology)
	case pckCRL:
		return fmt.Sprintf("sgx/pckcrl/%s", i.ca)
	case rootCRL:
		return "sgx/rootcacrl"
	}
	path, query := i.pathAMD()
	if path == "" {
		return "nothing"
	}
	if query != "" {
		return path + "?" + query
	}
	return path
}

// pathAMD returns where the item is below the service's address.
func (i Item) pathAMD() (path, query string) {
	base := fmt.Sprintf("vcek/v1/%s/", i.product)
	if i.signer == kds.VLEK {
		base = fmt.Sprintf("vlek/v1/%s/", i.product)
	}
	switch i.kind {
	case amdChain:
		return base + "cert_chain", ""
	case amdCRL:
		return base + "crl", ""
	case amdVCEK:
		return base + i.hwid, i.queryTCB()
	}
	return "", ""
}

// queryTCB is the firmware version in the words of the key service. Turin's has
// one part more.
func (i Item) queryTCB() string {
	t := i.tcb
	query := fmt.Sprintf("blSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d", t.Bootloader, t.TEE, t.SNP, t.Microcode)
	if i.product == kds.Turin {
		query = fmt.Sprintf("fmcSPL=%d&", t.FMC) + query
	}
	return query
}

// lasting reports whether the item never changes: it is cached until its issuer is
// revoked.
func (i Item) lasting() bool { return i.kind == amdVCEK || i.kind == amdChain }

// numbered reports whether the item can be asked for by its TCB evaluation data
// number.
func (i Item) numbered() bool { return i.kind == tcbInfo || i.kind == qeIdentity }

// source returns the service that has the item.
func (i Item) source() source {
	switch i.kind {
	case tcbInfo, qeIdentity, pckCRL:
		return intelAPI
	case rootCRL:
		return intelFile
	case amdVCEK:
		return amdChips
	}
	return amdAPI
}

// service returns the sources of the same service, which asks for patience for all.
func (s source) service() []source {
	if s == amdAPI || s == amdChips {
		return []source{amdAPI, amdChips}
	}
	return []source{s}
}

// location returns the address of the item, with the given TCB evaluation data
// number unless that is 0.
func (i Item) location(u URLs, number uint32) string {
	query := url.Values{}
	if number != 0 && i.numbered() {
		query.Set("tcbEvaluationDataNumber", strconv.FormatUint(uint64(number), 10))
	}
	base := fmt.Sprintf("%s/%s/certification/v4/", u.Intel, i.technology)
	switch i.kind {
	case tcbInfo:
		query.Set("fmspc", hex.EncodeToString(i.fmspc[:]))
		return base + "tcb?" + query.Encode()
	case qeIdentity:
		if len(query) == 0 {
			return base + "qe/identity"
		}
		return base + "qe/identity?" + query.Encode()
	case pckCRL:
		return fmt.Sprintf("%s/sgx/certification/v4/pckcrl?ca=%s&encoding=der", u.Intel, i.ca)
	case rootCRL:
		return u.IntelRootCRL
	}
	return u.AMD + "/" + i.String()
}

// chainHeader is the name of the header in which the item's issuers come, or
// empty if they come otherwise.
func (i Item) chainHeader() string {
	switch i.kind {
	case tcbInfo:
		return "TCB-Info-Issuer-Chain"
	case qeIdentity:
		return "SGX-Enclave-Identity-Issuer-Chain"
	case pckCRL:
		return "SGX-PCK-CRL-Issuer-Chain"
	}
	return ""
}

// media returns the content types in which the item usually comes, and its
// greatest size in bytes.
func (i Item) media() (types []string, limit int64) {
	const list, certificate = 128 << 10, 4 << 10
	lists := []string{"application/pkix-crl", "application/x-pkcs7-crl", "application/octet-stream", "binary/octet-stream"}
	switch i.kind {
	case tcbInfo, qeIdentity:
		return []string{"application/json"}, list
	case pckCRL:
		return lists, list
	case rootCRL: // a file on a web server, named .der
		return append(lists, "application/x-x509-ca-cert"), list
	case amdCRL:
		return lists, list
	case amdChain:
		return []string{"application/x-pem-file", "application/pem-certificate-chain", "application/octet-stream", "text/plain"}, 4 * certificate
	case amdVCEK:
		return []string{"application/pkix-cert", "application/x-x509-ca-cert", "application/octet-stream"}, certificate
	}
	return nil, 0
}
