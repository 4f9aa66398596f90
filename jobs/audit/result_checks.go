// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/plural"
)

// readManifest: the input manifest in the store is the one that the task was submitted with.
func (a *auditor) readManifest() (string, error) {
	raw, err := a.record.Manifest.get("the input manifest")
	if err != nil {
		return "", err
	}
	want := a.record.Ledger.Terms().InputDigest
	if got := sha256.Sum256(raw); got != want {
		return "", fmt.Errorf("the input manifest in the store is %s, the task was submitted with %s", sha(got), sha(want))
	}
	if a.manifest, err = task.ParseManifest(raw); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s names %s", sha(want), plural.Of(len(a.manifest.Inputs), "input")), nil
}

// inputs: each sealed input in the store is the one that the manifest names. One line for each.
func (a *auditor) inputs() []Finding {
	findings := make([]Finding, 0, len(a.manifest.Inputs)+1)
	for _, in := range a.manifest.Inputs {
		f := Finding{"input", OK, fmt.Sprintf("%s: %s, %d bytes sealed", in.Name, sha(in.Digest), in.Size)}
		if err := a.input(in); err != nil {
			f.Verdict, f.Words = Failed, in.Name+": "+err.Error()
		}
		findings = append(findings, f)
	}
	if len(findings) == 0 {
		findings = append(findings, Finding{"input", OK, "the task has none"})
	}
	return findings
}

func (a *auditor) input(in task.Input) error {
	raw, err := a.record.Inputs[in.Digest].get("the sealed input")
	if err != nil {
		return err
	}
	if got := sha256.Sum256(raw); got != in.Digest {
		return fmt.Errorf("the sealed input in the store is %s, the manifest names %s", sha(got), sha(in.Digest))
	}
	if uint64(len(raw)) != in.Size {
		return fmt.Errorf("the sealed input has %d bytes, the manifest says %d", len(raw), in.Size)
	}
	return nil
}

// inputIdentity: the inputs were sealed for the identity that the task was submitted to.
func (a *auditor) inputIdentity() (string, error) {
	want := a.record.Ledger.Terms().Identity
	if a.manifest.Identity != want {
		return "", fmt.Errorf("the inputs were sealed for identity %s, the task was submitted to 0x%x", a.manifest.Identity, want)
	}
	return fmt.Sprintf("the inputs were sealed for the task's identity 0x%x", want), nil
}

// inputPolicy: the enclave that got the permit is one that the submitter sealed the inputs to.
func (a *auditor) inputPolicy() (string, error) {
	want := a.record.Ledger.Permit.MeasurementRoot
	if a.manifest.Policy != want {
		return "", fmt.Errorf("the inputs were sealed to measurement root %s, the permit was given for 0x%x", a.manifest.Policy, want)
	}
	return fmt.Sprintf("the inputs were sealed to the permit's measurement root 0x%x", want), nil
}

// keyName: each envelope opens under the key of this task and policy, or of the secret that the manifest names, and of no other.
func (a *auditor) keyName() (string, error) {
	l, m, secrets := a.record.Ledger, a.manifest, 0
	m.Identity, m.Policy = l.Terms().Identity, l.Permit.MeasurementRoot
	for _, in := range m.Inputs {
		name, err := m.KeyName(a.trust.ChainID, a.trust.Registry, l.TaskID, in)
		if err != nil {
			return "", err
		}
		if in.Secret != nil {
			secrets++
		}
		got, err := envelope.NameDigest(bytes.NewReader(a.record.Inputs[in.Digest].Bytes))
		if err != nil {
			return "", fmt.Errorf("input %s is not an envelope to a key name", in.Name)
		}
		if want := name.Digest(); got != want {
			return "", fmt.Errorf("input %s is sealed to key name 0x%x, the manifest says 0x%x", in.Name, got, want)
		}
	}
	task := keyname.ForTask(a.trust.ChainID, a.trust.Registry, m.Identity, l.TaskID, m.Policy).Digest()
	said := fmt.Sprintf("%s sealed to 0x%x, the name of task and policy", plural.Of(len(m.Inputs)-secrets, "input"), task)
	if secrets > 0 {
		said += fmt.Sprintf("; %s of the identity", plural.Of(secrets, "secret"))
	}
	return said, nil
}

// groupKey: the inputs were sealed, and the permit was certified, under the key network that is trusted.
func (a *auditor) groupKey() (string, error) {
	onChain, err := curve.G2FromEIP2537(a.record.Ledger.GroupKey[:])
	trusted := onChain.Bytes()
	switch {
	case err != nil:
		return "", errors.New("the permitter's group key is not a point of the curve")
	case trusted != a.trust.GroupKey:
		return "", fmt.Errorf("the permitter trusts group key %s, the network's is %s", shortKey(trusted[:]), shortKey(a.trust.GroupKey[:]))
	case [curve.G2Size]byte(a.manifest.GroupKey) != a.trust.GroupKey:
		return "", fmt.Errorf("the inputs were sealed under group key %s, the network's is %s", shortKey(a.manifest.GroupKey), shortKey(a.trust.GroupKey[:]))
	}
	return fmt.Sprintf("%s in the manifest, in the permitter and in the network file", shortKey(a.trust.GroupKey[:])), nil
}

