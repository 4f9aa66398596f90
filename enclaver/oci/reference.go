// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Reference names content in a registry: REGISTRY/REPOSITORY[:TAG][@DIGEST]. A reference with a digest
// is pinned, and its tag says nothing more than where the digest came from. The zero value names nothing.
type Reference struct {
	repository name.Repository
	tag        string
	digest     v1.Hash
}

// ParseReference reads a reference. Without tag and digest the tag is "latest"; without a registry it is
// Docker's. A registry on the local host is spoken to in plain HTTP.
func ParseReference(s string) (Reference, error) {
	rest, digest, pinned := strings.Cut(s, "@")
	tag, err := name.NewTag(rest)
	if err != nil {
		return Reference{}, fmt.Errorf("parse reference %q: want REGISTRY/NAME:TAG in lower case", s)
	}
	ref := Reference{tag: tag.TagStr()}
	if ref.repository, err = canonical(tag.Repository); err != nil {
		return Reference{}, fmt.Errorf("parse reference %q: %w", s, err)
	}
	if !pinned {
		return ref, nil
	}
	if !strings.HasSuffix(rest, ":"+ref.tag) {
		ref.tag = ""
	}
	if ref.digest, err = v1.NewHash(digest); err != nil || ref.digest.Algorithm != "sha256" {
		return Reference{}, fmt.Errorf("parse reference %q: want sha256: and 64 hex digits after @", s)
	}
	return ref, nil
}

// canonical spells a repository in full, and holds its path to the grammar of the distribution
// specification: no "..", no empty component.
func canonical(repository name.Repository) (name.Repository, error) {
	grammar := regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
	if !grammar.MatchString(repository.RepositoryStr()) {
		return name.Repository{}, fmt.Errorf("%q is not the name of a repository", repository.RepositoryStr())
	}
	return name.NewRepository(repository.Name())
}

// String is the reference in full, with registry, tag (if any) and digest (if any).
func (r Reference) String() string {
	s := r.repository.Name()
	if r.tag != "" {
		s += ":" + r.tag
	}
	if d, ok := r.Digest(); ok {
		s += "@" + d.String()
	}
	return s
}

// Repository is the registry and repository.
func (r Reference) Repository() name.Repository { return r.repository }

// Registry is the host, with its port if it has one.
func (r Reference) Registry() string { return r.repository.RegistryStr() }

// Tag returns the tag, or "" for a reference that has only a digest.
func (r Reference) Tag() string { return r.tag }

// Digest returns the digest, and false for a reference that is not pinned.
func (r Reference) Digest() (v1.Hash, bool) { return r.digest, r.digest != v1.Hash{} }

// IsZero says whether r names nothing.
func (r Reference) IsZero() bool { return r == Reference{} }

// WithDigest returns r pinned to a digest.
func (r Reference) WithDigest(digest v1.Hash) Reference {
	r.digest = digest
	return r
}

// MarshalText implements encoding.TextMarshaler.
func (r Reference) MarshalText() ([]byte, error) {
	if r.IsZero() {
		return nil, errors.New("encode reference: it is empty")
	}
	return []byte(r.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Reference) UnmarshalText(text []byte) (err error) {
	*r, err = ParseReference(string(text))
	return err
}
