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
	if err == nil && policy.Kind != chain.ByMeasurements {
		err = fmt.Errorf("the policy of identity %s is by %s; this runner serves policies by measurements", a.identity(), policy.Kind)
	}
	return policy, err
}

// fetchEnclave pulls the enclave that the policy's locator names, if it is not here yet, and lays out its disk. The
// locator is a hint: it must be pinned by digest, point to a registry that the operator allows, and lead to the
// measurement root of the policy.
func (l *Local) fetchEnclave(ctx context.Context, p chain.Policy) (enclaver.Boot, error) {
	ref, err := enclaver.ParseReference(p.Locator)
	if err != nil {
		return enclaver.Boot{}, fmt.Errorf("the policy's locator: %w", err)
	}
	digest, pinned := ref.Digest()
	if !pinned {
		return enclaver.Boot{}, fmt.Errorf("the policy's locator %s is not pinned by a digest", ref)
	}
	if !slices.Contains(l.Registries, ref.Registry()) {
		return enclaver.Boot{}, fmt.Errorf("the enclave is in the registry %s; this service pulls from %v only", ref.Registry(), l.Registries)
	}
	e, err := enclaver.Pull(ctx, ref, l.Enclaves, enclaver.Lines(l.Log))
	if err != nil {
		return enclaver.Boot{}, err
	}
	if e.Digest() != digest {
		return enclaver.Boot{}, fmt.Errorf("pull enclave %s: got %s", ref, e.Digest())
	}
	if root := common.Hash(e.MeasurementRoot()); root != p.MeasurementRoot {
		return enclaver.Boot{}, fmt.Errorf("enclave %s has the measurement root %s, the policy names %s", ref, root, p.MeasurementRoot)
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
func (l *Local) checkInputs(a Assignment, p chain.Policy) error {
	raw, err := l.Blobs.Get(blob.Digest(a.Terms.InputDigest))
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
	if common.Hash(manifest.Policy) != p.MeasurementRoot {
		return fmt.Errorf("inputs were sealed to measurement root %s, the identity's policy now names %s: "+
			"the task can go on when the policy names the former again; otherwise submit the job anew", manifest.Policy, p.MeasurementRoot)
	}
	if key := l.Network.KeyNetwork.GroupKey; !bytes.Equal(manifest.GroupKey, key[:]) {
		return errors.New("inputs were encrypted under the group key of another key network than this service's: submit the job anew")
	}
	for _, in := range manifest.Inputs {
		if _, err := l.Blobs.Get(blob.Digest(in.Digest)); err != nil {
			return fmt.Errorf("input %s: %w", in.Name, err)
		}
	}
	return nil
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
