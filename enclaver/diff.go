// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/guestagent/config"
)

// Difference is one thing that two enclaves do not have in common.
type Difference struct {
	Kind     string `json:"kind"`        // "layer", "file", "environment", …
	Name     string `json:"name"`        // which one
	A        string `json:"a,omitempty"` // what A has; empty if it has none
	B        string `json:"b,omitempty"` // what B has
	Measured bool   `json:"measured"`    // whether it makes the measurements differ
}

// Diff says what differs between two enclaves: everything that is measured, down to the file, and the documents that
// their images came with.
func Diff(ctx context.Context, a, b *Enclave, progress Progress) ([]Difference, error) {
	if a.Digest() == b.Digest() {
		return nil, nil
	}
	for _, e := range []*Enclave{a, b} {
		release, err := e.store.Use()
		if err != nil {
			return nil, err
		}
		defer release()
	}
	d := &differ{}
	d.guestBase(a, b)
	runA, _, err := a.measuredConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare enclaves: %w", err)
	}
	runB, _, err := b.measuredConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare enclaves: %w", err)
	}
	d.workload(runA, runB)
	d.machines(a.config, b.config)
	d.note(true, "layers", "conversion", strconv.Itoa(a.config.Conversion), strconv.Itoa(b.config.Conversion))
	if err := d.images(ctx, a, b, progress.serial()); err != nil {
		return nil, fmt.Errorf("compare files: %w", err)
	}
	d.results(a.config, b.config)
	return d.found, nil
}

// differ collects differences.
type differ struct {
	found  []Difference
	prefix string // of names: which of several containers
}

func (d *differ) note(measured bool, kind, name, a, b string) {
	if a != b {
		d.found = append(d.found, Difference{Kind: kind, Name: d.prefix + name, A: a, B: b, Measured: measured})
	}
}

// list compares lists element by element.
func (d *differ) list(kind, name string, a, b []string) {
	if !slices.Equal(a, b) {
		d.found = append(d.found, Difference{Kind: kind, Name: d.prefix + name, A: fmt.Sprintf("%q", a), B: fmt.Sprintf("%q", b), Measured: true})
	}
}

// long compares values of which the beginning is enough to look at.
func (d *differ) long(kind, name, a, b string) {
	if a != b {
		d.found = append(d.found, Difference{Kind: kind, Name: d.prefix + name, A: beginning(a), B: beginning(b), Measured: true})
	}
}

func beginning(digits string) string {
	const enough = 18
	if len(digits) <= enough {
		return digits
	}
	return digits[:enough] + "…"
}

func (d *differ) guestBase(a, b *Enclave) {
	d.note(true, "guest base", "kernel", a.manifest.Kernel.Digest.String(), b.manifest.Kernel.Digest.String())
	d.note(true, "guest base", "initrd", a.manifest.Initrd.Digest.String(), b.manifest.Initrd.Digest.String())
	d.note(true, "guest base", "firmware", a.config.GuestBase.Firmware.String(), b.config.GuestBase.Firmware.String())
	d.note(false, "guest base", "kernel release", a.config.GuestBase.Kernel, b.config.GuestBase.Kernel)
	d.note(false, "guest base", "container runtime", a.config.GuestBase.Runtime, b.config.GuestBase.Runtime)
	d.note(false, "guest base", "compiler", a.config.GuestBase.Go, b.config.GuestBase.Go)
}

// workload compares what the measured configs say of how the image is run. What they say of the disk follows from the
// layers.
func (d *differ) workload(a, b config.Config) {
	d.containers(a.Containers, b.Containers)
	d.pairs("bound", bounds(a), bounds(b))
	d.pairs("network", reach(a.Network), reach(b.Network))
	d.pairs("confidential config", confidential(a.Confidential), confidential(b.Confidential))
}

func (d *differ) container(a, b config.Container) {
	d.list("process", "arguments", a.Process.Args, b.Process.Args)
	d.note(true, "process", "directory", a.Process.Cwd, b.Process.Cwd)
	d.note(true, "process", "user", userText(a.Process.User), userText(b.Process.User))
	d.note(true, "process", "stop signal", a.StopSignal, b.StopSignal)
	d.note(true, "process", "root read-only", strconv.FormatBool(a.ReadOnlyRoot), strconv.FormatBool(b.ReadOnlyRoot))
	d.pairs("environment", variables(a.Process.Env), variables(b.Process.Env))
	if maps.Equal(variables(a.Process.Env), variables(b.Process.Env)) {
		d.list("environment", "order", a.Process.Env, b.Process.Env)
	}
	d.pairs("volume", volumes(a), volumes(b))
	d.pairs("secret", secrets(a), secrets(b))
	d.note(true, "container", "name", a.Name, b.Name)
	d.note(true, "container", "completes", strconv.FormatBool(a.Completes), strconv.FormatBool(b.Completes))
	d.note(true, "container", "input and output", a.IO.Input+" "+a.IO.Output, b.IO.Input+" "+b.IO.Output)
}

func userText(u config.User) string {
	return fmt.Sprintf("%d:%d %v", u.UID, u.GID, u.AdditionalGIDs)
}

