// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Bounds of the cache, and of what it takes for the same.
const (
	maxEntries   = 4096
	maxBytes     = 64 << 20
	maxEditions  = 1024
	maxLeftovers = time.Hour // age of half-written files that are swept away

	// maxDrift is how much earlier than the newest edition of the same number
	// another may have been issued.
	maxDrift = 24 * time.Hour
)

// cache keeps endorsements on disk, and beside them, for longer, how new the
// newest of each was.
type cache struct {
	path     string
	entries  directory // what vendors said, by item
	editions directory // the newest edition that was seen, by item and authority

	maxEntries, maxEditions int
	maxBytes                int64
}

func openCache(path string) (c cache, err error) {
	if path == "" {
		return cache{}, errors.New("open cache: no directory is given")
	}
	c = cache{path: path, maxEntries: maxEntries, maxEditions: maxEditions, maxBytes: maxBytes}
	if _, err = openDirectory(path, ""); err != nil {
		return cache{}, fmt.Errorf("open cache: %w", err)
	}
	if c.entries, err = openDirectory(filepath.Join(path, "entries"), "escrin.endorsement\x01"); err != nil {
		return cache{}, fmt.Errorf("open cache: %w", err)
	}
	if c.editions, err = openDirectory(filepath.Join(path, "editions"), "escrin.edition\x01"); err != nil {
		return cache{}, fmt.Errorf("open cache: %w", err)
	}
	return c, nil
}

func (c cache) lock() (unlock func(), err error) { return lock(filepath.Join(c.path, "lock")) }

// record is an endorsement as it is stored. Nothing in it is trusted: who reads
// it verifies it again.
type record struct {
	fetched time.Time
	issuers []byte
	body    []byte
}

// read returns what is stored for an item. A file that is damaged, or of another
// item, is none.
func (c cache) read(i Item) (record, bool) {
	data, err := c.entries.read(i.String())
	if err != nil || len(data) < 8 {
		return record{}, false
	}
	r := record{fetched: time.Unix(int64(binary.BigEndian.Uint64(data)), 0).UTC()}
	rest := data[8:]
	var key []byte
	for _, part := range []*[]byte{&key, &r.issuers, &r.body} {
		if len(rest) < 4 || uint64(binary.BigEndian.Uint32(rest)) > uint64(len(rest)-4) {
			return record{}, false
		}
		n := binary.BigEndian.Uint32(rest)
		*part, rest = rest[4:4+n], rest[4+n:]
	}
	if len(rest) != 0 || !bytes.Equal(key, []byte(i.String())) {
		return record{}, false
	}
	return r, true
}

func (c cache) write(i Item, r record) error {
	data := binary.BigEndian.AppendUint64(nil, uint64(r.fetched.Unix()))
	for _, part := range [][]byte{[]byte(i.String()), r.issuers, r.body} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	return c.entries.write(i.String(), data, r.fetched)
}

// newest returns the newest edition that was seen of an item, in the series of s.
// A damaged file is an error: without it nothing would stop an older answer.
func (c cache) newest(i Item, s collateral.Series) (collateral.Edition, bool, error) {
	data, err := c.editions.read(editionKey(i, s))
	if errors.Is(err, fs.ErrNotExist) {
		return collateral.Edition{}, false, nil
	}
	if err == nil && len(data) != 28 {
		err = errDamaged
	}
	if err != nil {
		return collateral.Edition{}, false, fmt.Errorf("read newest edition of %s: %s: %w", i, c.editions.name(editionKey(i, s)), err)
	}
	e := collateral.Edition{Series: s, Number: [20]byte(data)}
	e.Issued = time.Unix(int64(binary.BigEndian.Uint64(data[20:])), 0).UTC()
	return e, true, nil
}

func editionKey(i Item, s collateral.Series) string {
	return fmt.Sprintf("%s by %x", i, s.Authority)
}

// check refuses an edition that is outdated by one that was seen.
func (c cache) check(i Item, e collateral.Edition) error {
	newest, known, err := c.newest(i, e.Series)
	if err != nil {
		return err
	}
	if known && older(e, newest) {
		return fmt.Errorf("%w: number %s of %s, seen was number %s of %s", ErrOlder,
			number(e), e.Issued.UTC().Format(time.RFC3339), number(newest), newest.Issued.Format(time.RFC3339))
	}
	return nil
}

// older reports whether an edition is a step back from the newest. Of one number, as
// much as servers differ that should say the same is none.
func older(e, newest collateral.Edition) bool {
	return newest.NewerThan(e) && (e.Number != newest.Number || newest.Issued.Sub(e.Issued) > maxDrift)
}

// advance remembers an edition if it is newer than what was seen. The cache must
// be locked.
func (c cache) advance(i Item, e collateral.Edition, now time.Time) error {
	newest, known, err := c.newest(i, e.Series)
	if err != nil {
		return err
	}
	if known && !e.NewerThan(newest) {
		return nil
	}
	if !known {
		files, err := c.editions.files()
		if err != nil {
			return err
		}
		if len(files) >= c.maxEditions {
			return fmt.Errorf("remember edition of %s: more than %d are remembered", i, c.maxEditions)
		}
	}
	data := binary.BigEndian.AppendUint64(bytes.Clone(e.Number[:]), uint64(e.Issued.Unix()))
	return c.editions.write(editionKey(i, e.Series), data, now)
}

// sweep removes what was used longest ago until the cache is within its bounds,
// and files that were never finished. The cache must be locked.
func (c cache) sweep(now time.Time) error {
	files, err := c.entries.files()
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	count, size := 0, int64(0)
	for _, f := range files {
		count, size = count+1, size+f.Size()
		unfinished := f.Name()[0] == '.' && now.Sub(f.ModTime()).Abs() > maxLeftovers
		if count > c.maxEntries || size > c.maxBytes || unfinished {
			if err := os.Remove(filepath.Join(c.entries.path, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// number is the number of an edition in decimal digits, or in hexadecimal ones if
// it has more than 64 bits.
func number(e collateral.Edition) string {
	if [12]byte(e.Number[:]) != ([12]byte{}) {
		return fmt.Sprintf("%#x", bytes.TrimLeft(e.Number[:], "\x00"))
	}
	return fmt.Sprint(binary.BigEndian.Uint64(e.Number[12:]))
}
