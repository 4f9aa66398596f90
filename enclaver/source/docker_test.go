// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source/daemontest"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// docker's own archive of an image with two equal layers, and the image as it was loaded, are the same.
func TestDocker(t *testing.T) {
	host := daemontest.Docker(t)
	daemon, err := client.New(client.WithHost(host))
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	layer := imagetest.Tar(imagetest.File{Name: "etc/"}, imagetest.File{Name: "etc/passwd", Data: "root:x:0:0::/:\n"})
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Image(imagetest.Run("/bin/app"), layer, layer)})
	want := readImage(t, dir, Options{})
	loaded, err := daemon.ImageLoad(context.Background(), bytes.NewReader(save(want, "small:latest", "localhost:5000/small:v1").pack(t)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, loaded); err != nil {
		t.Fatal(err)
	}
	loaded.Close()
	id := want.manifest.Config.Digest
	var manifests []v1.Hash
	for _, name := range []string{"small", "small:latest", "docker.io/library/small", "localhost:5000/small:v1", id.String(), id.Hex, id.Hex[:12]} {
		image := readImage(t, "docker-daemon:"+name, Options{DockerHost: host})
		image.mustBe(t, want)
		manifests = append(manifests, image.descriptor.Digest)
	}
	saved, err := daemon.ImageSave(context.Background(), []string{"small:latest"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(saved)
	if err != nil {
		t.Fatal(err)
	}
	image := readImage(t, writeFile(t, data)+":small", Options{})
	image.mustBe(t, want)
	if manifests = slices.Compact(append(manifests, image.descriptor.Digest)); len(manifests) != 1 {
		t.Errorf("one image has the manifests %v", manifests)
	}
	t.Setenv("DOCKER_HOST", host)
	readImage(t, "docker-daemon:small", Options{}).mustBe(t, want)
	unknown, err := Parse("docker-daemon:small:v2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unknown.Resolve(context.Background()); err == nil || !strings.Contains(hint.Of(err), "docker images") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}

// fakeDocker answers as a docker daemon whose images are what serve says.
func fakeDocker(t *testing.T, serve http.HandlerFunc) (host string) {
	t.Helper()
	socket := filepath.Join(filepath.Dir(silentSocket(t)), "docker.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/_ping") {
			w.Header().Set("API-Version", "1.41")
			return
		}
		serve(w, r)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return "unix://" + socket
}

// fakeImage is a daemon with one image.
func fakeImage(t *testing.T, found map[string]any, saved func(w io.Writer)) (host string) {
	return fakeDocker(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/images/get") {
			saved(w)
			return
		}
		json.NewEncoder(w).Encode(found)
	})
}

// The name is asked for once; after that the daemon is asked for the id that it stood for.
func TestREG05DockerIsAskedForTheNameOnce(t *testing.T) {
	_, want := small(t)
	id := want.manifest.Config.Digest.String()
	var asked []string
	host := fakeDocker(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path[strings.LastIndex(r.URL.Path, "/images/"):]+"?"+r.URL.RawQuery)
		if strings.HasSuffix(r.URL.Path, "/images/get") {
			w.Write(save(want).pack(t))
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"Id": id})
	})
	readImage(t, "docker-daemon:small", Options{DockerHost: host}).mustBe(t, want)
	if want := []string{"/images/small/json?", "/images/get?names=" + strings.Replace(id, ":", "%3A", 1)}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

func TestDockerErrorsSayWhatToDo(t *testing.T) {
	nobody := "unix://" + filepath.Join(t.TempDir(), "nobody")
	broken := fakeDocker(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) })
	found := map[string]any{"Id": "sha256:" + strings.Repeat("a", 64)}
	cut := fakeImage(t, found, func(w io.Writer) { w.Write(rawHeader("manifest.json", '0', 5000)) })
	empty := fakeImage(t, found, func(io.Writer) {})
	_, want := small(t)
	swapped := save(want)
	swapped.images[0].Layers[0], swapped.images[0].Layers[1] = swapped.images[0].Layers[1], swapped.images[0].Layers[0]
	other := fakeImage(t, map[string]any{"Id": want.manifest.Config.Digest.String()}, func(w io.Writer) { w.Write(swapped.pack(t)) })
	for name, c := range map[string]struct{ host, message, advice string }{
		"nobody":            {nobody, "no docker answers", "--docker-host"},
		"broken":            {broken, "broken", ""},
		"bad address":       {"nonsense", "find docker", "unix:///PATH"},
		"cut":               {cut, "unexpected EOF", ""},
		"empty":             {empty, "neither", ""},
		"REG02 other layer": {other, oci.ErrMismatch.Error(), ""},
	} {
		image, err := Options{DockerHost: c.host}.Parse("docker-daemon:small")
		if err == nil {
			_, err = readSource(image)
		}
		if err == nil || !strings.Contains(err.Error(), c.message) || !strings.Contains(hint.Of(err), c.advice) {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
}

// What is put into the path of a request is a name and nothing else.
func TestDockerNamesAreNames(t *testing.T) {
	for _, name := range []string{"", "../info", "a/../b", "a?b", "a#b", "a b", "a%2fb", "/a", "-a", "a\n"} {
		if _, err := Parse("docker-daemon:" + name); err == nil {
			t.Errorf("%q: accepted", name)
		}
	}
	for _, name := range []string{"a", "a:b", "host:5000/a/b:c", "a@sha256:" + strings.Repeat("a", 64), "a__b--c", "0123456789ab"} {
		if _, err := Parse("docker-daemon:" + name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestDockerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	host := fakeImage(t, map[string]any{"Id": "sha256:" + strings.Repeat("a", 64)}, func(w io.Writer) {
		fmt.Fprint(w, "some")
		w.(http.Flusher).Flush()
		cancel()
		<-ctx.Done()
	})
	image, err := Options{DockerHost: host}.Parse("docker-daemon:small")
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if _, err := image.Resolve(ctx); err == nil {
		t.Error("resolved")
	}
}
