// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

func testNetwork() keyholder.Network {
	n := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 2, GroupKey: fixedScalar(0).Public().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		s := fixedScalar(0).Add(fixedScalar(1).Mul(curve.ScalarFromIndex(i)))
		n.Holders = append(n.Holders, keyholder.Holder{Index: i, URL: "http://127.0.0.1:1", Signer: [20]byte{byte(i)}, PublicShare: s.Public().Bytes()})
	}
	return n
}

func TestMessagesRoundTrip(t *testing.T) {
	t.Parallel()
	name := keyname.ForTask(1, [20]byte{2}, [32]byte{3}, [32]byte{4}, [32]byte{5})
	network := testNetwork()
	roundTrip(t, network)
	roundTrip(t, keyholder.KeynetReply{Index: 2, Ready: true, Network: &network})
	roundTrip(t, keyholder.KeynetReply{Index: 2})
	roundTrip(t, keyholder.CertificateRequest{Epoch: 1, Evidence: []byte{1}, Permitter: [20]byte{2}})
	roundTrip(t, keyholder.CertificateReply{Epoch: 2, Index: 1, Signature: [48]byte{3}, Statement: [65]byte{4}})
	roundTrip(t, keyholder.ReleaseRequest{
		Epoch: 3, Evidence: []byte{1}, Name: name,
		Task: keyholder.TaskAttempt{ID: [32]byte{4}, Attempt: 1, Terms: keyholder.Terms{7}},
	})
	roundTrip(t, keyholder.ReleaseReply{Epoch: 4, Index: 1, Sealed: []byte{8}})
	statement := keyholder.Statement{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{2}}, Path: keyholder.PathRelease, Request: [32]byte{1}, Epoch: 2, Index: 3, Subject: [32]byte{4}, Share: [48]byte{5}}
	roundTrip(t, keyholder.Proof{Statement: statement, Signature: [65]byte{6}})
	roundTrip(t, keyholder.Proof{Statement: statement, Signature: [65]byte{6}, Name: &name})
	roundTrip(t, keyholder.Error{Code: keyholder.CodeBusy, Message: "m", Retryable: true})
}

func roundTrip[T any](t *testing.T, v T) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var again T
	if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(v, again) {
		t.Errorf("%T: %v\n%s", v, err, b)
	}
}

// KR-06, KR-07, KR-11: a description of a network that cannot exist is refused.
func TestKR11NetworksThatCannotExist(t *testing.T) {
	t.Parallel()
	if err := testNetwork().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(n *keyholder.Network){
		"no epoch":         func(n *keyholder.Network) { n.Epoch = 0 },
		"threshold 0":      func(n *keyholder.Network) { n.Threshold = 0 },
		"threshold 1":      func(n *keyholder.Network) { n.Threshold = 1 },
		"threshold 4":      func(n *keyholder.Network) { n.Threshold = 4 },
		"no holders":       func(n *keyholder.Network) { n.Holders = nil },
		"too many holders": func(n *keyholder.Network) { n.Holders = make([]keyholder.Holder, 65) },
		"index 0":          func(n *keyholder.Network) { n.Holders[0].Index = 0 },
		"index repeats":    func(n *keyholder.Network) { n.Holders[1].Index = 1 },
		"out of order":     func(n *keyholder.Network) { n.Holders[0], n.Holders[1] = n.Holders[1], n.Holders[0] },
		"index 65":         func(n *keyholder.Network) { n.Holders[2].Index = 65 },
		"no majority":      func(n *keyholder.Network) { n.Holders[2].Index = 4 }, // of four members or more
		"zero share":       func(n *keyholder.Network) { n.Holders[1].PublicShare = [96]byte{} },
		"identity":         func(n *keyholder.Network) { n.GroupKey = [96]byte{0xc0} },
		"zero group key":   func(n *keyholder.Network) { n.GroupKey = [96]byte{} },
	} {
		n := testNetwork()
		change(&n)
		if n.Validate() == nil {
			t.Errorf("%s: valid", name)
		}
		b, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal(b, &n) == nil {
			t.Errorf("%s: decoded", name)
		}
	}
}

// A member of an epoch may be without a share, and two may have chosen to have the same one.
func TestNetworksWithGaps(t *testing.T) {
	t.Parallel()
	n := testNetwork()
	n.Holders = []keyholder.Holder{n.Holders[0], n.Holders[2]}
	n.Holders[1].PublicShare = n.Holders[0].PublicShare
	roundTrip(t, n)
	if third, ok := n.Holder(3); !ok || third.Index != 3 {
		t.Error(third)
	}
	if _, ok := n.Holder(2); ok {
		t.Error("found a holder that has no share")
	}
}

