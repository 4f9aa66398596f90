// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"testing"
)

func TestSavedFilesPredictTheSame(t *testing.T) {
	l := realLaunch(t)
	files, err := l.measure()
	if err != nil {
		t.Fatal(err)
	}
	data, err := files.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseFiles(data)
	if err != nil {
		t.Fatal(err)
	}
	want, err := files.TDX("console=ttyS0", l.Shape, l.QEMU)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.TDX("console=ttyS0", l.Shape, l.QEMU); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if second, err := again.Marshal(); err != nil || !bytes.Equal(second, data) {
		t.Errorf("%s, %v; want %s", second, err, data)
	}
}

func TestSavedFilesOfOtherVersionsAreRefused(t *testing.T) {
	for _, data := range []string{"", "{}", "[]", `{"version":1}`, `{"version":2,"sections":[{}]}`} {
		if f, err := ParseFiles([]byte(data)); err == nil || f.measured {
			t.Errorf("%q was taken", data)
		}
	}
	if _, err := (Files{}).Marshal(); err == nil {
		t.Error("nothing was encoded")
	}
}
