// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"fmt"
	"time"

	"github.com/escrin/escrin/contracts/tdxcollateral"
)

// Errors of the contract, and acceptance.
const (
	accepted          = ""
	documentMalformed = "DocumentMalformed(uint256)"
	derMalformed      = "DerMalformed()"
	listMalformed     = "ListMalformed()"
	notIssued         = "NotIssued()"
	notIssuedYet      = "NotIssuedYet(uint64)"
	expired           = "Expired(uint64)"
	notNewer          = "NotNewer(uint256,uint64)"
	issuerMissing     = "IssuerMissing(uint8)"
	certRevoked       = "CertificateRevoked(bytes32)"
	certMalformed     = "CertificateMalformed()"
	certMisplaced     = "CertificateMisplaced()"
	certUnissued      = "CertificateUnissued()"
)

// cases are calls to a contract that has the base collateral, or knows only its root,
// and what they come to. Lists are in the same order.
type cases struct {
	Root  hexBytes   `json:"root"`
	Time  int64      `json:"time"`
	Base  []hexBytes `json:"calls"`
	FMSPC hexBytes   `json:"fmspc"`
	Names []string   `json:"names"`
	Calls []hexBytes `json:"cases"`
	// Terms are the time (8 bytes), 1 on a contract that knows only its root (1), and the error's selector, zero if it
	// is accepted (4); 32 bytes.
	Terms []hexBytes `json:"terms"`
}

// builder collects cases; the first error stays.
type builder struct {
	cases
	pki pki
	err error
}

// add adds a call at the usual time.
func (b *builder) add(name string, call tdxcollateral.Call, failure string) {
	b.addAt(now(), name, call, failure)
}

func (b *builder) addAt(at time.Time, name string, call tdxcollateral.Call, failure string) {
	b.put(name, call, at, 0, failure)
}

// addFresh adds a call to a contract that knows only its root.
func (b *builder) addFresh(name string, call tdxcollateral.Call, failure string) {
	b.put(name, call, now(), 1, failure)
}

func (b *builder) put(name string, call tdxcollateral.Call, at time.Time, fresh byte, failure string) {
	terms := make([]byte, 32)
	for i := range 8 {
		terms[i] = byte(at.Unix() >> (56 - 8*i))
	}
	terms[8] = fresh
	if failure != accepted {
		selector := keccak([]byte(failure))
		copy(terms[9:], selector[:4])
	}
	b.Names = append(b.Names, name)
	b.Calls = append(b.Calls, call.Data)
	b.Terms = append(b.Terms, terms)
}

// must returns v, and keeps the error.
func must[T any](b *builder) func(T, error) T {
	return func(v T, err error) T {
		if b.err == nil && err != nil {
			b.err = err
		}
		return v
	}
}

// newCases returns all cases.
func newCases(p pki) (cases, error) {
	b := &builder{pki: p}
	bundle, err := p.bundle([]byte(baseInfo), []byte(baseIdentity), nil)
	if err != nil {
		return cases{}, err
	}
	root, err := tdxcollateral.NewRoot(p.root.cert)
	if err != nil {
		return cases{}, err
	}
	b.Root, b.Time, b.FMSPC = root.Encode(), now().Unix(), hexBytes{0x90, 0xc0, 0x6f, 0, 0, 0}
	for _, call := range tdxcollateral.Calls(bundle, p.platformCA.cert.Raw) {
		b.Base = append(b.Base, call.Data)
	}
	b.documents()
	b.editions()
	b.signatures()
	b.lists()
	b.certificates()
	if b.err != nil {
		return cases{}, fmt.Errorf("make cases: %w", b.err)
	}
	return b.cases, nil
}
