// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// ErrNotFound says that the registry has no such content.
var ErrNotFound = errors.New("not in the registry")

// explain turns an error of the connection into one that says what to do.
func explain(repository name.Repository, err error) error {
	host := repository.RegistryStr()
	var dns *net.DNSError
	var dial *net.OpError
	var answer *transport.Error
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &answer):
		return explainAnswer(repository, answer)
	case errors.As(err, &dns):
		return hint.Wrap(fmt.Errorf("cannot find registry %s: %w", host, dns),
			"check the name; an image on this machine is written ./FOLDER:TAG")
	case errors.As(err, &dial):
		advice := "check the name and the network"
		if isLocal(repository.Registry.RegistryStr()) || repository.Scheme() == "http" {
			advice = "start the local network with `escrin dev up`, or check the port"
		}
		return hint.Wrap(fmt.Errorf("cannot reach registry %s: %w", host, dial), "%s", advice)
	}
	return fmt.Errorf("speak to registry %s: %w", host, err)
}

func explainAnswer(repository name.Repository, answer *transport.Error) error {
	host := repository.RegistryStr()
	switch answer.StatusCode {
	case http.StatusNotFound:
		return fmt.Errorf("%s: %w", repository, ErrNotFound)
	case http.StatusUnauthorized, http.StatusForbidden:
		return hint.Wrap(fmt.Errorf("registry %s refuses access to %s: %w", host, repository.RepositoryStr(), answer),
			"log in with `docker login %s` or `podman login %s`; a wrong name is refused in the same way", host, host)
	}
	return fmt.Errorf("registry %s: %w", host, answer)
}

func notFound(ref oci.Reference, err error) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	return hint.Wrap(fmt.Errorf("%s: %w", ref, ErrNotFound),
		"check name and tag; an enclave gets there with `escrin push`, an image on this machine is written ./FOLDER:TAG")
}
