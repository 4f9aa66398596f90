// SPDX-License-Identifier: Apache-2.0

package kds

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// Chip is what the certificate of a VCEK or VLEK says about the platform whose
// reports the key signs (section 3.1 of the specification).
type Chip struct {
	Signer   Signer
	Product  Product
	Stepping string // such as "B0"; AMD leaves it out of most certificates
	HWID     []byte // of a VCEK: the chip's id, of the product's HWIDSize
	CSPID    string // of a VLEK: the cloud provider
	TCB      TCB
}

// The parts of AMD's arc of object identifiers that certificates use, below
// 1.3.6.1.4.1.3704.1.
const (
	partVersion  = 1
	partProduct  = 2
	partTCB      = 3 // and below it the parts that follow
	partHWID     = 4
	partCSPID    = 5
	tcbBoot      = 1
	tcbTEE       = 2
	tcbSNP       = 3
	tcbReserved4 = 4
	tcbReserved7 = 7
	tcbMicrocode = 8
	tcbFMC       = 9
)

// maxStructure is the newest version of the extensions that is known. Those of
// Turin are the first of version 1.
const maxStructure = 1

// The flaws of AMD's extensions.
const (
	flawStructure flaw.Flaw = "structure" // of an unknown version
	flawMissing   flaw.Flaw = "missing"
	flawTwice     flaw.Flaw = "twice"
	flawUnknown   flaw.Flaw = "unknown"
	flawNumber    flaw.Flaw = "number"
	flawReserved  flaw.Flaw = "reserved"
	flawText      flaw.Flaw = "text"
	flawHWID      flaw.Flaw = "hwid"
	flawHolder    flaw.Flaw = "holder"
)

// maxText bounds a text, in bytes: its length then has one byte in DER.
const maxText = 127

func oidAMD(tail ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1}, tail...)
}

// ParseChip reads AMD's extensions of a certificate. It says nothing about who
// issued the certificate. An extension of AMD's that is unknown, missing, twice
// there, or not plain DER is an error; so is one that belongs to another product
// or to the other kind of key.
func ParseChip(cert *x509.Certificate) (Chip, error) {
	found := extensions{}
	for _, e := range cert.Extensions {
		if arc := oidAMD(); len(e.Id) < len(arc) || !e.Id[:len(arc)].Equal(arc) {
			continue
		}
		id := e.Id.String()
		if _, twice := found[id]; twice {
			return Chip{}, flaw.New(flawTwice, fmt.Errorf("parse chip: extension %v occurs twice", id))
		}
		found[id] = e.Value
	}
	c, err := found.chip()
	if err != nil {
		return Chip{}, fmt.Errorf("parse chip: %w", err)
	}
	return c, nil
}

// extensions are AMD's extensions of a certificate that have not been read yet,
// by object identifier.
type extensions map[string][]byte

func (e extensions) chip() (c Chip, err error) {
	version, err := e.number(partVersion)
	switch {
	case err != nil:
		return Chip{}, err
	case version > maxStructure:
		return Chip{}, flaw.New(flawStructure, fmt.Errorf("structure of version %d is unknown", version))
	}
	name, err := e.text(partProduct)
	if err != nil {
		return Chip{}, err
	}
	if c.Product, c.Stepping, err = parseProductName(name); err != nil {
		return Chip{}, err
	}
	if err := e.readHolder(&c); err != nil {
		return Chip{}, err
	}
	if c.TCB, err = e.readTCB(c.Product); err != nil {
		return Chip{}, err
	}
	for id := range e {
		return Chip{}, flaw.New(flawUnknown, fmt.Errorf("extension %v is unknown", id))
	}
	return c, nil
}

