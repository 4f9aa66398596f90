// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/endorse"
	"github.com/escrin/escrin/attest/verify"
)

func newCollateralCommand() *cobra.Command {
	cmd := group("collateral", "Collateral: what Intel and AMD say about their platforms",
		newCollateralFetchCommand(), newCollateralShowCommand(), newCollateralServeCommand())
	cmd.Long = `Get, keep and pass on what Intel and AMD publish about their platforms: which versions of firmware are up to date, which
certificates are revoked, and who certified a chip. With it, evidence can be verified without a network.`
	cmd.Example = `  escrin collateral fetch --quote quote.bin --roots intel.pem -o collateral.bin
  escrin collateral show collateral.bin
  escrin collateral serve --listen 127.0.0.1:8081 --cache /var/cache/escrin --roots roots.pem`
	return cmd
}

// collateralFlags say where collateral comes from, whom to believe, and where to keep it.
type collateralFlags struct {
	cache    string
	roots    string
	intel    string
	intelCRL string
	amd      string
}

func (f *collateralFlags) add(cmd *cobra.Command) {
	vendors := endorse.VendorURLs()
	flags := cmd.Flags()
	flags.StringVar(&f.cache, "cache", "", "`DIR`ectory to keep collateral in; several processes can share it (default: the user's cache)")
	flags.StringVar(&f.roots, "roots", "", "`FILE` with the vendors' root certificates, in PEM (default: the one of the network file)")
	flags.StringVar(&f.intel, "intel-url", vendors.Intel, "`URL` of Intel's service, or of one like it")
	flags.StringVar(&f.intelCRL, "intel-crl-url", "", "`URL` of the revocation list of Intel's root (default: Intel's own, or /IntelSGXRootCA.der below --intel-url)")
	flags.StringVar(&f.amd, "amd-url", vendors.AMD, "`URL` of AMD's service, or of one like it")
	addNetworkFlag(cmd)
}

func (f *collateralFlags) urls() endorse.URLs {
	u := endorse.VendorURLs()
	trim := func(s string) string { return strings.TrimRight(s, "/") }
	if trim(f.intel) != u.Intel {
		u.IntelRootCRL = trim(f.intel) + "/IntelSGXRootCA.der"
	}
	if f.intelCRL != "" {
		u.IntelRootCRL = f.intelCRL
	}
	u.Intel, u.AMD = trim(f.intel), trim(f.amd)
	return u
}

// fetcher opens the cache. The log is told of what went wrong and was got over.
func (f *collateralFlags) fetcher(cmd *cobra.Command, log func(line string)) (*endorse.Fetcher, error) {
	roots, err := f.trusted(cmd)
	if err != nil {
		return nil, err
	}
	dir := f.cache
	if dir == "" {
		cache, err := userCache()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(cache, "collateral")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 64 << 10
	return endorse.New(endorse.Config{
		Roots: roots, URLs: f.urls(), Directory: dir, Transport: transport,
		Clock: endorse.SystemClock{}, Jitter: endorse.RandomJitter, Log: log,
	})
}

// trusted reads whom to believe. Nobody is believed by default, but a network's own vendors.
func (f *collateralFlags) trusted(cmd *cobra.Command) (verify.Roots, error) {
	const hint = "name a file with --roots: Intel's and AMD's root certificates, in PEM, from their own sites"
	path := f.roots
	if path == "" {
		n, known, err := knownNetwork(cmd)
		if err != nil {
			return verify.Roots{}, err
		}
		if !known {
			return verify.Roots{}, withHint(errors.New("no root certificate is trusted"), hint)
		}
		path = n.TEE.Roots
	}
	roots, _, err := readRoots(path)
	return roots, withHint(err, hint)
}

// explainCollateral adds what can be done about an error of fetching.
func explainCollateral(err error) error {
	switch {
	case errors.Is(err, endorse.ErrOlder):
		return withHint(err, "whoever answers is behind, or holds something back: ask another service, or wait until it has caught up")
	case errors.Is(err, endorse.ErrUnverified):
		return withHint(err, "are these the roots of who made the platform, and is the clock right? see --roots")
	case errors.Is(err, endorse.ErrNotFound):
		return withHint(err, "the platform is unknown to this service: is it the one of the platform's vendor?")
	case errors.Is(err, endorse.ErrUnavailable):
		return withHint(err, "try again later, or ask another service with --intel-url or --amd-url")
	case errors.Is(err, fs.ErrPermission):
		return withHint(err, "choose another directory with --cache")
	}
	return err
}
