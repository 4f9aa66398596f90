// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// event is a message as the contract publishes it.
func event(signature string, number, index uint64, message []byte) chainview.Log {
	return chainview.Log{
		Topics: [][32]byte{abi.Keccak([]byte(signature)), numbered(number), numbered(index)},
		Data:   appendBytes(abi.Words{}.Uint64(32), message),
	}
}

const dealt, complained = "Dealt(uint64,uint256,bytes)", "Complained(uint64,uint256,bytes)"

// KR-17, CT-16: messages that were left out, exchanged, changed or made up are
// not those of the transcript.
func TestKR17MessagesAreThoseOfTheTranscript(t *testing.T) {
	t.Parallel()
	id := [32]byte{1}
	logs := []chainview.Log{
		event(dealt, 7, 1, []byte("a")), event(dealt, 7, 2, bytes.Repeat([]byte("b"), 33)), event(complained, 7, 1, []byte("c")),
	}
	posts := []dkg.Post{{Phase: dkg.Dealing, Index: 1, Message: []byte("a")}, {Phase: dkg.Dealing, Index: 2, Message: bytes.Repeat([]byte("b"), 33)},
		{Phase: dkg.Complaints, Index: 1, Message: []byte("c")}}
	transcript := dkg.Transcript(id, posts)
	begin := minutes{transcript: id}
	m, err := begin.add(logs, 9, transcript)
	if err != nil || len(m.posts) != 3 || m.upTo != 9 || !bytes.Equal(m.posts[1].Message, posts[1].Message) {
		t.Fatalf("%+v, %v", m, err)
	}
	part, err := begin.add(logs[:2], 8, dkg.Transcript(id, posts[:2]))
	if err != nil {
		t.Fatal(err)
	}
	if m, err = part.add(logs[2:], 9, transcript); err != nil || len(m.posts) != 3 || len(part.posts) != 2 {
		t.Fatalf("continued: %+v, %v", m, err)
	}
	for name, lie := range map[string][]chainview.Log{
		"none":          nil,
		"one left out":  logs[1:],
		"the last too":  logs[:2],
		"exchanged":     {logs[1], logs[0], logs[2]},
		"twice":         {logs[0], logs[0], logs[1], logs[2]},
		"other text":    {event(dealt, 7, 1, []byte("x")), logs[1], logs[2]},
		"other author":  {event(dealt, 7, 3, []byte("a")), logs[1], logs[2]},
		"other phase":   {event(complained, 7, 1, []byte("a")), logs[1], logs[2]},
		"one made up":   append(slices.Clone(logs), event(dealt, 7, 3, []byte("d"))),
		"of another id": append([]chainview.Log{}, event(dealt, 7, 1, nil)),
	} {
		if _, err := begin.add(lie, 9, transcript); !errors.Is(err, errTranscript) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKR12MalformedEvents(t *testing.T) {
	t.Parallel()
	good := event(dealt, 7, 1, []byte("abc"))
	for name, change := range map[string]func(l *chainview.Log){
		"no topics":       func(l *chainview.Log) { l.Topics = nil },
		"another event":   func(l *chainview.Log) { l.Topics[0][0] ^= 1 },
		"large index":     func(l *chainview.Log) { l.Topics[2][20] = 1 },
		"no data":         func(l *chainview.Log) { l.Data = nil },
		"other offset":    func(l *chainview.Log) { l.Data[31] = 64 },
		"huge length":     func(l *chainview.Log) { l.Data[56] = 0xff },
		"largest length":  func(l *chainview.Log) { copy(l.Data[32:64], bytes.Repeat([]byte{0xff}, 32)) },
		"length is less":  func(l *chainview.Log) { l.Data[63] = 33 },
		"a word too many": func(l *chainview.Log) { l.Data = append(l.Data, make([]byte, 32)...) },
		"half a word":     func(l *chainview.Log) { l.Data = l.Data[:80] },
	} {
		l := good
		l.Topics, l.Data = slices.Clone(good.Topics), bytes.Clone(good.Data)
		change(&l)
		if _, err := parsePost(l); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestStorageOfAnotherContract(t *testing.T) {
	t.Parallel()
	for name, word := range map[string][32]byte{
		"more than two numbers": {15: 1},
		"active above latest":   {23: 1, 31: 2},
	} {
		if _, _, err := parseEpochNumbers(word); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	epochWord := func(change func(w *[32]byte)) [][32]byte {
		var w [32]byte
		w[10], w[11] = 3, 2 // members and threshold
		w[15] = 8           // blocks of a phase
		w[23] = 1           // previous
		w[31] = 100         // start
		change(&w)
		return [][32]byte{{1}, {2}, {}, w}
	}
	r, size, err := parseEpoch(2, epochWord(func(*[32]byte) {}))
	if err != nil || size != 3 || r.Threshold != 2 || r.PhaseBlocks != 8 || r.Previous != 1 || r.StartBlock != 100 {
		t.Fatalf("%+v, %d members, %v", r, size, err)
	}
	for name, change := range map[string]func(w *[32]byte){
		"something above":       func(w *[32]byte) { w[9] = 1 },
		"too many members":      func(w *[32]byte) { w[10] = 129 },
		"a phase without end":   func(w *[32]byte) { copy(w[24:], bytes.Repeat([]byte{0xff}, 8)) },
		"previous is itself":    func(w *[32]byte) { w[23] = 2 },
		"previous is in future": func(w *[32]byte) { w[23] = 3 },
	} {
		if _, _, err := parseEpoch(2, epochWord(change)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := parseMembers([][32]byte{{0: 1}, {}, {}}); err == nil {
		t.Error("dirty address: accepted")
	}
}

func FuzzParsePost(f *testing.F) {
	for _, good := range []chainview.Log{
		event(dealt, 7, 1, []byte("abc")), event(complained, 7, 64, bytes.Repeat([]byte{1}, 33)), event("Justified(uint64,uint256,bytes)", 7, 2, nil),
	} {
		f.Add(good.Topics[0][:], good.Topics[2][:], good.Data)
	}
	f.Fuzz(func(t *testing.T, topic, index, data []byte) {
		var l chainview.Log
		l.Topics = make([][32]byte, 3)
		copy(l.Topics[0][:], topic)
		copy(l.Topics[2][:], index)
		l.Data = data
		post, err := parsePost(l)
		if err != nil {
			return
		}
		if len(post.Message) > maxMessage || epoch.Phase(post.Phase) > epoch.Justifications {
			t.Fatalf("%d bytes in phase %d", len(post.Message), post.Phase)
		}
	})
}