// readHolder reads whose key it is: a chip's or a provider's.
func (e extensions) readHolder(c *Chip) (err error) {
	ofProvider := e.has(partCSPID)
	switch {
	case e.has(partHWID) == ofProvider:
		return flaw.New(flawHolder, errors.New("not exactly one of chip id and provider id"))
	case ofProvider:
		c.Signer = VLEK
		if c.CSPID, err = e.text(partCSPID); err == nil && c.CSPID == "" {
			return flaw.New(flawText, errors.New("provider id is empty"))
		}
		return err
	}
	c.Signer = VCEK
	c.HWID, err = e.octets(partHWID, c.Product.HWIDSize())
	return err
}

func (e extensions) readTCB(p Product) (t TCB, err error) {
	l, err := layoutOf(p)
	if err != nil {
		return TCB{}, err
	}
	var numbers [tcbFMC + 1]uint8
	for n := tcbBoot; n <= tcbFMC; n++ {
		if n == tcbFMC && l.fmc < 0 {
			break
		}
		reserved := n >= tcbReserved4 && n <= tcbReserved7
		if reserved && !e.has(partTCB, n) {
			continue
		}
		if numbers[n], err = e.number(partTCB, n); err != nil {
			return TCB{}, err
		}
		if reserved && numbers[n] != 0 {
			return TCB{}, flaw.New(flawReserved, fmt.Errorf("reserved TCB part %d is %d", n, numbers[n]))
		}
	}
	return TCB{
		Bootloader: numbers[tcbBoot], TEE: numbers[tcbTEE], SNP: numbers[tcbSNP], Microcode: numbers[tcbMicrocode], FMC: numbers[tcbFMC],
	}, nil
}

func (e extensions) has(at ...int) bool {
	_, ok := e[oidAMD(at...).String()]
	return ok
}

// take returns the value of an extension, once.
func (e extensions) take(at ...int) ([]byte, error) {
	id := oidAMD(at...).String()
	value, ok := e[id]
	if !ok {
		return nil, flaw.New(flawMissing, fmt.Errorf("extension %s is missing", id))
	}
	delete(e, id)
	return value, nil
}

// untag returns the contents of a DER value of at most maxText bytes, or false
// if there is no such value, and nothing else, in der.
func untag(tag byte, der []byte) ([]byte, bool) {
	if len(der) < 2 || der[0] != tag || der[1] > maxText || int(der[1]) != len(der)-2 {
		return nil, false
	}
	return der[2:], true
}

// number reads a number below 256.
func (e extensions) number(at ...int) (uint8, error) {
	value, err := e.take(at...)
	if err != nil {
		return 0, err
	}
	n, ok := untag(asn1.TagInteger, value)
	switch {
	case ok && len(n) == 1 && n[0] < 0x80:
		return n[0], nil
	case ok && len(n) == 2 && n[0] == 0 && n[1] >= 0x80:
		return n[1], nil
	}
	return 0, flaw.New(flawNumber, fmt.Errorf("extension %v is not a number below 256", oidAMD(at...)))
}

// text reads printable ASCII of at most maxText bytes.
func (e extensions) text(at int) (string, error) {
	value, err := e.take(at)
	if err != nil {
		return "", err
	}
	text, ok := untag(asn1.TagIA5String, value)
	if !ok {
		return "", flaw.New(flawText, fmt.Errorf("extension %v is not a text of up to %d bytes", oidAMD(at), maxText))
	}
	for _, c := range text {
		if c < 0x20 || c > 0x7e {
			return "", flaw.New(flawText, fmt.Errorf("extension %v is not printable", oidAMD(at)))
		}
	}
	return string(text), nil
}

// octets reads n bytes, with their tag or, as AMD writes them, without.
func (e extensions) octets(at, n int) ([]byte, error) {
	value, err := e.take(at)
	if err != nil {
		return nil, err
	}
	if tagged, ok := untag(asn1.TagOctetString, value); ok && len(value) != n {
		value = tagged
	}
	if len(value) != n {
		return nil, flaw.New(flawHWID, fmt.Errorf("extension %v is not a string of %d bytes", oidAMD(at), n))
	}
	return bytes.Clone(value), nil
}
