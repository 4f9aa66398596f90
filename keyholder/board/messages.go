// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// maxMessage is the most bytes that a message can have in the contract.
const maxMessage = 120_000

var errTranscript = errors.New("messages are not those of the transcript")

// events are those with which the contract publishes messages.
func events() map[[32]byte]epoch.Phase {
	topic := func(signature string) [32]byte { return abi.Keccak([]byte(signature)) }
	return map[[32]byte]epoch.Phase{
		topic("Dealt(uint64,uint256,bytes)"):      epoch.Dealing,
		topic("Complained(uint64,uint256,bytes)"): epoch.Complaints,
		topic("Justified(uint64,uint256,bytes)"):  epoch.Justifications,
	}
}

// filter is the topics of the messages of an epoch.
func filter(number uint64) [][][32]byte {
	var kinds [][32]byte
	for topic := range events() {
		kinds = append(kinds, topic)
	}
	return [][][32]byte{kinds, {numbered(number)}}
}

// parsePost reads a message out of its event.
func parsePost(l chainview.Log) (dkg.Post, error) {
	if len(l.Topics) != 3 {
		return dkg.Post{}, errors.New("event has other topics")
	}
	phase, known := events()[l.Topics[0]]
	if !known {
		return dkg.Post{}, errors.New("event is of another kind")
	}
	index := packed(l.Topics[2])
	post := dkg.Post{Phase: uint8(phase), Index: uint32(index.take(4))}
	if err := index.end(); err != nil {
		return dkg.Post{}, errors.New("event has a large index")
	}
	var err error
	post.Message, err = parseBytes(l.Data)
	return post, err
}

// parseBytes reads abi.encode(bytes).
func parseBytes(b []byte) ([]byte, error) {
	malformed := errors.New("event's data is malformed")
	if len(b) < 64 {
		return nil, malformed
	}
	r := abi.NewReader(b[:64])
	offset, length := r.Uint64(32), r.Uint64(32)
	if r.Close() != nil || offset != 32 || length > maxMessage || uint64(len(b)) != 64+(length+31)/32*32 {
		return nil, malformed
	}
	return b[64 : 64+length], nil
}

// minutes are the messages of an epoch up to a block.
type minutes struct {
	upTo       uint64
	transcript [32]byte
	posts      []dkg.Post
}

// add returns the minutes with further messages, which must make the transcript
// what it is.
func (m minutes) add(logs []chainview.Log, upTo uint64, transcript [32]byte) (minutes, error) {
	out := minutes{upTo: upTo, transcript: transcript, posts: append([]dkg.Post(nil), m.posts...)}
	digest := m.transcript
	for _, l := range logs {
		post, err := parsePost(l)
		if err != nil {
			return minutes{}, fmt.Errorf("block %d: %w", l.Block, err)
		}
		digest = abi.Words{}.Bytes32(digest).Uint64(uint64(post.Phase)).Uint64(uint64(post.Index)).Bytes32(abi.Keccak(post.Message)).Keccak()
		out.posts = append(out.posts, post)
	}
	if digest != transcript {
		return minutes{}, errTranscript
	}
	return out, nil
}
