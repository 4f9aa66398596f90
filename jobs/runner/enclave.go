// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
)

// policy reads what the chain says about the task's identity, whose permitter must be the one that this service
// knows how to serve.
func (l *Local) policy(ctx context.Context, a Assignment) (chain.Policy, error) {
	identity, err := l.Chain.Identity(ctx, a.identity())
	if err != nil {
		return chain.Policy{}, err
	}
	if want := l.Network.Contracts.Permitter; identity.Permitter != want {
		return chain.Policy{}, fmt.Errorf("identity %s has the permitter %s, this service serves %s", a.identity(), identity.Permitter, want)
	}
	policy, err := l.Chain.Policy(ctx, a.identity())
	if err == nil && policy.Kind != chain.ByMeasurements && policy.Kind != chain.ByAuthor {
		err = fmt.Errorf("the policy of identity %s is by %s; this runner serves policies by measurements and by author", a.identity(), policy.Kind)
	}
	return policy, err
}

// admitted is an enclave that a policy admits, and where it is.
type admitted struct {
	root    common.Hash
	locator string
	release []byte // of a policy by author: what the permitter must be shown; else nil
}

// admit finds the enclave that a policy admits. By measurements, the policy says all. By author, it is the one to which the
// locator, mostly a tag, leads now, or an earlier one that is still here and for which the task's inputs were sealed; nothing
// is booted unless the author has released it, in a version that the policy takes.
func (l *Local) admit(ctx context.Context, a Assignment, p chain.Policy) (admitted, error) {
	if p.Kind != chain.ByAuthor {
		return admitted{root: p.MeasurementRoot, locator: p.Locator}, nil
	}
	ref, err := l.locator(p.Locator)
	if err != nil {
		return admitted{}, err
	}
	found, err := enclaver.FetchReleases(ctx, ref)
	if err != nil {
		return admitted{}, err
	}
	if sealed, known := l.sealedFor(ctx, a); known && sealed != found.MeasurementRoot {
		found = l.earlier(ctx, found, sealed)
	}
	newest, err := found.Newest(p.Author, p.MinVersion)
	if err != nil {
		return admitted{}, fmt.Errorf("the policy is by author: %w", err)
	}
	return admitted{root: found.MeasurementRoot, locator: found.Enclave.String(), release: newest.Words()}, nil
}

// earlier looks on this machine for an enclave with a measurement root, and for its releases in the same repository. Without
// one, found remains.
func (l *Local) earlier(ctx context.Context, found enclaver.Releases, root common.Hash) enclaver.Releases {
	stored, err := enclaver.List(ctx, l.Enclaves)
	if err != nil {
		return found
	}
	for _, s := range stored {
		if s.MeasurementRoot != root {
			continue
		}
		if earlier, err := enclaver.FetchReleases(ctx, found.Enclave.WithDigest(s.Digest)); err == nil && earlier.MeasurementRoot == root {
			return earlier
		}
	}
	return found
}

// sealedFor is the measurement root for which a task's inputs were sealed, if its manifest is here and can be read.
func (l *Local) sealedFor(ctx context.Context, a Assignment) (root common.Hash, known bool) {
	raw, err := l.blob(ctx, blob.Digest(a.Terms.InputDigest), a.TaskID)
	if err != nil {
		return root, false
	}
	manifest, err := task.ParseManifest(raw)
	return common.Hash(manifest.Policy), err == nil
}

// locator reads a policy's locator, which must point to a registry that the operator allows.
func (l *Local) locator(text string) (enclaver.Reference, error) {
	ref, err := enclaver.ParseReference(text)
	if err != nil {
		return ref, fmt.Errorf("the policy's locator: %w", err)
	}
	if !slices.Contains(l.Registries, ref.Registry()) {
		return ref, fmt.Errorf("the enclave is in the registry %s; this service pulls from %v only", ref.Registry(), l.Registries)
	}
	return ref, nil
}

// fetchEnclave pulls the enclave that a policy admits, if it is not here yet, and lays out its disk. The locator is a hint:
// it must be pinned by digest, point to a registry that the operator allows, and lead to the measurement root that is
// admitted.
func (l *Local) fetchEnclave(ctx context.Context, of admitted) (enclaver.Boot, error) {
	ref, err := l.locator(of.locator)
	if err != nil {
		return enclaver.Boot{}, err
	}
	digest, pinned := ref.Digest()
	if !pinned {
		return enclaver.Boot{}, fmt.Errorf("the policy's locator %s is not pinned by a digest", ref)
	}
	e, err := enclaver.Pull(ctx, ref, l.Enclaves, enclaver.Lines(l.Log))
	if err != nil {
		return enclaver.Boot{}, err
	}
	if e.Digest() != digest {
		return enclaver.Boot{}, fmt.Errorf("pull enclave %s: got %s", ref, e.Digest())
	}
	if root := common.Hash(e.MeasurementRoot()); root != of.root {
		return enclaver.Boot{}, fmt.Errorf("enclave %s has the measurement root %s, the policy names %s", ref, root, of.root)
	}
	if err := measuredFor(e.QEMU(), l.QEMU.Release()); err != nil {
		return enclaver.Boot{}, fmt.Errorf("enclave %s %w", ref, err)
	}
	return e.Assemble(ctx, l.disks())
}

