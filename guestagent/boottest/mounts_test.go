// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/workload"
)

// TestIMG15ReadOnlyRootVolumesAndSecrets runs on the larger shape, with what an author may declare beside a command. The host
// has a shared folder with the name of a volume, which is ignored (IMG-15).
func TestIMG15ReadOnlyRootVolumesAndSecrets(t *testing.T) {
	t.Parallel()
	run := shellWorkload(`
cat
cat /data/seed; echo x > /data/new && echo volume; rm /data/seed && ls /data
ls -lnd /data /made/for/it | tr -s " " | cut -d" " -f1,3,4
echo x > /tmp/x || echo read-only
echo x > /made/for/it/x && echo made
dd if=/dev/zero of=/data/full bs=1M count=9 || echo full
id -G; nproc
cat /run/secrets/key; echo " $PASSWORD"; ls -ln /run/secrets/key | tr -s " " | cut -d" " -f1,3,4; ls /input
echo x > /run/secrets/key || echo kept
cat /run/escrin/secrets/TLS_KEY; ls -ln /run/escrin/secrets/TLS_KEY | tr -s " " | cut -d" " -f1,3,4
test -e /etc/absent || exit 4`)
	run.Containers[0].ReadOnlyRoot = true
	run.Containers[0].Volumes = []config.Volume{{Path: "/data", SizeMiB: 8}, {Path: "/made/for/it", SizeMiB: 8}}
	run.Containers[0].Secrets = []config.Secret{{Name: "key", Path: "/run/secrets/key"}, {Name: "password", Env: "PASSWORD"}}
	run.Containers[0].Process.User = config.User{UID: 1000, GID: 7, AdditionalGIDs: []uint32{8, 9}}
	run.Bounds.MinMemoryMiB, run.Bounds.MinVCPUs, run.Bounds.MaxVCPUs = 2048, 2, 2
	h, err := hosttest.New(map[string][]byte{"bid": []byte("42\n"), "key": []byte("secret"), "password": []byte("p w")})
	check(t, err)
	check(t, h.AddSecret("TLS_KEY", task.Secret{Version: 7}, []byte("of the identity\n")))
	shared := t.TempDir()
	status, out := finishWith(t, h, vm{disk: makeDisk(t, run), vcpus: 2, memory: 2048, extra: []string{
		"-fsdev", "local,id=host,security_model=none,path=" + shared, "-device", "virtio-9p-pci,fsdev=host,mount_tag=/data",
	}})
	want := "42\nseed\nvolume\nnew\ndrwxr-x--- 1000 7\ndrwxr-xr-x 1000 7\nread-only\nmade\nfull\n7 8 9\n2\n" +
		"secret p w\n-r-------- 1000 7\nbid\nkept\nof the identity\n-r-------- 1000 7\n"
	if string(out.Stdout) != want || status != 4 {
		t.Errorf("status %d, stdout %q, want %q; stderr %q", status, out.Stdout, want, out.Stderr)
	}
}

func TestSecretThatIsMissingIsTheSubmittersFault(t *testing.T) {
	t.Parallel()
	run := shellWorkload("true")
	run.Containers[0].Secrets = []config.Secret{{Name: "key", Path: "/run/secrets/key"}}
	h := newHost(t)
	silent(t, h, boot(t, h, vm{disk: makeDisk(t, run)}))
	heard := h.Heard()
	if heard.Result == nil {
		t.Fatalf("no result; failure %q", heard.Failure)
	}
	if _, results, err := readback.ParseReport(heard.Result.Report); err != nil || results[0].ExitStatus != task.ExitInputsRejected {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestIMG07MountpointThatIsALinkIsRefused: the workload does not run, and the submitter learns why.
func TestIMG07MountpointThatIsALinkIsRefused(t *testing.T) {
	t.Parallel()
	run := shellWorkload("echo ran")
	run.Containers[0].Volumes = []config.Volume{{Path: "/volume", SizeMiB: 1}}
	status, out := finish(t, vm{disk: makeDisk(t, run, program{name: "volume", link: "data"})})
	if status != workload.ExitContainerUnfit || len(out.Stdout) > 0 || !strings.Contains(string(out.Stderr), "the image does not fit: /volume") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.Stdout, out.Stderr)
	}
}

func TestMB07MachineWithOtherProcessorsIsRefused(t *testing.T) {
	t.Parallel()
	run := shellWorkload("true")
	run.Bounds.MaxVCPUs = 1
	refuse(t, vm{disk: makeDisk(t, run), vcpus: 2}, "disk")
}
