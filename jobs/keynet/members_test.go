// SPDX-License-Identifier: Apache-2.0

package keynet_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/jobs/keynet"
)

const entry = `{"account":"0x0200000000000000000000000000000000000000","signer":"0x0000000000000000000000000000000000000022",
	"encryptionKey":"0x0000000000000000000000000000000000000000000000000000000000000012","url":"http://127.0.0.1:1"}`

func TestEntriesAreOneOrAList(t *testing.T) {
	for _, text := range []string{entry, "[" + entry + "]", " \n[" + entry + "]"} {
		entries, err := keynet.ParseEntries([]byte(text))
		if err != nil || len(entries) != 1 || entries[0].Account[0] != 2 || entries[0].EncryptionKey[31] != 0x12 {
			t.Errorf("%q: %+v, %v", text, entries, err)
		}
	}
	for name, text := range map[string]string{
		"nothing":       "",
		"other key":     strings.Replace(entry, "signer", "Signer", 1),
		"unknown key":   strings.Replace(entry, `"url"`, `"uri"`, 1),
		"short account": strings.Replace(entry, "0x02", "0x", 1),
		"two":           entry + entry,
		"two members":   "[" + entry + "," + entry,
		"too large":     "[" + strings.Repeat(entry+",", 5000) + entry + "]",
	} {
		if entries, err := keynet.ParseEntries([]byte(text)); err == nil {
			t.Errorf("%s: read as %+v", name, entries)
		}
	}
}

func FuzzParseEntries(f *testing.F) {
	f.Add([]byte(entry))
	f.Add([]byte("[" + entry + "]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		entries, err := keynet.ParseEntries(raw)
		if err == nil {
			keynet.Members(entries, len(entries))
		}
	})
}

// KR-06, KR-11: what the board would refuse is refused before it is paid for.
func TestKR11MembersThatTheBoardWouldRefuse(t *testing.T) {
	good := func() []keynet.Entry {
		var list []keynet.Entry
		for _, i := range []byte{3, 1, 2} {
			list = append(list, keynet.Entry{Account: common.Address{i}, Signer: common.Address{i, 1}, EncryptionKey: common.Hash{i}})
		}
		return list
	}
	members, err := keynet.Members(good(), 2)
	if err != nil || members[0].Account[0] != 1 || members[2].Account[0] != 3 {
		t.Fatalf("%+v, %v", members, err)
	}
	for _, threshold := range []int{-1, 0, 1, 4} {
		if _, err := keynet.Members(good(), threshold); err == nil {
			t.Errorf("a threshold of %d passes", threshold)
		}
	}
	for name, change := range map[string]func([]keynet.Entry) []keynet.Entry{
		"account twice": func(l []keynet.Entry) []keynet.Entry { l[0].Account = l[1].Account; return l },
		"signer twice":  func(l []keynet.Entry) []keynet.Entry { l[0].Signer = l[1].Signer; return l },
		"no account":    func(l []keynet.Entry) []keynet.Entry { l[0].Account = common.Address{}; return l },
		"no signer":     func(l []keynet.Entry) []keynet.Entry { l[0].Signer = common.Address{}; return l },
		"no key":        func(l []keynet.Entry) []keynet.Entry { l[0].EncryptionKey = common.Hash{}; return l },
		"one":           func(l []keynet.Entry) []keynet.Entry { return l[:1] },
		"none":          func([]keynet.Entry) []keynet.Entry { return nil },
	} {
		if _, err := keynet.Members(change(good()), 2); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
}

func TestKR09KeyOfAnEarlierEpochIsRefused(t *testing.T) {
	r := newRun(t)
	r.Start(2, 1, 2, 3)
	v := view(r)
	if err := v.CheckFresh(v.Epochs[0].Members[:1]); !errors.Is(err, keynet.ErrReused) {
		t.Errorf("error is %v", err)
	}
	fresh := v.Epochs[0].Members[0]
	fresh.EncryptionKey[0]++
	if err := v.CheckFresh(append(v.Epochs[0].Members[:0:0], fresh)); err != nil {
		t.Error(err)
	}
}
