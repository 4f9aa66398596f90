// SPDX-License-Identifier: Apache-2.0

package initrd

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/pierrec/lz4/v4"
)

// lz4Level trades time here for bytes; unpacking takes as long at each.
const lz4Level = lz4.Level9

// lz4End is a block of no bytes: there the kernel ends an archive and looks for another behind it. Without it, it would take
// what follows for a block.
const lz4End = "\x00\x00\x00\x00"

// Pack writes the archive as LZ4 in the old format, the one that the kernel reads. Several may stand one behind the other. What it makes
// depends on the entries, and on the version of the module in go.mod alone.
func Pack(entries []Entry) ([]byte, error) {
	var plain, out bytes.Buffer
	if err := Write(&plain, entries); err != nil {
		return nil, err
	}
	w := lz4.NewWriter(&out)
	if err := w.Apply(lz4.LegacyOption(true), lz4.CompressionLevelOption(lz4Level), lz4.ConcurrencyOption(1)); err != nil {
		return nil, err
	}
	if _, err := w.Write(plain.Bytes()); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	out.WriteString(lz4End)
	return out.Bytes(), nil
}

// Unpack returns the archive that Pack wrote, which must not be longer than limit.
func Unpack(packed []byte, limit int64) ([]byte, error) {
	content, ok := bytes.CutSuffix(packed, []byte(lz4End))
	if !ok {
		return nil, errors.New("unpack initrd: it has no end")
	}
	plain, err := io.ReadAll(io.LimitReader(lz4.NewReader(bytes.NewReader(content)), limit+1))
	if err != nil {
		return nil, fmt.Errorf("unpack initrd: %w", err)
	}
	if int64(len(plain)) > limit {
		return nil, fmt.Errorf("unpack initrd: more than %d bytes", limit)
	}
	return plain, nil
}
