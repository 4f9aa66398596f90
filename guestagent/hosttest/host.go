// SPDX-License-Identifier: Apache-2.0

// Package hosttest is a host for tests of the guest: a runner that keeps what it hears, a chain that says
// yes, and a key network, in one process. It is honest unless a test replaces a field.
package hosttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/envelope"
)

// Host is a hostend.Handler. Fields in capitals may be changed before it serves.
type Host struct {
	Job       hostlink.Launch
	Keys      *KeyNetwork
	MakeQuote func(reportData [64]byte) (hostlink.Quote, error)
	Claim     hostlink.Permit                                    // what the answer to Permit says of the claim
	Beat      func(until uint64)                                 // told of heartbeats, if not nil
	Segment   func(kept int)                                     // told how many segments of the log there are, if not nil
	Call      func(method string, params []byte) ([]byte, error) // the chain's node, if not nil
	Serve     func(name wire.Hash32, digest wire.Digest) []byte  // objects instead of those that are stored, if not nil

	mu        sync.Mutex
	anchors   map[[32]byte]keyholder.Anchor
	blobs     map[wire.Digest][]byte
	resultKey []byte // private
	resultPub []byte
	heard     Heard
}

// Heard is what a guest said.
type Heard struct {
	Steps    []hostlink.StepReport
	Evidence []byte
	Permit   hostlink.PermitRequest
	Result   *hostlink.Result
	Failure  hostlink.Failure
	Logs     [][]byte // sealed segments

	Accusations [][]byte
}

// New prepares a task with these inputs, sealed to the task's key.
func New(inputs map[string][]byte) (*Host, error) {
	keys, err := NewKeyNetwork()
	if err != nil {
		return nil, err
	}
	network, err := json.Marshal(keys.Network)
	if err != nil {
		return nil, err
	}
	h := &Host{Keys: keys, blobs: map[wire.Digest][]byte{}, MakeQuote: pretendQuote}
	keys.Anchor = h.Anchor
	h.Job = hostlink.Launch{
		ChainID: 31337, Registry: wire.Address{1}, TaskHub: wire.Address{2}, Permitter: wire.Address{3}, Runner: wire.Address{0xa},
		Identity: wire.Hash32{4}, MeasurementRoot: wire.Hash32{5}, Duration: 3600, BaseBlock: 6, BaseBlockHash: wire.Hash32{7},
		Shape: hostlink.Shape{VCPUs: 1, MemoryMiB: 1024}, Proof: []wire.Hash32{{8}},
		Task:       hostlink.Task{ID: wire.Hash32{9}, Attempt: 1, Terms: task.Terms{Identity: [32]byte{4}, Deadline: 1 << 32, Count: 1, Attempts: 1}},
		KeyNetwork: network,
	}
	return h, h.sealInputs(inputs)
}

// sealInputs makes the input blobs and the manifest.
func (h *Host) sealInputs(inputs map[string][]byte) (err error) {
	if h.resultKey, h.resultPub, err = envelope.GenerateRecipient(); err != nil {
		return err
	}
	l := h.Job
	manifest := task.Manifest{
		Version: task.ManifestVersion, Identity: l.Identity, Policy: l.MeasurementRoot,
		ResultKey: h.resultPub, GroupKey: h.Keys.GroupKey[:],
	}
	for input, plain := range inputs {
		if err := h.seal(&manifest, task.Input{Name: input}, plain); err != nil {
			return err
		}
	}
	return h.SetManifest(manifest)
}

// AddSecret seals a secret of the identity, and adds it to the task's inputs.
func (h *Host) AddSecret(label string, secret task.Secret, plain []byte) error {
	manifest, err := task.ParseManifest(h.blobs[h.Job.Task.Terms.InputDigest])
	if err != nil {
		return err
	}
	if err := h.seal(&manifest, task.Input{Name: label, Secret: &secret}, plain); err != nil {
		return err
	}
	return h.SetManifest(manifest)
}

