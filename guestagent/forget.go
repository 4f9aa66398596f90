// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"runtime/debug"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

// forget overwrites the attempt's secrets, so far as they can be found, and gives the memory of the rest back to the kernel, which
// overwrites it. What cannot be found are strings (variables, the capability), and what libraries derived
// for one operation: the keys of an envelope, the channel key's halves.
func (a *attempt) forget() {
	a.keys.requester.Wipe()
	clear(a.keys.channelPriv)
	for name := range a.inputKeys {
		a.inputKeys[name] = curve.G1{} // in its place
	}
	for _, secret := range a.secrets {
		clear(secret)
	}
	for _, file := range a.additions.Files {
		clear(file.Content)
	}
	clear(a.output.stdout)
	clear(a.output.stderr)
	*a = attempt{life: a.life}
	debug.FreeOSMemory()
}

// openSealed opens what is sealed under a key that was recovered: into one place, so that no copy stays behind of a buffer that grew.
func (a *attempt) openSealed(sealed []byte, name keyname.Name) ([]byte, error) {
	plain, err := envelope.OpenWithKey(bytes.NewReader(sealed), a.inputKeys[name], name)
	if err != nil {
		return nil, err
	}
	to := bytes.NewBuffer(make([]byte, 0, len(sealed)+bytes.MinRead))
	if _, err := to.ReadFrom(plain); err != nil {
		clear(to.Bytes())
		return nil, err
	}
	return to.Bytes(), nil
}

// extended is said with more behind it. Where it grew, what it was before is overwritten.
func extended(said, more []byte) []byte {
	if need := len(said) + len(more); need > cap(said) {
		longer := append(make([]byte, 0, max(need, 2*cap(said))), said...)
		clear(said)
		said = longer
	}
	return append(said, more...)
}
