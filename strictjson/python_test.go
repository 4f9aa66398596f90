// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// loader is a reader of the same documents in another language. For each line of input, a document and how Go reads it
// ("-" if it refuses), it prints "refused", "same" or what it reads instead.
const loader = `
import base64, json, sys

def pairs(items):
    keys = [k for k, _ in items]
    if len(set(keys)) != len(keys):
        raise ValueError("repeated key")
    return dict(items)

def constant(name):
    raise ValueError(name)

def read(data):
    value = json.loads(data.decode("utf-8", "strict"), object_pairs_hook=pairs, parse_constant=constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8", "strict")
    return value

def view(value):
    config = value.get("config")
    return {"name": value.get("name") or "", "layers": [(l or {}).get("size") or 0 for l in value.get("layers") or []],
            "config": None if config is None else config.get("size") or 0,
            "labels": {k: v or "" for k, v in (value.get("labels") or {}).items()}}

for line in sys.stdin:
    document, ours = line.split()
    try:
        value = read(base64.b64decode(document))
    except (ValueError, RecursionError):
        print("refused")
        continue
    if ours == "-":
        print("other")
        continue
    theirs = json.loads(base64.b64decode(ours))
    mine = view(value if value is not None else {})
    print("same" if mine == theirs else "DIFFERS " + json.dumps(mine))
`

// view is what the loader compares.
func view(s sample) []byte {
	v := struct {
		Name   string            `json:"name"`
		Layers []int             `json:"layers"`
		Config *int              `json:"config"`
		Labels map[string]string `json:"labels"`
	}{Name: s.Name, Layers: []int{}, Labels: map[string]string{}}
	for _, l := range s.Layers {
		v.Layers = append(v.Layers, l.Size)
	}
	if s.Config != nil {
		v.Config = &s.Config.Size
	}
	for key, value := range s.Labels {
		v.Labels[key] = value
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// documents are n documents, good ones and such as are almost good.
func documents(n int) [][]byte {
	random := rand.New(rand.NewPCG(3, 3))
	pieces := []string{
		`"name":"a"`, `"Name":"b"`, `"na\u006de":"c"`, `"layers":[{"size":1},{"size":2}]`, `"LAYERS":[{"size":3}]`, `"layer\u017f":[]`, `"layers":null`,
		`"config":{"size":4}`, `"config":{"Size":5,"size":6}`, `"labels":{"k":"1","K":"2"}`, `"labels":{"\ud800":"1"}`, `"labels":{"\u00e9":"\ud83d\ude00"}`,
		`"other":{"a":1,"a":2}`, `"other":[NaN,Infinity]`, `"other":1e400`, `"other":"\x00"`, `"other":-0`, `"other":01`, `"other":{"":{"":[[]]}}`, `"size":1`,
	}
	var all [][]byte
	for range n {
		var parts []string
		for range random.IntN(5) {
			parts = append(parts, pieces[random.IntN(len(pieces))])
		}
		document := []byte("{" + strings.Join(parts, ",") + "}")
		for range random.IntN(3) {
			at := random.IntN(len(document))
			switch random.IntN(4) {
			case 0:
				document[at] ^= 1 << random.IntN(8)
			case 1:
				document = append(document[:at], document[at+1:]...)
			case 2:
				document = append(document, document[at:]...)
			case 3:
				document = append(document[:at:at], append([]byte(` \"{}[],:`[random.IntN(9):]), document[at:]...)...)
			}
			if len(document) == 0 {
				break
			}
		}
		all = append(all, document)
	}
	return all
}

// What is accepted here is accepted by a strict reader in another language, which reads the same. A machine without
// that language has nothing to compare with.
func TestREG03AnotherLanguageReadsTheSame(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 here")
	}
	all := documents(20_000)
	var input bytes.Buffer
	for _, document := range all {
		ours := "-"
		if value, err := DecodeOpen[sample](document, 1<<20); err == nil {
			ours = base64.StdEncoding.EncodeToString(view(value))
		}
		fmt.Fprintln(&input, base64.StdEncoding.EncodeToString(append(document, ' ')), ours)
	}
	cmd := exec.Command(python, "-I", "-c", loader)
	cmd.Stdin = &input
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	count := map[string]int{}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, answer := range answers {
		count[strings.Fields(answer)[0]]++
		if strings.HasPrefix(answer, "DIFFERS") {
			t.Errorf("%q: %s", all[i], answer)
		}
		if _, err := DecodeOpen[sample](all[i], 1<<20); answer == "refused" && err == nil {
			t.Errorf("%q: accepted here, refused there", all[i])
		}
	}
	if len(answers) != len(all) || count["same"] < 1000 || count["refused"] < 1000 {
		t.Errorf("compared %v of %d", count, len(all))
	}
}