// seal stores an input, sealed to its key, and adds it to the manifest.
func (h *Host) seal(m *task.Manifest, in task.Input, plain []byte) error {
	group, err := h.Keys.Group()
	if err != nil {
		return err
	}
	name, err := m.KeyName(h.Job.ChainID, h.Job.Registry, h.Job.Task.ID, in)
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	if err := envelope.SealToName(&sealed, rand.Reader, group, name, bytes.NewReader(plain)); err != nil {
		return err
	}
	in.Digest, in.Size = h.Put(sealed.Bytes()), uint64(sealed.Len())
	m.Inputs = append(m.Inputs, in)
	return nil
}

// SetManifest makes m the task's input manifest.
func (h *Host) SetManifest(m task.Manifest) error {
	document, err := m.Marshal()
	if err != nil {
		return err
	}
	h.Job.Task.Terms.InputDigest = h.Put(document)
	return nil
}

// ResultPublicKey is the key that outputs are sealed to.
func (h *Host) ResultPublicKey() []byte { return h.resultPub }

// Put stores a blob.
func (h *Host) Put(blob []byte) wire.Digest {
	h.mu.Lock()
	defer h.mu.Unlock()
	digest := wire.DigestOf(blob)
	h.blobs[digest] = blob
	return digest
}

// Replace stores other bytes under a digest.
func (h *Host) Replace(digest wire.Digest, blob []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blobs[digest] = blob
}

// Heard returns what the guest has said so far.
func (h *Host) Heard() Heard {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := h.heard
	heard.Steps = slices.Clone(heard.Steps)
	return heard
}

// OpenOutput opens the stored output with this digest as the submitter would.
func (h *Host) OpenOutput(digest wire.Digest) (readback.Output, error) {
	h.mu.Lock()
	sealed := h.blobs[digest]
	h.mu.Unlock()
	aad := task.OutputAAD(h.Job.Task.ID, h.Job.Task.Attempt)
	plain, err := envelope.OpenWithRecipientKey(bytes.NewReader(sealed), h.resultKey, aad[:])
	if err != nil {
		return readback.Output{}, err
	}
	return readback.ReadOutput(plain, hostlink.MaxBlob)
}

func pretendQuote(reportData [64]byte) (hostlink.Quote, error) {
	return hostlink.Quote{Quote: append([]byte("quote over "), reportData[:]...), Collateral: []byte("collateral")}, nil
}

// Launch implements hostend.Handler.
func (h *Host) Launch(context.Context) (hostlink.Launch, error) { return h.Job, nil }

// Quote implements hostend.Handler.
func (h *Host) Quote(_ context.Context, reportData [64]byte) (hostlink.Quote, error) {
	return h.MakeQuote(reportData)
}

// Keyholder implements hostend.Handler.
func (h *Host) Keyholder(ctx context.Context, _ uint64, index uint32, path string, request []byte) (int, []byte, error) {
	return h.Keys.Answer(ctx, index, path, request)
}

// Accuse implements hostend.Handler.
func (h *Host) Accuse(_ context.Context, proof []byte) error {
	return h.note(func(heard *Heard) { heard.Accusations = append(heard.Accusations, proof) })
}

// Keynet implements hostend.Handler.
func (h *Host) Keynet(context.Context) ([]byte, error) { return json.Marshal(h.Keys.Network) }

// Evidence implements hostend.Handler.
func (h *Host) Evidence(_ context.Context, evidence []byte) error {
	return h.note(func(heard *Heard) { heard.Evidence = evidence })
}

// Permit implements hostend.Handler and checks the claim's signature as the TaskHub would.
func (h *Host) Permit(_ context.Context, request hostlink.PermitRequest) (hostlink.Permit, error) {
	j := h.Job
	claim := task.Claim{TaskID: j.Task.ID, TermsDigest: j.Task.Terms.Digest(), Attempt: j.Task.Attempt, Runner: j.Runner}
	if err := signedBy(request.Requester, claim.SigningDigest(h.domain()), request.Claim); err != nil {
		return hostlink.Permit{}, err
	}
	permit := h.Claim
	permit.Block = 8
	return permit, h.note(func(heard *Heard) { heard.Permit = request })
}

