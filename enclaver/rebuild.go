// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/plural"
)

// Rebuild verifies the enclave and then makes it again from its images, by their numbers: with the enclave's own spec, and with the guest
// base in a folder or, if that is empty, with the enclave's own. The last lines of the report say whether the image
// makes this enclave. The layers of another registry or archive may be packed in another way: what they unpack to, and
// so the measurement root, must be the same.
func Rebuild(ctx context.Context, e *Enclave, from []source.Source, guestBase string, progress Progress) Report {
	v := newVerifier(ctx, e, progress)
	defer v.close()
	v.verify()
	v.forget() // as the image makes another one
	var again *Enclave
	v.check("rebuild", sourcesText(from), func() (err error) {
		again, err = v.rebuild(from, guestBase)
		return err
	})
	detail := e.Digest().String()
	if again != nil && again.Digest() != e.Digest() && again.config.MeasurementRoot == e.config.MeasurementRoot {
		detail = fmt.Sprintf("%s measures the same; the image is packed in another way", again.Digest())
	}
	v.check("rebuilt enclave", detail, func() error { return v.compare(again) })
	return v.report
}

// rebuild works in the scratch store, where nothing is but what was converted during this verification.
func (v *verifier) rebuild(from []source.Source, folder string) (*Enclave, error) {
	if v.scratch == nil {
		return nil, errNotDerived
	}
	b := &builder{store: v.scratch, spec: v.enclave.config.Spec, progress: v.progress}
	b.base = func(ctx context.Context) (guestBase, error) {
		if folder != "" {
			return importGuestBase(ctx, folder, v.enclave.config.Spec.Network, v.scratch)
		}
		if v.base == nil {
			return guestBase{}, errNotDerived
		}
		return *v.base, nil
	}
	return b.build(v.ctx, from)
}

// compare holds what the image made against the enclave, and says where the first difference is.
func (v *verifier) compare(again *Enclave) error {
	if again == nil {
		return errNotDerived
	}
	mine, theirs := v.enclave.config, again.config
	if mine.MeasurementRoot == theirs.MeasurementRoot {
		return nil
	}
	for _, part := range []struct {
		name string
		a, b oci.Descriptor
	}{
		{"kernel", v.enclave.manifest.Kernel, again.manifest.Kernel},
		{"initrd", v.enclave.manifest.Initrd, again.manifest.Initrd},
		{"firmware", v.enclave.manifest.Firmware, again.manifest.Firmware},
	} {
		if part.a.Digest != part.b.Digest {
			return fmt.Errorf("the guest base has another %s: %s", part.name, part.b.Digest)
		}
	}
	for i := range mine.Images {
		if err := compareLayers(mine.Images[i].Layers, theirs.Images[i].Layers); err != nil {
			return fmt.Errorf("%s%w", v.enclave.label(i), err)
		}
	}
	if mine.MeasuredConfig.Digest != theirs.MeasuredConfig.Digest {
		return errors.New("the image asks to be run in another way: its config is another")
	}
	return errors.New("the image makes an enclave with other measurements")
}

func compareLayers(mine, theirs []artifact.Layer) error {
	if len(mine) != len(theirs) {
		return fmt.Errorf("the image has %s, the enclave %d", plural.Of(len(theirs), "layer"), len(mine))
	}
	for i := range mine {
		if mine[i] != theirs[i] {
			return fmt.Errorf("layer %d of the image is %s, that of the enclave %s", i+1, theirs[i].DiffID, mine[i].DiffID)
		}
	}
	return nil
}

func sourcesText(from []source.Source) string {
	names := make([]string, len(from))
	for i, s := range from {
		names[i] = s.String()
	}
	return strings.Join(names, ", ")
}
