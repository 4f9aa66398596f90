// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/platform"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/audit"
	"github.com/escrin/escrin/jobs/audit/sources"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

// world is everything that a finished task leaves behind, made by the real parts: a chain with the contracts, the
// simulated platform, a registry and a blob store. What the enclave would do, the test does.
type world struct {
	*chaintest.Network
	t        *testing.T
	platform *simulator.Platform
	snp      *simulator.SNPPlatform // the enclave runs on it, if it is not nil
	store    *blob.Store
	storeURL string

	measurements []attest.Measurement
	measured     [32]byte // SHA-256 of the measured config
	locator      string
	identity     common.Hash
	key          *ecdsa.PrivateKey // the enclave's requester key
	channelKey   []byte
	task         common.Hash
	terms        task.Terms
	count        uint16 // tasks of the batch
	named        naming // how the policy names the enclave
}

// permitted is what the enclave asked a permit with.
type permitted struct {
	evidence    attest.Evidence
	certificate keyholder.Certificate
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Network: chaintest.New(t), t: t, count: 1}
	var err error
	w.platform, err = simulator.Open(t.TempDir())
	w.must(err)
	w.store, err = blob.OpenStore(t.TempDir(), 1<<20)
	w.must(err)
	mux := http.NewServeMux()
	w.store.Register(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.storeURL = server.URL
	w.key, err = crypto.GenerateKey()
	w.must(err)
	_, w.channelKey, err = envelope.GenerateRecipient()
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) requester() common.Address { return crypto.PubkeyToAddress(w.key.PublicKey) }

// finish takes a task from the enclave in the registry to the accepted result.
func (w *world) finish() {
	w.t.Helper()
	w.pushEnclave()
	w.makeIdentity()
	w.submit()
	w.acquire(w.prove())
	claim := task.Claim{TaskID: w.task, TermsDigest: w.terms.Digest(), Attempt: 1, Runner: w.Accounts[9].Address()}
	_, err := w.Chain.Claim(w.t.Context(), w.Accounts[9], w.task, w.terms, w.requester(), w.sign(w.key, claim.SigningDigest(w.Chain.Domain())))
	w.must(err)
	w.deliver()
}

// pushEnclave makes an enclave that nobody could boot, but whose documents are right.
func (w *world) pushEnclave() {
	w.t.Helper()
	w.measured = sha256.Sum256([]byte("measured config"))
	w.measurements = []attest.Measurement{
		{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Registers: registers(1)},
		{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 2, MemoryMiB: 2048}, Registers: registers(2)},
	}
	if w.snp != nil {
		shape := attest.Shape{VCPUs: 1, MemoryMiB: 1024}
		w.measurements = append(w.measurements, attest.Measurement{TEE: attest.SNP, Shape: shape, LaunchDigest: attest.Register{3}})
	}
	manifest, document := w.documents()
	w.upload(manifest, document)
}

// documents are an enclave's manifest and config with the world's measurements.
func (w *world) documents() (manifest, document []byte) {
	w.t.Helper()
	root, err := attest.Root(w.measurements)
	w.must(err)
	measured := v1.Hash{Algorithm: "sha256", Hex: common.Bytes2Hex(w.measured[:])}
	converted := artifact.Layer{DiffID: measured, Size: 8192, DataBlocks: 1, RootHash: [32]byte{1}}
	document, err = artifact.Config{
		Version: artifact.Version, Spec: spec.Default(), Conversion: 1,
		Images: []artifact.Image{{
			Source: artifact.Source{MediaType: oci.MediaTypeManifest, Manifest: measured, Config: measured}, Layers: []artifact.Layer{converted},
			Disk: config.Disk{DataBlocks: 2, HashOffsetBlocks: 2},
		}},
		GuestBase: artifact.GuestBase{Kernel: "6.12", Runtime: "runc", Go: "go", Firmware: measured},
		Cmdline:   config.Location{Digest: w.measured, OffsetBlocks: 3, Size: 15}.CommandLine(), QEMU: "10.0",
		MeasuredConfig: artifact.MeasuredConfig{Digest: measured, OffsetBlocks: 3, Size: 15},
		Measurements:   w.measurements, MeasurementRoot: root,
	}.Marshal()
	w.must(err)
	part := func(mediaType string) oci.Descriptor {
		return oci.Descriptor{MediaType: mediaType, Digest: measured, Size: 15}
	}
	sum := sha256.Sum256(document)
	manifest, err = artifact.Manifest{
		Config: oci.Descriptor{MediaType: artifact.MediaTypeConfig, Size: int64(len(document)),
			Digest: v1.Hash{Algorithm: "sha256", Hex: common.Bytes2Hex(sum[:])}},
		Kernel: part(artifact.MediaTypeKernel), Initrd: part(artifact.MediaTypeInitrd), Firmware: part(artifact.MediaTypeFirmware),
		MeasuredConfig: part(artifact.MediaTypeRunConfig),
		Images: []artifact.ImageParts{{
			Manifest: part(artifact.MediaTypeSourceManifest), Config: part(artifact.MediaTypeSourceConfig),
			Layers: []oci.Descriptor{artifact.LayerDescriptor(oci.MediaTypeLayerGzip, part(""), converted)},
		}},
	}.Marshal()
	w.must(err)
	return manifest, document
}

