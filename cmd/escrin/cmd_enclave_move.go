// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/source"
)

// withReference is a command whose one argument is the name of an enclave.
func withReference(use, short string, run func(*cobra.Command, enclaver.Reference) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := enclaver.ParseReference(args[0])
			if err != nil {
				return usageError{cmd.CommandPath(), err.Error()}
			}
			return run(cmd, ref)
		},
	}
	addStoreFlag(cmd)
	return cmd
}

// newPushCommand sends an enclave to its registry.
func newPushCommand() *cobra.Command {
	return withReference("push REF", "Send an enclave from the local store to its registry",
		func(cmd *cobra.Command, ref enclaver.Reference) error {
			store, err := openStore(cmd)
			if err != nil {
				return err
			}
			e, err := enclaver.Load(cmd.Context(), ref, store)
			if err != nil {
				return err
			}
			steps := newProgress(cmd)
			defer steps.done()
			if err := enclaver.Push(cmd.Context(), e, ref, steps.tell); err != nil {
				return err
			}
			steps.done()
			return printPinned(cmd, ref, e)
		})
}

// newPullCommand fetches an enclave.
func newPullCommand() *cobra.Command {
	return withReference("pull REF", "Fetch an enclave into the local store and check every byte of it",
		func(cmd *cobra.Command, ref enclaver.Reference) error {
			store, err := openStore(cmd)
			if err != nil {
				return err
			}
			steps := newProgress(cmd)
			defer steps.done()
			e, err := enclaver.Pull(cmd.Context(), ref, store, steps.tell)
			if err != nil {
				return err
			}
			steps.done()
			return printPinned(cmd, ref, e)
		})
}

type pinnedReport struct {
	Reference       string `json:"reference"` // with the digest
	MeasurementRoot string `json:"measurementRoot"`
}

func printPinned(cmd *cobra.Command, ref enclaver.Reference, e *enclaver.Enclave) error {
	pinned := ref.WithDigest(e.Digest()).String()
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), pinnedReport{pinned, fmt.Sprintf("%#x", e.MeasurementRoot())})
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), pinned)
	return err
}

// verifyFlags are the flags of `verify`.
type verifyFlags struct {
	remote    bool
	rebuild   []string
	guestBase string
}

// newVerifyCommand derives an enclave again.
func newVerifyCommand() *cobra.Command {
	var flags verifyFlags
	var open func(string) (source.Source, error)
	cmd := withReference("verify REF", "Derive every digest and register of an enclave again, line by line",
		func(cmd *cobra.Command, ref enclaver.Reference) error { return flags.run(cmd, ref, open) })
	cmd.Long = `Derive every digest and register of an enclave again, from its own layers, kernel, initrd and firmware, line by line.
The command fails if one of them is not what the enclave says.

With --rebuild the enclave is made again from an image, which must give the same measurement root: the enclave is what this
image makes.

What the enclave says of its guest base (release of the kernel, versions) is its maker's word. Its kernel, initrd and firmware are
compared with those of a guest base of your own making: with --guest-base they must be the same.`
	cmd.Example = "  escrin verify localhost:5000/auction\n  escrin verify localhost:5000/auction --rebuild ./auction-oci:latest"
	cmd.Flags().BoolVar(&flags.remote, "remote", false, "verify the registry's copy even if the local store has the enclave")
	cmd.Flags().StringArrayVar(&flags.rebuild, "rebuild", nil, "make the enclave again from this `IMAGE` and compare; once for each image, in the enclave's order")
	cmd.Flags().StringVar(&flags.guestBase, "guest-base", "", "require kernel, initrd and firmware of this `FOLDER`, and with --rebuild use them (default: compare with guest-base beside escrin)")
	open = addDaemonFlags(cmd)
	return cmd
}

func (flags verifyFlags) run(cmd *cobra.Command, ref enclaver.Reference, open func(string) (source.Source, error)) error {
	defer frugal()()
	steps := newProgress(cmd)
	defer steps.done()
	e, forget, err := obtain(cmd, ref, flags.remote, steps)
	if err != nil {
		return err
	}
	defer forget()
	report, err := flags.derive(cmd, e, open, steps)
	if err != nil {
		return err
	}
	if err := cmd.Context().Err(); err != nil { // no check has failed
		return err
	}
	check, note := flags.compareBase(cmd, e)
	if note == "" {
		report = append(report, check)
	}
	steps.done()
	return printReport(cmd, ref.WithDigest(e.Digest()), report, note)
}

