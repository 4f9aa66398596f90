// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// ErrMoreReferrers says that the registry has more referrers than are looked at.
var ErrMoreReferrers = errors.New("the registry has more referrers")

const (
	maxReferrer  = 64 << 10 // bytes of a referrer's manifest
	maxPages     = 16       // of a list
	maxReferrers = 256      // that a list kept under a tag may grow to
)

// referrer is the manifest of an artifact that says something about another one, its subject.
type referrer struct {
	SchemaVersion int              `json:"schemaVersion"`
	MediaType     string           `json:"mediaType"`
	ArtifactType  string           `json:"artifactType"`
	Config        oci.Descriptor   `json:"config"`
	Layers        []oci.Descriptor `json:"layers"`
	Subject       *oci.Descriptor  `json:"subject"`
}

// Referrer uploads blob as an artifact of its own that refers to subject, a manifest in this repository. The
// same blob makes the same artifact. Where the registry keeps no list of referrers, they are listed under the tag
// that the distribution specification has for it.
func (p *Pusher) Referrer(ctx context.Context, subject oci.Descriptor, artifactType string, blob []byte, mediaType string) error {
	document, err := p.attach(ctx, subject, artifactType, blob, mediaType)
	if err != nil {
		return fmt.Errorf("attach %s to %s: %w", artifactType, subject.Digest, err)
	}
	d := oci.DescriptorOf(oci.MediaTypeManifest, document)
	header, err := p.put(ctx, "", d, document)
	if err == nil && header.Get("OCI-Subject") == "" {
		d.ArtifactType = artifactType
		err = p.list(ctx, subject.Digest, d)
	}
	if err != nil {
		return fmt.Errorf("attach %s to %s: %w", artifactType, subject.Digest, err)
	}
	return nil
}

// ReferrerContent reads the one blob of a referrer that Referrers named, of at most limit bytes and of the media type
// that the artifact has. What it says is its author's word.
func (r *Repository) ReferrerContent(ctx context.Context, d oci.Descriptor, limit int64) ([]byte, error) {
	document, err := r.content(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("read artifact %s: %w", d.Digest, err)
	}
	m, err := strictjson.DecodeOpen[referrer](document, maxReferrer)
	if err == nil && (len(m.Layers) != 1 || m.Layers[0].MediaType != d.ArtifactType || m.Layers[0].Size > limit) {
		err = fmt.Errorf("it has not one blob of type %s and of at most %d bytes", d.ArtifactType, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("read artifact %s: %w", d.Digest, err)
	}
	content, err := r.content(ctx, m.Layers[0])
	if err != nil {
		return nil, fmt.Errorf("read artifact %s: %w", d.Digest, err)
	}
	return content, nil
}

func (r *Repository) content(ctx context.Context, d oci.Descriptor) ([]byte, error) {
	body, err := r.OpenContent(ctx, d)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return oci.ReadDocument(ctx, body, d)
}

// attach uploads the blobs of a referrer and returns its manifest.
func (p *Pusher) attach(ctx context.Context, subject oci.Descriptor, artifactType string, blob []byte, mediaType string) ([]byte, error) {
	empty := []byte("{}")
	for _, data := range [][]byte{blob, empty} {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		if err := p.Blob(ctx, oci.DescriptorOf("", data), open); err != nil {
			return nil, err
		}
	}
	return json.Marshal(referrer{
		SchemaVersion: 2,
		MediaType:     oci.MediaTypeManifest,
		ArtifactType:  artifactType,
		Config:        oci.DescriptorOf(oci.MediaTypeEmpty, empty),
		Layers:        []oci.Descriptor{oci.DescriptorOf(mediaType, blob)},
		Subject:       &oci.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size},
	})
}

// list adds a referrer to the list under the subject's tag, unless the registry turns out to keep lists itself.
func (p *Pusher) list(ctx context.Context, subject v1.Hash, d oci.Descriptor) error {
	if _, _, err := p.client.referrers(ctx, p.client.url("referrers/"+subject.String(), nil)); err == nil {
		return nil
	}
	known, _, err := p.client.referrers(ctx, p.client.url("manifests/"+tagOf(subject), nil))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	for _, other := range known {
		if other.Digest == d.Digest {
			return nil
		}
	}
	if len(known) >= maxReferrers {
		return ErrMoreReferrers
	}
	document, err := json.Marshal(struct {
		SchemaVersion int              `json:"schemaVersion"`
		MediaType     string           `json:"mediaType"`
		Manifests     []oci.Descriptor `json:"manifests"`
	}{2, oci.MediaTypeIndex, append(known, d)})
	if err != nil {
		return err
	}
	_, err = p.put(ctx, tagOf(subject), oci.DescriptorOf(oci.MediaTypeIndex, document), document)
	return err
}

