// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

// anything draws a value of a type that consists of unsigned integers, arrays and slices of bytes, and structs.
func anything[T any](t *rapid.T) (v T) {
	var fill func(reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
			bits := v.Type().Bits()
			v.SetUint(rapid.Uint64().Draw(t, "number") >> (64 - bits))
		case reflect.Array:
			reflect.Copy(v, reflect.ValueOf(rapid.SliceOfN(rapid.Byte(), v.Len(), v.Len()).Draw(t, "bytes")))
		case reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i))
			}
		}
	}
	fill(reflect.ValueOf(&v).Elem())
	return v
}

// eachField calls f with v changed in one field at a time.
func eachField[T any](v T, f func(name string, changed T)) {
	for i := range reflect.TypeFor[T]().NumField() {
		changed := v
		switch field := reflect.ValueOf(&changed).Elem().Field(i); field.Kind() {
		case reflect.Array:
			last := field.Index(field.Len() - 1)
			last.SetUint(last.Uint() ^ 1)
		case reflect.Slice:
			continue
		default:
			field.SetUint(field.Uint() ^ 1)
		}
		f(reflect.TypeFor[T]().Field(i).Name, changed)
	}
}

// TestEveryFieldChangesTheDigest: of terms, of each kind of message, and of the domain.
func TestEveryFieldChangesTheDigest(t *testing.T) {
	differ := func(what, field string, a, b [32]byte) {
		if a == b {
			t.Errorf("%s of %s does not change the digest", field, what)
		}
	}
	d := Domain{ChainID: 31337, TaskHub: [20]byte{1}}
	eachField(Terms{}, func(name string, changed Terms) { differ("terms", name, changed.Digest(), Terms{}.Digest()) })
	eachField(Claim{}, func(name string, changed Claim) {
		differ("claim", name, changed.SigningDigest(d), Claim{}.SigningDigest(d))
	})
	eachField(Heartbeat{}, func(name string, changed Heartbeat) {
		differ("heartbeat", name, changed.SigningDigest(d), Heartbeat{}.SigningDigest(d))
	})
	segment := LogSegment{Sealed: []byte{1}}
	eachField(segment, func(name string, changed LogSegment) {
		differ("segment", name, changed.SigningDigest(d), segment.SigningDigest(d))
	})
	differ("segment", "content", LogSegment{Sealed: []byte{2}}.SigningDigest(d), segment.SigningDigest(d))
	report := Report{Results: []Result{{}, {}}}
	eachField(report, func(name string, changed Report) {
		differ("report", name, changed.SigningDigest(d), report.SigningDigest(d))
	})
	eachField(Result{}, func(name string, changed Result) {
		for i := range report.Results {
			other := Report{Results: []Result{{}, {}}}
			other.Results[i] = changed
			differ("result", name, other.SigningDigest(d), report.SigningDigest(d))
		}
	})
	differ("report", "number of results", Report{Results: make([]Result, 1)}.SigningDigest(d), report.SigningDigest(d))
	eachField(d, func(name string, changed Domain) {
		differ("domain", name, report.SigningDigest(changed), report.SigningDigest(d))
		differ("domain", name, Claim{}.SigningDigest(changed), Claim{}.SigningDigest(d))
		differ("domain", name, Heartbeat{}.SigningDigest(changed), Heartbeat{}.SigningDigest(d))
		differ("domain", name, segment.SigningDigest(changed), segment.SigningDigest(d))
	})
}

func TestTermsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anything[Terms](t)
		if got, err := ParseTerms(want.Encode()); err != nil || got != want {
			t.Fatalf("%+v, %v", got, err)
		}
		document, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var again Terms
		if err := json.Unmarshal(document, &again); err != nil || again != want {
			t.Fatalf("%+v, %v", again, err)
		}
	})
}

// TestTermsHaveOneSpelling: each word that is smaller than its place is refused with any bit of the rest, and so is other hex.
func TestTermsHaveOneSpelling(t *testing.T) {
	for i, bytes := range []int{20, 32, 32, 8, 2, 2, 20, 32, 20, 20, 4} {
		encoded := make([]byte, TermsSize)
		if bytes == wordSize {
			continue
		}
		encoded[i*wordSize+wordSize-bytes-1] = 1
		if _, err := ParseTerms(encoded); err == nil {
			t.Errorf("word %d with more than %d bytes was accepted", i, bytes)
		}
	}
	digits := strings.Repeat("0", 2*TermsSize)
	for name, text := range map[string]string{
		"nothing": "", "no prefix": digits, "too short": "0x" + digits[2:], "too long": "0x00" + digits,
		"upper case": "0x" + digits[:62] + "0A" + digits[64:], "not hex": "0x" + digits[1:] + "g",
	} {
		if err := new(Terms).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzParseTerms(f *testing.F) {
	f.Add(Terms{Count: 1, Attempts: 8}.Encode())
	f.Fuzz(func(t *testing.T, encoded []byte) {
		if terms, err := ParseTerms(encoded); err == nil && !bytes.Equal(terms.Encode(), encoded) {
			t.Errorf("%x was accepted", encoded)
		}
	})
}

func TestBatchesHaveAZeroLowByte(t *testing.T) {
	d := Domain{ChainID: 31337, TaskHub: [20]byte{1}}
	for salt := range byte(10) {
		if id := d.TaskID([20]byte{2}, [32]byte{salt}); id[31] != 0 || id == ([32]byte{}) {
			t.Errorf("id is %x", id)
		}
	}
	if batch, index := Batch([32]byte{1, 31: 7}); batch != [32]byte{1} || index != 7 {
		t.Errorf("batch %x, task %d", batch, index)
	}
}

// TestPublicOutput: one regular file of 32 bytes, or none.
func TestPublicOutput(t *testing.T) {
	word := [32]byte{1, 31: 2}
	for name, c := range map[string]struct {
		file *fstest.MapFile
		want [32]byte
	}{
		"word": {&fstest.MapFile{Data: word[:]}, word}, "none": {nil, [32]byte{}},
		"directory": {&fstest.MapFile{Mode: 0o755 | 1<<31}, [32]byte{}}, "link": {&fstest.MapFile{Data: []byte("other"), Mode: 0o777 | 1<<27}, [32]byte{}},
	} {
		files := fstest.MapFS{"other": {Data: word[:]}}
		if c.file != nil {
			files["public"] = c.file
		}
		if got, err := PublicOutput(files); err != nil || got != c.want {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	for _, size := range []int{0, 31, 33, 1 << 20} {
		var unfit *UnfitError
		if got, err := PublicOutput(fstest.MapFS{"public": {Data: make([]byte, size)}}); !errors.As(err, &unfit) || got != [32]byte{} {
			t.Errorf("%d bytes: %x, %v", size, got, err)
		}
	}
}
