// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Events of a real chain, filtered by contract, blocks and topics.
func TestLogsOfARealChain(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	for i := range 3 {
		r.set(fmt.Sprint(i))
	}
	s := settled(t, r.view(Latest(), &memory{}))
	changed := abi.Keccak([]byte("PolicyChanged(bytes32,bytes32,(uint8,bytes32,uint64,uint64,uint64,uint64),string)"))
	topics := [][][32]byte{{changed}, {r.identity}}
	logs, err := s.Logs(t.Context(), r.At.Permitter, 0, s.Head().Number, topics, nil)
	if err != nil || len(logs) != 3 || logs[0].Topics[1] != r.identity || logs[0].Block >= logs[1].Block {
		t.Fatalf("logs: %+v, %v", logs, err)
	}
	if some, err := s.Logs(t.Context(), r.At.Permitter, logs[1].Block, logs[1].Block, nil, nil); err != nil || len(some) != 1 || string(some[0].Data) != string(logs[1].Data) {
		t.Errorf("logs of one block: %+v, %v", some, err)
	}
	for name, of := range map[string][20]byte{"another contract": r.At.Registry, "nobody": {1}} {
		if none, err := s.Logs(t.Context(), of, 0, s.Head().Number, topics, nil); err != nil || len(none) != 0 {
			t.Errorf("logs of %s: %+v, %v", name, none, err)
		}
	}
	for name, blocks := range map[string][2]uint64{"backwards": {2, 1}, "above the head": {0, s.Head().Number + 1}} {
		if _, err := s.Logs(t.Context(), r.At.Permitter, blocks[0], blocks[1], nil, nil); err == nil {
			t.Errorf("logs of blocks %s", name)
		}
	}
}

// KR-17: logs that were not asked for, and logs that whoever asks finds incomplete, are another endpoint's to tell.
func TestKR17ForgedLogs(t *testing.T) {
	t.Parallel()
	topic := [32]byte{7}
	good := fmt.Sprintf(`{"address":"0x%x","blockNumber":"0x5","logIndex":"0x1","topics":["0x%x"],"data":"0x01","removed":false}`, [20]byte{1}, topic)
	change := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for name, logs := range map[string]string{
		"other contract": change("0x01000000", "0x02000000"), "removed": change("false", "true"), "other block": change("0x5", "0x9"),
		"other topic": change(`"0x07`, `"0x08`), "no topics": change(fmt.Sprintf(`"0x%x"`, topic), ""), "twice": good + "," + good,
		"backwards": good + "," + change("0x5", "0x4"), "no data": change(`"0x01"`, `1`), "five topics": change(`["0x`, `["0x`+strings.Repeat(strings.Repeat("07", 32)+`","0x`, 4)),
		"none": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			liar, honest := newNode(), newNode()
			liar.raw["eth_getLogs"] = `{"id":0,"result":[` + logs + `]}`
			honest.raw["eth_getLogs"] = `{"id":0,"result":[` + good + `]}`
			complete := func(found []Log) error {
				if len(found) != 1 {
					return errors.New("not all of them")
				}
				return nil
			}
			ask := func(nodes ...*node) ([]Log, error) {
				s := settled(t, newView(t, Latest(), &memory{}, nodes...))
				return s.Logs(t.Context(), [20]byte{1}, 4, 6, [][][32]byte{{topic, {9}}}, complete)
			}
			_, err := ask(liar)
			wantCode(t, err, keyholder.CodeChainUnavailable)
			found, err := ask(liar, honest)
			if err != nil || len(found) != 1 || found[0].Block != 5 || found[0].Index != 1 || string(found[0].Data) != "\x01" {
				text, _ := json.Marshal(found)
				t.Errorf("%s, %v", text, err)
			}
		})
	}
}
