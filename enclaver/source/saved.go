// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// savedFile is the index of an archive of `docker save`.
const savedFile = "manifest.json"

// savedImage is an image in the index of an archive of `docker save`.
type savedImage struct {
	Config       string                    `json:"Config"`
	RepoTags     []string                  `json:"RepoTags"`
	Layers       []string                  `json:"Layers"`
	LayerSources map[string]oci.Descriptor `json:"LayerSources"` // read only to be refused if one is foreign
}

// saved is an image in an archive of `docker save`, which has no OCI manifest: the one that it gets is a function of its
// config and of its layers' bytes.
type saved struct {
	made
	archive *archive
	layers  map[v1.Hash]member
}

func openSaved(ctx context.Context, a *archive, path, want string) (*saved, error) {
	data, err := readSmall(a, savedFile)
	if err != nil {
		return nil, err
	}
	images, err := strictjson.DecodeOpen[[]savedImage](data, oci.MaxDocument)
	if err != nil {
		return nil, savedBadly(err)
	}
	chosen, err := chooseSaved(images, path, want)
	if err != nil {
		return nil, err
	}
	config, err := readSmall(a, chosen.Config)
	if err != nil {
		return nil, savedBadly(err)
	}
	parsed, err := oci.ParseImageConfig(config)
	if err != nil {
		return nil, err
	}
	if len(parsed.DiffIDs) != len(chosen.Layers) {
		return nil, savedBadly(fmt.Errorf("%d layers, but the config has %d diff ids", len(chosen.Layers), len(parsed.DiffIDs)))
	}
	s := &saved{archive: a, layers: make(map[v1.Hash]member)}
	descriptors := make([]oci.Descriptor, len(chosen.Layers))
	for i, name := range chosen.Layers {
		if descriptors[i], err = s.layer(ctx, name, parsed.DiffIDs[i]); err != nil {
			return nil, savedBadly(fmt.Errorf("layer %d: %w", i, err))
		}
	}
	s.made, err = makeImage(config, descriptors)
	return s, err
}

func savedBadly(err error) error {
	return hint.Wrap(fmt.Errorf("read %s: %w", savedFile, err), "the archive is not well-formed: save the image again")
}

// chooseSaved finds the image with the name or, without a name, the only one.
func chooseSaved(images []savedImage, path, want string) (savedImage, error) {
	var found []savedImage
	var names []string
	for _, image := range images {
		names = append(names, image.RepoTags...)
		if want == "" || slices.ContainsFunc(image.RepoTags, func(name string) bool { return sameName(name, want) }) {
			found = append(found, image)
		}
	}
	if len(found) != 1 {
		return savedImage{}, ambiguous(path, want, len(found), names)
	}
	for _, source := range found[0].LayerSources {
		if err := source.Validate(); err != nil {
			return savedImage{}, savedBadly(err)
		}
	}
	return found[0], nil
}

// layer describes a layer. A plain tar has its diff id for a digest, as whoever reads it will see; a packed one is read
// now.
func (s *saved) layer(ctx context.Context, name string, diffID v1.Hash) (oci.Descriptor, error) {
	m, err := s.archive.find(name)
	if err != nil {
		return oci.Descriptor{}, err
	}
	content := s.archive.section(m)
	packing, err := sniff(content)
	if err != nil {
		return oci.Descriptor{}, err
	}
	d := oci.Descriptor{MediaType: oci.MediaTypeLayer, Digest: diffID, Size: m.size}
	switch packing {
	case packedGzip:
		d.MediaType = oci.MediaTypeLayerGzip
	case packedZstd:
		d.MediaType = oci.MediaTypeLayerZstd
	}
	if d.MediaType != oci.MediaTypeLayer {
		sum := sha256.New()
		if _, err := io.Copy(sum, &counted{ctx: ctx, r: content}); err != nil {
			return oci.Descriptor{}, err
		}
		d.Digest = oci.HashOf([32]byte(sum.Sum(nil)))
	}
	s.layers[d.Digest] = m
	return d, nil
}

func (s *saved) openBlob(d oci.Descriptor) (io.ReadCloser, error) {
	if m, ok := s.layers[d.Digest]; ok {
		return io.NopCloser(s.archive.section(m)), nil
	}
	return s.made.openBlob(d)
}
