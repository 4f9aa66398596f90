// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/config"
)

// newInspectCommand prints what an enclave says about itself.
func newInspectCommand() *cobra.Command {
	var remote bool
	cmd := withReference("inspect REF", "Print what an enclave is made of, what runs in it, and what it measures to",
		func(cmd *cobra.Command, ref enclaver.Reference) error {
			store, err := openStore(cmd)
			if err != nil {
				return err
			}
			if remote {
				store = nil
			}
			d, err := enclaver.Inspect(cmd.Context(), ref, store)
			if err != nil {
				return err
			}
			if wantJSON(cmd) {
				return printJSON(cmd.OutOrStdout(), enclaveReport{Reference: ref.String(), Description: d})
			}
			return describeEnclave(cmd.OutOrStdout(), ref, d)
		})
	cmd.Long = `Print what an enclave is made of, what runs in it and as whom, and what it measures to.

These are the enclave's own words, which do not contradict each other: "escrin verify" says whether they are true. The
registry is asked if the local store does not have the enclave; it also says what others have attached to it.`
	cmd.Flags().BoolVar(&remote, "remote", false, "ask the registry even if the local store has the enclave")
	return cmd
}

// describeEnclave is `inspect` for people.
func describeEnclave(out io.Writer, ref enclaver.Reference, d enclaver.Description) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "enclave\t%s\n", ref)
	fmt.Fprintf(w, "digest\t%s\n", d.Digest)
	fmt.Fprintf(w, "size\t%s\n", byteSize(d.Size))
	describeImages(w, d)
	fmt.Fprintf(w, "guest base\tkernel %s, %s, %s\n", oneLine(d.Config.GuestBase.Kernel), oneLine(d.Config.GuestBase.Runtime), oneLine(d.Config.GuestBase.Go))
	describeWorkload(w, d.Measured)
	fmt.Fprintf(w, "measured config\t%s\n", d.Config.MeasuredConfig.Digest)
	fmt.Fprintf(w, "command line\t%s\n", oneLine(d.Config.Cmdline))
	printMeasurements(w, d)
	fmt.Fprintf(w, "measurement root\t%s\n", d.Config.MeasurementRoot)
	for _, r := range d.Referrers {
		fmt.Fprintf(w, "attached\t%s, %s, %s\n", oneLine(r.ArtifactType), r.Digest, byteSize(r.Size))
	}
	if d.More {
		fmt.Fprintf(w, "attached\tmore than are shown\n")
	}
	return w.Flush()
}

// describeImages says what the file systems are made of, and for which containers they are if there are several.
func describeImages(w io.Writer, d enclaver.Description) {
	for number, image := range d.Images {
		about := d.Config.Images[number]
		fmt.Fprintf(w, "source image\t%s%s\n", about.Source.Manifest, ofContainers(d, number))
		for i, l := range image.Layers {
			c := about.Layers[i]
			fmt.Fprintf(w, "  layer %d\t%s, %s; unpacked %s, %s\n", i+1, l.Digest, byteSize(l.Size), c.DiffID, byteSize(c.Size))
		}
		fmt.Fprintf(w, "  verity root\t%s\n", about.Disk.RootHash)
	}
}

// ofContainers says which containers run an image, if there are several.
func ofContainers(d enclaver.Description, image int) string {
	if len(d.Measured.Containers) == 1 {
		return ""
	}
	return oneLine(" of " + strings.Join(d.Images[image].Containers, ", "))
}

// describeWorkload says what runs, and within which bounds; all of it is measured.
func describeWorkload(w io.Writer, c config.Config) {
	for i, container := range c.Containers {
		if len(c.Containers) > 1 {
			fmt.Fprintf(w, "container\t%s, %s\n", oneLine(container.Name), turn(container, i == len(c.Containers)-1))
		}
		describeContainer(w, container, c.Bounds)
	}
	fmt.Fprintf(w, "  output\t%d MiB of memory\n", c.Bounds.OutputMiB)
	fmt.Fprintf(w, "  processes\tat most %d\n", c.Bounds.MaxProcesses)
	describeReach(w, c.Network)
	if c.Chain {
		fmt.Fprintf(w, "  chain\tcalls and transactions by way of the host\n")
	}
	describeConfidential(w, c.Confidential)
	if c.Logs.Live {
		fmt.Fprintf(w, "  logs\tencrypted to the task's owner while it runs\n")
	}
	if c.Tasks.PerBoot > 1 {
		fmt.Fprintf(w, "  tasks\tat most %d in one boot\n", c.Tasks.PerBoot)
	}
	fmt.Fprintf(w, "machine\tat least %d MiB, %d to %d processors\n", c.Bounds.MinMemoryMiB, c.Bounds.MinVCPUs, c.Bounds.MaxVCPUs)
}

