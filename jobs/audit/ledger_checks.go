// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/plural"
)

// chain: the record is of the chain and the contracts that the caller trusts.
func (a *auditor) chain() (string, error) {
	l := a.record.Ledger
	switch {
	case a.trust.ChainID == 0 || a.trust.TaskHub == [20]byte{} || a.trust.Permitter == [20]byte{} || a.trust.Registry == [20]byte{}:
		return "", errors.New("no chain or contracts to trust were given")
	case l.ChainID != a.trust.ChainID:
		return "", fmt.Errorf("the endpoint serves chain %d, not chain %d", l.ChainID, a.trust.ChainID)
	case l.HubRegistry != a.trust.Registry:
		return "", fmt.Errorf("the task hub asks registry 0x%x, not 0x%x", l.HubRegistry, a.trust.Registry)
	}
	return fmt.Sprintf("chain %d, task hub 0x%x", l.ChainID, a.trust.TaskHub), nil
}

// task: the chain's record of the task and the events about it tell one story.
func (a *auditor) task() (string, error) {
	l := a.record.Ledger
	t := l.Task
	switch {
	case l.TaskID == [32]byte{}:
		return "", errors.New("there is no such task")
	case t.State != stateAccepted:
		return "", fmt.Errorf("the task has no accepted result: it is in state %d", t.State)
	case l.Permit.Identity != l.Terms().Identity:
		return "", fmt.Errorf("the permit is for identity 0x%x, the task for 0x%x", l.Permit.Identity, l.Terms().Identity)
	case l.Acceptance.Attempt != l.Claim.Attempt:
		return "", fmt.Errorf("claimed in attempt %d, accepted in attempt %d", l.Claim.Attempt, l.Acceptance.Attempt)
	case l.Submission.Block > l.Claim.Block || l.Claim.Block > l.Acceptance.Block:
		return "", fmt.Errorf("submitted in block %d, claimed in %d, accepted in %d: not in this order", l.Submission.Block, l.Claim.Block, l.Acceptance.Block)
	}
	return fmt.Sprintf("submitted in block %d, claimed in %d, accepted in %d, attempt %d", l.Submission.Block, l.Claim.Block, l.Acceptance.Block, l.Acceptance.Attempt), nil
}

// terms: submission, claim and result were under the same terms. The chain keeps the digest of terms only until there is a
// result; the signatures of claim and result pin them from then on.
func (a *auditor) terms() (string, error) {
	l := a.record.Ledger
	t, digest := l.Terms(), l.Terms().Digest()
	switch {
	case l.Submission.Identity != t.Identity:
		return "", fmt.Errorf("it was submitted to identity 0x%x, its terms name 0x%x", l.Submission.Identity, t.Identity)
	case l.Submission.Submitter != t.Submitter:
		return "", fmt.Errorf("it was submitted by 0x%x, its terms name 0x%x", l.Submission.Submitter, t.Submitter)
	case l.Index >= int(t.Count):
		return "", fmt.Errorf("the batch has %s, this would be number %d", plural.Of(int(t.Count), "task"), l.Index+1)
	case l.Claim.Problem != "":
		return "", fmt.Errorf("the call that claimed the task: %s", l.Claim.Problem)
	case l.Acceptance.Problem != "":
		return "", fmt.Errorf("the call that delivered the result: %s", l.Acceptance.Problem)
	case l.Claim.TermsDigest != digest:
		return "", fmt.Errorf("it was submitted under terms 0x%x, claimed under terms 0x%x", digest, l.Claim.TermsDigest)
	case l.Acceptance.TermsDigest != digest:
		return "", fmt.Errorf("it was submitted under terms 0x%x, the results came under terms 0x%x", digest, l.Acceptance.TermsDigest)
	}
	return fmt.Sprintf("0x%x in submission, claim and result: task %d of %d", digest, l.Index+1, t.Count), nil
}

// freshness: the block that the evidence was made after is one of this chain, and recent.
func (a *auditor) freshness() (string, error) {
	p := a.record.Ledger.Permit
	switch {
	case p.BaseBlockHash == [32]byte{}:
		return "", fmt.Errorf("the evidence was made after block %d, which the chain does not have", p.BaseBlock)
	case p.BaseBlock >= p.Block || p.Block-p.BaseBlock > keyholder.MaxBaseBlockAge:
		return "", fmt.Errorf("the evidence was made after block %d and used in block %d: not within %d blocks", p.BaseBlock, p.Block, keyholder.MaxBaseBlockAge)
	}
	return fmt.Sprintf("evidence was made after block %d, used in block %d", p.BaseBlock, p.Block), nil
}

// certificate: the key network's threshold signed the terms of the permit.
func (a *auditor) certificate() (string, error) {
	p := a.record.Ledger.Permit
	if p.Problem != "" {
		return "", fmt.Errorf("the call that asked for the permit: %s", p.Problem)
	}
	group, err := curve.G2FromBytes(a.trust.GroupKey[:])
	if err != nil {
		return "", errors.New("no group key of a key network to trust was given")
	}
	signature, err := curve.G1FromEIP2537(p.Certificate)
	if err != nil {
		return "", errors.New("the certificate's signature is not a point of the curve")
	}
	statement := keyholder.Certificate{
		ChainID: a.trust.ChainID, Permitter: a.trust.Permitter, Registry: a.trust.Registry,
		IdentityID: p.Identity, Requester: p.Requester, Duration: p.Duration,
		BaseBlock: p.BaseBlock, BaseBlockHash: p.BaseBlockHash,
		MeasurementRoot: p.MeasurementRoot, ConfigDigest: p.ConfigDigest, EvidenceDigest: p.EvidenceDigest,
		Findings: p.Findings,
	}
	if !curve.Verify(signature, statement.Point(), group) {
		return "", fmt.Errorf("the certificate does not verify under the group key %s: no threshold of keyholders signed these terms", shortKey(a.trust.GroupKey[:]))
	}
	return fmt.Sprintf("a threshold of keyholders signed these terms (group key %s)", shortKey(a.trust.GroupKey[:])), nil
}

// permit: it was live when the task was claimed under it.
func (a *auditor) permit() (string, error) {
	p, c := a.record.Ledger.Permit, a.record.Ledger.Claim
	switch {
	case p.Block == 0 || p.Block > c.Block:
		return "", fmt.Errorf("the permit was given in block %d, not before the claim in block %d", p.Block, c.Block)
	case !p.Expiry.After(c.Time):
		return "", fmt.Errorf("the permit had expired at %s, the claim was made at %s", stamp(p.Expiry), stamp(c.Time))
	}
	return fmt.Sprintf("given in block %d, live until %s", p.Block, stamp(p.Expiry)), nil
}

// requester: one key asked for the permit, claimed the task and delivered the result.
func (a *auditor) requester() (string, error) {
	l := a.record.Ledger
	switch {
	case l.Permit.Requester == [20]byte{}:
		return "", errors.New("no permit was given for the task's claim")
	case l.Claim.Requester != l.Permit.Requester:
		return "", fmt.Errorf("the task was claimed for 0x%x, the permit is of 0x%x", l.Claim.Requester, l.Permit.Requester)
	case l.Acceptance.Requester != l.Claim.Requester:
		return "", fmt.Errorf("the result is of 0x%x, the task was claimed for 0x%x", l.Acceptance.Requester, l.Claim.Requester)
	}
	return fmt.Sprintf("0x%x has the permit, the claim and the result", l.Claim.Requester), nil
}