func variables(env []string) map[string]string {
	values := make(map[string]string)
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	return values
}

func volumes(c config.Container) map[string]string {
	values := make(map[string]string)
	for _, v := range c.Volumes {
		if values[v.Path] = fmt.Sprintf("%d MiB of memory", v.SizeMiB); v.Disk {
			values[v.Path] = fmt.Sprintf("%d MiB of scratch disk", v.SizeMiB)
		}
		if v.Name != "" {
			values[v.Path] += ", shared as " + v.Name
		}
		if v.ReadOnly {
			values[v.Path] += ", read-only"
		}
	}
	return values
}

func secrets(c config.Container) map[string]string {
	values := make(map[string]string)
	for _, s := range c.Secrets {
		if values[s.Name] = "in the variable " + s.Env; s.Path != "" {
			values[s.Name] = "in " + s.Path
		}
	}
	return values
}

func bounds(c config.Config) map[string]string {
	return map[string]string{
		"memory":             fmt.Sprintf("at least %d MiB", c.Bounds.MinMemoryMiB),
		"processors":         fmt.Sprintf("%d to %d", c.Bounds.MinVCPUs, c.Bounds.MaxVCPUs),
		"scratch":            fmt.Sprintf("%d MiB of %s", c.Bounds.ScratchMiB, c.Bounds.ScratchMedium),
		"output":             fmt.Sprintf("%d MiB", c.Bounds.OutputMiB),
		"processes":          strconv.FormatUint(uint64(c.Bounds.MaxProcesses), 10),
		"config version":     strconv.Itoa(c.Version),
		"tasks in a boot":    strconv.FormatUint(uint64(c.Tasks.PerBoot), 10),
		"calls of the chain": strconv.FormatBool(c.Chain),
		"live logs":          strconv.FormatBool(c.Logs.Live),
	}
}

// reach is what the containers can reach, and be reached by.
func reach(n config.Network) map[string]string {
	values := make(map[string]string)
	for _, d := range n.Egress {
		values[fmt.Sprintf("to %s port %d", d.Name, d.Port)] = "allowed"
	}
	for _, s := range n.Ingress {
		if values[fmt.Sprintf("at port %d", s.Port)] = fmt.Sprintf("port %d", s.To); s.TLS {
			values[fmt.Sprintf("at port %d", s.Port)] += " behind TLS"
		}
	}
	return values
}

func confidential(c config.Confidential) map[string]string {
	values := map[string]string{"required": strconv.FormatBool(c.Required), "arguments": strconv.FormatBool(c.Args)}
	for _, name := range c.Env {
		values["variable "+name] = "allowed"
	}
	for _, path := range c.Files {
		values["file "+path] = "allowed"
	}
	return values
}

// pairs compares values by name. A value that is empty is shown in quotes, to tell it from none.
func (d *differ) pairs(kind string, a, b map[string]string) {
	names := maps.Clone(a)
	maps.Copy(names, b)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		d.note(true, kind, name, shown(a, name), shown(b, name))
	}
}

func shown(values map[string]string, name string) string {
	value, ok := values[name]
	if ok && value == "" {
		return `""`
	}
	return value
}

func (d *differ) machines(a, b artifact.Config) {
	d.note(true, "machine", "QEMU", a.QEMU, b.QEMU)
	d.note(true, "machine", "shapes", shapesText(a.Measurements), shapesText(b.Measurements))
}

func shapesText(measurements []attest.Measurement) string {
	var shapes []string
	for _, m := range measurements {
		shapes = append(shapes, fmt.Sprintf("%s %s", m.TEE, m.Shape))
	}
	return strings.Join(shapes, "; ")
}

// results compares what the differences above come to. Two enclaves that measure differently differ in something that
// is measured, whether or not it was found.
func (d *differ) results(a, b artifact.Config) {
	d.long("machine", "command line", oci.DescriptorOf("", []byte(a.Cmdline)).Digest.Hex, oci.DescriptorOf("", []byte(b.Cmdline)).Digest.Hex)
	for _, m := range a.Measurements {
		for _, other := range b.Measurements {
			if m.TEE == other.TEE && m.Shape == other.Shape {
				d.registers(fmt.Sprintf("%s, %s", m.TEE, m.Shape), m.Registers, other.Registers)
			}
		}
	}
	isMeasured := func(found Difference) bool { return found.Measured }
	if a.MeasurementRoot != b.MeasurementRoot && !slices.ContainsFunc(d.found, isMeasured) {
		d.note(true, "measurement root", "all that is measured", a.MeasurementRoot.String(), b.MeasurementRoot.String())
	}
}

func (d *differ) registers(machine string, a, b attest.Registers) {
	for _, r := range []struct {
		name string
		a, b attest.Register
	}{{"MRTD", a.MRTD, b.MRTD}, {"RTMR0", a.RTMR0, b.RTMR0}, {"RTMR1", a.RTMR1, b.RTMR1}, {"RTMR2", a.RTMR2, b.RTMR2}} {
		d.long("register", r.name+" of "+machine, r.a.String(), r.b.String())
	}
}
