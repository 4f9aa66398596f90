// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/sha512"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/predict"
)

// measureCmdline is as long as that of an enclave.
const measureCmdline = "console=ttyS0 quiet panic=-1 escrin.config=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,4096,2048"

// measure times the prediction of launch registers from the guest base, of one shape and of 64, files read and hashed.
func (b *bench) measure() error {
	var files [3][]byte
	for i, name := range []string{"firmware", "kernel", "initrd"} {
		var err error
		if files[i], err = os.ReadFile(filepath.Join(b.bin, "guest-base", name)); err != nil {
			return fmt.Errorf("%w (run `make build`)", err)
		}
	}
	var many []attest.Shape
	for vcpus := range uint32(16) {
		for _, memory := range []uint32{512, 1024, 2048, 8192} {
			many = append(many, attest.Shape{VCPUs: vcpus + 1, MemoryMiB: memory})
		}
	}
	took, err := quickest(25,
		contender{name: "64 shapes", run: func() error { return predictShapes(files, many) }},
		contender{name: "one shape", run: func() error { return predictShapes(files, many[:1]) }},
		contender{name: "hashing", run: func() error {
			for _, file := range files {
				sha512.Sum384(file)
			}
			return nil
		}},
	)
	if err != nil {
		return err
	}
	thousandth := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	ratio := took[1].Seconds() / took[2].Seconds()
	compared("measure.64_shapes", took[0].Seconds(), "s", "-", "-")
	compared("measure.one_vs_hash", thousandth(took[1]), "ms", fmt.Sprintf("%.3f", ratio),
		fmt.Sprintf("SHA-384 of firmware, kernel and initrd (%.2f ms)", thousandth(took[2])))
	return nil
}

func predictShapes(files [3][]byte, shapes []attest.Shape) error {
	measured, err := predict.MeasureFiles(files[0], bytes.NewReader(files[1]), bytes.NewReader(files[2]))
	if err != nil {
		return err
	}
	for _, shape := range shapes {
		if _, err := measured.TDX(measureCmdline, shape, predict.QEMU10_0); err != nil {
			return err
		}
	}
	return nil
}

// quickest is compare with more rounds, for what takes milliseconds only.
func quickest(rounds int, sides ...contender) ([]time.Duration, error) {
	shortest := make([]time.Duration, len(sides))
	for range rounds {
		for i, side := range sides {
			took, err := side.once()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", side.name, err)
			}
			if shortest[i] == 0 || took < shortest[i] {
				shortest[i] = took
			}
		}
	}
	return shortest, nil
}
