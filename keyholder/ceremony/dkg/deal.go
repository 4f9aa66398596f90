// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
)

const subShareInfo = "escrin dkg v1 sub-share"

// dealing is what a verified Deal gives us.
type dealing struct {
	commitments []curve.G2
	subShare    curve.Scalar
}

// Result is a member's outcome of the ceremony.
type Result struct {
	Share        curve.Scalar // secret
	GroupKey     curve.G2
	PublicShares []curve.G2 // by index-1
	Transcript   [32]byte
}

// publicPart returns our commitments and the proof that we know the constant
// term.
func (p *Participant) publicPart() []byte {
	var out []byte
	for _, c := range p.secrets.coefficients {
		b := curve.G2Generator().Mul(c).Bytes()
		out = append(out, b[:]...)
	}
	proof := p.possessionPoint(p.self, out[:curve.G2Size]).Mul(p.secrets.coefficients[0]).Bytes()
	return append(out, proof[:]...)
}

func (p *Participant) commitHash(author uint32, public []byte) [32]byte {
	b := append([]byte("escrin.dkg.v1.commit\x00"), p.session[:]...)
	b = binary.BigEndian.AppendUint32(b, author)
	return sha256.Sum256(append(b, public...))
}

func (p *Participant) possessionPoint(author uint32, constant []byte) curve.G1 {
	b := append([]byte(nil), p.session[:]...)
	b = binary.BigEndian.AppendUint32(b, author)
	return curve.HashToG1(curve.DSTPossession, append(b, constant...))
}

func (p *Participant) subShareContext(from, to uint32) []byte {
	b := append([]byte(nil), p.session[:]...)
	b = binary.BigEndian.AppendUint32(b, from)
	return binary.BigEndian.AppendUint32(b, to)
}

// deal returns the body of our Deal: public part, then one sealed sub-share for
// every member, ourselves included.
func (p *Participant) deal() ([]byte, error) {
	body := p.publicPart()
	for i := range p.params.Members {
		to := uint32(i) + 1
		value := evaluate(p.secrets.coefficients, to).Bytes()
		key := p.messages[Hello][i].Body[nonceSize:]
		sealed, err := envelope.Wrap(key, subShareInfo, p.subShareContext(p.self, to), value[:])
		if err != nil {
			return nil, err
		}
		body = append(body, sealed...)
	}
	return body, nil
}

// checkDeal verifies a dealing and keeps it. The caller checked signature,
// session and size.
func (p *Participant) checkDeal(m Message) error {
	publicSize := p.params.Threshold*curve.G2Size + curve.G1Size
	public, sealed := m.Body[:publicSize], m.Body[publicSize:]
	committed := p.commitHash(m.Author, public)
	if !bytes.Equal(p.messages[Commit][m.Author-1].Body, committed[:]) {
		return &Fault{m.Author, Deal, "commitments differ from the hash sent before"}
	}
	d, err := p.openDealing(m.Author, public, sealed)
	if err != nil {
		return &Fault{m.Author, Deal, err.Error()}
	}
	p.dealt[m.Author-1] = d
	return nil
}

func (p *Participant) openDealing(author uint32, public, sealed []byte) (dealing, error) {
	var d dealing
	for k := range p.params.Threshold {
		c, err := curve.G2FromBytes(public[k*curve.G2Size : (k+1)*curve.G2Size])
		if err != nil {
			return d, errors.New("commitment is not a valid point")
		}
		d.commitments = append(d.commitments, c)
	}
	proof, err := curve.G1FromBytes(public[p.params.Threshold*curve.G2Size:])
	if err != nil || !curve.Verify(proof, p.possessionPoint(author, public[:curve.G2Size]), d.commitments[0]) {
		return d, errors.New("proof of possession does not verify")
	}
	mine := sealed[int(p.self-1)*sealedSize : int(p.self)*sealedSize]
	plain, err := envelope.Unwrap(p.secrets.channelSeed, subShareInfo, p.subShareContext(author, p.self), mine)
	if err != nil {
		return d, errors.New("sub-share for us does not open")
	}
	if d.subShare, err = curve.ScalarFromBytes(plain); err != nil {
		return d, errors.New("sub-share for us is not a scalar")
	}
	if !curve.G2Generator().Mul(d.subShare).Equal(evaluateCommitments(d.commitments, p.self)) {
		return d, errors.New("sub-share for us contradicts the commitments")
	}
	return d, nil
}

// finish adds up what was dealt.
func (p *Participant) finish() error {
	r := Result{Share: p.dealt[0].subShare, Transcript: p.transcript()}
	sum := append([]curve.G2(nil), p.dealt[0].commitments...)
	for _, d := range p.dealt[1:] {
		r.Share = r.Share.Add(d.subShare)
		for k := range sum {
			sum[k] = sum[k].Add(d.commitments[k])
		}
	}
	r.GroupKey = sum[0]
	for _, m := range p.params.Members {
		r.PublicShares = append(r.PublicShares, evaluateCommitments(sum, m.Index))
	}
	if !curve.G2Generator().Mul(r.Share).Equal(r.PublicShares[p.self-1]) {
		return errors.New("ceremony: own share contradicts the public shares")
	}
	if _, err := curve.G2FromBytes(bytesOf(r.GroupKey)); err != nil {
		return errors.New("ceremony: group key is not a valid point")
	}
	p.result = &r
	return nil
}

func bytesOf(g curve.G2) []byte {
	b := g.Bytes()
	return b[:]
}

// evaluate returns the polynomial's value at x by Horner's rule.
func evaluate(coefficients []curve.Scalar, x uint32) curve.Scalar {
	at := curve.ScalarFromIndex(x)
	sum := coefficients[len(coefficients)-1]
	for k := len(coefficients) - 2; k >= 0; k-- {
		sum = sum.Mul(at).Add(coefficients[k])
	}
	return sum
}

// evaluateCommitments does the same in the exponent.
func evaluateCommitments(commitments []curve.G2, x uint32) curve.G2 {
	at := curve.ScalarFromIndex(x)
	sum := commitments[len(commitments)-1]
	for k := len(commitments) - 2; k >= 0; k-- {
		sum = sum.Mul(at).Add(commitments[k])
	}
	return sum
}