// turn is when the next container starts.
func turn(c config.Container, main bool) string {
	switch {
	case main:
		return "the main one"
	case c.Completes:
		return "before the next one starts"
	}
	return "beside the next ones"
}

func describeContainer(w io.Writer, c config.Container, bounds config.Bounds) {
	fmt.Fprintf(w, "runs\t%s\n", commandLine(c.Process.Args))
	fmt.Fprintf(w, "  as\t%s\n", userOf(c.Process.User))
	fmt.Fprintf(w, "  in\t%s\n", oneLine(c.Process.Cwd))
	for _, variable := range c.Process.Env {
		fmt.Fprintf(w, "  with\t%s\n", oneLine(variable))
	}
	for _, s := range c.Secrets {
		place := "the variable " + s.Env
		if s.Path != "" {
			place = s.Path
		}
		fmt.Fprintf(w, "  secret\t%s in %s\n", oneLine(s.Name), oneLine(place))
	}
	for _, v := range c.Volumes {
		fmt.Fprintf(w, "  volume\t%s, %d MiB of %s%s\n", oneLine(v.Path), v.SizeMiB, medium(v.Disk), shared(v))
	}
	root := fmt.Sprintf("writable, %d MiB of %s", bounds.ScratchMiB, medium(bounds.ScratchMedium == config.ScratchDisk))
	if c.ReadOnlyRoot {
		root = "read-only"
	}
	fmt.Fprintf(w, "  root\t%s\n", root)
	fmt.Fprintf(w, "  stopped by\t%s\n", oneLine(c.StopSignal))
}

// shared says who has a volume besides.
func shared(v config.Volume) string {
	switch {
	case v.Name == "":
		return ""
	case v.ReadOnly:
		return ", shared as " + oneLine(v.Name) + ", read-only"
	}
	return ", shared as " + oneLine(v.Name)
}

func medium(disk bool) string {
	if disk {
		return "encrypted scratch disk"
	}
	return "memory"
}

func describeReach(w io.Writer, n config.Network) {
	if n.None() {
		fmt.Fprintf(w, "  network\tnone\n")
	}
	for _, d := range n.Egress {
		fmt.Fprintf(w, "  network\tto %s\n", oneLine(net.JoinHostPort(d.Name, strconv.Itoa(int(d.Port)))))
	}
	for _, s := range n.Ingress {
		tls := ""
		if s.TLS {
			tls = " behind TLS"
		}
		fmt.Fprintf(w, "  network\tat port %d, for port %d%s\n", s.Port, s.To, tls)
	}
}

func describeConfidential(w io.Writer, c config.Confidential) {
	if c.None() {
		return
	}
	var taken []string
	for _, name := range c.Env {
		taken = append(taken, "the variable "+name)
	}
	if c.Args {
		taken = append(taken, "arguments")
	}
	taken = append(taken, c.Files...)
	need := "may have"
	if c.Required {
		need = "must have"
	}
	fmt.Fprintf(w, "  confidential config\t%s %s\n", need, oneLine(strings.Join(taken, ", ")))
}

func userOf(u config.User) string {
	text := fmt.Sprintf("user %d, group %d", u.UID, u.GID)
	if len(u.AdditionalGIDs) > 0 {
		groups := make([]string, len(u.AdditionalGIDs))
		for i, g := range u.AdditionalGIDs {
			groups[i] = strconv.FormatUint(uint64(g), 10)
		}
		text += " and " + strings.Join(groups, ", ")
	}
	return text
}

// commandLine is how a shell would be told the arguments.
func commandLine(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if a == "" || strings.ContainsFunc(a, func(r rune) bool { return !isPlain(r) }) {
			quoted[i] = strconv.Quote(a)
		}
	}
	return oneLine(strings.Join(quoted, " "))
}

func isPlain(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune("\"'`$\\&|;<>()*?#~!{}[]", r)
}

// shapesOf lists the machines that an enclave is measured for.
func shapesOf(d enclaver.Description) string {
	var shapes []string
	for _, m := range d.Config.Measurements {
		if text := fmt.Sprintf("%s %s", m.TEE, m.Shape); !slices.Contains(shapes, text) {
			shapes = append(shapes, text)
		}
	}
	return strings.Join(shapes, "; ")
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
