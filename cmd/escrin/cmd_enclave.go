// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
)

// newEnclaveCommand makes an enclave of an image.
func newEnclaveCommand() *cobra.Command {
	var tag, guestBase string
	var push bool
	declared := spec.Default()
	cmd := &cobra.Command{
		Use:   "enclave IMAGE -t REF",
		Short: "Make an enclave of an OCI image",
		Long: `Make an enclave of an OCI image and keep it in the local store under the name REF.

IMAGE is the folder of an OCI layout with a tag (./FOLDER:TAG) or a name in a registry (HOST/NAME:TAG). It is
taken as it is: entrypoint, command, environment, user, working directory and volumes are the image's own.
The same image and guest base give the same enclave on any machine.

A tar of "docker save" becomes such a folder by "skopeo copy docker-archive:IMAGE.tar oci:FOLDER:TAG".`,
		Example: "  escrin enclave ./auction-oci:latest -t localhost:5000/auction",
		Args:    exactly("IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if tag == "" {
				return usageError{cmd.CommandPath(), "missing -t REF: the name that the enclave gets, for example -t localhost:5000/auction"}
			}
			ref, err := enclaver.ParseReference(tag)
			if err != nil {
				return usageError{cmd.CommandPath(), "-t: " + err.Error()}
			}
			if _, pinned := ref.Digest(); pinned {
				return usageError{cmd.CommandPath(), "-t: name the enclave with a tag, its digest is not known yet"}
			}
			return runEnclave(cmd, args[0], ref, guestBase, declared, push)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&tag, "tag", "t", "", "name of the enclave: a `REF` of the form HOST/NAME[:TAG]")
	flags.StringVar(&guestBase, "guest-base", "", "folder with kernel, initrd and firmware (default: guest-base beside escrin)")
	flags.StringArrayVar(&declared.Entrypoint, "entrypoint", nil, "program and, repeated, its arguments, in place of the image's entrypoint and command")
	flags.StringArrayVar(&declared.Cmd, "cmd", nil, "argument, repeated, in place of the image's command")
	flags.BoolVar(&push, "push", false, "push the enclave when it is made")
	addStoreFlag(cmd)
	return cmd
}

func runEnclave(cmd *cobra.Command, name string, ref enclaver.Reference, guestBase string, declared spec.Spec, push bool) error {
	start := time.Now()
	image, err := source.Parse(name)
	if err != nil {
		return err
	}
	store, err := openStore(cmd)
	if err != nil {
		return err
	}
	if guestBase == "" {
		if guestBase, err = enclaver.DefaultGuestBase(); err != nil {
			return err
		}
	}
	steps := newProgress(cmd)
	defer steps.done()
	e, err := enclaver.Build(cmd.Context(), image, enclaver.BuildOptions{
		Store: store, GuestBase: guestBase, Spec: declared, Name: ref, Progress: steps.step,
	})
	if err != nil {
		return err
	}
	if push {
		if err := enclaver.Push(cmd.Context(), e, ref, steps.step); err != nil {
			return err
		}
	}
	steps.done()
	return printEnclave(cmd, ref, e.Description(), time.Since(start))
}

// enclaveReport is what `enclave`, `pull` and `inspect` print with --json.
type enclaveReport struct {
	Reference string  `json:"reference"`
	Seconds   float64 `json:"seconds,omitempty"`
	enclaver.Description
}

func printEnclave(cmd *cobra.Command, ref enclaver.Reference, d enclaver.Description, took time.Duration) error {
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), enclaveReport{ref.String(), took.Seconds(), d})
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "enclave\t%s\n", ref)
	fmt.Fprintf(w, "digest\t%s\n", d.Digest)
	fmt.Fprintf(w, "image\t%s, %d layers\n", d.Config.Source.Manifest, len(d.Config.Source.DiffIDs))
	fmt.Fprintf(w, "guest base\tkernel %s, %s, %s\n", d.Config.GuestBase.Kernel, d.Config.GuestBase.Runtime, d.Config.GuestBase.Go)
	fmt.Fprintf(w, "size\t%s\n", byteSize(d.Size))
	fmt.Fprintf(w, "verity root\t%s\n", d.Config.Disk.RootHash)
	printMeasurements(w, d)
	fmt.Fprintf(w, "measurement root\t%s\n", d.Config.MeasurementRoot)
	if took > 0 {
		fmt.Fprintf(w, "took\t%.1f s\n", took.Seconds())
	}
	return w.Flush()
}

func printMeasurements(w io.Writer, d enclaver.Description) {
	for _, m := range d.Config.Measurements {
		fmt.Fprintf(w, "%s\t%s\n", m.TEE, m.Shape)
		fmt.Fprintf(w, "  mrtd\t%s\n", m.Registers.MRTD)
		fmt.Fprintf(w, "  rtmr0\t%s\n", m.Registers.RTMR0)
		fmt.Fprintf(w, "  rtmr1\t%s\n", m.Registers.RTMR1)
		fmt.Fprintf(w, "  rtmr2\t%s\n", m.Registers.RTMR2)
	}
}

func addStoreFlag(cmd *cobra.Command) {
	cmd.Flags().String("store", "", "folder of the local store (default: $XDG_DATA_HOME/escrin/store)")
}

func openStore(cmd *cobra.Command) (*enclaver.Store, error) {
	dir, err := cmd.Flags().GetString("store")
	if err != nil {
		return nil, err
	}
	return enclaver.OpenStore(dir)
}
