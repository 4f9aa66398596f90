// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
)

// studio makes and publishes enclaves under one tag.
type studio struct {
	t     *testing.T
	store *enclaver.Store
	base  string
	tag   enclaver.Reference
}

func newStudio(t *testing.T) studio {
	t.Helper()
	s := studio{t: t, base: t.TempDir()}
	var err error
	if s.store, err = enclaver.OpenStore(t.TempDir()); err == nil {
		err = imagetest.GuestBase(s.base)
	}
	if err == nil {
		s.tag, err = enclaver.ParseReference(imagetest.Registry(t) + "/auction:latest")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// publish moves the tag to an enclave of the image.
func (s studio) publish(image v1.Image) *enclaver.Enclave {
	s.t.Helper()
	from, err := source.Parse(imagetest.Layout(s.t.TempDir(), map[string]v1.Image{"latest": image}))
	if err != nil {
		s.t.Fatal(err)
	}
	e, err := enclaver.Build(s.t.Context(), []source.Source{from}, enclaver.BuildOptions{Store: s.store, GuestBase: s.base, Spec: spec.Default(), Name: s.tag})
	if err == nil {
		err = enclaver.Push(s.t.Context(), e, s.tag, nil)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

func (s studio) release(version uint64, key [32]byte) {
	s.t.Helper()
	if _, _, err := enclaver.Release(s.t.Context(), s.tag, version, key); err != nil {
		s.t.Fatal(err)
	}
}

// TestPolicyByAuthor: nothing is admitted to a boot that the author has not released, in a version that the policy takes.
func TestPolicyByAuthor(t *testing.T) {
	s := newStudio(t)
	author, stranger := [32]byte{31: 1}, [32]byte{31: 2}
	key, err := crypto.ToECDSA(author[:])
	if err != nil {
		t.Fatal(err)
	}
	policy := chain.ByReleases(crypto.PubkeyToAddress(key.PublicKey), 3, 600, s.tag.String())
	at, _ := newAttempt(t, nil)
	at.runner.Registries = []string{s.tag.Registry()}
	if at.runner.Enclaves, err = enclaver.OpenStore(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	admit := func() (admitted, error) { return at.runner.admit(t.Context(), at.assignment, policy) }
	refuse := func(what string) {
		t.Helper()
		if got, err := admit(); !errors.Is(err, enclaver.ErrNotReleased) {
			t.Fatalf("%s: %+v, %v", what, got, err)
		}
	}

	first := s.publish(imagetest.Small())
	refuse("without a release")
	s.release(9, stranger)
	refuse("released by a stranger")
	s.release(2, author)
	refuse("an older version")
	s.release(3, author)
	got, err := admit()
	if err != nil || got.root != common.Hash(first.MeasurementRoot()) || got.release[31] != 3 || !strings.HasSuffix(got.locator, first.Digest().String()) {
		t.Fatalf("%+v, %v", got, err)
	}
	ref, err := enclaver.ParseReference(got.locator)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enclaver.Pull(t.Context(), ref, at.runner.Enclaves, nil); err != nil {
		t.Fatal(err)
	}

	// The tag moves: what was released is what runs, without a transaction.
	second := s.publish(imagetest.Changed())
	refuse("upgraded without a release")
	s.release(4, author)
	if got, err := admit(); err != nil || got.root != common.Hash(second.MeasurementRoot()) || got.release[31] != 4 {
		t.Fatalf("%+v, %v", got, err)
	}

	// A task whose inputs were sealed for the first is still done by it, where it is kept.
	at.assignment.Terms.InputDigest = put(t, at, sealedFor(t, first.MeasurementRoot()))
	if again, err := admit(); err != nil || again.root != got.root || !bytes.Equal(again.release, got.release) {
		t.Fatalf("%+v, %v", again, err)
	}
	policy.MinVersion = 4
	refuse("sealed for a version that the policy takes no more")

	at.runner.Registries = nil
	if _, err := admit(); err == nil || !strings.Contains(err.Error(), "this service pulls from") {
		t.Errorf("JS-06: %v", err)
	}
}

func sealedFor(t *testing.T, root [32]byte) []byte {
	t.Helper()
	manifest, err := task.Manifest{
		Version: task.ManifestVersion, Identity: wire.Hash32{4}, Policy: root, Inputs: []task.Input{},
		ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}

// TestIMG16TheServiceTakesNoNamesThatProgramsObey: a submitter names inputs and labels, which reach no variable but as the measured config
// says; and such a name is none of either.
func TestIMG16TheServiceTakesNoNamesThatProgramsObey(t *testing.T) {
	blobs, err := blob.OpenStore(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	local := &Local{Config: Config{Blobs: blobs}}
	known := func(name string) bool {
		t.Helper()
		document := sealedForInput(t, "input")
		document = bytes.Replace(document, []byte(`"input"`), []byte(strconv.Quote(name)), 1)
		digest := blob.Of(document)
		if _, err := blobs.Put(digest, bytes.NewReader(document)); err != nil {
			t.Fatal(err)
		}
		_, known := local.sealedFor(t.Context(), Assignment{Terms: task.Terms{InputDigest: [32]byte(digest)}})
		return known
	}
	for _, name := range strings.Fields(`LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG DYLD_INSERT_LIBRARIES GLIBC_TUNABLES GCONV_PATH LOCPATH MALLOC_CHECK_ PATH ENV IFS
		BASH_ENV BASHOPTS SHELLOPTS PS4 PROMPT_COMMAND ZDOTDIR NODE_OPTIONS NODE_PATH PYTHONPATH PYTHONSTARTUP PYTHONHOME PERL5LIB PERL5OPT RUBYOPT RUBYLIB
		JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH LUA_PATH LUA_INIT PHPRC GIT_SSH_COMMAND OPENSSL_CONF GODEBUG DOTNET_STARTUP_HOOKS CORECLR_PROFILER
		ERL_FLAGS HOME SSLKEYLOGFILE`) {
		if known(name) {
			t.Errorf("a manifest that names %s is read", name)
		}
	}
	if !known("orders.json") { // the control
		t.Error("no manifest is read")
	}
}

func sealedForInput(t *testing.T, name string) []byte {
	t.Helper()
	manifest, err := task.Manifest{
		Version: task.ManifestVersion, Identity: wire.Hash32{4}, Policy: wire.Hash32{5}, Inputs: []task.Input{{Name: name, Digest: wire.Digest{1}, Size: 1}},
		ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}
