// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/durable"
)

// Origin says which chain a journal is about. A journal of another origin is not used.
type Origin struct {
	ChainID uint64         `json:"chainId"`
	Genesis common.Hash    `json:"genesis"` // hash of block 0: a development chain may be made anew
	TaskHub common.Address `json:"taskHub"`
}

// Cursor names the last block whose events were taken in; the zero Cursor is before the first.
type Cursor struct {
	Number uint64      `json:"number"`
	Hash   common.Hash `json:"hash"`
}

// Journal keeps the tasks and the last block taken in. It is a file of lines, each a CRC-32C, a space and a JSON
// record; a record is a block and the tasks that changed, so any prefix of the file is an earlier state of
// the service. What a crash tears off the end is therefore cut and read again from the chain; for the same reason
// nothing is synced. A Journal is not safe for concurrent use.
type Journal struct {
	path   string
	origin Origin
	file   *os.File
	cursor Cursor
	tasks  map[common.Hash]api.Task
	size   int64 // of the file
	live   int64 // of the file when it was last written anew
}

// record is one line of the file. The first has the origin, the others do not.
type record struct {
	Origin *Origin    `json:"origin,omitempty"`
	Cursor Cursor     `json:"cursor"`
	Tasks  []api.Task `json:"tasks,omitempty"`
}

// slack is how much a journal grows, in bytes, before it is written anew.
const slack = 8 << 20

// OpenJournal reads the journal at path up to its first damaged line, writes it anew, and leaves it open. A
// missing file, and one of another origin, is an empty journal.
func OpenJournal(path string, origin Origin) (*Journal, error) {
	j := &Journal{path: path, origin: origin, tasks: map[common.Hash]api.Task{}}
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j.replay(raw)
	if err := j.rewrite(); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	return j, nil
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }

// Cursor is the last block whose events are in the journal.
func (j *Journal) Cursor() Cursor { return j.cursor }

// Task returns a task, and whether it is known.
func (j *Journal) Task(id common.Hash) (api.Task, bool) {
	t, ok := j.tasks[id]
	return t, ok
}

// Tasks returns all tasks, by block of submission and then by id.
func (j *Journal) Tasks() []api.Task {
	return slices.SortedFunc(maps.Values(j.tasks), func(a, b api.Task) int {
		return bytes.Compare(sortKey(a), sortKey(b))
	})
}

func sortKey(t api.Task) []byte {
	return append(common.BigToHash(new(big.Int).SetUint64(t.Submitted)).Bytes(), t.ID...)
}

// Record notes the last block taken in and the tasks that changed, in one line.
func (j *Journal) Record(cursor Cursor, tasks ...api.Task) error {
	line, err := encode(record{Cursor: cursor, Tasks: tasks})
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	if err := j.apply(record{Cursor: cursor, Tasks: tasks}); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	n, err := j.file.Write(line)
	j.size += int64(n)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	if j.size > 2*j.live+slack {
		return j.rewrite()
	}
	return nil
}

// Rewind forgets what the chain said, for a chain that is not the one it was: every task is unknown again and the
// cursor is before the first block. The attempts are kept.
func (j *Journal) Rewind() error {
	var all []api.Task
	for _, t := range j.tasks {
		t.State, t.Attempt, t.Result = "", 0, nil
		all = append(all, t)
	}
	return j.Record(Cursor{}, all...)
}

// replay takes in the lines of a file until one is not whole.
func (j *Journal) replay(raw []byte) {
	for first := true; ; first = false {
		line, rest, ok := bytes.Cut(raw, []byte("\n"))
		if !ok {
			return
		}
		r, err := decode(line)
		if err != nil || first != (r.Origin != nil) || (first && *r.Origin != j.origin) {
			return
		}
		if j.apply(r) != nil {
			return
		}
		raw = rest
	}
}

func (j *Journal) apply(r record) error {
	for _, t := range r.Tasks {
		id, err := api.ParseID(t.ID)
		if err != nil {
			return err
		}
		j.tasks[id] = t
	}
	j.cursor = r.Cursor
	return nil
}

// rewrite replaces the file by one with each task once, and opens it for appending.
func (j *Journal) rewrite() error {
	first, err := encode(record{Origin: &j.origin, Cursor: j.cursor})
	if err != nil {
		return err
	}
	all, err := encode(record{Cursor: j.cursor, Tasks: j.Tasks()})
	if err != nil {
		return err
	}
	whole := append(first, all...)
	if err := durable.WriteFile(j.path, whole, 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if j.file != nil {
		j.file.Close()
	}
	j.file, j.size, j.live = f, int64(len(whole)), int64(len(whole))
	return nil
}

func encode(r record) ([]byte, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", checksum(raw), raw), nil
}

func decode(line []byte) (record, error) {
	sum, raw, ok := bytes.Cut(line, []byte(" "))
	if !ok || string(sum) != fmt.Sprintf("%08x", checksum(raw)) {
		return record{}, errors.New("line is damaged")
	}
	var r record
	if err := json.Unmarshal(raw, &r); err != nil {
		return record{}, fmt.Errorf("line is damaged: %w", err)
	}
	return r, nil
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
