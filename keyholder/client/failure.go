// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/keyholder"
)

// ErrRefused reports that so many holders refused for good, or found something
// else than others, that the threshold is out of reach.
var ErrRefused = errors.New("too many keyholders refuse")

var (
	errSlow   = errors.New("does not answer")
	errUnlike = errors.New("they do not find the same")
)

// Progress is called while fewer than t holders answer. It may be nil.
type Progress func(Waiting)

// Waiting says how far a request has come.
type Waiting struct {
	Have, Need int       // holders that do not fail, and how many must not
	Failures   []Failure // latest failure of each holder that gave no share, by index
}

// String returns one line for users.
func (w Waiting) String() string {
	return fmt.Sprintf("waiting for keyholders: %d of %d", w.Have, w.Need)
}

// Failure is why one holder gave no share.
type Failure struct {
	Holder uint32
	Lied   bool             // what came in its name is a share that does not verify
	Signed bool             // and the holder itself signed it; else something between us may have made it
	Proof  *keyholder.Proof // of that, for others; nil if it must not be shown
	Err    error
}

// Error implements error.
func (f *Failure) Error() string {
	switch {
	case f.Signed:
		return fmt.Sprintf("keyholder %d signed a wrong share: %v", f.Holder, f.Err)
	case f.Lied:
		return fmt.Sprintf("keyholder %d gives a wrong share: %v", f.Holder, f.Err)
	}
	return fmt.Sprintf("keyholder %d: %v", f.Holder, f.Err)
}

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// final reports whether asking the holder again is pointless: it says so, or it
// lied. A wrong share that it did not sign is not final: whatever carries our
// messages could have made it.
func (f *Failure) final() bool {
	var refused *keyholder.Error
	return f.Signed || errors.As(f.Err, &refused) && !refused.Retryable
}

// failed is the failures of several holders as one error.
type failed []Failure

// Error implements error.
func (f failed) Error() string {
	var lines []string
	for i := range f {
		lines = append(lines, f[i].Error())
	}
	return strings.Join(lines, "; ")
}

// Unwrap returns each holder's.
func (f failed) Unwrap() []error {
	var out []error
	for i := range f {
		out = append(out, &f[i])
	}
	return out
}
