// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// keynetKyber compares the key network's arithmetic with kyber's, and its envelopes with age's, in CPU time.
func (b *bench) keynetKyber() error {
	for _, measure := range []func() error{keynetDKG, keynetRecover, keynetEncrypt, keynetAge} {
		if err := measure(); err != nil {
			return err
		}
	}
	return nil
}

const keynetHolders, keynetThreshold = 50, 26

// keynetDKG: what making a key costs one of 50 holders, from the messages of the others as bytes to its share, with what
// says who posted them: the transcript's digest in ours, signatures in kyber's.
func keynetDKG() error {
	ours, err := newKeynetDKG(keynetHolders, keynetThreshold)
	if err != nil {
		return err
	}
	theirs, err := newKyberDKG(keynetHolders, keynetThreshold)
	if err != nil {
		return err
	}
	cpu, err := compareCPU(ours.run, theirs.run, theirs.decode, theirs.authenticate)
	if err != nil {
		return err
	}
	processor("keynet.dkg_cpu_vs_kyber", cpu[0], cpu[1]+cpu[2]+cpu[3], "kyber, from signed bytes")
	processor("keynet.dkg_cpu_vs_kyber_unsigned", cpu[0], cpu[1]+cpu[2], "kyber, from bytes without signatures")
	processor("keynet.dkg_cpu_vs_kyber_in_memory", cpu[0], cpu[1], "kyber, points decoded before")
	return nil
}

// keynetRecover: a signature from 26 of 50 partial ones, as bytes; ours is verified.
func keynetRecover() error {
	message := []byte("a message")
	theirs, err := kyberRecover(keynetHolders, keynetThreshold, message)
	if err != nil {
		return err
	}
	ours, err := keynetPartials(message)
	if err != nil {
		return err
	}
	cpu, err := compareCPU(ours, theirs)
	if err == nil {
		processor("keynet.recover_vs_kyber", cpu[0], cpu[1], "kyber")
	}
	return err
}

func keynetPartials(message []byte) (func() error, error) {
	var secrets []curve.Scalar
	for range keynetThreshold {
		s, err := curve.RandomScalar(rand.Reader)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, s)
	}
	h := curve.HashToG1(curve.DSTKey, message)
	var partials [][curve.G1Size]byte
	for i := range keynetThreshold {
		at, value := curve.ScalarFromIndex(uint32(i)+1), curve.Scalar{}
		for k := len(secrets) - 1; k >= 0; k-- {
			value = value.Mul(at).Add(secrets[k])
		}
		partials = append(partials, h.Mul(value).Bytes())
	}
	group := secrets[0].Public()
	return func() error {
		var points []curve.Partial
		for i, b := range partials {
			p, err := curve.G1FromBytes(b[:])
			if err != nil {
				return err
			}
			points = append(points, curve.Partial{Index: uint32(i) + 1, Point: p})
		}
		sum, err := curve.Combine(points)
		if err == nil && !curve.Verify(sum, curve.HashToG1(curve.DSTKey, message), group) {
			err = errors.New("signature does not verify")
		}
		return err
	}, nil
}

// keynetEncrypt: a file key to an identity that was never seen before, with the group key as its bytes.
func keynetEncrypt() error {
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return err
	}
	key := secret.Public().Bytes()
	name := keyname.Name{ChainID: 1, Registry: [20]byte{1}, IdentityID: [32]byte{1}, Kind: keyname.Task, Subject: [32]byte{1}, Policy: [32]byte{1}, Version: 1}
	ours := func() error {
		group, err := curve.G2FromBytes(key[:])
		if err != nil {
			return err
		}
		_, err = ibe.Encrypt(rand.Reader, group, name, [32]byte{})
		return err
	}
	theirs := func() error { return kyberEncrypt(key[:], name.Encode(), make([]byte, 32)) }
	cpu, err := compareCPU(ours, theirs)
	if err != nil {
		return err
	}
	processor("keynet.ibe_vs_kyber", cpu[0], cpu[1], "kyber, processor time")
	wall, err := quickest(25, contender{name: "ours", run: ours}, contender{name: "kyber", run: theirs})
	if err == nil {
		processor("keynet.ibe_wall_vs_kyber", wall[0], wall[1], "kyber, time on the wall; ours uses two cores")
	}
	return err
}

// compareCPU runs all in turn and returns the least CPU time of each.
func compareCPU(runs ...func() error) ([]time.Duration, error) {
	least := make([]time.Duration, len(runs))
	for range 3 * repetitions {
		for i, run := range runs {
			before := spent()
			if err := run(); err != nil {
				return nil, err
			}
			if took := spent() - before; least[i] == 0 || took < least[i] {
				least[i] = took
			}
		}
	}
	return least, nil
}

// spent returns the CPU time of this process so far.
func spent() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// speed prints how many times as fast ours is.
func speed(name string, ours, theirs time.Duration, against string) {
	compared(name, ours.Seconds()*1e3, "ms", fmt.Sprintf("%.3f", theirs.Seconds()/ours.Seconds()),
		fmt.Sprintf("%s (%.2f ms)", against, theirs.Seconds()*1e3))
}

// processor prints one time against another of the same run.
func processor(name string, ours, theirs time.Duration, against string) {
	milliseconds := func(d time.Duration) float64 { return d.Seconds() * 1e3 }
	compared(name, milliseconds(ours), "ms", fmt.Sprintf("%.3f", ours.Seconds()/theirs.Seconds()),
		fmt.Sprintf("%s (%.2f ms)", against, milliseconds(theirs)))
}