// claim: the attested key allowed the runner that was paid, and nobody else, to claim.
func (a *auditor) claim() (string, error) {
	l := a.record.Ledger
	c, paid := l.Claim, l.Acceptance.Runner
	if c.Runner != paid {
		return "", fmt.Errorf("runner 0x%x claimed the task, 0x%x was paid", c.Runner, paid)
	}
	signed := task.Claim{TaskID: l.TaskID, TermsDigest: l.Terms().Digest(), Attempt: l.Acceptance.Attempt, Runner: paid}
	signer, err := recoverSigner(signed.SigningDigest(a.domain()), c.Signature)
	if err != nil {
		return "", fmt.Errorf("the claim: %w", err)
	}
	if signer != l.Permit.Requester {
		return "", fmt.Errorf("the claim by runner 0x%x was signed by 0x%x, not by the attested key 0x%x", paid, signer, l.Permit.Requester)
	}
	return fmt.Sprintf("the attested key named runner 0x%x, who claimed and was paid", paid), nil
}

// signature: the attested key signed the results that the chain was given, under the terms of the submission.
func (a *auditor) signature() (string, error) {
	l := a.record.Ledger
	signed := l.Acceptance.Report
	signed.TaskID, signed.TermsDigest = l.TaskID, l.Terms().Digest()
	signer, err := recoverSigner(signed.SigningDigest(a.domain()), l.Acceptance.Signature)
	if err != nil {
		return "", fmt.Errorf("the result: %w", err)
	}
	if signer != l.Permit.Requester {
		return "", fmt.Errorf("the result was signed by 0x%x, not by the attested key 0x%x", signer, l.Permit.Requester)
	}
	return fmt.Sprintf("the attested key 0x%x signed the result", signer), nil
}

func (a *auditor) domain() task.Domain {
	return task.Domain{ChainID: a.trust.ChainID, TaskHub: a.trust.TaskHub}
}

// recoverSigner returns the address whose key made the 65-byte signature r‖s‖v over digest.
func recoverSigner(digest [32]byte, signature []byte) ([20]byte, error) {
	if len(signature) != crypto.SignatureLength || signature[64] < 27 || signature[64] > 28 {
		return [20]byte{}, errors.New("its signature is not 65 bytes r, s, v")
	}
	standard := append([]byte{}, signature...)
	standard[64] -= 27
	key, err := crypto.SigToPub(digest[:], standard)
	if err != nil {
		return [20]byte{}, errors.New("its signature is not one of any key")
	}
	return crypto.PubkeyToAddress(*key), nil
}

// result: what was signed is what the chain recorded.
func (a *auditor) result() (string, error) {
	l := a.record.Ledger
	signed, event := l.Acceptance.Report, l.Acceptance
	switch {
	case len(signed.Results) == 0:
		return "", errors.New("no signed result was found on chain")
	case signed.Attempt != event.Attempt:
		return "", fmt.Errorf("the signed result is of attempt %d, the event of attempt %d", signed.Attempt, event.Attempt)
	case len(event.Results) != int(l.Terms().Count):
		return "", fmt.Errorf("the event tells %s, the batch has %s", plural.Of(len(event.Results), "result"), plural.Of(int(l.Terms().Count), "task"))
	case !slices.Equal(signed.Results, event.Results):
		return "", fmt.Errorf("the signed results have the digest 0x%x, those of the event 0x%x", task.ResultsDigest(signed.Results), task.ResultsDigest(event.Results))
	case readback.RecordedDigest(event.Results) != l.Task.Digest:
		return "", fmt.Errorf("the event's results have the digest 0x%x, the chain recorded 0x%x", readback.RecordedDigest(event.Results), l.Task.Digest)
	}
	words := fmt.Sprintf("exit status %d in block %d is what was signed", l.Result().ExitStatus, event.Block)
	if public := l.Result().PublicOutput; public != [32]byte{} {
		words += fmt.Sprintf(", with the public word 0x%x", public)
	}
	return words, nil
}

// output: the sealed output in the store is the one in the result.
func (a *auditor) output() (string, error) {
	result := a.record.Ledger.Result()
	want := result.OutputDigest
	if want == [32]byte{} && result.ExitStatus == task.ExitInputsRejected {
		return "none: the enclave could not open the inputs", nil
	}
	raw, err := a.record.Output.get("the sealed output")
	if err != nil {
		return "", err
	}
	if got := sha256.Sum256(raw); got != want {
		return "", fmt.Errorf("the sealed output in the store is %s, the result names %s", sha(got), sha(want))
	}
	return fmt.Sprintf("%s, %d bytes sealed", sha(want), len(raw)), nil
}
