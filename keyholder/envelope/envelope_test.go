// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// keys is a network whose secret the test knows.
type keys struct {
	group   curve.G2
	name    keyname.Name
	derived curve.G1
}

func newKeys(t testing.TB) keys {
	t.Helper()
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keysOf(secret)
}

func keysOf(secret curve.Scalar) keys {
	name := keyname.ForTask(1, [20]byte{1}, [32]byte{2}, [32]byte{3}, [32]byte{4})
	return keys{secret.Public(), name, ibe.HashName(name).Mul(secret)}
}

func sealTo(t testing.TB, k keys, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := SealToName(&out, rand.Reader, k.group, k.name, bytes.NewReader(plain)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// openAll opens and reads to the end.
func openAll(k keys, sealed []byte) ([]byte, error) {
	r, err := OpenWithKey(bytes.NewReader(sealed), k.derived, k.name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// sizes are those at which chunking or padding change.
func sizes() []int {
	return []int{0, 1, 255, 256, 257, chunkData - 1, chunkData, chunkData + 1, 2*chunkData - 1, 2 * chunkData, 2*chunkData + 1, 1 << 20, 1<<20 + 7}
}

func TestRoundTripAtEverySizeThatMatters(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	priv, pub, err := GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range sizes() {
		plain := make([]byte, n)
		if _, err := rand.Read(plain); err != nil {
			t.Fatal(err)
		}
		sealed := sealTo(t, k, plain)
		if uint64(len(sealed)) != SealedToNameSize(uint64(n)) {
			t.Errorf("%d bytes: sealed to %d, predicted %d", n, len(sealed), SealedToNameSize(uint64(n)))
		}
		if got, err := openAll(k, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes to a name: %v", n, err)
		}
		var out bytes.Buffer
		if err := SealToRecipient(&out, rand.Reader, pub, []byte("aad"), iotest.OneByteReader(bytes.NewReader(plain))); err != nil {
			t.Fatal(err)
		}
		if uint64(out.Len()) != SealedToRecipientSize(uint64(n)) {
			t.Errorf("%d bytes: sealed to %d, predicted %d", n, out.Len(), SealedToRecipientSize(uint64(n)))
		}
		r, err := OpenWithRecipientKey(&out, priv, []byte("aad"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes to a recipient: %v", n, err)
		}
	}
}

// The size of an envelope tells the padded size of its content and no more, and
// padding costs at most an eighth.
func TestAG09SizeTellsLittle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1<<40).Draw(t, "n")
		p := padded(n)
		if p < n || padded(p) != p || (n > minimumData && p-n > n/8) || padded(n+1) < p {
			t.Fatalf("padded(%d) = %d", n, p)
		}
	})
}

// KR-15: no byte can change, go or come.
func TestKR15EveryChangeIsRefused(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	plain := bytes.Repeat([]byte("secret"), 20)
	sealed := sealTo(t, k, plain)
	for i := range sealed {
		b := bytes.Clone(sealed)
		b[i] ^= 1 << (i % 8)
		if got, err := openAll(k, b); err == nil {
			t.Fatalf("byte %d changed: opened as %q", i, got)
		}
	}
	for i := range sealed {
		if _, err := openAll(k, sealed[:i]); err == nil {
			t.Fatalf("cut to %d bytes: opened", i)
		}
	}
	if _, err := openAll(k, append(bytes.Clone(sealed), 0)); err == nil {
		t.Fatal("a byte more: opened")
	}
}

func TestAG10ChunksCannotMove(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	sealed := sealTo(t, k, make([]byte, 4*chunkData))
	head := len(sealed) - (int(padded(4*chunkData)) + int((padded(4*chunkData)+chunkData-1)/chunkData)*(countSize+tagSize))
	chunk := func(i int) []byte { return sealed[head+i*(chunkSize+tagSize):][:chunkSize+tagSize] }
	join := func(parts ...[]byte) []byte { return bytes.Join(append([][]byte{sealed[:head]}, parts...), nil) }
	for name, b := range map[string][]byte{
		"swapped":   join(chunk(1), chunk(0), chunk(2), chunk(3)),
		"repeated":  join(chunk(0), chunk(0), chunk(2), chunk(3)),
		"dropped":   join(chunk(0), chunk(2), chunk(3)),
		"last gone": join(chunk(0), chunk(1), chunk(2)),
		"none":      join(),
		"one more":  join(chunk(0), chunk(1), chunk(2), chunk(3), chunk(3)),
	} {
		if _, err := openAll(k, b); err == nil {
			t.Errorf("chunks %s: opened", name)
		}
	}
}

// A sender who knows the file key cannot make two envelopes of one content
// either: padding and counts have one form.
func TestAG10OnlyOneLayout(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	for name, write := range map[string]func(w *chunkWriter) error{
		"unpadded":       func(w *chunkWriter) error { return w.write(newChunk(), 1, 1, true) },
		"padded too far": func(w *chunkWriter) error { return w.write(newChunk(), 1, 512, true) },
		"empty chunk":    func(w *chunkWriter) error { return w.write(newChunk(), 0, 0, true) },
		"data after less": func(w *chunkWriter) error {
			return errors.Join(w.write(newChunk(), 1, chunkData, false), w.write(newChunk(), 1, 2048, true))
		},
		"short chunk in the middle": func(w *chunkWriter) error {
			return errors.Join(w.write(newChunk(), 1, 100, false), w.write(newChunk(), 0, 156, true))
		},
	} {
		fileKey, salt, err := draw(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := ibe.Encrypt(rand.Reader, k.group, k.name, fileKey)
		if err != nil {
			t.Fatal(err)
		}
		h := header{kind: kindName, context: k.name.Digest(), wrapped: wrapped, salt: salt}
		chunkKeys, err := deriveKeys(fileKey, h)
		if err != nil {
			t.Fatal(err)
		}
		mac := chunkKeys.headerMAC(h)
		out := bytes.NewBuffer(append(h.marshal(), mac[:]...))
		if err := write(&chunkWriter{dst: out, keys: chunkKeys}); err != nil {
			t.Fatal(err)
		}
		if _, err := openAll(k, out.Bytes()); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestKR03OtherRecipientsAndContexts(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	sealed := sealTo(t, k, []byte("x"))
	other := k
	other.name.Subject[0]++
	if _, err := openAll(other, sealed); !errors.Is(err, ErrOtherName) {
		t.Errorf("other name: %v", err)
	}
	if digest, err := NameDigest(bytes.NewReader(sealed)); err != nil || digest != k.name.Digest() {
		t.Errorf("name digest: %v", err)
	}
	other = newKeys(t)
	if _, err := openAll(other, sealed); !errors.Is(err, ErrOpen) {
		t.Errorf("other network: %v", err)
	}
	priv, pub, err := GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	otherPriv, _, err := GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := SealToRecipient(&out, rand.Reader, pub, []byte("a"), bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (io.Reader, error){
		"other context": func() (io.Reader, error) {
			return OpenWithRecipientKey(bytes.NewReader(out.Bytes()), priv, []byte("b"))
		},
		"other key": func() (io.Reader, error) {
			return OpenWithRecipientKey(bytes.NewReader(out.Bytes()), otherPriv, []byte("a"))
		},
		"short key": func() (io.Reader, error) {
			return OpenWithRecipientKey(bytes.NewReader(out.Bytes()), priv[:31], []byte("a"))
		},
		"as a name's": func() (io.Reader, error) { return OpenWithKey(bytes.NewReader(out.Bytes()), k.derived, k.name) },
		"a name's as a recipient's": func() (io.Reader, error) {
			return OpenWithRecipientKey(bytes.NewReader(append(bytes.Clone(sealed), make([]byte, 2000)...)), priv, nil)
		},
	} {
		if _, err := open(); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestFailuresOfStreams(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	broken := errors.New("broken")
	if err := SealToName(io.Discard, rand.Reader, k.group, k.name, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("source: %v", err)
	}
	if err := SealToName(io.Discard, iotest.ErrReader(broken), k.group, k.name, bytes.NewReader(nil)); !errors.Is(err, broken) {
		t.Errorf("randomness: %v", err)
	}
	if err := SealToName(io.Discard, rand.Reader, k.group, keyname.Name{}, bytes.NewReader(nil)); err == nil {
		t.Error("sealed to the zero name")
	}
	if err := SealToRecipient(io.Discard, rand.Reader, make([]byte, PublicKeySize-1), nil, bytes.NewReader(nil)); err == nil {
		t.Error("sealed to a short key")
	}
	sealed := sealTo(t, k, make([]byte, 3*chunkData))
	src := io.MultiReader(bytes.NewReader(sealed[:len(sealed)/2]), iotest.ErrReader(broken))
	r, err := OpenWithKey(src, k.derived, k.name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	if _, err := OpenWithKey(iotest.ErrReader(broken), k.derived, k.name); !errors.Is(err, broken) {
		t.Errorf("header: %v", err)
	}
}
