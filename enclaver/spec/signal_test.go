// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"strconv"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
)

func TestSignalsAreNamedAsImagesNameThem(t *testing.T) {
	for written, want := range map[string]string{
		"SIGTERM": "SIGTERM", "TERM": "SIGTERM", "term": "SIGTERM", "sigTerm": "SIGTERM", "15": "SIGTERM", "1": "SIGHUP", "31": "SIGSYS", "winch": "SIGWINCH",
		"SIGRTMIN": "SIGRTMIN", "rtmin": "SIGRTMIN", "34": "SIGRTMIN", "RTMAX-30": "SIGRTMIN",
		"SIGRTMIN+3": "SIGRTMIN+3", "RTMIN+3": "SIGRTMIN+3", "37": "SIGRTMIN+3", "RTMAX-27": "SIGRTMIN+3",
		"64": "SIGRTMIN+30", "RTMAX": "SIGRTMIN+30", "SIGRTMAX-1": "SIGRTMIN+29", "sigrtmax-14": "SIGRTMIN+16",
		"IOT": "SIGABRT", "poll": "SIGIO",
	} {
		if got, err := StopSignal(written); err != nil || got != want {
			t.Errorf("%q: %q, want %q (%v)", written, got, want, err)
		}
	}
	for n := range 300 {
		name, err := StopSignal(strconv.Itoa(n))
		exists := n >= 1 && n <= 64 && n != 32 && n != 33
		ends := n < 17 || n > 23
		if (err == nil) != (exists && ends) || err == nil && int(config.Signal(name)) != n {
			t.Errorf("%d: %q, %v", n, name, err)
		}
	}
}

// TestSignalsThatThereAreNotAreQuoted: none becomes another that the guest knows.
func TestSignalsThatThereAreNotAreQuoted(t *testing.T) {
	for written, want := range map[string]string{
		"SIGFOO": "not a signal's name", "foo": "not a signal's name", "SIG": "not a signal's name", "SIG15": "not a signal's name", "SIGSIGTERM": "not a signal's name",
		"+15": "not a signal's name", "-15": "not a signal's name", "1 5": "not a signal's name", "RTMIN+31": "not a signal's name", "RTMIN+0": "not a signal's name",
		"RTMAX-0": "not a signal's name", "RTMAX-31": "not a signal's name", "RTMAX-40": "not a signal's name", "RTMAX-+1": "not a signal's name", "RTMAX+1": "not a signal's name",
		"19": "ends no program", "stop": "ends no program", "CLD": "ends no program", "SIGURG": "ends no program",
	} {
		for _, file := range []string{"version: 1\nstopSignal: " + strconv.Quote(written), "version: 1\ncontainers: [{name: a, image: b, stopSignal: " + strconv.Quote(written) + "}]"} {
			if _, _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), strconv.Quote(written)) {
				t.Errorf("%q: %v", written, err)
			}
		}
	}
}

// TestSpecHasOneSpellingOfSignals: the canonical form does not depend on how the file spells them.
func TestSpecHasOneSpellingOfSignals(t *testing.T) {
	for _, written := range []string{"SIGRTMIN+3", "rtmin+3", "37", "RTMAX-27"} {
		s, _, err := Parse([]byte("version: 1\nstopSignal: " + strconv.Quote(written)))
		if err != nil || s.StopSignal != "SIGRTMIN+3" {
			t.Errorf("%q: %q, %v", written, s.StopSignal, err)
		}
		s, _, err = Compose{Machine: Default()}.Parse([]byte("services: {a: {image: i, stop_signal: " + strconv.Quote(written) + "}}"))
		if err != nil || s.Containers[0].StopSignal != "SIGRTMIN+3" {
			t.Errorf("%q of a compose file: %+v, %v", written, s.Containers, err)
		}
		other := Default()
		other.StopSignal = written
		if _, err := other.Canonical(); (err == nil) != (written == "SIGRTMIN+3") {
			t.Errorf("%q stands in a canonical spec: %v", written, err)
		}
	}
}
