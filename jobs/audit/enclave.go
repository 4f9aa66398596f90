// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/artifact"
)

// measuredEnclave is what the artifact in the registry says about itself.
type measuredEnclave struct {
	measurements   []attest.Measurement
	measuredConfig [32]byte
}

// readEnclave follows the digests from the policy's locator to the enclave's config.
func (a *auditor) readEnclave() (measuredEnclave, error) {
	raw, err := a.readManifestOfEnclave()
	if err != nil {
		return measuredEnclave{}, err
	}
	manifest, err := artifact.ParseManifest(raw)
	if err != nil {
		return measuredEnclave{}, err
	}
	raw, err = a.record.Enclave.Config.get("the enclave's config")
	if err != nil {
		return measuredEnclave{}, err
	}
	if got := sha(sha256.Sum256(raw)); got != manifest.Config.Digest.String() {
		return measuredEnclave{}, fmt.Errorf("the enclave's config in the registry is %s, its manifest names %s", got, manifest.Config.Digest)
	}
	config, err := artifact.ParseConfig(raw)
	if err != nil {
		return measuredEnclave{}, err
	}
	if config.MeasuredConfig.Digest != manifest.MeasuredConfig.Digest {
		return measuredEnclave{}, errors.New("the enclave's config and its manifest name different measured configs")
	}
	facts := measuredEnclave{measurements: config.Measurements}
	_, err = hex.Decode(facts.measuredConfig[:], []byte(config.MeasuredConfig.Digest.Hex))
	return facts, err
}

// readManifestOfEnclave returns the manifest that the policy's locator names by its digest; of a policy that does not name
// one enclave by its measurements, the locator may be a tag.
func (a *auditor) readManifestOfEnclave() ([]byte, error) {
	locator := a.record.Ledger.Policy.Locator
	raw, err := a.record.Enclave.Manifest.get("the enclave's manifest")
	if byTag := a.record.Ledger.Policy.Kind != byMeasurements && !strings.Contains(locator, "@"); byTag {
		return raw, err
	}
	pinned, pinErr := locatorDigest(locator)
	if pinErr != nil {
		return nil, pinErr
	}
	if err != nil {
		return nil, err
	}
	if got := sha256.Sum256(raw); got != pinned {
		return nil, fmt.Errorf("the enclave's manifest in the registry is %s, the policy points at %s", sha(got), sha(pinned))
	}
	return raw, nil
}

// locatorDigest reads the end of REF@sha256:<64 hex digits>.
func locatorDigest(locator string) (digest [32]byte, err error) {
	_, text, ok := strings.Cut(locator, "@sha256:")
	if !ok || len(text) != 2*len(digest) {
		return digest, fmt.Errorf("the policy's locator %q is not pinned by a SHA-256 digest", locator)
	}
	if _, err := hex.Decode(digest[:], []byte(text)); err != nil {
		return digest, fmt.Errorf("the policy's locator %q is not pinned by a SHA-256 digest", locator)
	}
	return digest, nil
}
