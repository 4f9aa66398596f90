// SPDX-License-Identifier: Apache-2.0

// Package enclaver turns an OCI image into an enclave: a confidential virtual machine image, kept as an
// OCI artifact, whose launch measurement anyone can compute.
//
// [Build] takes an image's layers as they are, converts each into a file system, merges them under one dm-verity
// root, states how to run them in a measured config, and predicts the registers of every machine shape. The
// enclave's name on chain is its measurement root. [Push] and [Pull] move an enclave between a [Store] and a
// registry; [Enclave.Assemble] converts its layers again and lays out the disk that a machine boots; [Verify]
// derives every digest and register again, and [Rebuild] the whole enclave from an image. SPEC.md beside this
// file is the artifact's format.
package enclaver

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
)

// Reference names an enclave in a registry: REGISTRY/REPOSITORY[:TAG][@sha256:…].
type Reference = oci.Reference

// ParseReference reads a reference; see [oci.ParseReference].
func ParseReference(s string) (Reference, error) { return oci.ParseReference(s) }

// Store keeps enclaves on this machine.
type Store = store.Store

// OpenStore opens the store in dir, and makes it if there is none. An empty dir means DefaultStoreDir.
func OpenStore(dir string) (*Store, error) {
	if dir == "" {
		var err error
		if dir, err = DefaultStoreDir(); err != nil {
			return nil, err
		}
	}
	return store.Open(dir)
}

// Enclave is an enclave in a store. It is immutable; its blobs are checked when they are used.
type Enclave struct {
	store      *store.Store
	descriptor oci.Descriptor // of the manifest
	manifest   artifact.Manifest
	config     artifact.Config
}

// Digest names the enclave's manifest: REPOSITORY@DIGEST is the enclave in any registry that has it.
func (e *Enclave) Digest() v1.Hash { return e.descriptor.Digest }

// MeasurementRoot is the enclave's name on chain: the Merkle root over all its measurements.
func (e *Enclave) MeasurementRoot() [32]byte { return e.config.MeasurementRoot }

// QEMU is the series of QEMU whose virtual hardware the enclave was measured for.
func (e *Enclave) QEMU() predict.QEMUVersion { return predict.QEMUVersion(e.config.QEMU) }

// containersOf names the containers that run the image of a number.
func (e *Enclave) containersOf(number int) (names []string) {
	for _, c := range e.config.Spec.All() {
		if c.Image == number {
			names = append(names, c.Name)
		}
	}
	return names
}

// label says which image is meant, if there are several.
func (e *Enclave) label(number int) string {
	if len(e.config.Images) == 1 {
		return ""
	}
	return strings.Join(e.containersOf(number), ", ") + ": "
}
