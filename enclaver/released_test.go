// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"errors"
	"testing"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/release"
)

func releases(t *testing.T, versions map[byte][]uint64) enclaver.Releases {
	t.Helper()
	found := enclaver.Releases{MeasurementRoot: [32]byte{1}}
	for key, list := range versions {
		for _, version := range list {
			r, err := release.Sign(release.Statement{MeasurementRoot: found.MeasurementRoot, Version: version}, [32]byte{31: key})
			if err != nil {
				t.Fatal(err)
			}
			found.All = append(found.All, r)
		}
	}
	return found
}

// REG-11: whatever others attach, the newest release is the author's own.
func TestREG11NewestReleaseIsTheAuthors(t *testing.T) {
	mine := releases(t, map[byte][]uint64{1: {0}})
	author, err := mine.All[0].Author()
	if err != nil {
		t.Fatal(err)
	}
	found := releases(t, map[byte][]uint64{1: {3, 5, 4}, 2: {9}})
	if r, err := found.Newest(author, 5); err != nil || r.Version != 5 {
		t.Errorf("%+v, %v", r, err)
	}
	for name, c := range map[string]struct {
		found   enclaver.Releases
		atLeast uint64
	}{"too old": {found, 6}, "by another": {releases(t, map[byte][]uint64{2: {9}}), 0}, "none": {enclaver.Releases{}, 0}} {
		if r, err := c.found.Newest(author, c.atLeast); !errors.Is(err, enclaver.ErrNotReleased) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if r, err := mine.Newest(author, 0); err != nil || r.Version != 0 {
		t.Errorf("version 0: %+v, %v", r, err)
	}
}
