// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
)

// enclaveFlags are the flags of `enclave`.
type enclaveFlags struct {
	tag       string
	guestBase string
	push      bool
}

// newEnclaveCommand makes an enclave of an image.
func newEnclaveCommand() *cobra.Command {
	var flags enclaveFlags
	cmd := &cobra.Command{
		Use:   "enclave [IMAGE] -t REF",
		Short: "Make an enclave of a container image",
		Long: `Make an enclave of a container image and keep it in the local store under the name REF.

The image is taken as it is: entrypoint, command, environment, user, working directory and volumes are its own. The same
image, spec and guest base give the same enclave on any machine. Layers that were converted before are not converted again.

An enclave may have several containers, each with an image, which share a loopback interface, and volumes by name: as "containers"
in an escrin.yaml, or as the services of a compose file (--compose), of which the last one's end is the task's. What a compose file
cannot say (machine, network, confidential config) is taken from --spec.`,
		Example: "  escrin enclave ./auction-oci:latest -t localhost:5000/auction\n  escrin enclave --compose compose.yaml --spec escrin.yaml -t localhost:5000/shop",
	}
	images, specs := addSourceFlags(cmd), addSpecFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ref, err := flags.name(cmd)
		if err != nil {
			return err
		}
		declared, named, err := specs.spec(cmd)
		if err != nil {
			return err
		}
		opened, err := images.open(cmd, args, named)
		if err != nil {
			return err
		}
		return errors.Join(flags.run(cmd, opened, ref, declared), closeAll(opened))
	}
	f := cmd.Flags()
	f.StringVarP(&flags.tag, "tag", "t", "", "name of the enclave: a `REF` of the form HOST/NAME[:TAG]")
	f.StringVar(&flags.guestBase, "guest-base", "", "`FOLDER` with kernel, initrd and firmware (default: guest-base beside escrin)")
	f.BoolVar(&flags.push, "push", false, "push the enclave when it is made")
	addStoreFlag(cmd)
	return cmd
}

// name is the name that the enclave gets.
func (flags enclaveFlags) name(cmd *cobra.Command) (enclaver.Reference, error) {
	if flags.tag == "" {
		return enclaver.Reference{}, usageError{cmd.CommandPath(), "missing -t REF: the name that the enclave gets, for example -t localhost:5000/auction"}
	}
	ref, err := enclaver.ParseReference(flags.tag)
	if err != nil {
		return enclaver.Reference{}, usageError{cmd.CommandPath(), "-t: " + err.Error()}
	}
	if _, pinned := ref.Digest(); pinned {
		return enclaver.Reference{}, usageError{cmd.CommandPath(), "-t: name the enclave with a tag, its digest is not known yet"}
	}
	return ref, nil
}

// memoryLimit is what the garbage collector keeps to, so that an image's size does not show in memory.
const memoryLimit = 56 << 20

// frugal sets memoryLimit until what it returns is called.
func frugal() func() {
	before := debug.SetMemoryLimit(memoryLimit)
	return func() { debug.SetMemoryLimit(before) }
}

func (flags enclaveFlags) run(cmd *cobra.Command, images []source.Source, ref enclaver.Reference, declared spec.Spec) error {
	start := time.Now()
	defer frugal()()
	defer debug.SetGCPercent(debug.SetGCPercent(1000)) // there is room until then
	store, err := openStore(cmd)
	if err != nil {
		return err
	}
	base, err := guestBaseOr(flags.guestBase)
	if err != nil {
		return err
	}
	steps := newProgress(cmd)
	defer steps.done()
	var notes []string
	e, err := enclaver.Build(cmd.Context(), images, enclaver.BuildOptions{
		Store: store, GuestBase: base, Spec: declared, Name: ref, Progress: steps.tell,
		Note: func(line string) { notes = append(notes, line) },
	})
	if err != nil {
		return err
	}
	if flags.push {
		if err := enclaver.Push(cmd.Context(), e, ref, steps.tell); err != nil {
			return err
		}
	}
	steps.done()
	for _, line := range notes {
		fmt.Fprintf(steps.out, "note: %s\n", oneLine(line))
	}
	d, err := e.Description(cmd.Context())
	if err != nil {
		return err
	}
	return printEnclave(cmd, enclaveReport{ref.String(), time.Since(start).Seconds(), notes, d})
}

// guestBaseOr is the folder that a flag names, or else the one beside the program.
func guestBaseOr(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	return enclaver.DefaultGuestBase()
}

// enclaveReport is what `enclave`, `pull` and `inspect` print with --json.
type enclaveReport struct {
	Reference string   `json:"reference"`
	Seconds   float64  `json:"seconds,omitempty"`
	Notes     []string `json:"notes,omitempty"` // what the image's author may want to mend, and what is left out of it
	enclaver.Description
}

// printEnclave says what was made.
func printEnclave(cmd *cobra.Command, r enclaveReport) error {
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), r)
	}
	d, w := r.Description, tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "enclave\t%s\n", r.Reference)
	fmt.Fprintf(w, "digest\t%s\n", d.Digest)
	for number, image := range d.Images {
		fmt.Fprintf(w, "source image\t%s%s\n", d.Config.Images[number].Source.Manifest, ofContainers(d, number))
		fmt.Fprintf(w, "layers\t%d\n", len(image.Layers))
	}
	fmt.Fprintf(w, "size\t%s\n", byteSize(d.Size))
	for _, c := range d.Measured.Containers {
		fmt.Fprintf(w, "runs\t%s\n", commandLine(c.Process.Args))
	}
	fmt.Fprintf(w, "measured for\t%s\n", shapesOf(d))
	fmt.Fprintf(w, "measurement root\t%s\n", d.Config.MeasurementRoot)
	fmt.Fprintf(w, "took\t%.1f s\n", r.Seconds)
	return w.Flush()
}

func addStoreFlag(cmd *cobra.Command) {
	cmd.Flags().String("store", "", "`FOLDER` of the local store (default: $XDG_DATA_HOME/escrin/store)")
}

func openStore(cmd *cobra.Command) (*enclaver.Store, error) {
	dir, err := cmd.Flags().GetString("store")
	if err != nil {
		return nil, err
	}
	return enclaver.OpenStore(dir)
}