func registers(n byte) (r attest.Registers) {
	r.MRTD[0], r.RTMR0[1], r.RTMR1[2], r.RTMR2[3] = n, n, n, n
	return r
}

// rawManifest is a manifest as bytes, for remote.Put.
type rawManifest []byte

func (m rawManifest) RawManifest() ([]byte, error)        { return m, nil }
func (m rawManifest) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

func (w *world) upload(manifest, document []byte) {
	w.t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	w.t.Cleanup(server.Close)
	w.uploadTo(server.Listener.Addr().String()+"/auction:latest", manifest, document)
}

// uploadTo moves a tag to an enclave's documents.
func (w *world) uploadTo(locator string, manifest, document []byte) {
	w.t.Helper()
	tag, err := name.NewTag(locator)
	w.must(err)
	w.must(remote.WriteLayer(tag.Repository, static.NewLayer(document, artifact.MediaTypeConfig)))
	w.must(remote.Put(tag, rawManifest(manifest)))
	sum := sha256.Sum256(manifest)
	w.locator = tag.String() + "@sha256:" + common.Bytes2Hex(sum[:])
}

func (w *world) makeIdentity() {
	w.t.Helper()
	var err error
	w.identity, _, err = w.Chain.CreateIdentity(w.t.Context(), w.Accounts[1])
	w.must(err)
	w.setPolicy()
}

func (w *world) put(b []byte) [32]byte {
	w.t.Helper()
	d := blob.Of(b)
	_, err := w.store.Put(d, bytes.NewReader(b))
	w.must(err)
	return d
}

// submit seals two inputs and submits the task.
func (w *world) submit() {
	w.t.Helper()
	salt := common.Hash{1}
	w.task = w.Chain.TaskID(w.Accounts[2].Address(), salt)
	group, err := curve.G2FromBytes(w.GroupKey[:])
	w.must(err)
	root, err := attest.Root(w.measurements)
	w.must(err)
	keyName := keyname.ForTask(w.Contracts().ChainID, w.At.Registry, w.identity, w.task, root)
	_, public, err := envelope.GenerateRecipient()
	w.must(err)
	m := task.Manifest{Version: task.ManifestVersion, Identity: wire.Hash32(w.identity), Policy: root,
		Inputs: []task.Input{}, ResultKey: public, GroupKey: w.GroupKey[:]}
	for _, input := range []string{"alice", "bob"} {
		var sealed bytes.Buffer
		w.must(envelope.SealToName(&sealed, rand.Reader, group, keyName, bytes.NewReader([]byte("bid of "+input))))
		m.Inputs = append(m.Inputs, task.Input{Name: input, Digest: w.put(sealed.Bytes()), Size: uint64(sealed.Len())})
	}
	document, err := m.Marshal()
	w.must(err)
	head, err := w.Chain.Head(w.t.Context())
	w.must(err)
	w.terms = task.Terms{Submitter: w.Accounts[2].Address(), Identity: w.identity, InputDigest: w.put(document), Deadline: head.Time + 3600,
		Count: w.count, Attempts: 1, Refundee: w.Accounts[2].Address()}
	_, _, err = w.Chain.Submit(w.t.Context(), w.Accounts[2], w.terms, salt)
	w.must(err)
}

// network is what a binding calls the key network.
func (w *world) network() [32]byte {
	w.t.Helper()
	digest, err := keyholder.GroupKeyDigest(w.GroupKey)
	w.must(err)
	return digest
}

