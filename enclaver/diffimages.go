// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

// containers compares the only ones, or else those of the same name.
func (d *differ) containers(a, b []config.Container) {
	if len(a) == 1 && len(b) == 1 {
		d.container(a[0], b[0])
		return
	}
	d.list("container", "start order", containerNames(a), containerNames(b))
	for _, one := range a {
		i := slices.IndexFunc(b, func(c config.Container) bool { return c.Name == one.Name })
		if i < 0 {
			continue
		}
		d.prefix = one.Name + ": "
		d.container(one, b[i])
		d.prefix = ""
	}
}

func containerNames(containers []config.Container) (names []string) {
	for _, c := range containers {
		names = append(names, c.Name)
	}
	return names
}

// imagePair is an image of each of two enclaves.
type imagePair struct {
	label string
	a, b  imageOf
}

// imageOf is one of an enclave's images.
type imageOf struct {
	*Enclave
	number int
}

// imagePairs are the only images, or else those that containers of the same name run, each once.
func imagePairs(a, b *Enclave) (pairs []imagePair) {
	if len(a.config.Images) == 1 && len(b.config.Images) == 1 {
		return []imagePair{{"", imageOf{a, 0}, imageOf{b, 0}}}
	}
	for _, one := range a.config.Spec.All() {
		others := b.config.Spec.All()
		i := slices.IndexFunc(others, func(c spec.Container) bool { return c.Name == one.Name })
		if i < 0 {
			continue
		}
		pair := imagePair{one.Name + ": ", imageOf{a, one.Image}, imageOf{b, others[i].Image}}
		if !slices.ContainsFunc(pairs, func(p imagePair) bool { return p.a == pair.a && p.b == pair.b }) {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// images compares images by their documents, their layers and, if those differ, their files.
func (d *differ) images(ctx context.Context, a, b *Enclave, progress Progress) error {
	defer func() { d.prefix = "" }()
	for _, pair := range imagePairs(a, b) {
		d.prefix = pair.label
		mine, theirs := a.config.Images[pair.a.number], b.config.Images[pair.b.number]
		d.note(false, "source image", "manifest", mine.Source.Manifest.String(), theirs.Source.Manifest.String())
		d.note(false, "source image", "config", mine.Source.Config.String(), theirs.Source.Config.String())
		d.layers(pair.a, pair.b)
		if !slices.Equal(mine.Layers, theirs.Layers) {
			if err := d.files(ctx, pair.a, pair.b, progress); err != nil {
				return err
			}
		}
		d.disk(mine.Disk, theirs.Disk)
	}
	return nil
}

// disk compares file systems by what the layers come to. Where they lie follows from those before them.
func (d *differ) disk(a, b config.Disk) {
	d.long("disk", "verity root", a.RootHash.String(), b.RootHash.String())
	d.note(true, "disk", "blocks", strconv.FormatUint(a.DataBlocks, 10), strconv.FormatUint(b.DataBlocks, 10))
}

// layers compares layers by what they unpack to, and names those that are packed in another way.
func (d *differ) layers(a, b imageOf) {
	count := max(len(a.config.Images[a.number].Layers), len(b.config.Images[b.number].Layers))
	for i := range count {
		name := fmt.Sprintf("%d of %d", i+1, count)
		diffA, blobA := a.layerText(i)
		diffB, blobB := b.layerText(i)
		if d.note(true, "layer", name, diffA, diffB); diffA == diffB {
			d.note(false, "layer", name+", packed", blobA, blobB)
			d.long("layer", name+", verity root", a.layerRoot(i), b.layerRoot(i))
		}
	}
}

func (i imageOf) layerRoot(n int) string {
	layers := i.config.Images[i.number].Layers
	if n >= len(layers) {
		return ""
	}
	return layers[n].RootHash.String()
}

func (i imageOf) layerText(n int) (diffID, blob string) {
	layers := i.config.Images[i.number].Layers
	if n >= len(layers) {
		return "", ""
	}
	return layers[n].DiffID.String(), i.manifest.Images[i.number].Layers[n].Digest.String()
}
