// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry"
	"github.com/escrin/escrin/enclaver/release"
)

// ErrNotReleased says that an enclave has no release that will do.
var ErrNotReleased = errors.New("the enclave has no such release")

// maxReleases bounds how many referrers of an enclave are looked through for releases (threat REG-11).
const maxReleases = 64

// Releases are those of one enclave.
type Releases struct {
	Enclave         Reference // pinned by digest
	MeasurementRoot [32]byte
	All             []release.Release // of this root, with valid signatures; whose, is for the caller to judge
	More            bool              // there are more artifacts than were looked at
}

// Newest returns the release by an author with the greatest version, if that is minVersion at least; else ErrNotReleased.
func (r Releases) Newest(author [20]byte, minVersion uint64) (release.Release, error) {
	var newest release.Release
	var found bool
	for _, candidate := range r.All {
		signer, err := candidate.Author()
		if err == nil && signer == author && (!found || candidate.Version > newest.Version) {
			newest, found = candidate, true
		}
	}
	switch {
	case !found:
		err := fmt.Errorf("enclave %s: %w: none by author 0x%x", r.Enclave, ErrNotReleased, author)
		return release.Release{}, hint.Wrap(err, "its author releases it with `escrin release sign %s --version N`", r.Enclave)
	case newest.Version < minVersion:
		return release.Release{}, fmt.Errorf("enclave %s: %w: it is version %d, want version %d at least", r.Enclave, ErrNotReleased, newest.Version, minVersion)
	}
	return newest, nil
}

// FetchReleases reads the releases of the enclave that ref leads to now, from its registry. Documents that are no releases of this
// enclave are passed over: anyone who may write to the repository can attach some.
func FetchReleases(ctx context.Context, ref Reference) (Releases, error) {
	from, e, err := fetchDocuments(ctx, ref)
	if err != nil {
		return Releases{}, fmt.Errorf("look for releases of %s: %w", ref, err)
	}
	found := Releases{Enclave: ref.WithDigest(e.Digest()), MeasurementRoot: e.MeasurementRoot()}
	referrers, err := from.Referrers(ctx, e.Digest(), maxReleases)
	if found.More = errors.Is(err, registry.ErrMoreReferrers); err != nil && !found.More {
		return Releases{}, fmt.Errorf("look for releases of %s: %w", ref, err)
	}
	for _, d := range referrers {
		if d.ArtifactType != release.MediaType {
			continue
		}
		document, err := from.ReferrerContent(ctx, d, release.MaxSize)
		if ctx.Err() != nil {
			return Releases{}, ctx.Err()
		}
		if err != nil {
			continue
		}
		if r, err := release.Parse(document); err == nil && r.MeasurementRoot == found.MeasurementRoot {
			found.All = append(found.All, r)
		}
	}
	return found, nil
}

// Release signs the enclave that ref leads to now as a version of its author's, and attaches the release to it in
// its registry. The measurement root is the enclave's own. key is the author's secret.
func Release(ctx context.Context, ref Reference, version uint64, key [32]byte) (release.Release, Reference, error) {
	_, e, err := fetchDocuments(ctx, ref)
	if err != nil {
		return release.Release{}, ref, fmt.Errorf("release %s: %w", ref, err)
	}
	pinned := ref.WithDigest(e.Digest())
	r, err := release.Sign(release.Statement{MeasurementRoot: e.MeasurementRoot(), Version: version}, key)
	if err != nil {
		return r, pinned, err
	}
	document, err := r.Marshal()
	if err != nil {
		return r, pinned, err
	}
	pusher, err := registry.NewPusher(pinned)
	if err != nil {
		return r, pinned, err
	}
	subject := oci.Descriptor{MediaType: e.descriptor.MediaType, Digest: e.descriptor.Digest, Size: e.descriptor.Size}
	if err := pusher.Referrer(ctx, subject, release.MediaType, document, release.MediaType); err != nil {
		return r, pinned, fmt.Errorf("release %s: %w", ref, err)
	}
	return r, pinned, nil
}
