// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/jobs/api"
)

func testOrigin() Origin { return Origin{ChainID: 31337, TaskHub: common.Address{1}} }

func someTask(n byte, state api.State) api.Task {
	return api.Task{
		ID: common.Hash{31: n}.Hex(), State: state, Attempt: 1, Submitted: uint64(n),
		Attempts: []api.Attempt{{Number: 1, Steps: []api.Step{{Name: "kernel", MS: 1200}}, Txs: []api.Tx{}}},
	}
}

func open(t *testing.T, path string) *Journal {
	t.Helper()
	j, err := OpenJournal(path, testOrigin())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func writeSome(t *testing.T, path string) []uint64 {
	t.Helper()
	j := open(t, path)
	var ends []uint64
	for n := byte(1); n <= 5; n++ {
		if err := j.Record(Cursor{Number: uint64(n)}, someTask(n, api.StateOpen), someTask(1, api.StateRunning)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, uint64(j.size))
	}
	return ends
}

func TestJournalSurvivesReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	writeSome(t, path)
	j := open(t, path)
	if j.Cursor().Number != 5 || len(j.Tasks()) != 5 {
		t.Fatalf("block %d, %d tasks", j.Cursor().Number, len(j.Tasks()))
	}
	got, ok := j.Task(common.Hash{31: 1})
	if !ok || !reflect.DeepEqual(got, someTask(1, api.StateRunning)) {
		t.Errorf("task 1 is %+v", got)
	}
	if first := j.Tasks()[0]; first.Submitted != 1 {
		t.Errorf("first task is of block %d", first.Submitted)
	}
}

// TestJournalTornAnywhere cuts the file after every byte: what is read is exactly the whole records before the
// cut, and the journal can be written on.
func TestJournalTornAnywhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "journal")
	ends := writeSome(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut <= len(whole); cut += 7 {
		want := uint64(0)
		for i, end := range ends {
			if uint64(cut) >= end {
				want = uint64(i + 1)
			}
		}
		checkDamaged(t, filepath.Join(dir, fmt.Sprint("cut", cut)), whole[:cut], want)
	}
}

// TestJournalFlippedAnywhere damages one byte in turn: nothing from the damaged record on is believed.
func TestJournalFlippedAnywhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "journal")
	ends := writeSome(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 11 {
		want := uint64(0)
		for i, end := range ends {
			if uint64(at) >= end {
				want = uint64(i + 1)
			}
		}
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x20
		checkDamaged(t, filepath.Join(dir, fmt.Sprint("flip", at)), damaged, want)
	}
}

func checkDamaged(t *testing.T, path string, raw []byte, want uint64) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := OpenJournal(path, testOrigin())
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if j.Cursor().Number != want {
		t.Errorf("%s: block %d, want %d", path, j.Cursor().Number, want)
	}
	if err := j.Record(Cursor{Number: 9}, someTask(9, api.StateOpen)); err != nil {
		t.Fatal(err)
	}
	j.Close()
	again, err := OpenJournal(path, testOrigin())
	if err != nil || again.Cursor().Number != 9 {
		t.Fatalf("%s: written on, then block %d, %v", path, again.Cursor().Number, err)
	}
	again.Close()
	os.Remove(path)
}

func TestJournalOfAnotherChainIsNotUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	writeSome(t, path)
	for name, change := range map[string]func(*Origin){
		"chain id": func(o *Origin) { o.ChainID++ },
		"genesis":  func(o *Origin) { o.Genesis[0]++ },
		"task hub": func(o *Origin) { o.TaskHub[0]++ },
	} {
		o := testOrigin()
		change(&o)
		other := filepath.Join(t.TempDir(), "journal")
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(other, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := OpenJournal(other, o)
		if err != nil || j.Cursor().Number != 0 || len(j.Tasks()) != 0 {
			t.Errorf("%s: %v, block %d, %d tasks", name, err, j.Cursor().Number, len(j.Tasks()))
		}
		j.Close()
	}
}

func TestJournalDoesNotGrowWithoutBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := open(t, path)
	big := someTask(1, api.StateOpen)
	big.Message = string(bytes.Repeat([]byte("a"), 1<<20))
	for n := range uint64(40) {
		if err := j.Record(Cursor{Number: n}, big); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > slack+6<<20 {
		t.Errorf("journal has %d bytes", info.Size())
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("00000000 {}\n"))
	origin := testOrigin()
	first, err := encode(record{Origin: &origin, Cursor: Cursor{Number: 1}})
	if err != nil {
		f.Fatal(err)
	}
	second, err := encode(record{Cursor: Cursor{Number: 2}, Tasks: []api.Task{someTask(1, api.StateOpen)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(first, second...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		j := &Journal{origin: testOrigin(), tasks: map[common.Hash]api.Task{}}
		j.replay(raw)
	})
}
