// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/platform"
	"github.com/escrin/escrin/enclaver/release"
)

// The kinds of policies, as the contract numbers them.
const (
	byMeasurements = 1
	byAuthor       = 2
	byIDBlock      = 3
)

// policy: what the keyholders certified is what the identity's policy asked for at that time.
func (a *auditor) policy() (string, error) {
	p, permit := a.record.Ledger.Policy, a.record.Ledger.Permit
	if p.Kind == 0 {
		return "", errors.New("the identity had no policy when the permit was given")
	}
	named, err := a.named()
	if err != nil {
		return "", err
	}
	switch {
	case permit.Duration > p.MaxDuration:
		return "", fmt.Errorf("the permit was asked for %d s, the policy allows %d s", permit.Duration, p.MaxDuration)
	case p.Block > permit.Block:
		return "", fmt.Errorf("the policy was set in block %d, after the permit in block %d", p.Block, permit.Block)
	case !a.reachesFloor():
		return "", fmt.Errorf("the certified platform 0x%x is below the floor of the policy", permit.Findings.Platform)
	}
	return fmt.Sprintf("%s, since block %d", named, p.Block), nil
}

// named says by what the policy named the enclave that got the permit.
func (a *auditor) named() (string, error) {
	p, permit := a.record.Ledger.Policy, a.record.Ledger.Permit
	switch p.Kind {
	case byMeasurements:
		if p.MeasurementRoot != permit.MeasurementRoot {
			return "", fmt.Errorf("the identity's policy named measurement root 0x%x, the permit was given for 0x%x", p.MeasurementRoot, permit.MeasurementRoot)
		}
		return fmt.Sprintf("measurement root 0x%x", p.MeasurementRoot), nil
	case byAuthor:
		return a.released()
	case byIDBlock:
		return a.blocked()
	}
	return "", fmt.Errorf("the identity's policy is of the unknown kind %d", p.Kind)
}

// released: the policy's author signed the measurement root of the permit, in a version that the policy takes.
func (a *auditor) released() (string, error) {
	p, permit := a.record.Ledger.Policy, a.record.Ledger.Permit
	if permit.Release == nil {
		return "", errors.New("the identity's policy named an author, the permit was given without a release")
	}
	r, err := release.FromWords(permit.MeasurementRoot, permit.Release)
	if err != nil {
		return "", err
	}
	author, err := r.Author()
	switch {
	case err != nil:
		return "", err
	case author != p.Author:
		return "", fmt.Errorf("measurement root 0x%x was released by 0x%x, the identity's policy named author 0x%x", r.MeasurementRoot, author, p.Author)
	case r.Version < p.MinVersion:
		return "", fmt.Errorf("the release is version %d, the identity's policy wanted version %d at least", r.Version, p.MinVersion)
	}
	return fmt.Sprintf("author 0x%x released measurement root 0x%x as version %d", author, r.MeasurementRoot, r.Version), nil
}

// blocked: the hardware says that the policy's author key vouches for the guest, in a version that the policy takes. That the
// evidence says so is for the check of the platform to find.
func (a *auditor) blocked() (string, error) {
	p, found := a.record.Ledger.Policy, a.record.Ledger.Permit.Findings
	word := platform.Word(found.Platform)
	switch {
	case word.TEE() != attest.SNP:
		return "", errors.New("the identity's policy named an author key, which evidence of SEV-SNP alone has")
	case p.AuthorKey == [32]byte{} || found.Author != p.AuthorKey:
		return "", fmt.Errorf("the guest's author key is 0x%x, the identity's policy named 0x%x", found.Author, p.AuthorKey)
	case word.GuestSVN() < p.MinVersion:
		return "", fmt.Errorf("the guest has SVN %d, the identity's policy wanted %d at least", word.GuestSVN(), p.MinVersion)
	}
	return fmt.Sprintf("author key 0x%x vouched for a guest with SVN %d", p.AuthorKey, word.GuestSVN()), nil
}

// reachesFloor: the certified platform is good enough for the policy, which refuses a vendor by a floor of zero.
func (a *auditor) reachesFloor() bool {
	p, word := a.record.Ledger.Policy, platform.Word(a.record.Ledger.Permit.Findings.Platform)
	floor := p.TDXFloor
	if word.TEE() == attest.SNP {
		floor = p.SNPFloor
	}
	return floor != 0 && platform.Reaches(word.TEE(), word.TCB(), floor)
}

// root is the measurement root that the registers must be under: the policy's own or, if that names an author, the one that
// the permit was given for, which "policy" held against the author's word.
func (a *auditor) root() [32]byte {
	if p := a.record.Ledger.Policy; p.Kind == byMeasurements {
		return p.MeasurementRoot
	}
	return a.record.Ledger.Permit.MeasurementRoot
}
