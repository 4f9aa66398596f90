// SPDX-License-Identifier: Apache-2.0

package envelope_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/escrin/escrin/keyholder/envelope"
)

// TestAG10AFailingSourceIsNotSealedAsIfItWereAll: a source that breaks off must not give a whole envelope of a part.
func TestAG10AFailingSourceIsNotSealedAsIfItWereAll(t *testing.T) {
	_, public, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []error{io.ErrUnexpectedEOF, fmt.Errorf("connection: %w", io.EOF), io.ErrClosedPipe} {
		for _, before := range []int{0, 1, 1 << 16, 1<<16 + 1} {
			source := io.MultiReader(strings.NewReader(strings.Repeat("x", before)), iotest.ErrReader(broken))
			if err := envelope.SealToRecipient(io.Discard, rand.Reader, public, nil, source); err == nil {
				t.Errorf("%v after %d bytes is taken for the end", broken, before)
			}
		}
	}
	var sealed bytes.Buffer
	if err := envelope.SealToRecipient(&sealed, rand.Reader, public, nil, iotest.OneByteReader(strings.NewReader("whole"))); err != nil {
		t.Error(err)
	}
}