func (flags verifyFlags) derive(cmd *cobra.Command, e *enclaver.Enclave, open func(string) (source.Source, error), steps *progress) (enclaver.Report, error) {
	if len(flags.rebuild) == 0 {
		return enclaver.Verify(cmd.Context(), e, steps.redraw()), nil
	}
	images := make([]source.Source, 0, len(flags.rebuild))
	defer func() { closeAll(images) }()
	for _, name := range flags.rebuild {
		image, err := open(name)
		if err != nil {
			return nil, err
		}
		images = append(images, image)
	}
	return enclaver.Rebuild(cmd.Context(), e, images, flags.guestBase, steps.redraw()), nil
}

// compareBase compares the enclave's guest base with the one that was named, which must be the same, or else with the one
// beside the program: if that is another, or missing, it is worth a note.
func (flags verifyFlags) compareBase(cmd *cobra.Command, e *enclaver.Enclave) (check enclaver.Check, note string) {
	dir, err := guestBaseOr(flags.guestBase)
	if err != nil {
		return check, "guest base: not compared: " + err.Error()
	}
	check = enclaver.CompareGuestBase(cmd.Context(), e, dir)
	switch {
	case check.Err == nil || flags.guestBase != "":
		return check, ""
	case errors.Is(check.Err, fs.ErrNotExist):
		return check, "guest base: not compared, there is none in " + dir + "; name one of your own making with --guest-base"
	}
	return check, "guest base: not the same as the one at hand: " + check.Err.Error()
}

// obtain returns the local copy of an enclave or, without one, the registry's. With remote it is the
// registry's in any case, in a store of its own that forget removes.
func obtain(cmd *cobra.Command, ref enclaver.Reference, remote bool, steps *progress) (e *enclaver.Enclave, forget func(), err error) {
	forget = func() {}
	store, err := openStore(cmd)
	if err != nil {
		return nil, forget, err
	}
	if remote {
		dir, err := os.MkdirTemp("", "escrin-verify-")
		if err != nil {
			return nil, forget, err
		}
		forget = func() { os.RemoveAll(dir) }
		if store, err = enclaver.OpenStore(dir); err != nil {
			forget()
			return nil, func() {}, err
		}
	}
	e, err = enclaver.Load(cmd.Context(), ref, store)
	if errors.Is(err, enclaver.ErrNotExist) {
		e, err = enclaver.Pull(cmd.Context(), ref, store, steps.tell)
	}
	if err != nil {
		forget()
		return nil, func() {}, err
	}
	return e, forget, nil
}

type checkReport struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	OK     bool   `json:"ok"`
	Error  string `json:"error,omitempty"`
}

type verifyReport struct {
	Reference string        `json:"reference"`
	OK        bool          `json:"ok"`
	Checks    []checkReport `json:"checks"`
	Note      string        `json:"note,omitempty"`
}

func printReport(cmd *cobra.Command, ref enclaver.Reference, report enclaver.Report, note string) error {
	failure := report.Err()
	if failure != nil {
		failure = withHint(fmt.Errorf("%s is not what it says: %w", ref, failure), "do not use it; make or pull it again")
	}
	if wantJSON(cmd) {
		out := verifyReport{Reference: ref.String(), OK: failure == nil, Note: note}
		for _, c := range report {
			line := checkReport{Name: c.Name, Detail: c.Detail, OK: c.Err == nil}
			if c.Err != nil {
				line.Error = c.Err.Error()
			}
			out.Checks = append(out.Checks, line)
		}
		return errors.Join(printJSON(cmd.OutOrStdout(), out), failure)
	}
	for _, c := range report {
		if c.Err != nil {
			fmt.Fprintf(cmd.OutOrStdout(), "FAIL  %s: %s\n", oneLine(c.Name), oneLine(c.Err.Error()))
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), "ok    %s: %s\n", oneLine(c.Name), oneLine(c.Detail))
	}
	if note != "" {
		fmt.Fprintf(cmd.OutOrStdout(), "note  %s\n", oneLine(note))
	}
	if failure == nil {
		fmt.Fprintf(cmd.OutOrStdout(), "verified %s\n", ref)
	}
	return failure
}
