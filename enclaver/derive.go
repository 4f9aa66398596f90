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

// measuredConfig makes the measured config of an image under a spec. The disk's hash tree follows its data at once, and
// its salt is zero: it would only hide which blocks two enclaves share, and layers are public.
func measuredConfig(image oci.ImageConfig, declared spec.Spec, s *stack) (run config.Config, document []byte, err error) {
	disk := config.Disk{DataBlocks: s.DataBlocks(), HashOffsetBlocks: s.DataBlocks()}
	if disk.RootHash, err = s.Root(); err != nil {
		return run, nil, fmt.Errorf("compute verity root: %w", err)
	}
	if run, err = workload.Config(image, declared, s.FS(), disk); err != nil {
		return run, nil, err
	}
	document, err = run.Marshal()
	return run, document, err
}

// placeOf says where on the disk a measured config is: behind the hash tree.
func placeOf(document []byte, disk config.Disk) artifact.MeasuredConfig {
	return artifact.MeasuredConfig{
		Digest: oci.HashOf(config.Digest(document)), OffsetBlocks: configOffset(disk), Size: len(document),
	}
}

// configOffset is where the measured config begins, in blocks.
func configOffset(d config.Disk) uint64 { return d.HashOffsetBlocks + verity.TreeBlocks(d.DataBlocks) }
