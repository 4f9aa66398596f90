// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/guestagent/session"
)

func TestAnswersAreReadAsTheyAreWritten(t *testing.T) {
	for _, a := range []Answer{
		{Evidence: []byte{1}, Port: 1}, {Evidence: bytes.Repeat([]byte{2}, MaxEvidence), Port: 65535, Signature: [session.SignatureSize]byte{3, 64: 27}},
	} {
		var raw bytes.Buffer
		if err := a.Write(&raw); err != nil {
			t.Fatal(err)
		}
		got, err := ReadAnswer(&raw)
		if err != nil || !slices.Equal(got.Evidence, a.Evidence) || got.Port != a.Port || got.Signature != a.Signature || raw.Len() > 0 {
			t.Errorf("read %d bytes, port %d, %v", len(got.Evidence), got.Port, err)
		}
	}
	if err := (Answer{Evidence: make([]byte, MaxEvidence+1)}).Write(new(bytes.Buffer)); err == nil {
		t.Error("too much evidence is written")
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0})
	f.Add(append([]byte{0, 0, 0, 1, 7, 1, 187}, make([]byte, session.SignatureSize)...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := ReadAnswer(bytes.NewReader(raw))
		if err != nil {
			if len(a.Evidence) > 0 || a.Signature != [session.SignatureSize]byte{} {
				t.Errorf("%v, and %d bytes of evidence", err, len(a.Evidence))
			}
			if errors.Is(err, ErrTrial) && !bytes.HasPrefix(raw, make([]byte, 4)) {
				t.Error("a trial without its sign")
			}
			return
		}
		var again bytes.Buffer
		if err := a.Write(&again); err != nil || !bytes.HasPrefix(raw, again.Bytes()) {
			t.Errorf("read what is written in another way: %v", err)
		}
	})
}
