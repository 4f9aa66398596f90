// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/guestagent/workload"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

// output is what the workload left.
type output struct {
	stdout, stderr []byte
}

// readManifest reads what the task's inputDigest names. Bytes with another digest are the host's fault;
// bytes that are no manifest are the submitter's.
func (a *attempt) readManifest(ctx context.Context) error {
	document, err := a.document(ctx)
	if err != nil {
		return err
	}
	if a.manifest, err = task.ParseManifest(document); err != nil {
		return fmt.Errorf("%w: %w", errInputsRejected, err)
	}
	return nil
}

// comparePolicy stops an attempt whose identity or measurement root is not the one that the inputs were
// sealed for, which is what a change of the identity's policy does to tasks that are open. That is
// neither the submitter's fault nor final: the attempt fails, and nothing is signed.
func (a *attempt) comparePolicy(context.Context) error {
	if a.manifest.Identity != a.launch.Identity {
		return errors.New("the inputs were sealed for another identity than the launch names")
	}
	if a.manifest.Policy != a.launch.MeasurementRoot {
		return errors.New("the inputs were sealed for another measurement root than the launch names")
	}
	return nil
}

// keysAtOnce is how many keys that are no input's have a place in the map of keys from the beginning: a map that grows leaves
// copies behind, which nobody can overwrite.
const keysAtOnce = 16

