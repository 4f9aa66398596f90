// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"fmt"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/enclaver/workload"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/imagebuild/verity"
)

// diskOf describes a file system that begins at a block of the disk. Its hash tree follows its data at once, and its salt is
// zero: it would only hide which blocks two enclaves share, and layers are public.
func diskOf(s *stack, offset uint64) (config.Disk, error) {
	root, err := s.Root()
	if err != nil {
		return config.Disk{}, fmt.Errorf("compute verity root: %w", err)
	}
	return config.Disk{OffsetBlocks: offset, DataBlocks: s.DataBlocks(), HashOffsetBlocks: offset + s.DataBlocks(), RootHash: root}, nil
}

// endOf is the first block behind a file system and its hash tree.
func endOf(d config.Disk) uint64 { return d.HashOffsetBlocks + verity.TreeBlocks(d.DataBlocks) }

// runImage fills in the containers that run the image of a number.
func runImage(containers []config.Container, image workload.Image, number int, declared spec.Spec) (err error) {
	for i, c := range declared.All() {
		if c.Image != number {
			continue
		}
		if containers[i], err = workload.Container(image, c, declared); err != nil {
			return err
		}
	}
	return nil
}

// measuredConfig makes the measured config of the containers of a spec.
func measuredConfig(declared spec.Spec, containers []config.Container) (run config.Config, document []byte, err error) {
	if run, err = workload.Config(declared, containers); err != nil {
		return run, nil, err
	}
	document, err = run.Marshal()
	return run, document, err
}

// commandLine is the kernel's for an enclave whose measured config has this digest.
func commandLine(digest [32]byte, c artifact.Config) string {
	return config.Location{
		Digest: digest, OffsetBlocks: c.MeasuredConfig.OffsetBlocks, Size: c.MeasuredConfig.Size, WipesFreed: c.Spec.Tasks.WipeFreed(),
	}.CommandLine()
}

// placeOf says where on the disk a measured config is: behind the last file system.
func placeOf(document []byte, images []artifact.Image) artifact.MeasuredConfig {
	return artifact.MeasuredConfig{
		Digest: oci.HashOf(config.Digest(document)), OffsetBlocks: endOf(images[len(images)-1].Disk), Size: len(document),
	}
}
