// SPDX-License-Identifier: Apache-2.0

package mux

import "encoding/binary"

// version is what a guest's hello says.
const version = 1

const (
	headerSize = 8
	// maxFrame is the largest frame, header included, in bytes.
	maxFrame = 128 << 10
	// MaxData is the most data in a frame, in bytes.
	MaxData = maxFrame - headerSize
	// maxCredit is the most that an end may send at a time.
	maxCredit = 1<<31 - 1
)

// kind is what a frame says.
type kind byte

// The kinds. Streams are numbered by who opens them, and the numbers used again.
const (
	kindHello  kind = 1 // the guest's first frame; its length is the version
	kindOpen   kind = 2 // a new stream of the sender's; data follows
	kindData   kind = 3 // data follows
	kindCredit kind = 4 // so many more bytes may be sent
	kindEnd    kind = 5 // the sender has no more data
	kindClose  kind = 6 // the sender has no more data, and reads none
)

// header begins each frame.
type header struct {
	kind   kind
	yours  bool // the stream was opened by the receiver of the frame
	stream uint16
	length uint32 // of the data that follows, or the credit
}

func (h header) append(b []byte) []byte {
	b = append(b, byte(h.kind), 0)
	if h.yours {
		b[len(b)-1] = 1
	}
	b = binary.BigEndian.AppendUint16(b, h.stream)
	return binary.BigEndian.AppendUint32(b, h.length)
}

// parse reads a header. Of the second byte there are two values.
func parse(raw [headerSize]byte) (header, bool) {
	return header{
		kind: kind(raw[0]), yours: raw[1] == 1,
		stream: binary.BigEndian.Uint16(raw[2:]), length: binary.BigEndian.Uint32(raw[4:]),
	}, raw[1] <= 1
}

func hello() header { return header{kind: kindHello, length: version} }
