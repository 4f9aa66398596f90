// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder/jsonrpc"
)

// MaxLogs bounds the reply to one question for logs, in bytes of JSON.
const MaxLogs = 32 << 20

// maxTopics is how many topics a log can have.
const maxTopics = 4

// Log is an event that an endpoint says a contract emitted. There is no proof of
// it: whoever asks holds it against digests in proven storage.
type Log struct {
	Block  uint64
	Index  uint64 // within the block
	Topics [][32]byte
	Data   []byte
}

// Logs returns the events of a contract in blocks from to to, in the order they
// were emitted. topics filters them: topics[i] are the alternatives for the
// event's topic i, none of them meaning any. Endpoints are asked one after the other
// until accept, which may be nil, finds no fault with what one of them tells;
// else the error is the last one's.
func (s *State) Logs(ctx context.Context, contract [20]byte, from, to uint64, topics [][][32]byte, accept func([]Log) error) ([]Log, error) {
	if from > to || to > s.block.header.Number || len(topics) > maxTopics {
		return nil, fmt.Errorf("read logs: blocks %d to %d with %d topics, the head being %d", from, to, len(topics), s.block.header.Number)
	}
	q := logQuery{contract, from, to, topics}
	var last error
	for _, e := range s.view.order() {
		logs, err := e.logs(ctx, q)
		if err == nil && accept != nil {
			err = accept(logs)
		}
		if err == nil {
			return logs, nil
		}
		s.view.tell(e, ofLogs, err)
		s.view.slow.mark(e.index)
		last = fmt.Errorf("endpoint %d: %w", e.index+1, err)
	}
	return nil, unavailable("%v", last)
}

type logQuery struct {
	contract [20]byte
	from, to uint64
	topics   [][][32]byte
}

// filter is the query as a parameter of eth_getLogs.
func (q logQuery) filter() (json.RawMessage, error) {
	topics := make([][]json.RawMessage, len(q.topics)) // null is any
	for i, alternatives := range q.topics {
		for _, topic := range alternatives {
			topics[i] = append(topics[i], jsonrpc.Hex(topic[:]))
		}
	}
	return json.Marshal(map[string]any{
		"address": jsonrpc.Hex(q.contract[:]), "topics": topics,
		"fromBlock": jsonrpc.Number(q.from), "toBlock": jsonrpc.Number(q.to),
	})
}

// logs asks for logs.
func (e endpoint) logs(ctx context.Context, q logQuery) ([]Log, error) {
	filter, err := q.filter()
	if err != nil {
		return nil, err
	}
	raw, err := e.CallUpTo(ctx, MaxLogs, jsonrpc.NewCall("eth_getLogs", filter))
	if err != nil {
		return nil, err
	}
	return parseLogs(q, raw)
}

// parseLogs checks that logs are such as were asked for.
func parseLogs(q logQuery, raw []byte) ([]Log, error) {
	var found []struct {
		Address     jsonrpc.Address  `json:"address"`
		BlockNumber jsonrpc.Quantity `json:"blockNumber"`
		LogIndex    jsonrpc.Quantity `json:"logIndex"`
		Topics      []jsonrpc.Hash   `json:"topics"`
		Data        jsonrpc.Data     `json:"data"`
		Removed     bool             `json:"removed"`
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		return nil, fmt.Errorf("eth_getLogs: %w", err)
	}
	logs := make([]Log, len(found))
	for i, f := range found {
		logs[i] = Log{Block: uint64(f.BlockNumber), Index: uint64(f.LogIndex), Data: f.Data}
		for _, topic := range f.Topics {
			logs[i].Topics = append(logs[i].Topics, topic)
		}
		if f.Removed || f.Address != q.contract || !q.admits(logs[i]) || (i > 0 && !after(logs[i-1], logs[i])) {
			return nil, errors.New("eth_getLogs: logs that were not asked for, or out of order")
		}
	}
	return logs, nil
}

// admits reports whether a log is one that the query asks for.
func (q logQuery) admits(l Log) bool {
	if l.Block < q.from || l.Block > q.to || len(l.Topics) > maxTopics || len(l.Topics) < len(q.topics) {
		return false
	}
	for i, alternatives := range q.topics {
		if len(alternatives) > 0 && !slices.Contains(alternatives, l.Topics[i]) {
			return false
		}
	}
	return true
}

// after reports whether b was emitted after a.
func after(a, b Log) bool {
	return a.Block < b.Block || (a.Block == b.Block && a.Index < b.Index)
}