// tagOf is the tag of the list of referrers in registries that keep none (distribution specification v1.1).
func tagOf(subject v1.Hash) string { return subject.Algorithm + "-" + subject.Hex }

// Referrers lists artifacts that refer to the manifest with this digest: of the first limit that the registry names
// those whose manifest says so too. Anyone who may write to the repository can add one: they are hints, and nothing may
// depend on one (threat REG-11). If there are more, the error is ErrMoreReferrers, beside the first ones.
func (r *Repository) Referrers(ctx context.Context, digest v1.Hash, limit int) ([]oci.Descriptor, error) {
	named, err := r.named(ctx, digest, limit)
	if err != nil && !errors.Is(err, ErrMoreReferrers) {
		return nil, fmt.Errorf("list referrers of %s: %w", digest, err)
	}
	var confirmed []oci.Descriptor
	for _, d := range named {
		if d, ok := r.confirm(ctx, digest, d); ok {
			confirmed = append(confirmed, d)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return confirmed, err
}

// named reads the registry's list.
func (r *Repository) named(ctx context.Context, digest v1.Hash, limit int) ([]oci.Descriptor, error) {
	page := r.client.url("referrers/"+digest.String(), nil)
	all, next, err := r.client.referrers(ctx, page)
	if errors.Is(err, ErrNotFound) {
		all, next, err = r.client.referrers(ctx, r.client.url("manifests/"+tagOf(digest), nil))
	}
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	for pages := 1; err == nil && next != nil && len(all) <= limit; pages++ {
		if pages == maxPages {
			return all, ErrMoreReferrers
		}
		var more []oci.Descriptor
		more, next, err = r.client.referrers(ctx, next)
		all = append(all, more...)
	}
	if len(all) > limit {
		return all[:limit], ErrMoreReferrers
	}
	return all, err
}

// referrers reads one page of a list, and where the next one is.
func (c *client) referrers(ctx context.Context, page *url.URL) (all []oci.Descriptor, next *url.URL, err error) {
	header, data, err := c.document(ctx, request{
		method: http.MethodGet,
		url:    page,
		header: map[string]string{"Accept": oci.MediaTypeIndex},
		accept: []int{http.StatusOK},
	}, oci.MaxDocument)
	if errors.Is(err, errTooLong) {
		return nil, nil, ErrMoreReferrers
	}
	if err != nil {
		return nil, nil, err
	}
	index, err := oci.ParseIndex(data, oci.MediaTypeIndex)
	if err != nil {
		return nil, nil, err
	}
	next, err = c.next(page, header.Get("Link"))
	return index.Manifests, next, err
}

// next reads a Link header (RFC 8288). The list goes on at the registry itself or not at all.
func (c *client) next(page *url.URL, link string) (*url.URL, error) {
	target, params, found := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !found || !strings.Contains(strings.ReplaceAll(params, `"`, ""), "rel=next") {
		return nil, nil
	}
	next, err := page.Parse(target)
	if err != nil || !isHome(c.repository.Registry, next) {
		return nil, fmt.Errorf("%w: the list of referrers goes on elsewhere", errRefused)
	}
	return next, nil
}

// confirm holds what the list says of a referrer against its manifest.
func (r *Repository) confirm(ctx context.Context, subject v1.Hash, d oci.Descriptor) (oci.Descriptor, bool) {
	if d.MediaType != oci.MediaTypeManifest || d.Size > maxReferrer {
		return oci.Descriptor{}, false
	}
	data, err := r.content(ctx, d)
	if err != nil {
		return oci.Descriptor{}, false
	}
	m, err := strictjson.DecodeOpen[referrer](data, maxReferrer)
	if err != nil || m.MediaType != oci.MediaTypeManifest || m.Subject == nil || m.Subject.Digest != subject {
		return oci.Descriptor{}, false
	}
	if m.ArtifactType == "" {
		m.ArtifactType = m.Config.MediaType
	}
	return oci.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size, ArtifactType: m.ArtifactType}, true
}