// prove makes the evidence of a guest, and the context of its request for a permit.
func (w *world) prove() permitted {
	w.t.Helper()
	m, sign := w.measurements[0], w.platform.Start(w.measurements[0].Registers).Quote
	if w.snp != nil {
		m = w.measurements[2]
		sign = w.named.report(w.snp.Start(m.LaunchDigest))
	}
	head, err := w.Chain.Head(w.t.Context())
	w.must(err)
	root, err := attest.Root(w.measurements)
	w.must(err)
	proof, err := attest.Proof(w.measurements, m.Shape, m.TEE)
	w.must(err)
	e := attest.Evidence{TEE: m.TEE, Shape: m.Shape, Proof: proof, ChannelKey: w.channelKey,
		Binding: attest.Binding{ChainID: w.Contracts().ChainID, Registry: w.At.Registry, IdentityID: w.identity,
			Requester: w.requester(), ChannelKeyHash: attest.HashChannelKey(w.channelKey), Duration: 600,
			BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: root, ConfigDigest: w.measured, GroupKeyDigest: w.network()}}
	e.Signed, e.Collateral, err = sign(e.Binding.ReportData())
	w.must(err)
	raw, err := e.Marshal()
	w.must(err)
	_, err = w.store.PutEvidence(raw)
	w.must(err)
	c, err := verify.Verify(e, w.trust().Roots, time.Now())
	w.must(err)
	found := keyholder.Findings{Platform: platform.Of(c), Author: platform.Author(c)}
	return permitted{e, keyholder.CertificateFor(e, found, w.At.Permitter)}
}

// acquire has the key network sign the certificate and presents it.
func (w *world) acquire(p permitted) {
	w.t.Helper()
	b := p.evidence.Binding
	_, _, err := w.Chain.AcquireIdentity(w.t.Context(), w.Accounts[9], chain.Acquisition{Identity: w.identity, Requester: w.requester(),
		Duration: b.Duration, Context: p.certificate.Context(), Authorization: w.Certify(p.certificate.Digest()),
		Release: w.named.release(w.t, b.MeasurementRoot)})
	w.must(err)
}

// deliver stores outputs and reports the results.
func (w *world) deliver() {
	w.t.Helper()
	r := task.Report{TaskID: w.task, TermsDigest: w.terms.Digest(), Attempt: 1}
	for i := range byte(w.count) {
		output := w.put([]byte{'o', 'u', 't', i})
		r.Results = append(r.Results, task.Result{ExitStatus: 7 + uint32(i), OutputDigest: output, PublicOutput: [32]byte{0xab, i}})
	}
	_, err := w.Chain.Accept(w.t.Context(), w.Accounts[9], w.terms, r, w.sign(w.key, r.SigningDigest(w.Chain.Domain())))
	w.must(err)
}

func (w *world) sign(key *ecdsa.PrivateKey, digest [32]byte) [chain.SignatureSize]byte {
	w.t.Helper()
	raw, err := crypto.Sign(digest[:], key)
	w.must(err)
	raw[64] += 27
	return [chain.SignatureSize]byte(raw)
}

func (w *world) sources() *sources.Sources {
	return sources.New(w.Chain.Client(), sources.Contracts{Permitter: w.At.Permitter, TaskHub: w.At.TaskHub}, w.storeURL)
}

func (w *world) trust() audit.Trust {
	w.t.Helper()
	pem := w.platform.RootPEM()
	if w.snp != nil {
		pem = append(pem, w.snp.RootPEM()...)
	}
	roots, err := verify.ParseRoots(pem)
	w.must(err)
	policy, err := appraise.ParsePolicy(w.named.trusted(simulator.Policy()))
	w.must(err)
	return audit.Trust{ChainID: w.Contracts().ChainID, Registry: w.At.Registry, Permitter: w.At.Permitter, TaskHub: w.At.TaskHub,
		GroupKey: w.GroupKey, Roots: roots, RootName: "the simulator's root", Policy: policy}
}

// collect fetches the record of the finished task from its real sources.
func (w *world) collect() audit.Record {
	w.t.Helper()
	r, err := audit.Collect(w.t.Context(), w.sources(), w.task)
	w.must(err)
	return r
}

// later is after every certificate of the simulator has expired.
func later(t time.Time) time.Time { return t.AddDate(100, 0, 0) }

func generator() [curve.G2Size]byte { return curve.G2Generator().Bytes() }

func parseRoots(t *testing.T, pem []byte) verify.Roots {
	t.Helper()
	roots, err := verify.ParseRoots(pem)
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

// setPolicy names the world's measurements in the identity's policy.
func (w *world) setPolicy() {
	w.t.Helper()
	root, err := attest.Root(w.measurements)
	w.must(err)
	_, err = w.Chain.SetPolicy(w.t.Context(), w.Accounts[1], w.identity, w.named.policy(w.t, root, w.locator))
	w.must(err)
}
