// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// madeInfo writes a TCB info of Intel's form that nobody published: some levels, some
// modules, everything in them by chance.
func madeInfo(d *dice) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"id":"TDX","version":3,"issueDate":"2026-02-18T%02d:%02d:%02dZ","nextUpdate":"2026-03-%02dT00:00:00Z",`,
		d.below(24), d.below(60), d.below(60), 1+d.below(31))
	fmt.Fprintf(&b, `"fmspc":"%s","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":%d,`, digits(d, 6), 1+d.below(1<<20))
	fmt.Fprintf(&b, `"tdxModule":{%s}`, module(d))
	if n := d.below(4); n > 0 {
		b.WriteString(`,"tdxModuleIdentities":[`)
		for i := range n {
			fmt.Fprintf(&b, `%s{"id":"TDX_%02X",%s,"tcbLevels":%s}`, comma(i), i+1+d.below(2)*16, module(d), svnLevels(d))
		}
		b.WriteString("]")
	}
	b.WriteString(`,"tcbLevels":[`)
	for i := range 1 + d.below(6) {
		fmt.Fprintf(&b, `%s{"tcb":{"sgxtcbcomponents":%s,"pcesvn":%d,"tdxtcbcomponents":%s},%s}`,
			comma(i), components(d), d.below(4), components(d), verdict(d))
	}
	b.WriteString("]}")
	return b.String()
}

// madeIdentity writes such a QE identity.
func madeIdentity(d *dice) string {
	mask := digits(d, 16)
	attributes := []byte(strings.Repeat("0", 32))
	for i := range attributes {
		if mask[i] == 'F' {
			attributes[i] = "0123456789ABCDEF"[d.below(16)]
		}
	}
	return fmt.Sprintf(`{"id":"TD_QE","version":2,"issueDate":"2026-02-18T10:42:15Z","nextUpdate":"2026-03-20T10:42:15Z",`+
		`"tcbEvaluationDataNumber":%d,"miscselect":"00000000","miscselectMask":"%s","attributes":"%s","attributesMask":"%s",`+
		`"mrsigner":"%s","isvprodid":%d,"tcbLevels":%s}`,
		1+d.below(1<<20), digits(d, 4), attributes, mask, digits(d, 32), d.below(1<<16), svnLevels(d))
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// digits are n bytes in hexadecimal.
func digits(d *dice, n int) string {
	b := make([]byte, n)
	d.Read(b)
	return fmt.Sprintf("%X", b)
}

func module(d *dice) string {
	if d.below(2) == 0 {
		return fmt.Sprintf(`"mrsigner":"%096d","attributes":"%016d","attributesMask":"FFFFFFFFFFFFFFFF"`, 0, 0)
	}
	return fmt.Sprintf(`"mrsigner":"%s","attributes":"%s","attributesMask":"%s"`, digits(d, 48), digits(d, 8), digits(d, 8))
}

func components(d *dice) string {
	var all []string
	for i := range 16 {
		svn := 0
		if i < 4 {
			svn = d.below(3)
		} else if d.below(100) == 0 {
			svn = d.below(256)
		}
		switch d.below(3) {
		case 0:
			all = append(all, fmt.Sprintf(`{"svn":%d}`, svn))
		case 1:
			all = append(all, fmt.Sprintf(`{"svn":%d,"category":"OS/VMM"}`, svn))
		default:
			all = append(all, fmt.Sprintf(`{"svn":%d,"category":"BIOS","type":"%s"}`, svn, strings.Repeat("x ", d.below(32))))
		}
	}
	return "[" + strings.Join(all, ",") + "]"
}

func svnLevels(d *dice) string {
	var all []string
	for n := 1 + d.below(4); n > 0; n-- {
		all = append(all, fmt.Sprintf(`{"tcb":{"isvsvn":%d},%s}`, 2*n-d.below(2), verdict(d)))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func verdict(d *dice) string {
	date := time.Unix(int64(d.below(1<<24))*100, 0).UTC().Format(time.RFC3339)
	status := collateral.Status(1 + d.below(7))
	advisories := []string{"", `,"advisoryIDs":[]`, `,"advisoryIDs":["INTEL-SA-00106"]`, `,"advisoryIDs":["INTEL-SA-00106","INTEL-SA-00115"]`}
	return fmt.Sprintf(`"tcbDate":"%s","tcbStatus":"%s"%s`, date, status, advisories[d.below(4)])
}

// made is a world under the root of this package.
func (p pki) made(name string) (w world, err error) {
	d := newDice(name)
	var revoked []*big.Int
	for range d.below(12) {
		serial := make([]byte, 1+d.below(20))
		d.Read(serial)
		if n := new(big.Int).SetBytes(serial); n.Sign() > 0 {
			revoked = append(revoked, n)
		}
	}
	b, err := p.bundle([]byte(madeInfo(d)), []byte(madeIdentity(d)), revoked)
	if err != nil {
		return w, err
	}
	pck := new(big.Int).SetBytes([]byte(name))
	return newWorld(source{name, b, p.root.cert, p.platformCA.cert, pck, now().Unix()}, d)
}

// bundle signs two documents, and lists of which that of the platform CA revokes
// some certificates.
func (p pki) bundle(info, identity []byte, revoked []*big.Int) (b collateral.Bundle, err error) {
	if b.TCBInfo, err = p.signer.key.signJSON(info); err != nil {
		return b, err
	}
	if b.QEIdentity, err = p.signer.key.signJSON(identity); err != nil {
		return b, err
	}
	if b.RootCRL, err = p.root.list(nil, nil); err != nil {
		return b, err
	}
	b.PlatformCRL, err = p.platformCA.list(revoked, nil)
	b.TCBSigner = p.signer.cert.Raw
	return b, err
}