func TestKR12AmbiguousAndOversizedMessages(t *testing.T) {
	t.Parallel()
	address := "0x" + strings.Repeat("01", 20)
	for name, text := range map[string]string{
		"unknown key":         `{"evidence":"AQ==","permitter":"` + address + `","x":1}`,
		"repeated key":        `{"evidence":"AQ==","evidence":"Ag==","permitter":"` + address + `"}`,
		"key in another case": `{"evidence":"AQ==","Evidence":"Ag==","permitter":"` + address + `"}`,
		"no evidence":         `{"permitter":"` + address + `"}`,
		"upper-case hex":      `{"evidence":"AQ==","permitter":"` + strings.ToUpper(address) + `"}`,
		"short address":       `{"evidence":"AQ==","permitter":"0x01"}`,
		"no prefix":           `{"evidence":"AQ==","permitter":"` + address[2:] + `00"}`,
		"oversized":           `{"evidence":"` + strings.Repeat("A", keyholder.MaxBody) + `","permitter":"` + address + `"}`,
		"large evidence":      `{"evidence":"` + strings.Repeat("A", 4*(keyholder.MaxEvidence/3+2)) + `","permitter":"` + address + `"}`,
		"not an object":       `[]`,
	} {
		var r keyholder.CertificateRequest
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Go's decoder takes U+017F for s and U+212A for k: the last of two spellings
// would decide about which task a request is.
func TestKR12OneSpellingOfTheTask(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(keyholder.ReleaseRequest{Evidence: []byte{1}, Task: keyholder.TaskAttempt{ID: [32]byte{1}, Attempt: 1}})
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	task := text[strings.Index(text, `"task":`) : len(text)-1]
	for _, spelling := range []string{`"task":`, `"Task":`, "\"ta\u017fk\":", `"ta\u017fk":`, "\"tas\u212a\":"} {
		other := strings.Replace(task, `"task":`, spelling, 1)
		for _, changed := range []string{
			strings.Replace(text, task, task+","+other, 1), strings.Replace(text, task, other+","+task, 1),
		} {
			var r keyholder.ReleaseRequest
			if err := json.Unmarshal([]byte(changed), &r); err == nil {
				t.Errorf("accepted %s", changed)
			}
		}
	}
	var r keyholder.ReleaseRequest
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
}

func FuzzReleaseRequest(f *testing.F) {
	b, err := json.Marshal(keyholder.ReleaseRequest{Evidence: []byte{1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var r keyholder.ReleaseRequest
		if json.Unmarshal(b, &r) != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var second keyholder.ReleaseRequest
		if err := json.Unmarshal(again, &second); err != nil || !reflect.DeepEqual(r, second) {
			t.Fatal("changes on the way")
		}
	})
}

// Each field of a certificate counts.
func TestDigestsBindEveryField(t *testing.T) {
	t.Parallel()
	base := vectorCertificate(0)
	seen := map[[32]byte]string{base.Digest(): "none"}
	v := reflect.ValueOf(&base).Elem()
	for _, field := range reflect.VisibleFields(v.Type()) {
		c := base
		f := reflect.ValueOf(&c).Elem().FieldByIndex(field.Index)
		switch f.Kind() {
		case reflect.Struct:
			continue // its fields are visible themselves
		case reflect.Uint64:
			f.SetUint(f.Uint() + 1)
		default:
			f.Index(0).SetUint(f.Index(0).Uint() ^ 1)
		}
		if other, ok := seen[c.Digest()]; ok {
			t.Errorf("%s and %s give one digest", field.Name, other)
		}
		seen[c.Digest()] = field.Name
	}
}

// Each field of a statement counts, and a statement is of one path.
func TestKR03StatementsBindEveryField(t *testing.T) {
	t.Parallel()
	base := keyholder.Statement{Path: keyholder.PathRelease}
	seen := map[[32]byte]string{base.Digest(): "none"}
	for name, s := range map[string]keyholder.Statement{
		"path":    {Path: keyholder.PathCertificate},
		"chain":   {Path: base.Path, Board: keyholder.Board{ChainID: 1}},
		"board":   {Path: base.Path, Board: keyholder.Board{KeyNetwork: [20]byte{19: 1}}},
		"request": {Path: base.Path, Request: [32]byte{1}},
		"epoch":   {Path: base.Path, Epoch: 1},
		"index":   {Path: base.Path, Index: 1},
		"subject": {Path: base.Path, Subject: [32]byte{1}},
		"share":   {Path: base.Path, Share: [48]byte{1}},
	} {
		if other, ok := seen[s.Digest()]; ok {
			t.Errorf("%s and %s give one digest", name, other)
		}
		seen[s.Digest()] = name
	}
	contexts := map[[32]byte]bool{}
	for _, request := range [][32]byte{{}, {1}, {31: 1}} {
		for epoch := range uint64(3) {
			contexts[keyholder.ReleaseContext(request, epoch)] = true
		}
	}
	if len(contexts) != 9 {
		t.Error("two requests or epochs have one context")
	}
	share, statement, err := keyholder.SplitShare(keyholder.JoinShare([48]byte{1}, [65]byte{2}))
	if err != nil || share != [48]byte{1} || statement != [65]byte{2} {
		t.Error("a share does not survive its seal")
	}
	for _, plain := range [][]byte{nil, make([]byte, 48), make([]byte, 112), make([]byte, 114)} {
		if _, _, err := keyholder.SplitShare(plain); err == nil {
			t.Errorf("%d bytes are a share", len(plain))
		}
	}
}
