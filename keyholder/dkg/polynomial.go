// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// Polynomial is what a dealer draws for one session. It is secret; store it
// before anything that rests on it is posted. The zero value deals nothing.
type Polynomial struct {
	coefficients []curve.Scalar // constant term first
}

// Draw returns a random polynomial for a session. oldShare is the dealer's share
// of the previous epoch, or nil when a key is made.
func Draw(rand io.Reader, s Session, oldShare *curve.Scalar) (Polynomial, error) {
	if err := s.Validate(); err != nil {
		return Polynomial{}, fmt.Errorf("draw polynomial: %w", err)
	}
	if (oldShare != nil) != (s.Previous != nil) {
		return Polynomial{}, errors.New("draw polynomial: a share is needed to hand a key on, and only then")
	}
	var p Polynomial
	for range s.Threshold {
		c, err := curve.RandomScalar(rand)
		if err != nil {
			return Polynomial{}, fmt.Errorf("draw polynomial: %w", err)
		}
		p.coefficients = append(p.coefficients, c)
	}
	if oldShare != nil {
		p.coefficients[0] = *oldShare
	}
	return p, nil
}

// Marshal returns the coefficients, 32 bytes each. The result is secret.
func (p Polynomial) Marshal() []byte {
	var out []byte
	for _, c := range p.coefficients {
		b := c.Bytes()
		out = append(out, b[:]...)
	}
	return out
}

// ParsePolynomial reads what Marshal wrote.
func ParsePolynomial(b []byte) (Polynomial, error) {
	count := len(b) / curve.ScalarSize
	if len(b)%curve.ScalarSize != 0 || count < 2 || count > keyholder.MaxHolders {
		return Polynomial{}, errors.New("parse polynomial: wrong size")
	}
	var p Polynomial
	for k := range count {
		c, err := curve.ScalarFromBytes(b[k*curve.ScalarSize : (k+1)*curve.ScalarSize])
		if err != nil {
			return Polynomial{}, fmt.Errorf("parse polynomial: coefficient %d: %w", k, err)
		}
		p.coefficients = append(p.coefficients, c)
	}
	return p, nil
}

// at returns the value at x by Horner's rule.
func (p Polynomial) at(x uint32) curve.Scalar {
	at := curve.ScalarFromIndex(x)
	var sum curve.Scalar
	for k := len(p.coefficients) - 1; k >= 0; k-- {
		sum = sum.Mul(at).Add(p.coefficients[k])
	}
	return sum
}

// check reports whether p can be dealer's in s.
func (p Polynomial) check(s Session, dealer uint32) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if err := s.checkDealer(dealer); err != nil {
		return err
	}
	if len(p.coefficients) != s.Threshold {
		return errors.New("polynomial is of another threshold")
	}
	return nil
}

// Deal returns the dealing of a dealer. keys are the members' HPKE keys by
// index-1. Without all of them, ErrKey, nothing may be dealt: who gets no sub-share
// has to complain, and the answer makes its sub-share public.
func (p Polynomial) Deal(rand io.Reader, s Session, dealer uint32, keys [][]byte) ([]byte, error) {
	if err := p.check(s, dealer); err != nil {
		return nil, fmt.Errorf("deal: %w", err)
	}
	if len(keys) != len(s.Members) {
		return nil, fmt.Errorf("deal: %d keys for %d members", len(keys), len(s.Members))
	}
	constant := p.coefficients[0].Public()
	if s.Previous != nil && !constant.Equal(s.Previous.PublicShares[dealer-1]) {
		return nil, errors.New("deal: polynomial does not hand on our share")
	}
	out := raw(constant)
	for _, c := range p.coefficients[1:] {
		out = append(out, raw(c.Public())...)
	}
	proof, err := prove(rand, s, dealer, out, p.coefficients[0])
	if err != nil {
		return nil, fmt.Errorf("deal: %w", err)
	}
	out = append(out, proof...)
	for i, m := range s.Members {
		to := uint32(i) + 1
		sealed, err := seal(s, dealer, to, m, keys[i], p.at(to))
		if err != nil {
			return nil, fmt.Errorf("deal: seal to member %d: %w", to, err)
		}
		out = append(out, sealed...)
	}
	return out, nil
}

// Justify answers the complaints of members, ascending, about our dealing: it
// makes their sub-shares public.
func (p Polynomial) Justify(s Session, dealer uint32, complainants []uint32) ([]byte, error) {
	if err := p.check(s, dealer); err != nil {
		return nil, fmt.Errorf("justify: %w", err)
	}
	var out []byte
	last := uint32(0)
	for _, member := range complainants {
		if err := s.checkMember(member); err != nil || member <= last {
			return nil, errors.New("justify: members are not ascending")
		}
		value := p.at(member).Bytes()
		out = append(append(out, byte(member)), value[:]...)
		last = member
	}
	return out, nil
}

func raw(p curve.G2) []byte {
	b := p.Raw()
	return b[:]
}
