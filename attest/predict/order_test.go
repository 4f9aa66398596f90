// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/eventlog"
)

// A TDX guest of others, with a kernel booted directly, logged the same events in
// the same order: the same digests where they depend on neither its firmware nor
// its kernel nor its devices. Its firmware knows secure boot, so that SecureBoot has
// a value; and it is older, and extends RTMR0 instead of RTMR1 with the separator
// before the kernel.
func TestMB24OrderOfAnotherGuest(t *testing.T) {
	log, err := eventlog.Parse(readFile(t, "../eventlog/testdata/go-eventlog/CCEL_unpadded.data.bin"))
	if err != nil {
		t.Fatal(err)
	}
	events, err := Events(realLaunch(t))
	if err != nil {
		t.Fatal(err)
	}
	var predicted [3][]Event
	for _, e := range events {
		predicted[e.RTMR] = append(predicted[e.RTMR], e)
	}
	ours := func(rtmr int, name string) attest.Register {
		i := slices.IndexFunc(predicted[rtmr], func(e Event) bool { return e.Name == name })
		return predicted[rtmr][i].Digest
	}
	own := attest.Register{} // of that guest
	want := [3][]attest.Register{
		{own, own, own, ours(0, "PK"), ours(0, "KEK"), ours(0, "db"), ours(0, "dbx"), ours(0, "separator"), own, own, own, ours(0, "BootOrder"), ours(0, "Boot0000"), ours(1, "separator")},
		{own, ours(1, "calling application"), ours(1, "exit boot services"), ours(1, "boot services exited")},
		{own},
	}
	var got [3][]attest.Register
	for _, e := range log.Events {
		digest, _ := e.SHA384()
		got[e.Register-1] = append(got[e.Register-1], digest)
	}
	for rtmr := range want {
		if len(got[rtmr]) != len(want[rtmr]) {
			t.Fatalf("RTMR%d: %d events, want %d", rtmr, len(got[rtmr]), len(want[rtmr]))
		}
		for i, digest := range want[rtmr] {
			if digest != own && got[rtmr][i] != digest {
				t.Errorf("RTMR%d, event %d: %v, predicted %v", rtmr, i, got[rtmr][i], digest)
			}
		}
	}
	if len(predicted[0]) != len(want[0])-1 || len(predicted[1]) != len(want[1])+1 {
		t.Errorf("predicted %d and %d events", len(predicted[0]), len(predicted[1]))
	}
}

// A log made of the predicted events comes to the predicted registers, and is
// compared without a finding.
func TestPredictedLogReplays(t *testing.T) {
	l := realLaunch(t)
	events, err := Events(l)
	if err != nil {
		t.Fatal(err)
	}
	want, err := TDX(l)
	if err != nil {
		t.Fatal(err)
	}
	log := eventlog.Log{Algorithms: []eventlog.Algorithm{eventlog.SHA384}}
	var expected []eventlog.Expected
	for _, e := range events {
		digest := eventlog.Digest{Algorithm: eventlog.SHA384, Value: e.Digest[:]}
		log.Events = append(log.Events, eventlog.Event{Register: uint32(e.RTMR) + 1, Type: 0x6, Digests: []eventlog.Digest{digest}})
		expected = append(expected, eventlog.Expected(e))
	}
	got, found := log.Replay()
	if got != (eventlog.RTMRs{want.RTMR0, want.RTMR1, want.RTMR2}) || len(found) != 0 {
		t.Errorf("%v, %v", got, found)
	}
	if found := log.Compare(expected); len(found) != 0 {
		t.Error(found)
	}
}

// Another program computes the same registers, as far as it knows this QEMU.
func TestRegistersOfAnotherProgram(t *testing.T) {
	others := readJSON[struct{ FirmwareSHA256, MRTD, Configuration, Boot0000, RTMR2 string }](t, "testdata/registers.json")
	l := realLaunch(t)
	got, err := TDX(l)
	if err != nil {
		t.Fatal(err)
	}
	if "0x"+got.RTMR2.String() != others.RTMR2 {
		t.Errorf("RTMR2 is %v", got.RTMR2)
	}
	if option := sha512.Sum384(bootOption()); "0x"+attest.Register(option).String() != others.Boot0000 {
		t.Errorf("Boot0000 is %x", option)
	}
	if sum := sha256.Sum256(l.Firmware); "0x"+hex.EncodeToString(sum[:]) != others.FirmwareSHA256 {
		t.Log("the firmware at hand is another than the program's: its registers are not compared")
		return
	}
	files, err := l.measure()
	if err != nil {
		t.Fatal(err)
	}
	if "0x"+got.MRTD.String() != others.MRTD || "0x"+files.configuration.String() != others.Configuration {
		t.Errorf("MRTD is %v, configuration volume %v", got.MRTD, files.configuration)
	}
}