// Heartbeat implements hostend.Handler and checks the signature as the TaskHub would.
func (h *Host) Heartbeat(_ context.Context, beat hostlink.Heartbeat) error {
	signed := task.Heartbeat{TaskID: h.Job.Task.ID, Attempt: h.Job.Task.Attempt, Until: beat.Until}
	if err := signedBy(h.Heard().Permit.Requester, signed.SigningDigest(h.domain()), beat.Signature); err != nil {
		return err
	}
	if h.Beat != nil {
		h.Beat(beat.Until)
	}
	return nil
}

// Fetch implements hostend.Handler.
func (h *Host) Fetch(_ context.Context, digest wire.Digest, _ uint64) (io.ReadCloser, uint64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	blob, ok := h.blobs[digest]
	if !ok {
		return nil, 0, &hostlink.Error{Code: hostlink.CodeNotFound}
	}
	return io.NopCloser(bytes.NewReader(blob)), uint64(len(blob)), nil
}

// Store implements hostend.Handler.
func (h *Host) Store(_ context.Context, digest wire.Digest, blob io.Reader, _ uint64) error {
	content, err := io.ReadAll(blob)
	if err != nil {
		return err
	}
	if h.Put(content) != digest {
		return &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("other bytes than announced")}
	}
	return nil
}

// Step implements hostend.Handler.
func (h *Host) Step(_ context.Context, report hostlink.StepReport) error {
	return h.note(func(heard *Heard) { heard.Steps = append(heard.Steps, report) })
}

// Result implements hostend.Handler and checks the signature as the TaskHub would.
func (h *Host) Result(_ context.Context, result hostlink.Result) (hostlink.Receipt, error) {
	attempt, results, err := readback.ParseReport(result.Report)
	if err != nil {
		return hostlink.Receipt{}, err
	}
	report := task.Report{TaskID: h.Job.Task.ID, TermsDigest: h.Job.Task.Terms.Digest(), Attempt: attempt, Results: results}
	if err := signedBy(h.Heard().Permit.Requester, report.SigningDigest(h.domain()), result.Signature); err != nil {
		return hostlink.Receipt{}, err
	}
	return hostlink.Receipt{Block: 9}, h.note(func(heard *Heard) { heard.Result = &result })
}

func (h *Host) domain() task.Domain {
	return task.Domain{ChainID: h.Job.ChainID, TaskHub: h.Job.TaskHub}
}

// Log implements hostend.Handler.
func (h *Host) Log(_ context.Context, number uint64, segment []byte) error {
	return h.note(func(heard *Heard) {
		if number == uint64(len(heard.Logs)) {
			heard.Logs = append(heard.Logs, segment)
		}
		if h.Segment != nil {
			h.Segment(len(heard.Logs))
		}
	})
}

// OpenLogs opens the segments as the submitter would, and puts them together.
func (h *Host) OpenLogs() (stdout, stderr string, err error) {
	for i, sealed := range h.Heard().Logs {
		at := livelog.Place{Domain: h.domain(), TaskID: h.Job.Task.ID, Attempt: h.Job.Task.Attempt, Number: uint64(i)}
		s, err := livelog.Open(sealed, h.resultKey, at, h.Heard().Permit.Requester)
		if err != nil {
			return "", "", err
		}
		stdout, stderr = stdout+string(s.Stdout.Data), stderr+string(s.Stderr.Data)
	}
	return stdout, stderr, nil
}

// Failed implements hostend.Handler.
func (h *Host) Failed(_ context.Context, failure hostlink.Failure) error {
	return h.note(func(heard *Heard) { heard.Failure = failure })
}

func (h *Host) note(f func(*Heard)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(&h.heard)
	return nil
}

// signedBy recovers the signer of r‖s‖v and compares it with an address.
func signedBy(address [20]byte, digest [32]byte, signature []byte) error {
	compact := append([]byte{signature[64]}, signature[:64]...)
	key, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return err
	}
	hash := sha3.NewLegacyKeccak256()
	hash.Write(key.SerializeUncompressed()[1:])
	if signer := [20]byte(hash.Sum(nil)[12:]); signer != address {
		return fmt.Errorf("signed by %x, not by %x", signer, address)
	}
	return nil
}