// measuredFor refuses a QEMU whose virtual hardware is not the one that the
// enclave was measured for: the guest would boot, and nobody accept its evidence.
func measuredFor(series predict.QEMUVersion, release string) error {
	have, err := predict.ParseQEMUVersion(release)
	if err == nil && have != series {
		err = fmt.Errorf("this host has %s", release)
	}
	if err != nil {
		return fmt.Errorf("was measured for QEMU %s: %w", series, err)
	}
	return nil
}

// checkInputs reads the manifest and the inputs that it names, so that a blob that is missing or damaged, or inputs that
// no enclave under this policy could open, cost no boot and no claim. What a manifest that cannot be parsed means for the
// task is the guest's to say.
func (l *Local) checkInputs(ctx context.Context, a Assignment, of admitted) error {
	raw, err := l.blob(ctx, blob.Digest(a.Terms.InputDigest), a.TaskID)
	if err != nil {
		return fmt.Errorf("input manifest: %w", err)
	}
	manifest, err := task.ParseManifest(raw)
	if err != nil {
		return nil
	}
	if common.Hash(manifest.Identity) != a.identity() {
		return fmt.Errorf("inputs were sealed for identity %s, the task is for identity %s: submit the job anew", manifest.Identity, a.identity())
	}
	if sealed := common.Hash(manifest.Policy); sealed != of.root && of.release != nil {
		return fmt.Errorf("inputs were sealed to measurement root %s, the release at the policy's locator now has %s: "+
			"the task can go on when the locator leads to the former again; otherwise submit the job anew", sealed, of.root)
	} else if sealed != of.root {
		return fmt.Errorf("inputs were sealed to measurement root %s, the identity's policy now names %s: "+
			"the task can go on when the policy names the former again; otherwise submit the job anew", sealed, of.root)
	}
	if key := l.Network.KeyNetwork.GroupKey; !bytes.Equal(manifest.GroupKey, key[:]) {
		return errors.New("inputs were encrypted under the group key of another key network than this service's: submit the job anew")
	}
	for _, in := range manifest.Inputs {
		if _, err := l.blob(ctx, blob.Digest(in.Digest), a.TaskID); err != nil {
			return fmt.Errorf("input %s: %w", in.Name, err)
		}
		if err := checkSecret(in, of); err != nil {
			return err
		}
	}
	return nil
}

// checkSecret refuses a secret whose key no keyholder releases to the enclave. (An author opens one only where evidence names
// its author, which that of TDX guests does not.)
func checkSecret(in task.Input, of admitted) error {
	if in.Secret == nil || in.Secret.Policy == (wire.Hash32{}) || common.Hash(in.Secret.Policy) == of.root {
		return nil
	}
	return fmt.Errorf("secret %s, version %d, was sealed for enclaves of %s, this one has the measurement root %s: seal it anew, and submit the job with that version",
		in.Name, in.Secret.Version, in.Secret.Policy, of.root)
}

// chooseShape takes the smallest TDX machine that the enclave has a measurement for and that meets its bounds, and
// the proof that this measurement is under the root.
func chooseShape(b enclaver.Boot) (attest.Measurement, [][32]byte, error) {
	fits := slices.DeleteFunc(slices.Clone(b.Measurements), func(m attest.Measurement) bool {
		return m.TEE != attest.TDX || m.Shape.MemoryMiB < b.Config.Bounds.MinMemoryMiB
	})
	if len(fits) == 0 {
		return attest.Measurement{}, nil, fmt.Errorf("the enclave has no TDX measurement of a machine with %d MiB", b.Config.Bounds.MinMemoryMiB)
	}
	smallest := slices.MinFunc(fits, func(x, y attest.Measurement) int {
		if x.Shape.MemoryMiB != y.Shape.MemoryMiB {
			return int(x.Shape.MemoryMiB) - int(y.Shape.MemoryMiB)
		}
		return int(x.Shape.VCPUs) - int(y.Shape.VCPUs)
	})
	proof, err := attest.Proof(b.Measurements, smallest.Shape, smallest.TEE)
	if err != nil {
		return attest.Measurement{}, nil, fmt.Errorf("prove measurement: %w", err)
	}
	return smallest, proof, nil
}
