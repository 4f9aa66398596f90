// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
)

// policyFlags are the flags that say which enclaves may act under an identity, and where.
type policyFlags struct {
	enclave    string
	duration   time.Duration
	author     string
	minVersion uint64
	tdxFloor   string
	snpFloor   string
	noTDX      bool
	noSNP      bool
}

func (flags *policyFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&flags.enclave, "enclave", "", "the enclave's `REF`erence in a registry; with --author, where its releases are")
	cmd.Flags().DurationVar(&flags.duration, "duration", time.Hour, "how long a permit of the enclave may last at most")
	cmd.Flags().StringVar(&flags.author, "author", "", "the `ADDRESS` that signs the enclave's releases, instead of its measurements")
	cmd.Flags().Uint64Var(&flags.minVersion, "min-version", 0, "the least version of a release, a `NUMBER`; with --author")
	cmd.Flags().StringVar(&flags.tdxFloor, "tdx-floor", "", "refuse TDX platforms whose TCB level is older than this `DATE`, for example 2024-11-13")
	cmd.Flags().StringVar(&flags.snpFloor, "snp-floor", "", "refuse SEV-SNP platforms below these `VERSIONS`, for example bootloader=4,snp=24,microcode=220")
	cmd.Flags().BoolVar(&flags.noTDX, "no-tdx", false, "refuse Intel TDX")
	cmd.Flags().BoolVar(&flags.noSNP, "no-snp", false, "refuse AMD SEV-SNP")
}

// parse makes a policy without the enclave's part of it, and reads where the enclave is.
func (flags policyFlags) parse(cmd *cobra.Command) (chain.Policy, enclaver.Reference, error) {
	wrong := func(err error) (chain.Policy, enclaver.Reference, error) {
		return chain.Policy{}, enclaver.Reference{}, usageError{cmd.CommandPath(), err.Error()}
	}
	if flags.enclave == "" {
		return wrong(fmt.Errorf("missing --enclave REF"))
	}
	if flags.duration < time.Second {
		return wrong(fmt.Errorf("--duration is shorter than a second"))
	}
	ref, err := enclaver.ParseReference(flags.enclave)
	if err != nil {
		return wrong(err)
	}
	p := chain.Policy{Kind: chain.ByMeasurements, MaxDuration: uint64(flags.duration / time.Second)}
	if err := flags.parseAuthor(&p); err != nil {
		return wrong(err)
	}
	if p.TDXFloor, err = floor(attest.TDX, "tdx", flags.tdxFloor, flags.noTDX, chain.AnyTDX); err != nil {
		return wrong(err)
	}
	if p.SNPFloor, err = floor(attest.SNP, "snp", flags.snpFloor, flags.noSNP, chain.AnySNP); err != nil {
		return wrong(err)
	}
	if p.TDXFloor == 0 && p.SNPFloor == 0 {
		return wrong(fmt.Errorf("--no-tdx and --no-snp leave no platform"))
	}
	return p, ref, nil
}

func (flags policyFlags) parseAuthor(p *chain.Policy) error {
	switch {
	case flags.author == "" && flags.minVersion != 0:
		return fmt.Errorf("--min-version is of releases: it needs --author")
	case flags.author == "":
		return nil
	case !common.IsHexAddress(flags.author) || common.HexToAddress(flags.author) == (common.Address{}):
		return fmt.Errorf("--author: %.80q is no address", flags.author)
	}
	p.Kind, p.Author, p.MinVersion = chain.ByAuthor, common.HexToAddress(flags.author), flags.minVersion
	return nil
}

// floor is what a policy says of a vendor's platforms: zero refuses them, and any is what no platform is below.
func floor(tee attest.TEE, name, text string, refused bool, any uint64) (uint64, error) {
	switch {
	case refused && text != "":
		return 0, fmt.Errorf("--%s-floor and --no-%s contradict each other", name, name)
	case refused:
		return 0, nil
	case text == "":
		return any, nil
	}
	value, err := chain.ParseFloor(tee, text)
	if err != nil {
		return 0, fmt.Errorf("--%s-floor: %w", name, err)
	}
	return value, nil
}

// complete looks at the enclave in its registry. A policy by measurements names it and where exactly it is; one by author
// has its releases looked for where the reference leads then, unless that is a digest.
func (flags policyFlags) complete(cmd *cobra.Command, p chain.Policy, ref enclaver.Reference) (chain.Policy, error) {
	enclave, err := enclaver.Inspect(cmd.Context(), ref, nil)
	if err != nil {
		return p, withHint(err, "push the enclave first: `escrin push %s`", flags.enclave)
	}
	if p.Kind == chain.ByAuthor {
		p.Locator = ref.String()
		return p, nil
	}
	p.MeasurementRoot, p.Locator = common.Hash(enclave.Config.MeasurementRoot), ref.WithDigest(enclave.Digest).String()
	return p, nil
}

// policyDescription is a policy for --json.
type policyDescription struct {
	Kind            string          `json:"kind"` // measurements, author, ID block
	MeasurementRoot common.Hash     `json:"measurementRoot,omitzero"`
	Author          *common.Address `json:"author,omitempty"`    // who signs releases
	AuthorKey       *common.Hash    `json:"authorKey,omitempty"` // Keccak-256 of SEV-SNP's AUTHOR_KEY_DIGEST
	MinVersion      uint64          `json:"minVersion,omitempty"`
	MaxDuration     uint64          `json:"maxDuration"` // of a permit, in seconds
	TDXFloor        string          `json:"tdxFloor"`    // a date, any, refused
	SNPFloor        string          `json:"snpFloor"`    // versions, any, refused
	Enclave         string          `json:"enclave"`
}

func describePolicy(p chain.Policy) policyDescription {
	d := policyDescription{Kind: p.Kind.String(), MeasurementRoot: p.MeasurementRoot, MinVersion: p.MinVersion, MaxDuration: p.MaxDuration, Enclave: p.Locator,
		TDXFloor: describeFloor(attest.TDX, p.TDXFloor, chain.AnyTDX), SNPFloor: describeFloor(attest.SNP, p.SNPFloor, chain.AnySNP)}
	switch p.Kind {
	case chain.ByAuthor:
		d.Author = &p.Author
	case chain.ByIDBlock:
		d.AuthorKey = &p.AuthorKey
	}
	return d
}

func describeFloor(tee attest.TEE, floor, any uint64) string {
	switch floor {
	case 0:
		return "refused"
	case any:
		return "any"
	}
	return chain.FormatFloor(tee, floor)
}

func (d policyDescription) print(w io.Writer) {
	fmt.Fprintf(w, "enclave           %s\n", oneLine(d.Enclave))
	switch {
	case d.Author != nil:
		fmt.Fprintf(w, "author            %s, of releases from version %d\n", d.Author, d.MinVersion)
	case d.AuthorKey != nil:
		fmt.Fprintf(w, "author key        %s, of guests from SVN %d\n", d.AuthorKey, d.MinVersion)
	default:
		fmt.Fprintf(w, "measurement root  %s\n", d.MeasurementRoot)
	}
	fmt.Fprintf(w, "TDX platforms     %s\n", since(d.TDXFloor))
	fmt.Fprintf(w, "SNP platforms     %s\n", since(d.SNPFloor))
	fmt.Fprintf(w, "permits last      %v at most\n", time.Duration(d.MaxDuration)*time.Second)
}

// since says what a floor asks for.
func since(floor string) string {
	switch floor {
	case "any":
		return "any that the keyholders accept"
	case "refused":
		return floor
	}
	return "from " + floor
}