// recoverKeys obtains the keys of all inputs from the network that the manifest names: a host with a
// network of its own cannot make the guest declare good inputs bad.
func (a *attempt) recoverKeys(ctx context.Context) error {
	if !bytes.Equal(a.keyholders.Network.GroupKey[:], a.manifest.GroupKey) {
		return errors.New("the host's key network is not the one that the inputs were encrypted under")
	}
	a.inputKeys = make(map[keyname.Name]curve.G1, keysAtOnce+len(a.manifest.Inputs))
	for _, in := range append([]task.Input{{}}, a.manifest.Inputs...) { // the task's key in any case: it binds the attempt
		name, err := a.keyName(in)
		if err == nil {
			err = a.recoverKey(ctx, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) keyName(in task.Input) (keyname.Name, error) {
	return a.manifest.KeyName(a.launch.ChainID, a.launch.Registry, a.launch.Task.ID, in)
}

// recoverKey obtains one key, once.
func (a *attempt) recoverKey(ctx context.Context, name keyname.Name) error {
	if _, known := a.inputKeys[name]; known {
		return nil
	}
	key, err := a.keyholders.Release(ctx, a.evidence, name, keyholder.TaskAttempt{
		ID: a.launch.Task.ID, Attempt: a.launch.Task.Attempt, Terms: keyholder.Terms(a.launch.Task.Terms.Encode()),
	})
	if err == nil {
		a.inputKeys[name] = key
	}
	return err
}

func (a *attempt) openInputs(ctx context.Context) error {
	a.opened = true
	a.secrets = map[string][]byte{}
	inputs := workload.NewInputs(a.config, a.machine)
	for _, in := range a.manifest.Inputs {
		sealed, err := a.link.Fetch(ctx, in.Digest, task.MaxInput)
		if err != nil {
			return err
		}
		if uint64(len(sealed)) != in.Size {
			return fmt.Errorf("%w: size of %s", errInputsRejected, in.Name)
		}
		plain, err := a.unseal(sealed, in)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", errInputsRejected, in.Name, err)
		}
		put := inputs.Put
		if in.Secret != nil {
			put = inputs.PutSecret
			a.secrets[in.Name] = plain
		}
		err = put(in.Name, plain)
		if in.Secret == nil {
			clear(plain) // the machine has it now
		}
		if err != nil {
			return rejected(err)
		}
	}
	if err := inputs.Add(a.additions); err != nil {
		return err
	}
	var err error
	a.run, err = inputs.Config()
	return rejected(err)
}

// rejected marks what is the submitter's fault.
func rejected(err error) error {
	if errors.Is(err, workload.ErrInputs) {
		return fmt.Errorf("%w: %w", errInputsRejected, err)
	}
	return err
}

func (a *attempt) unseal(sealed []byte, in task.Input) ([]byte, error) {
	name, err := a.keyName(in)
	if err != nil {
		return nil, err
	}
	return a.openSealed(sealed, name)
}

// runWorkload runs the workload with what there is beside it.
func (a *attempt) runWorkload(ctx context.Context) error {
	said, run := &transcript{}, a.run
	err := within(ctx, a.presence(said, &run), func(ctx context.Context) (err error) {
		a.reach(ctx, hostlink.StepWorkload)
		a.result.ExitStatus, err = a.machine.Run(ctx, run, a.listener(ctx, said))
		return err
	})
	a.output = said.output()
	return err
}

// presence is what there is beside the workload, in the order in which it begins. The workload is run with what run has then.
func (a *attempt) presence(said *transcript, run *config.Config) []part {
	return []part{
		{"open network", func(ctx context.Context) (context.Context, func(), error) {
			return a.machine.OpenNetwork(ctx, run.Network, a.evidence, a.keys.requester.Sign)
		}},
		{"answer workload", func(ctx context.Context) (_ context.Context, end func(), err error) {
			*run, end, err = a.serve(ctx, *run, &jobAgent{attempt: a, said: said, pledged: map[[32]byte]pledge{}})
			return ctx, end, err
		}},
		{"tell owner", func(ctx context.Context) (context.Context, func(), error) {
			return ctx, a.readAlong(ctx, said), nil
		}},
	}
}

// rejectInputs makes the result that tells the submitter, with no output.
func (a *attempt) rejectInputs() { a.result = task.Result{ExitStatus: task.ExitInputsRejected} }

// sealOutput reads the public word, seals the archive of the output to the submitter, bound to task and attempt,
// and stores it. What does not fit is left out, and the submitter told: another attempt would end the same way.
func (a *attempt) sealOutput(ctx context.Context) error {
	files, closeFiles, err := a.machine.Output()
	if err != nil {
		return err
	}
	defer closeFiles()
	sealed, err := a.machine.Scratch()
	if err != nil {
		return err
	}
	defer sealed.Close()
	digest, size, err := a.sealFiles(sealed, files)
	if unfit := new(task.UnfitError); errors.As(err, &unfit) {
		a.rejectOutput(unfit)
		digest, size, err = a.seal(sealed, nil)
	}
	if err != nil {
		return err
	}
	a.result.OutputDigest = digest
	return a.link.Store(ctx, digest, io.NewSectionReader(sealed, 0, size), uint64(size))
}

// rejectOutput makes the result that tells the submitter why there are no files.
func (a *attempt) rejectOutput(why *task.UnfitError) {
	reason := fmt.Sprintf("escrin: %v; the workload ended with exit status %d\n", why, a.result.ExitStatus)
	if said := a.output.stderr; len(said) > 0 && said[len(said)-1] != '\n' {
		reason = "\n" + reason
	}
	a.output.stderr = extended(a.output.stderr, []byte(reason))
	a.result = task.Result{ExitStatus: task.ExitOutputUnfit}
}

// sealFiles is seal, with the files' public word in the result.
func (a *attempt) sealFiles(dst io.WriterAt, files fs.FS) (digest wire.Digest, size int64, err error) {
	if a.result.PublicOutput, err = task.PublicOutput(files); err != nil {
		return digest, 0, err
	}
	return a.seal(dst, files)
}

// seal makes dst begin with the sealed archive and returns its digest and size.
func (a *attempt) seal(dst io.WriterAt, files fs.FS) (wire.Digest, int64, error) {
	hash, file := sha256.New(), io.NewOffsetWriter(dst, 0)
	archive, writer := io.Pipe()
	go func() { writer.CloseWithError(task.WriteOutput(writer, a.output.stdout, a.output.stderr, files)) }()
	aad := task.OutputAAD(a.launch.Task.ID, a.launch.Task.Attempt)
	err := envelope.SealToRecipient(io.MultiWriter(file, hash), rand.Reader, a.manifest.ResultKey, aad[:], archive)
	archive.CloseWithError(err)
	size, _ := file.Seek(0, io.SeekCurrent) // never fails
	return wire.Digest(hash.Sum(nil)), size, err
}

// reportResult signs the report for the TaskHub and has the host carry it to the chain.
func (a *attempt) reportResult(ctx context.Context) error {
	t := a.launch.Task
	report := task.Report{TaskID: t.ID, TermsDigest: t.Terms.Digest(), Attempt: t.Attempt, Results: []task.Result{a.result}}
	signature := a.keys.requester.Sign(report.SigningDigest(a.domain()))
	_, err := a.link.Result(ctx, hostlink.Result{Report: report.Encode(), Signature: signature[:]})
	return err
}

// domain is what signatures for the TaskHub are bound to.
func (a *attempt) domain() task.Domain {
	return task.Domain{ChainID: a.launch.ChainID, TaskHub: a.launch.TaskHub}
}
