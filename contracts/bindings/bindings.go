// SPDX-License-Identifier: Apache-2.0

// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package bindings

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// IAnchorsAnchor is an auto generated low-level Go binding around an user-defined struct.
type IAnchorsAnchor struct {
	Version uint64
	Digest  [32]byte
}

// ICertificatePermitterContext is an auto generated low-level Go binding around an user-defined struct.
type ICertificatePermitterContext struct {
	BaseBlock       uint64
	MeasurementRoot [32]byte
	ConfigDigest    [32]byte
	EvidenceDigest  [32]byte
	Platform        [32]byte
	Author          [32]byte
}

// IEnclavePoliciesPolicy is an auto generated low-level Go binding around an user-defined struct.
type IEnclavePoliciesPolicy struct {
	Kind        uint8
	Subject     [32]byte
	MaxDuration uint64
	TdxFloor    uint64
	SnpFloor    uint64
	MinVersion  uint64
}

// IIdentityRegistryPermit is an auto generated low-level Go binding around an user-defined struct.
type IIdentityRegistryPermit struct {
	Expiry uint64
}

// IKeyNetworkEpoch is an auto generated low-level Go binding around an user-defined struct.
type IKeyNetworkEpoch struct {
	SessionId   [32]byte
	Transcript  [32]byte
	Commitments [32]byte
	StartBlock  uint64
	Previous    uint64
	PhaseBlocks uint32
	Threshold   uint8
	Size        uint8
}

// IKeyNetworkMember is an auto generated low-level Go binding around an user-defined struct.
type IKeyNetworkMember struct {
	Account       common.Address
	Signer        common.Address
	EncryptionKey [32]byte
}

// IPlatformRegistryRule is an auto generated low-level Go binding around an user-defined struct.
type IPlatformRegistryRule struct {
	Access uint8
	Floor  uint64
}

// ITaskAcceptorTaskIdSelector is an auto generated low-level Go binding around an user-defined struct.
type ITaskAcceptorTaskIdSelector struct {
	Quantifier uint8
	TaskIds    []*big.Int
}

// ITaskLifecycleRecord is an auto generated low-level Go binding around an user-defined struct.
type ITaskLifecycleRecord struct {
	State       uint8
	Attempt     uint32
	Runner      common.Address
	ClaimExpiry uint64
	Requester   common.Address
	Digest      [32]byte
}

// ITaskLifecycleTaskResult is an auto generated low-level Go binding around an user-defined struct.
type ITaskLifecycleTaskResult struct {
	ExitStatus   uint32
	OutputDigest [32]byte
	PublicOutput [32]byte
}

// ITaskLifecycleTerms is an auto generated low-level Go binding around an user-defined struct.
type ITaskLifecycleTerms struct {
	Submitter   common.Address
	Identity    [32]byte
	InputDigest [32]byte
	Deadline    uint64
	Count       uint16
	Attempts    uint16
	Token       common.Address
	Fee         *big.Int
	Refundee    common.Address
	Callback    common.Address
	CallbackGas uint32
}

// AnchorsMetaData contains all meta data concerning the Anchors contract.
var AnchorsMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"registry_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"AdvanceExpired\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ConstructionUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"PermitMissing\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"SignatureInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"present\",\"type\":\"uint64\"}],\"name\":\"VersionUnfit\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"name\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"Advanced\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"name\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"Announced\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"name\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"advance\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"name\",\"type\":\"bytes32\"}],\"name\":\"advanced\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structIAnchors.Anchor\",\"name\":\"anchor\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"name\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"announce\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"name\",\"type\":\"bytes32\"}],\"name\":\"announced\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structIAnchors.Anchor\",\"name\":\"anchor\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"eip712Domain\",\"outputs\":[{\"internalType\":\"bytes1\",\"name\":\"fields\",\"type\":\"bytes1\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"version\",\"type\":\"string\"},{\"internalType\":\"uint256\",\"name\":\"chainId\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"verifyingContract\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint256[]\",\"name\":\"extensions\",\"type\":\"uint256[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"pure\",\"type\":\"function\"}]",
	ID:  "Anchors",
	Bin: "0x610180806040523461019157602081610fb280380380916100208285610195565b83398101031261019157516001600160a01b0381168082036101915760405161004a604082610195565b600e815260208101906d65736372696e20416e63686f727360901b825260405191610076604084610195565b600183526020830191603160f81b835261008f816101cc565b6101205261009c846101cc565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261010560c082610195565b5190206080523060c0523b156101825761016052604051610d7a9081610238823960805181610c08015260a05181610cc5015260c05181610bd9015260e05181610c5701526101005181610c7d0152610120518161050a015261014051816105330152610160518181816101750152818161065001526106fd0152f35b635b5f6b8d60e01b5f5260045ffd5b5f80fd5b601f909101601f19168101906001600160401b038211908210176101b857604052565b634e487b7160e01b5f52604160045260245ffd5b601f8151116101f75760208151910151602082106101e8571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816301ffc9a71461086757508063347466de146108285780636541a17e146106745780637b1039991461060657806384b0196e146104d4578063929c8e9f146104555763a81d39d914610069575f80fd5b346103e65760e07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126103e6576024356004356100a6610957565b6064356084359167ffffffffffffffff83168093036103e65760a4359273ffffffffffffffffffffffffffffffffffffffff84168094036103e65760c43567ffffffffffffffff81116103e657366023820112156103e65780600401359167ffffffffffffffff83116103e65736602484840101116103e65780421161042a576040517fb827288300000000000000000000000000000000000000000000000000000000815286600482015287602482015260208160448173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa90811561041f575f9161038b575b5067ffffffffffffffff42915116111561035b579060426024888a6102939695825f52600360205260405f20825f5260205267ffffffffffffffff6101ee8b8b60405f20610a47565b996040519360208501957fcaec609ab6a5eafef2707b5d60ec59318aa254823a81ba43ac2225a228dc25ef875260408601526060850152169889608084015260a08301528960c083015260e082015260e0815261024d610100826109cd565b51902092610259610bc2565b93604051947f1901000000000000000000000000000000000000000000000000000000000000865260028601526022850152019120610b8e565b50600481101561032e57849015918261030e575b5050156102e6577f2b78bcc10b8847c8c609f7e2b571eed9fe525ad6e22b5f7d7e2f8be58f2ab7869260609260405192835260208301526040820152a3005b7f37e8456b000000000000000000000000000000000000000000000000000000005f5260045ffd5b73ffffffffffffffffffffffffffffffffffffffff16149050835f6102a7565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b85877fccef25cc000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b90506020813d602011610417575b816103a6602093836109cd565b810103126103e657604051906020820182811067ffffffffffffffff8211176103ea576040525167ffffffffffffffff811681036103e65781525f6101a5565b5f80fd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b3d9150610399565b6040513d5f823e3d90fd5b7f5ee2cdf3000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346103e65761046336610923565b9061046c610a0e565b505f52600360205260405f20905f526020526104d060405f20600160405191610494836109b1565b67ffffffffffffffff81541683520154602082015260405191829182919091602080604083019467ffffffffffffffff81511684520151910152565b0390f35b346103e6575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126103e6576105aa61052e7f0000000000000000000000000000000000000000000000000000000000000000610b37565b6105577f0000000000000000000000000000000000000000000000000000000000000000610b37565b60206105b86040519261056a83856109cd565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e087019061096e565b90858203604087015261096e565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b8281106105ef57505050500390f35b8351855286955093810193928101926001016105e0565b346103e6575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126103e657602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346103e65760807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126103e6576024356004356106b1610957565b6064356040517fd86d31b700000000000000000000000000000000000000000000000000000000815283600482015260408160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561041f575f906107cd575b73ffffffffffffffffffffffffffffffffffffffff91501633036107a5577f779e983341a3d4d5e5652f1b3cd2feb030d94c6d427de4d0f5d9c971bba9880591604091845f526002602052825f20865f5260205261078d8183855f20610a47565b5067ffffffffffffffff8351921682526020820152a3005b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b506040813d604011610820575b816107e7604093836109cd565b810103126103e6578061081a602061081373ffffffffffffffffffffffffffffffffffffffff94610a26565b9201610a26565b5061072c565b3d91506107da565b346103e65761083636610923565b9061083f610a0e565b505f52600260205260405f20905f526020526104d060405f20600160405191610494836109b1565b346103e65760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126103e657600435907fffffffff0000000000000000000000000000000000000000000000000000000082168092036103e657817f6bb470e600000000000000000000000000000000000000000000000000000000602093149081156108f9575b5015158152f35b7f01ffc9a700000000000000000000000000000000000000000000000000000000915014836108f2565b7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc60409101126103e6576004359060243590565b6044359067ffffffffffffffff821682036103e657565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b6040810190811067ffffffffffffffff8211176103ea57604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff8211176103ea57604052565b60405190610a1b826109b1565b5f6020838281520152565b519073ffffffffffffffffffffffffffffffffffffffff821682036103e657565b92919083549367ffffffffffffffff80861692169182151580610ac6575b15610a9b575060018101917fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000008354961617905555565b7f66fd0a35000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b507fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff830167ffffffffffffffff8111610b0a5767ffffffffffffffff168114610a65565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b60ff811690601f8211610b665760405191610b536040846109cd565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b9060418303610bb857610bb19250602081013591604082359201355f1a90610ceb565b9192909190565b50505f9160029190565b73ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016301480610cc2575b15610c2a577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152610cbc60c0826109cd565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614610c01565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411610d6f579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa1561041f575f5173ffffffffffffffffffffffffffffffffffffffff811615610d6557905f905f90565b505f906001905f90565b5050505f916003919056",
}

// Anchors is an auto generated Go binding around an Ethereum contract.
type Anchors struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Anchors) GetABI() abi.ABI {
	return c.abi
}

// NewAnchors creates a new instance of Anchors.
func NewAnchors() *Anchors {
	parsed, err := AnchorsMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Anchors{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Anchors) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address registry_) returns()
func (anchors *Anchors) PackConstructor(registry_ common.Address) []byte {
	enc, err := anchors.abi.Pack("", registry_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAdvance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa81d39d9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function advance(bytes32 identity, bytes32 name, uint64 version, bytes32 digest, uint64 deadline, address requester, bytes signature) returns()
func (anchors *Anchors) PackAdvance(identity [32]byte, name [32]byte, version uint64, digest [32]byte, deadline uint64, requester common.Address, signature []byte) []byte {
	enc, err := anchors.abi.Pack("advance", identity, name, version, digest, deadline, requester, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAdvance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa81d39d9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function advance(bytes32 identity, bytes32 name, uint64 version, bytes32 digest, uint64 deadline, address requester, bytes signature) returns()
func (anchors *Anchors) TryPackAdvance(identity [32]byte, name [32]byte, version uint64, digest [32]byte, deadline uint64, requester common.Address, signature []byte) ([]byte, error) {
	return anchors.abi.Pack("advance", identity, name, version, digest, deadline, requester, signature)
}

// PackAdvanced is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x929c8e9f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function advanced(bytes32 identity, bytes32 name) view returns((uint64,bytes32) anchor)
func (anchors *Anchors) PackAdvanced(identity [32]byte, name [32]byte) []byte {
	enc, err := anchors.abi.Pack("advanced", identity, name)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAdvanced is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x929c8e9f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function advanced(bytes32 identity, bytes32 name) view returns((uint64,bytes32) anchor)
func (anchors *Anchors) TryPackAdvanced(identity [32]byte, name [32]byte) ([]byte, error) {
	return anchors.abi.Pack("advanced", identity, name)
}

// UnpackAdvanced is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x929c8e9f.
//
// Solidity: function advanced(bytes32 identity, bytes32 name) view returns((uint64,bytes32) anchor)
func (anchors *Anchors) UnpackAdvanced(data []byte) (IAnchorsAnchor, error) {
	out, err := anchors.abi.Unpack("advanced", data)
	if err != nil {
		return *new(IAnchorsAnchor), err
	}
	out0 := *abi.ConvertType(out[0], new(IAnchorsAnchor)).(*IAnchorsAnchor)
	return out0, nil
}

// PackAnnounce is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6541a17e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function announce(bytes32 identity, bytes32 name, uint64 version, bytes32 digest) returns()
func (anchors *Anchors) PackAnnounce(identity [32]byte, name [32]byte, version uint64, digest [32]byte) []byte {
	enc, err := anchors.abi.Pack("announce", identity, name, version, digest)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnnounce is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6541a17e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function announce(bytes32 identity, bytes32 name, uint64 version, bytes32 digest) returns()
func (anchors *Anchors) TryPackAnnounce(identity [32]byte, name [32]byte, version uint64, digest [32]byte) ([]byte, error) {
	return anchors.abi.Pack("announce", identity, name, version, digest)
}

// PackAnnounced is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x347466de.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function announced(bytes32 identity, bytes32 name) view returns((uint64,bytes32) anchor)
func (anchors *Anchors) PackAnnounced(identity [32]byte, name [32]byte) []byte {
	enc, err := anchors.abi.Pack("announced", identity, name)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnnounced is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x347466de.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function announced(bytes32 identity, bytes32 name) view returns((uint64,bytes32) anchor)
func (anchors *Anchors) TryPackAnnounced(identity [32]byte, name [32]byte) ([]byte, error) {
	return anchors.abi.Pack("announced", identity, name)
}

// UnpackAnnounced is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x347466de.
//
// Solidity: function announced(bytes32 identity, bytes32 name) view returns((uint64,bytes32) anchor)
func (anchors *Anchors) UnpackAnnounced(data []byte) (IAnchorsAnchor, error) {
	out, err := anchors.abi.Unpack("announced", data)
	if err != nil {
		return *new(IAnchorsAnchor), err
	}
	out0 := *abi.ConvertType(out[0], new(IAnchorsAnchor)).(*IAnchorsAnchor)
	return out0, nil
}

// PackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (anchors *Anchors) PackEip712Domain() []byte {
	enc, err := anchors.abi.Pack("eip712Domain")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (anchors *Anchors) TryPackEip712Domain() ([]byte, error) {
	return anchors.abi.Pack("eip712Domain")
}

// Eip712DomainOutput serves as a container for the return parameters of contract
// method Eip712Domain.
type Eip712DomainOutput struct {
	Fields            [1]byte
	Name              string
	Version           string
	ChainId           *big.Int
	VerifyingContract common.Address
	Salt              [32]byte
	Extensions        []*big.Int
}

// UnpackEip712Domain is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x84b0196e.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (anchors *Anchors) UnpackEip712Domain(data []byte) (Eip712DomainOutput, error) {
	out, err := anchors.abi.Unpack("eip712Domain", data)
	outstruct := new(Eip712DomainOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Fields = *abi.ConvertType(out[0], new([1]byte)).(*[1]byte)
	outstruct.Name = *abi.ConvertType(out[1], new(string)).(*string)
	outstruct.Version = *abi.ConvertType(out[2], new(string)).(*string)
	outstruct.ChainId = abi.ConvertType(out[3], new(big.Int)).(*big.Int)
	outstruct.VerifyingContract = *abi.ConvertType(out[4], new(common.Address)).(*common.Address)
	outstruct.Salt = *abi.ConvertType(out[5], new([32]byte)).(*[32]byte)
	outstruct.Extensions = *abi.ConvertType(out[6], new([]*big.Int)).(*[]*big.Int)
	return *outstruct, nil
}

// PackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registry() view returns(address)
func (anchors *Anchors) PackRegistry() []byte {
	enc, err := anchors.abi.Pack("registry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registry() view returns(address)
func (anchors *Anchors) TryPackRegistry() ([]byte, error) {
	return anchors.abi.Pack("registry")
}

// UnpackRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b103999.
//
// Solidity: function registry() view returns(address)
func (anchors *Anchors) UnpackRegistry(data []byte) (common.Address, error) {
	out, err := anchors.abi.Unpack("registry", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (anchors *Anchors) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := anchors.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (anchors *Anchors) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return anchors.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (anchors *Anchors) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := anchors.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// AnchorsAdvanced represents a Advanced event raised by the Anchors contract.
type AnchorsAdvanced struct {
	Identity  [32]byte
	Name      [32]byte
	Version   uint64
	Digest    [32]byte
	Requester common.Address
	Raw       *types.Log // Blockchain specific contextual infos
}

const AnchorsAdvancedEventName = "Advanced"

// ContractEventName returns the user-defined event name.
func (AnchorsAdvanced) ContractEventName() string {
	return AnchorsAdvancedEventName
}

// UnpackAdvancedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Advanced(bytes32 indexed identity, bytes32 indexed name, uint64 version, bytes32 digest, address requester)
func (anchors *Anchors) UnpackAdvancedEvent(log *types.Log) (*AnchorsAdvanced, error) {
	event := "Advanced"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != anchors.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AnchorsAdvanced)
	if len(log.Data) > 0 {
		if err := anchors.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range anchors.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// AnchorsAnnounced represents a Announced event raised by the Anchors contract.
type AnchorsAnnounced struct {
	Identity [32]byte
	Name     [32]byte
	Version  uint64
	Digest   [32]byte
	Raw      *types.Log // Blockchain specific contextual infos
}

const AnchorsAnnouncedEventName = "Announced"

// ContractEventName returns the user-defined event name.
func (AnchorsAnnounced) ContractEventName() string {
	return AnchorsAnnouncedEventName
}

// UnpackAnnouncedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Announced(bytes32 indexed identity, bytes32 indexed name, uint64 version, bytes32 digest)
func (anchors *Anchors) UnpackAnnouncedEvent(log *types.Log) (*AnchorsAnnounced, error) {
	event := "Announced"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != anchors.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AnchorsAnnounced)
	if len(log.Data) > 0 {
		if err := anchors.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range anchors.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// AnchorsEIP712DomainChanged represents a EIP712DomainChanged event raised by the Anchors contract.
type AnchorsEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const AnchorsEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (AnchorsEIP712DomainChanged) ContractEventName() string {
	return AnchorsEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (anchors *Anchors) UnpackEIP712DomainChangedEvent(log *types.Log) (*AnchorsEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != anchors.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AnchorsEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := anchors.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range anchors.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (anchors *Anchors) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], anchors.abi.Errors["AdvanceExpired"].ID.Bytes()[:4]) {
		return anchors.UnpackAdvanceExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["ConstructionUnfit"].ID.Bytes()[:4]) {
		return anchors.UnpackConstructionUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return anchors.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["PermitMissing"].ID.Bytes()[:4]) {
		return anchors.UnpackPermitMissingError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["SignatureInvalid"].ID.Bytes()[:4]) {
		return anchors.UnpackSignatureInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return anchors.UnpackStringTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return anchors.UnpackUnauthorizedError(raw[4:])
	}
	if bytes.Equal(raw[:4], anchors.abi.Errors["VersionUnfit"].ID.Bytes()[:4]) {
		return anchors.UnpackVersionUnfitError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// AnchorsAdvanceExpired represents a AdvanceExpired error raised by the Anchors contract.
type AnchorsAdvanceExpired struct {
	Deadline uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AdvanceExpired(uint64 deadline)
func AnchorsAdvanceExpiredErrorID() common.Hash {
	return common.HexToHash("0x5ee2cdf33a52eee4b3862bae0c7026ea58db6f484edeb16ed729cdbef0f9a656")
}

// UnpackAdvanceExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AdvanceExpired(uint64 deadline)
func (anchors *Anchors) UnpackAdvanceExpiredError(raw []byte) (*AnchorsAdvanceExpired, error) {
	out := new(AnchorsAdvanceExpired)
	if err := anchors.abi.UnpackIntoInterface(out, "AdvanceExpired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsConstructionUnfit represents a ConstructionUnfit error raised by the Anchors contract.
type AnchorsConstructionUnfit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ConstructionUnfit()
func AnchorsConstructionUnfitErrorID() common.Hash {
	return common.HexToHash("0x5b5f6b8d5855ac2d03c1aaa8179304b62f1380f56897829e17ee6b532b137744")
}

// UnpackConstructionUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ConstructionUnfit()
func (anchors *Anchors) UnpackConstructionUnfitError(raw []byte) (*AnchorsConstructionUnfit, error) {
	out := new(AnchorsConstructionUnfit)
	if err := anchors.abi.UnpackIntoInterface(out, "ConstructionUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsInvalidShortString represents a InvalidShortString error raised by the Anchors contract.
type AnchorsInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func AnchorsInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (anchors *Anchors) UnpackInvalidShortStringError(raw []byte) (*AnchorsInvalidShortString, error) {
	out := new(AnchorsInvalidShortString)
	if err := anchors.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsPermitMissing represents a PermitMissing error raised by the Anchors contract.
type AnchorsPermitMissing struct {
	Identity  [32]byte
	Requester common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitMissing(bytes32 identity, address requester)
func AnchorsPermitMissingErrorID() common.Hash {
	return common.HexToHash("0xccef25cc91560f62eec5fa63f068779603900cb6e368e9df441d6e956782a143")
}

// UnpackPermitMissingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitMissing(bytes32 identity, address requester)
func (anchors *Anchors) UnpackPermitMissingError(raw []byte) (*AnchorsPermitMissing, error) {
	out := new(AnchorsPermitMissing)
	if err := anchors.abi.UnpackIntoInterface(out, "PermitMissing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsSignatureInvalid represents a SignatureInvalid error raised by the Anchors contract.
type AnchorsSignatureInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SignatureInvalid()
func AnchorsSignatureInvalidErrorID() common.Hash {
	return common.HexToHash("0x37e8456be3af09639527029b3e02b9ef1cbb2c9fbb32437a93fb87423db002e4")
}

// UnpackSignatureInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SignatureInvalid()
func (anchors *Anchors) UnpackSignatureInvalidError(raw []byte) (*AnchorsSignatureInvalid, error) {
	out := new(AnchorsSignatureInvalid)
	if err := anchors.abi.UnpackIntoInterface(out, "SignatureInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsStringTooLong represents a StringTooLong error raised by the Anchors contract.
type AnchorsStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func AnchorsStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (anchors *Anchors) UnpackStringTooLongError(raw []byte) (*AnchorsStringTooLong, error) {
	out := new(AnchorsStringTooLong)
	if err := anchors.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsUnauthorized represents a Unauthorized error raised by the Anchors contract.
type AnchorsUnauthorized struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Unauthorized()
func AnchorsUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x82b4290015f7ec7256ca2a6247d3c2a89c4865c0e791456df195f40ad0a81367")
}

// UnpackUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Unauthorized()
func (anchors *Anchors) UnpackUnauthorizedError(raw []byte) (*AnchorsUnauthorized, error) {
	out := new(AnchorsUnauthorized)
	if err := anchors.abi.UnpackIntoInterface(out, "Unauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AnchorsVersionUnfit represents a VersionUnfit error raised by the Anchors contract.
type AnchorsVersionUnfit struct {
	Present uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error VersionUnfit(uint64 present)
func AnchorsVersionUnfitErrorID() common.Hash {
	return common.HexToHash("0x66fd0a359d14e92367a05838a0157a28d7a5c9c0ef23084d8a633969e9e7b194")
}

// UnpackVersionUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error VersionUnfit(uint64 present)
func (anchors *Anchors) UnpackVersionUnfitError(raw []byte) (*AnchorsVersionUnfit, error) {
	out := new(AnchorsVersionUnfit)
	if err := anchors.abi.UnpackIntoInterface(out, "VersionUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterMetaData contains all meta data concerning the CertificatePermitter contract.
var CertificatePermitterMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"upstream_\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"groupKey_\",\"type\":\"bytes\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"baseBlock\",\"type\":\"uint64\"}],\"name\":\"BaseBlockUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"CallUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"CertificateInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ChangeNotReady\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"ChangeUnknown\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ContextMalformed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"DurationTooLong\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ECDSAInvalidSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"length\",\"type\":\"uint256\"}],\"name\":\"ECDSAInvalidSignatureLength\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"ECDSAInvalidSignatureS\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"subject\",\"type\":\"bytes32\"}],\"name\":\"EnclaveMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GroupKeyInvalid\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InterfaceUnsupported\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"name\":\"PermitChanged\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"name\":\"PermitLonger\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"platform\",\"type\":\"bytes32\"}],\"name\":\"PlatformRefused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"PolicyMissing\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PolicyUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PrecompileUnavailable\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"version\",\"type\":\"uint64\"}],\"name\":\"VersionTooOld\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"ChangeCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ChangeScheduled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"granted\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"evidenceDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"policyDigest\",\"type\":\"bytes32\"}],\"name\":\"EnclaveAccepted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"policyDigest\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"enumIEnclavePolicies.PolicyKind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"subject\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"tdxFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"snpFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"minVersion\",\"type\":\"uint64\"}],\"indexed\":false,\"internalType\":\"structIEnclavePolicies.Policy\",\"name\":\"policy\",\"type\":\"tuple\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"locator\",\"type\":\"string\"}],\"name\":\"PolicyChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"enumIEnclavePolicies.PolicyKind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"subject\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"tdxFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"snpFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"minVersion\",\"type\":\"uint64\"}],\"indexed\":false,\"internalType\":\"structIEnclavePolicies.Policy\",\"name\":\"policy\",\"type\":\"tuple\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"locator\",\"type\":\"string\"}],\"name\":\"PolicyScheduled\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"duration\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"context\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"authorization\",\"type\":\"bytes\"}],\"name\":\"acquireIdentity\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"call\",\"type\":\"bytes\"}],\"name\":\"cancelPolicy\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"duration\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"baseBlock\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"evidenceDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"platform\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"author\",\"type\":\"bytes32\"}],\"internalType\":\"structICertificatePermitter.Context\",\"name\":\"context\",\"type\":\"tuple\"}],\"name\":\"certificateDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"groupKey\",\"outputs\":[{\"internalType\":\"bytes\",\"name\":\"\",\"type\":\"bytes\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"policyDigestOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"policyDigest\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"policyOf\",\"outputs\":[{\"components\":[{\"internalType\":\"enumIEnclavePolicies.PolicyKind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"subject\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"tdxFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"snpFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"minVersion\",\"type\":\"uint64\"}],\"internalType\":\"structIEnclavePolicies.Policy\",\"name\":\"policy\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"possessor\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"context\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"authorization\",\"type\":\"bytes\"}],\"name\":\"releaseIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"scheduledChange\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"lapsesAt\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"enumIEnclavePolicies.PolicyKind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"subject\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"tdxFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"snpFloor\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"minVersion\",\"type\":\"uint64\"}],\"internalType\":\"structIEnclavePolicies.Policy\",\"name\":\"policy\",\"type\":\"tuple\"},{\"internalType\":\"string\",\"name\":\"locator\",\"type\":\"string\"}],\"name\":\"setPolicy\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"termsOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"terms\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"upstream\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "CertificatePermitter",
	Bin: "0x6101e0806040523461014657613789803803809161001d8285610664565b83398101906040818303126101465761003581610687565b602082015190916001600160401b03821161014657019082601f830112156101465781516001600160401b038111610650576040519261007f601f8301601f191660200185610664565b81845260208401946020838301011161014657815f926020809301875e84010152806080526100ad81610865565b80610632575b60c0525b6100c081610865565b80610614575b6101ac576100d381610865565b8061016c575b1561015d57604051636a99a52360e01b815290602090829060049082906001600160a01b03165afa908115610152575f91610115575b506100b7565b90506020813d821161014a575b8161012f60209383610664565b810103126101465761014090610687565b5f61010f565b5f80fd5b3d9150610122565b6040513d5f823e3d90fd5b635dd52ad560e11b5f5260045ffd5b506301ffc9a760e01b5f908152630e198f8560e11b60045260209060248184617530fa5f511515601f3d1116816101a4575b506100d9565b90505f61019e565b6001600160a01b031660a081905282906101c581610865565b90816105d1575b5060a0516001600160a01b03166101e281610865565b908161058e575b5081610586575b501561015d5761025c604051610207606082610664565b603581527f45534352494e2d56312d43455254494649434154452d424c533132333831473160208201527f5f584d443a5348412d3235365f535357555f524f5f000000000000000000000060408201526106db565b7fed16b50353a24e4579b84f9ab0e8b528c7ea5b081e95bf9cf18e24794ec334a081516020830120036105775761039b6103a091604051906f024aa2b2f08f0a91260805272dc5105160208301527fc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb860408301526f13e02b6052719f607dacd3a088274f6560608301527f596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e60808301526f0d1b3cc2c7027888be51d9ef691d77bc60a08301527fb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa60c08301526f13fa4d4a0ad8b1ce186ed5061789213d60e08301527f993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed610100830152610100825261039661012083610664565b61069b565b610844565b61057757815161010081149081610547575b5015610538576103dd61039b836040516103cd60a082610664565b608080825236602083013761069b565b15610538576101008280518101031261014657519060408101519060608101519060808101519060a08101519060c08101519061010060e08201519101516101c0526101a052610180526101605261014052610120526101005260e052604051612d339081610a168239608051818181610244015281816108800152611ab3015260a05181818161018e015281816104c2015281816107ca01528181610a5901528181610b7c0152818161115c015281816116a9015281816117800152611ee5015260c05181818161014f01526115d8015260e0518181816105550152612074015261010051818181610578015261209b01526101205181818161059d01526120c20152610140518181816105c301526120e90152610160518181816105e9015261211001526101805181818161060f015261213701526101a051818181610635015261215e01526101c05181818161065b01526121850152f35b63dc7fc1b360e01b5f5260045ffd5b9050812061012060405161055b8282610664565b61010081526020810191601f19013683375190201415836103b2565b63232ed39360e11b5f5260045ffd5b9050836101f0565b6301ffc9a760e01b5f908152633659977360e21b60045260209250906024908290617530fa5f511515601f3d1116816105c9575b50846101e9565b9050846105c2565b6301ffc9a760e01b5f90815263c07f435760e01b60045260209250906024908290617530fa5f511515601f3d11168161060c575b50836101cc565b905083610605565b5061061e816109e5565b8161062a575b506100c6565b90505f610624565b5061063c816109e5565b81610648575b506100b3565b90505f610642565b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b0382119082101761065057604052565b51906001600160a01b038216820361014657565b6106d9906020808095946040519684889551918291018487015e8401908282015f8152815193849201905e01015f815203601f198101845283610664565b565b90604051916106eb60a084610664565b6080808452602084019381368637936101006040518360208183019680519182916040368b377f9e1d11c4979913e900bc651aa2d56d7e9b9b370b5691703d692294d9fd43955360c0870152600160f71b60e08701520160e385015e8060e3818501015360408460205f606485018b60026207a120fa60203d14169260205f5191602260c289019101838252600460e28a019760018953848b848660026207a120fa853d141616978a518618845260028153848b0198858a858760026207a120fa863d14161698518618845260038153878b0198858a858760026207a120fa863d14161695895118845253606089019160026207a120fa60203d1416166107f1866108e3565b6107fa846108e3565b848a848860106207a120fa853d14161694019160106207a120fa843d14161693600b6207a120fa60803d1416161561082e57565b905060405161083e602082610664565b5f815290565b5f80805281516020928301600f6207a120fa60015f51149060203d14161690565b6301ffc9a760e01b5f526301ffc9a760e01b60045260205f60248184617530fa5f511515601f3d1116816108db575b50156108d6576301ffc9a760e01b5f9081526001600160e01b03196004526020916024908290617530fa5f511515601f3d1116816108d0575090565b90501590565b505f90565b90505f610894565b805160208201805190915f195f5160206137695f395f51905f5282095f5160206137695f395f51905f528202808210910303607c1c5f5160206137495f395f51905f528102915f195f5160206137495f395f51905f528309916f1a0111ea397fe69a4b1ba7b6434bacd784861093858082109103039102019003039103925f5160206137495f395f51905f52841080156f1a0111ea397fe69a4b1ba7b6434bacd78414166f1a0111ea397fe69a4b1ba7b6434bacd78411176109a457505252565b9091036f1a0111ea397fe69a4b1ba7b6434bacd6190190527f9b88b47b0c7aed4098cf2d5f094f09dbe15400014eac00004601000000005555919091019052565b6301ffc9a760e01b5f90815263577e56b760e11b6004526020916024908290617530fa905f511515601f3d11169056fe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a714610cec5750806310dadc6e14610adf5780633824be0d146109925780635483a0b5146108a45780636a99a5231461083657806373ed5462146107ee5780637b103999146107805780638320790c146106da5780639037d9ca1461051b578063b2be3d3f146103e7578063be5170c01461039c578063e6caeffe146103465763f58ac325146100ad575f80fd5b3461031a5760807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a576004356100e7610e6f565b9060443567ffffffffffffffff811161031a57610108903690600401610e0a565b919060643567ffffffffffffffff811161031a5761013f73ffffffffffffffffffffffffffffffffffffffff913690600401610e0a565b919095169384330361031e5786957f000000000000000000000000000000000000000000000000000000000000000015610225575050505073ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001691823b1561022057604484928360405195869485937fe7213fc1000000000000000000000000000000000000000000000000000000008552600485015260248401525af180156102155761020157505080f35b8161020b91610f07565b6102125780f35b80fd5b6040513d84823e3d90fd5b505050fd5b909392955073ffffffffffffffffffffffffffffffffffffffff9491947f00000000000000000000000000000000000000000000000000000000000000001692833b1561031a576102ef5f969287936102bf6040519a8b998a9889977ff58ac32500000000000000000000000000000000000000000000000000000000895260048901526024880152608060448801526084870191610fdc565b917ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc858403016064860152610fdc565b03925af1801561030f57610301575080f35b61030d91505f90610f07565b005b6040513d5f823e3d90fd5b5f80fd5b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b3461031a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a57604067ffffffffffffffff61038b600435611b8c565b835191831682529091166020820152f35b3461031a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a576004355f5260016020526020600260405f200154604051908152f35b3461031a576101207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a5761041f610e6f565b610427610e92565b60c07fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9c36011261031a576064359167ffffffffffffffff831680840361031a5767ffffffffffffffff6101c0936020955073ffffffffffffffffffffffffffffffffffffffff604051947fad8d85a04a4e9384ca655075a02e4f4f9e9b9a375f84b2db3a95eecf99c61c5186524688870152306040870152817f000000000000000000000000000000000000000000000000000000000000000016606087015260043560808701521660a08501521660c08301528060e08301524061010082015260a0608461012083013720604051908152f35b3461031a575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a57604051604060208201917f000000000000000000000000000000000000000000000000000000000000000083527f0000000000000000000000000000000000000000000000000000000000000000828201527f000000000000000000000000000000000000000000000000000000000000000060608201527f000000000000000000000000000000000000000000000000000000000000000060808201527f000000000000000000000000000000000000000000000000000000000000000060a08201527f000000000000000000000000000000000000000000000000000000000000000060c08201527f000000000000000000000000000000000000000000000000000000000000000060e08201527f0000000000000000000000000000000000000000000000000000000000000000610100820152610100815261069161012082610f07565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8351948593602085525180918160208701528686015e5f85828601015201168101030190f35b3461031a5760a07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a57610711610e6f565b610719610e92565b60643567ffffffffffffffff811161031a57610739903690600401610e0a565b9190926084359267ffffffffffffffff841161031a5760209461076361076e953690600401610e0a565b9490936004356115ce565b67ffffffffffffffff60405191168152f35b3461031a575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b3461031a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a576004355f526001602052602060405f2054604051908152f35b3461031a575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b3461031a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a576108db61158d565b506004355f52600160205260c060405f2067ffffffffffffffff60028201548161090361158d565b93818360f81c9561091387610e38565b61091c87610e38565b868152816040820164ffffffffff8760d01c1681526060830192828860801c168452602060016080830197858b60401c1689528560a085019b168b52015491019081526040519961096c81610e38565b8a525160208a0152511660408801525116606086015251166080840152511660a0820152f35b3461031a576101007ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a5760043560c07fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc36011261031a5760e43567ffffffffffffffff811161031a57610a0f903690600401610e0a565b906040517fd86d31b700000000000000000000000000000000000000000000000000000000815283600482015260408160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561030f5773ffffffffffffffffffffffffffffffffffffffff915f91610aaf575b5016330361031e5761030d926110a4565b610ad1915060403d604011610ad8575b610ac98183610f07565b810190610f69565b5085610a9e565b503d610abf565b3461031a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a5760043560243567ffffffffffffffff811161031a57610b31903690600401610e0a565b90916040517fd86d31b700000000000000000000000000000000000000000000000000000000815281600482015260408160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561030f5773ffffffffffffffffffffffffffffffffffffffff915f91610ccc575b5016330361031e5760248210159081610cb6575b5015610c8e57610be481610f8d565b90610bf26040519283610f07565b8082526020820192368282011161031a57815f92602092863783010152519020805f525f60205267ffffffffffffffff60405f205460401c1615610c6357805f525f6020525f60408120557fef2393afd41f32c607a123de95d703349edd33ea1d86af21535ea8040ec7d9845f80a2005b7ff52dd69c000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f47a6714a000000000000000000000000000000000000000000000000000000005f5260045ffd5b90508160241161031a5760048301351483610bd5565b610ce5915060403d604011610ad857610ac98183610f07565b5085610bc1565b3461031a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261031a57600435907fffffffff00000000000000000000000000000000000000000000000000000000821680920361031a57817f1c331f0a0000000000000000000000000000000000000000000000000000000060209314908115610de0575b8115610db6575b8115610d8c575b5015158152f35b7f2289e4f50000000000000000000000000000000000000000000000000000000091501483610d85565b7fb1c1e6740000000000000000000000000000000000000000000000000000000081149150610d7e565b7f01ffc9a70000000000000000000000000000000000000000000000000000000081149150610d77565b9181601f8401121561031a5782359167ffffffffffffffff831161031a576020838186019501011161031a57565b60041115610e4257565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361031a57565b6044359067ffffffffffffffff8216820361031a57565b359067ffffffffffffffff8216820361031a57565b6040810190811067ffffffffffffffff821117610eda57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff821117610eda57604052565b519073ffffffffffffffffffffffffffffffffffffffff8216820361031a57565b919082604091031261031a57610f8a6020610f8384610f48565b9301610f48565b90565b67ffffffffffffffff8111610eda57601f017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200190565b519067ffffffffffffffff8216820361031a57565b601f82602094937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe093818652868601375f8582860101520116010190565b9290803593600485101561031a5767ffffffffffffffff61109160a060e09488611046610f8a9a610e38565b8552602081013560208601528361105f60408301610ea9565b1660408601528361107260608301610ea9565b1660608601528361108560808301610ea9565b16608086015201610ea9565b1660a08201528160c08201520191610fdc565b9091602435600481101561031a576110bb81610e38565b80158015611437576044351580611419575b806113fb575b806113dd575b806113bf575b15611397576110ed36610f8d565b6110fa6040519182610f07565b3681526020810190365f83375f6020368301015251902090604051907f16cbbf0f00000000000000000000000000000000000000000000000000000000825285600483015260208260248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa91821561030f575f9261135b575b5061119684610e38565b15908161133f575b5061130957506111ad81610e38565b60643567ffffffffffffffff8116810361031a576084359067ffffffffffffffff8216820361031a5760a4359267ffffffffffffffff8416840361031a5760c43567ffffffffffffffff81169485820361031a576fffffffffffffffff000000000000000077ffffffffffffffff00000000000000000000000000000000917fffffffffffff0000000000000000000000000000000000000000000000000000935060401b169460801b169260d01b169060f81b171717179081155f146112f6575f935b6040516060810181811067ffffffffffffffff821117610eda577fae39fb48a0626828dc9d6894dba210a4e1101c15697ab7ee5a7c767fc97908ba9460029160405287835260208301604435815260408401918252875f52600160205260405f2093518455516001840155519101556112f160405192839260248461101a565b0390a3565b815f5260443560205260405f2093611271565b937f0f476cb31c46b6d54366bbfc4966742c81394b6cc1db5259198522a9328cd2729291506112f160405192839260248461101a565b611354915067ffffffffffffffff1682611bf5565b155f61119e565b9091506020813d60201161138f575b8161137760209383610f07565b8101031261031a5761138890610fc7565b905f61118c565b3d915061136a565b7f9e32efa7000000000000000000000000000000000000000000000000000000005f5260045ffd5b5060c43567ffffffffffffffff81169081810361031a5750156110df565b5060a43567ffffffffffffffff81169081810361031a5750156110d9565b5060843567ffffffffffffffff81169081810361031a5750156110d3565b5060643567ffffffffffffffff81169081810361031a5750156110cd565b604435801515908161156c575b81611545575b8161145485610e38565b60018514611517575b5061146784610e38565b600284146114eb575b5061147a83610e38565b600383146114c7575b80156110df575060843567ffffffffffffffff81169081810361031a57501515806110df575060a43567ffffffffffffffff81169081810361031a575015156110df565b8015611483575060843567ffffffffffffffff81169081810361031a575015611483565b816114f8575b505f611470565b73ffffffffffffffffffffffffffffffffffffffff915011155f6114f1565b90915080611527575b905f61145d565b5060c43567ffffffffffffffff81169081810361031a575015611520565b905060643567ffffffffffffffff811680820361031a5764ffffffffff915011159061144a565b905060643567ffffffffffffffff81169081810361031a5750151590611444565b6040519060c0820182811067ffffffffffffffff821117610eda576040525f60a0838281528260208201528260408201528260608201528260808201520152565b9395909294955f957f0000000000000000000000000000000000000000000000000000000000000000801561171f57509185969761161b9261162394868867ffffffffffffffff9a611dbb565b8092866125e3565b939073ffffffffffffffffffffffffffffffffffffffff60608385511694015194604051977f2a43692000000000000000000000000000000000000000000000000000000000895260048901521660248701521660448501526064840152608483015260a482015260208160c4818573ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af19182156117135780926116dd57505090565b9091506020823d60201161170b575b816116f960209383610f07565b810103126102125750610f8a90610fc7565b3d91506116ec565b604051903d90823e3d90fd5b949793965090611734838583858b8d8c611dbb565b6040517ff32534ec00000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8a81166004830152602482018990527f00000000000000000000000000000000000000000000000000000000000000001698919691906020816044818d5afa90811561030f575f91611b45575b5067ffffffffffffffff808951169116908111611b1a5750906060887f815c0b677a4fab44878a2b27cd27b102c43e851d80a784e1a92765c566cb81d08273ffffffffffffffffffffffffffffffffffffffff6118208f9b9a9998978d90866125e3565b95909c01519a169a8b9467ffffffffffffffff60405192169b8c835260208301526040820152a315611a0c575050505067ffffffffffffffff4216019267ffffffffffffffff84116119df576040517fb827288300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff959095166004860152602485018390529293849390602081604481855afa90811561030f575f91611977575b505167ffffffffffffffff948516941684811161194c5750803b1561031a575f928360649260405196879586947f1c6435700000000000000000000000000000000000000000000000000000000086526004860152602485015260448401525af1801561030f57611942575090565b5f610f8a91610f07565b7f7df52756000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b90506020813d6020116119d7575b8161199260209383610f07565b8101031261031a5760405190602082019180831067ffffffffffffffff841117610eda576119ce67ffffffffffffffff93928493604052610fc7565b815291506118d3565b3d9150611985565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b611a999498506020975090611a6991604097969751998a9889987f8320790c000000000000000000000000000000000000000000000000000000008a5260048a01526024890152604488015260a0606488015260a4870191610fdc565b917ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc858403016084860152610fdc565b03815f73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af190811561030f575f91611ae6575090565b90506020813d602011611b12575b81611b0160209383610f07565b8101031261031a57610f8a90610fc7565b3d9150611af4565b7f43c2cf13000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b90506020813d602011611b77575b81611b6060209383610f07565b8101031261031a57611b7190610fc7565b5f6117bc565b3d9150611b53565b919082018092116119df57565b5f525f60205267ffffffffffffffff60405f205460401c169081158015611be0575b611bd95767ffffffffffffffff8216916212750083018093116119df579167ffffffffffffffff1690565b5f91508190565b506212750082018083116119df574211611bae565b90815f525f60205260405f209067ffffffffffffffff60405192611c1884610ebe565b54818116845260401c169160208101928084528215611d9a575067ffffffffffffffff8351168015908115611d83575b50611cc95767ffffffffffffffff9182611c63925116611b7f565b915116808210611cc1575b50804210611c8857505f525f6020525f6040812055600190565b67ffffffffffffffff917f8f42a691000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b90505f611c6e565b507ffbf66725ef66c4b8d7ca0ee543b0b42044b50b2d59f7ecd238c2f455b9748991915067ffffffffffffffff611d0260209242611b7f565b16604051611d0f81610ebe565b67ffffffffffffffff42168152828101828152855f525f845267ffffffffffffffff60405f209251167fffffffffffffffffffffffffffffffff000000000000000000000000000000006fffffffffffffffff00000000000000008454935160401b16921617179055604051908152a25f90565b90506212750081018091116119df5742115f611c48565b92505050611da9575b50600190565b5f525f6020525f60408120555f611da3565b949096959193929360405195610120870187811067ffffffffffffffff821117610eda576040525f87525f6020880152604087015f8152606088015f815260808901915f835260a08a01935f85525f60c08c01525f60e08c01525f6101008c01528a9c60207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff408b01149788978915998a6125b9575b801561258d575b8015612561575b15612539578c359267ffffffffffffffff8416840361031a574367ffffffffffffffff85161080612511575b156124db579073ffffffffffffffffffffffffffffffffffffffff67ffffffffffffffff92604051967fad8d85a04a4e9384ca655075a02e4f4f9e9b9a375f84b2db3a95eecf99c61c518852466020890152306040890152827f000000000000000000000000000000000000000000000000000000000000000016606089015260808801521660a08601521660c084015267ffffffffffffffff821660e084015267ffffffffffffffff8216406101008401526101c060208d019360a08561012083013720906121b961028060206040518e819f83830196873781016f024aa2b2f08f0a91260805272dc51051838201527fc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb860408201526f13e02b6052719f607dacd3a088274f6560608201527f596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e60808201526f0d1b3cc2c7027888be51d9ef691d77bc60a08201527fb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa60c08201526f13fa4d4a0ad8b1ce186ed5061789213d60e08201527f993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed6101008201525f6101208201525f6101408201525f6101608201525f6101808201527f00000000000000000000000000000000000000000000000000000000000000006101a08201527f00000000000000000000000000000000000000000000000000000000000000006101c08201527f00000000000000000000000000000000000000000000000000000000000000006101e08201527f00000000000000000000000000000000000000000000000000000000000000006102008201527f00000000000000000000000000000000000000000000000000000000000000006102208201527f00000000000000000000000000000000000000000000000000000000000000006102408201527f00000000000000000000000000000000000000000000000000000000000000006102608201527f00000000000000000000000000000000000000000000000000000000000000008482015203018d61026082019052018c610f07565b60609a8b926040516121cb8582610f07565b603581527f5f584d443a5348412d3235365f535357555f524f5f0000000000000000000000604060208301927f45534352494e2d56312d43455254494649434154452d424c53313233383147318452015261030083511494856123a6575b50505082612380575b5050156123585767ffffffffffffffff168b523590528588013590526080870135905260a086013590529061232c575b61231d575b807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff4083011015612298575b50505050565b817fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa08101116119df575060c09167ffffffffffffffff91017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa00160206122fd82610ea9565b916040810135610100870152013560e0850152169101525f808080612292565b60c08301356020850152612267565b5060807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff40830114612262565b7fc108107c000000000000000000000000000000000000000000000000000000005f5260045ffd5b60209250905f918280525190600f6207a120fa60015f51149060203d1416165f80612232565b608092939550829060356040519383850196604036893760c08601527e8000000000000000000000000000000000000000000000000000000000000060e086015260e385015e6035610118840153604061010060205f60998960026207a120fa60203d14169260205f5191605760c2890191848352600460e28b019860018a53858c858760026207a120fa863d141616988b518718855260028153858c0199868b868860026207a120fa873d14161699518718855260038153888c0199868b868860026207a120fa873d141616968a511885525389019160026207a120fa60203d14161661249386612a00565b61249c84612a00565b8488848860106207a120fa853d14161694019160106207a120fa823d141616916101006101a0860191600b6207a120fa60803d141616915f808d612229565b67ffffffffffffffff847f703a918d000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b50608067ffffffffffffffff8516018067ffffffffffffffff8616116119df57431115611e8a565b7f81bd4191000000000000000000000000000000000000000000000000000000005f5260045ffd5b5060807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff408d0114611e5e565b5060607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff408d0114611e57565b507fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff408c0115611e50565b929092805f52600160205260405f209283549360208201519081155f1461291b57600291500154915b604082019081515f908560f81c600281145f146128f15750505073ffffffffffffffffffffffffffffffffffffffff6127b36127aa67ffffffffffffffff60c087015116945160405160208101917f95c0251ebff476b920fbcf23941b6219f0962db2a5dac7ced9d09116c8461f4a8352604082015286606082015260608152612697608082610f07565b51902060405160208101907fb03948446334eb9b2196d5eb166f69b9d49403eb4a12f36de8d3f9f3cb8e15c382527f32dfe425569be358dfab18a6513176873ef80065995d53106b107d720d16b77160408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc6606082015260608152612720608082610f07565b519020906040519060208201927f190100000000000000000000000000000000000000000000000000000000000084526022830152604282015260428152612769606282610f07565b51902060e08701516101008801519160ff601b7f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff851694821c011690612ca4565b90929192612bdd565b16905b845f52816020528660405f200361289457505067ffffffffffffffff8316811061285e5750608001612806815167ffffffffffffffff8460401c169067ffffffffffffffff8560801c1690612922565b90519015612833575064ffffffffff9060d01c16928367ffffffffffffffff82161061282f5750565b9250565b7f7268db44000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b67ffffffffffffffff907f5f75a64f000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b86156128c657507f965ec597000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f87218469000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b60039193929450036127b65791505067ffffffffffffffff6080830151169060a0830151906127b6565b509161260c565b91908260011a80151590816129f4575b50156129ed57825f1a90600182146129bd57506002146129525750505f90565b67ffffffffffffffff811691821515928361296e575b50505090565b6129889192935067ffffffffffffffff8360801c16612bad565b9182612999575b50505f8080612968565b6129b6925060081c66ffffffffffffff9081169160881c16612bad565b5f8061298f565b905067ffffffffffffffff91501680151591826129d957505090565b60801c67ffffffffffffffff161015919050565b5050505f90565b6004915011155f612932565b805160208201908151907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d82097f9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d8202808210910303607c1c7f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab8102917fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab8309916f1a0111ea397fe69a4b1ba7b6434bacd784861093858082109103039102019003039103927f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab841080156f1a0111ea397fe69a4b1ba7b6434bacd78414166f1a0111ea397fe69a4b1ba7b6434bacd7841117612b5e57505252565b7fffffffffffffffffffffffffffffffffe5feee15c6801965b4e45849bcb45329907f9b88b47b0c7aed4098cf2d5f094f09dbe15400014eac0000460100000000555592959303019101925252565b67010001000100010066ff00ff00ff00ff80921617911681039081116119df576701000100010001008091161490565b612be681610e38565b80612bef575050565b612bf881610e38565b60018103612c28577ff645eedf000000000000000000000000000000000000000000000000000000005f5260045ffd5b612c3181610e38565b60028103612c6557507ffce698f7000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b600390612c7181610e38565b14612c795750565b7fd78bce0c000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411612d28579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa1561030f575f5173ffffffffffffffffffffffffffffffffffffffff811615612d1e57905f905f90565b505f906001905f90565b5050505f91600391905664774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d",
}

// CertificatePermitter is an auto generated Go binding around an Ethereum contract.
type CertificatePermitter struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *CertificatePermitter) GetABI() abi.ABI {
	return c.abi
}

// NewCertificatePermitter creates a new instance of CertificatePermitter.
func NewCertificatePermitter() *CertificatePermitter {
	parsed, err := CertificatePermitterMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &CertificatePermitter{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *CertificatePermitter) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address upstream_, bytes groupKey_) returns()
func (certificatePermitter *CertificatePermitter) PackConstructor(upstream_ common.Address, groupKey_ []byte) []byte {
	enc, err := certificatePermitter.abi.Pack("", upstream_, groupKey_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAcquireIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8320790c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acquireIdentity(bytes32 identity, address requester, uint64 duration, bytes context, bytes authorization) returns(uint64 expiry)
func (certificatePermitter *CertificatePermitter) PackAcquireIdentity(identity [32]byte, requester common.Address, duration uint64, context []byte, authorization []byte) []byte {
	enc, err := certificatePermitter.abi.Pack("acquireIdentity", identity, requester, duration, context, authorization)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcquireIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8320790c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acquireIdentity(bytes32 identity, address requester, uint64 duration, bytes context, bytes authorization) returns(uint64 expiry)
func (certificatePermitter *CertificatePermitter) TryPackAcquireIdentity(identity [32]byte, requester common.Address, duration uint64, context []byte, authorization []byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("acquireIdentity", identity, requester, duration, context, authorization)
}

// UnpackAcquireIdentity is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8320790c.
//
// Solidity: function acquireIdentity(bytes32 identity, address requester, uint64 duration, bytes context, bytes authorization) returns(uint64 expiry)
func (certificatePermitter *CertificatePermitter) UnpackAcquireIdentity(data []byte) (uint64, error) {
	out, err := certificatePermitter.abi.Unpack("acquireIdentity", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackCancelPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x10dadc6e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancelPolicy(bytes32 identity, bytes call) returns()
func (certificatePermitter *CertificatePermitter) PackCancelPolicy(identity [32]byte, call []byte) []byte {
	enc, err := certificatePermitter.abi.Pack("cancelPolicy", identity, call)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancelPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x10dadc6e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancelPolicy(bytes32 identity, bytes call) returns()
func (certificatePermitter *CertificatePermitter) TryPackCancelPolicy(identity [32]byte, call []byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("cancelPolicy", identity, call)
}

// PackCertificateDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb2be3d3f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function certificateDigest(bytes32 identity, address requester, uint64 duration, (uint64,bytes32,bytes32,bytes32,bytes32,bytes32) context) view returns(bytes32)
func (certificatePermitter *CertificatePermitter) PackCertificateDigest(identity [32]byte, requester common.Address, duration uint64, context ICertificatePermitterContext) []byte {
	enc, err := certificatePermitter.abi.Pack("certificateDigest", identity, requester, duration, context)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCertificateDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb2be3d3f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function certificateDigest(bytes32 identity, address requester, uint64 duration, (uint64,bytes32,bytes32,bytes32,bytes32,bytes32) context) view returns(bytes32)
func (certificatePermitter *CertificatePermitter) TryPackCertificateDigest(identity [32]byte, requester common.Address, duration uint64, context ICertificatePermitterContext) ([]byte, error) {
	return certificatePermitter.abi.Pack("certificateDigest", identity, requester, duration, context)
}

// UnpackCertificateDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb2be3d3f.
//
// Solidity: function certificateDigest(bytes32 identity, address requester, uint64 duration, (uint64,bytes32,bytes32,bytes32,bytes32,bytes32) context) view returns(bytes32)
func (certificatePermitter *CertificatePermitter) UnpackCertificateDigest(data []byte) ([32]byte, error) {
	out, err := certificatePermitter.abi.Unpack("certificateDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGroupKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9037d9ca.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function groupKey() view returns(bytes)
func (certificatePermitter *CertificatePermitter) PackGroupKey() []byte {
	enc, err := certificatePermitter.abi.Pack("groupKey")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGroupKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9037d9ca.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function groupKey() view returns(bytes)
func (certificatePermitter *CertificatePermitter) TryPackGroupKey() ([]byte, error) {
	return certificatePermitter.abi.Pack("groupKey")
}

// UnpackGroupKey is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9037d9ca.
//
// Solidity: function groupKey() view returns(bytes)
func (certificatePermitter *CertificatePermitter) UnpackGroupKey(data []byte) ([]byte, error) {
	out, err := certificatePermitter.abi.Unpack("groupKey", data)
	if err != nil {
		return *new([]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([]byte)).(*[]byte)
	return out0, nil
}

// PackPolicyDigestOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x73ed5462.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function policyDigestOf(bytes32 identity) view returns(bytes32 policyDigest)
func (certificatePermitter *CertificatePermitter) PackPolicyDigestOf(identity [32]byte) []byte {
	enc, err := certificatePermitter.abi.Pack("policyDigestOf", identity)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPolicyDigestOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x73ed5462.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function policyDigestOf(bytes32 identity) view returns(bytes32 policyDigest)
func (certificatePermitter *CertificatePermitter) TryPackPolicyDigestOf(identity [32]byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("policyDigestOf", identity)
}

// UnpackPolicyDigestOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x73ed5462.
//
// Solidity: function policyDigestOf(bytes32 identity) view returns(bytes32 policyDigest)
func (certificatePermitter *CertificatePermitter) UnpackPolicyDigestOf(data []byte) ([32]byte, error) {
	out, err := certificatePermitter.abi.Unpack("policyDigestOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPolicyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5483a0b5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function policyOf(bytes32 identity) view returns((uint8,bytes32,uint64,uint64,uint64,uint64) policy)
func (certificatePermitter *CertificatePermitter) PackPolicyOf(identity [32]byte) []byte {
	enc, err := certificatePermitter.abi.Pack("policyOf", identity)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPolicyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5483a0b5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function policyOf(bytes32 identity) view returns((uint8,bytes32,uint64,uint64,uint64,uint64) policy)
func (certificatePermitter *CertificatePermitter) TryPackPolicyOf(identity [32]byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("policyOf", identity)
}

// UnpackPolicyOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5483a0b5.
//
// Solidity: function policyOf(bytes32 identity) view returns((uint8,bytes32,uint64,uint64,uint64,uint64) policy)
func (certificatePermitter *CertificatePermitter) UnpackPolicyOf(data []byte) (IEnclavePoliciesPolicy, error) {
	out, err := certificatePermitter.abi.Unpack("policyOf", data)
	if err != nil {
		return *new(IEnclavePoliciesPolicy), err
	}
	out0 := *abi.ConvertType(out[0], new(IEnclavePoliciesPolicy)).(*IEnclavePoliciesPolicy)
	return out0, nil
}

// PackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registry() view returns(address)
func (certificatePermitter *CertificatePermitter) PackRegistry() []byte {
	enc, err := certificatePermitter.abi.Pack("registry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registry() view returns(address)
func (certificatePermitter *CertificatePermitter) TryPackRegistry() ([]byte, error) {
	return certificatePermitter.abi.Pack("registry")
}

// UnpackRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b103999.
//
// Solidity: function registry() view returns(address)
func (certificatePermitter *CertificatePermitter) UnpackRegistry(data []byte) (common.Address, error) {
	out, err := certificatePermitter.abi.Unpack("registry", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackReleaseIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf58ac325.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function releaseIdentity(bytes32 identity, address possessor, bytes context, bytes authorization) returns()
func (certificatePermitter *CertificatePermitter) PackReleaseIdentity(identity [32]byte, possessor common.Address, context []byte, authorization []byte) []byte {
	enc, err := certificatePermitter.abi.Pack("releaseIdentity", identity, possessor, context, authorization)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackReleaseIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf58ac325.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function releaseIdentity(bytes32 identity, address possessor, bytes context, bytes authorization) returns()
func (certificatePermitter *CertificatePermitter) TryPackReleaseIdentity(identity [32]byte, possessor common.Address, context []byte, authorization []byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("releaseIdentity", identity, possessor, context, authorization)
}

// PackScheduledChange is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6caeffe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function scheduledChange(bytes32 change) view returns(uint64 readyAt, uint64 lapsesAt)
func (certificatePermitter *CertificatePermitter) PackScheduledChange(change [32]byte) []byte {
	enc, err := certificatePermitter.abi.Pack("scheduledChange", change)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackScheduledChange is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6caeffe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function scheduledChange(bytes32 change) view returns(uint64 readyAt, uint64 lapsesAt)
func (certificatePermitter *CertificatePermitter) TryPackScheduledChange(change [32]byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("scheduledChange", change)
}

// ScheduledChangeOutput serves as a container for the return parameters of contract
// method ScheduledChange.
type ScheduledChangeOutput struct {
	ReadyAt  uint64
	LapsesAt uint64
}

// UnpackScheduledChange is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe6caeffe.
//
// Solidity: function scheduledChange(bytes32 change) view returns(uint64 readyAt, uint64 lapsesAt)
func (certificatePermitter *CertificatePermitter) UnpackScheduledChange(data []byte) (ScheduledChangeOutput, error) {
	out, err := certificatePermitter.abi.Unpack("scheduledChange", data)
	outstruct := new(ScheduledChangeOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.ReadyAt = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.LapsesAt = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackSetPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3824be0d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setPolicy(bytes32 identity, (uint8,bytes32,uint64,uint64,uint64,uint64) policy, string locator) returns()
func (certificatePermitter *CertificatePermitter) PackSetPolicy(identity [32]byte, policy IEnclavePoliciesPolicy, locator string) []byte {
	enc, err := certificatePermitter.abi.Pack("setPolicy", identity, policy, locator)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3824be0d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setPolicy(bytes32 identity, (uint8,bytes32,uint64,uint64,uint64,uint64) policy, string locator) returns()
func (certificatePermitter *CertificatePermitter) TryPackSetPolicy(identity [32]byte, policy IEnclavePoliciesPolicy, locator string) ([]byte, error) {
	return certificatePermitter.abi.Pack("setPolicy", identity, policy, locator)
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (certificatePermitter *CertificatePermitter) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := certificatePermitter.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (certificatePermitter *CertificatePermitter) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (certificatePermitter *CertificatePermitter) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := certificatePermitter.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackTermsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbe5170c0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function termsOf(bytes32 identity) view returns(uint256 terms)
func (certificatePermitter *CertificatePermitter) PackTermsOf(identity [32]byte) []byte {
	enc, err := certificatePermitter.abi.Pack("termsOf", identity)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTermsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbe5170c0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function termsOf(bytes32 identity) view returns(uint256 terms)
func (certificatePermitter *CertificatePermitter) TryPackTermsOf(identity [32]byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("termsOf", identity)
}

// UnpackTermsOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbe5170c0.
//
// Solidity: function termsOf(bytes32 identity) view returns(uint256 terms)
func (certificatePermitter *CertificatePermitter) UnpackTermsOf(data []byte) (*big.Int, error) {
	out, err := certificatePermitter.abi.Unpack("termsOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackUpstream is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a99a523.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function upstream() view returns(address)
func (certificatePermitter *CertificatePermitter) PackUpstream() []byte {
	enc, err := certificatePermitter.abi.Pack("upstream")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUpstream is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6a99a523.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function upstream() view returns(address)
func (certificatePermitter *CertificatePermitter) TryPackUpstream() ([]byte, error) {
	return certificatePermitter.abi.Pack("upstream")
}

// UnpackUpstream is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6a99a523.
//
// Solidity: function upstream() view returns(address)
func (certificatePermitter *CertificatePermitter) UnpackUpstream(data []byte) (common.Address, error) {
	out, err := certificatePermitter.abi.Unpack("upstream", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// CertificatePermitterChangeCancelled represents a ChangeCancelled event raised by the CertificatePermitter contract.
type CertificatePermitterChangeCancelled struct {
	Change [32]byte
	Raw    *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterChangeCancelledEventName = "ChangeCancelled"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterChangeCancelled) ContractEventName() string {
	return CertificatePermitterChangeCancelledEventName
}

// UnpackChangeCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ChangeCancelled(bytes32 indexed change)
func (certificatePermitter *CertificatePermitter) UnpackChangeCancelledEvent(log *types.Log) (*CertificatePermitterChangeCancelled, error) {
	event := "ChangeCancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != certificatePermitter.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CertificatePermitterChangeCancelled)
	if len(log.Data) > 0 {
		if err := certificatePermitter.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range certificatePermitter.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// CertificatePermitterChangeScheduled represents a ChangeScheduled event raised by the CertificatePermitter contract.
type CertificatePermitterChangeScheduled struct {
	Change  [32]byte
	ReadyAt uint64
	Raw     *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterChangeScheduledEventName = "ChangeScheduled"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterChangeScheduled) ContractEventName() string {
	return CertificatePermitterChangeScheduledEventName
}

// UnpackChangeScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ChangeScheduled(bytes32 indexed change, uint64 readyAt)
func (certificatePermitter *CertificatePermitter) UnpackChangeScheduledEvent(log *types.Log) (*CertificatePermitterChangeScheduled, error) {
	event := "ChangeScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != certificatePermitter.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CertificatePermitterChangeScheduled)
	if len(log.Data) > 0 {
		if err := certificatePermitter.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range certificatePermitter.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// CertificatePermitterEnclaveAccepted represents a EnclaveAccepted event raised by the CertificatePermitter contract.
type CertificatePermitterEnclaveAccepted struct {
	Identity       [32]byte
	Requester      common.Address
	Granted        uint64
	EvidenceDigest [32]byte
	PolicyDigest   [32]byte
	Raw            *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterEnclaveAcceptedEventName = "EnclaveAccepted"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterEnclaveAccepted) ContractEventName() string {
	return CertificatePermitterEnclaveAcceptedEventName
}

// UnpackEnclaveAcceptedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EnclaveAccepted(bytes32 indexed identity, address indexed requester, uint64 granted, bytes32 evidenceDigest, bytes32 policyDigest)
func (certificatePermitter *CertificatePermitter) UnpackEnclaveAcceptedEvent(log *types.Log) (*CertificatePermitterEnclaveAccepted, error) {
	event := "EnclaveAccepted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != certificatePermitter.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CertificatePermitterEnclaveAccepted)
	if len(log.Data) > 0 {
		if err := certificatePermitter.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range certificatePermitter.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// CertificatePermitterPolicyChanged represents a PolicyChanged event raised by the CertificatePermitter contract.
type CertificatePermitterPolicyChanged struct {
	Identity     [32]byte
	PolicyDigest [32]byte
	Policy       IEnclavePoliciesPolicy
	Locator      string
	Raw          *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterPolicyChangedEventName = "PolicyChanged"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterPolicyChanged) ContractEventName() string {
	return CertificatePermitterPolicyChangedEventName
}

// UnpackPolicyChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PolicyChanged(bytes32 indexed identity, bytes32 indexed policyDigest, (uint8,bytes32,uint64,uint64,uint64,uint64) policy, string locator)
func (certificatePermitter *CertificatePermitter) UnpackPolicyChangedEvent(log *types.Log) (*CertificatePermitterPolicyChanged, error) {
	event := "PolicyChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != certificatePermitter.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CertificatePermitterPolicyChanged)
	if len(log.Data) > 0 {
		if err := certificatePermitter.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range certificatePermitter.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// CertificatePermitterPolicyScheduled represents a PolicyScheduled event raised by the CertificatePermitter contract.
type CertificatePermitterPolicyScheduled struct {
	Identity [32]byte
	Change   [32]byte
	Policy   IEnclavePoliciesPolicy
	Locator  string
	Raw      *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterPolicyScheduledEventName = "PolicyScheduled"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterPolicyScheduled) ContractEventName() string {
	return CertificatePermitterPolicyScheduledEventName
}

// UnpackPolicyScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PolicyScheduled(bytes32 indexed identity, bytes32 indexed change, (uint8,bytes32,uint64,uint64,uint64,uint64) policy, string locator)
func (certificatePermitter *CertificatePermitter) UnpackPolicyScheduledEvent(log *types.Log) (*CertificatePermitterPolicyScheduled, error) {
	event := "PolicyScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != certificatePermitter.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CertificatePermitterPolicyScheduled)
	if len(log.Data) > 0 {
		if err := certificatePermitter.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range certificatePermitter.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (certificatePermitter *CertificatePermitter) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["BaseBlockUnfit"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackBaseBlockUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["CallUnfit"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackCallUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["CertificateInvalid"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackCertificateInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ChangeNotReady"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackChangeNotReadyError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ChangeUnknown"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackChangeUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ContextMalformed"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackContextMalformedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["DurationTooLong"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackDurationTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ECDSAInvalidSignature"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackECDSAInvalidSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ECDSAInvalidSignatureLength"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackECDSAInvalidSignatureLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ECDSAInvalidSignatureS"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackECDSAInvalidSignatureSError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["EnclaveMismatch"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackEnclaveMismatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["GroupKeyInvalid"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackGroupKeyInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["InterfaceUnsupported"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackInterfaceUnsupportedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PermitChanged"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPermitChangedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PermitLonger"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPermitLongerError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PlatformRefused"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPlatformRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PolicyMissing"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPolicyMissingError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PolicyUnfit"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPolicyUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PrecompileUnavailable"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPrecompileUnavailableError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackUnauthorizedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["VersionTooOld"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackVersionTooOldError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// CertificatePermitterBaseBlockUnfit represents a BaseBlockUnfit error raised by the CertificatePermitter contract.
type CertificatePermitterBaseBlockUnfit struct {
	BaseBlock uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BaseBlockUnfit(uint64 baseBlock)
func CertificatePermitterBaseBlockUnfitErrorID() common.Hash {
	return common.HexToHash("0x703a918d9ee6f434c01518ce05d8a41ce813ef68921fb510af1ad0bb7662a465")
}

// UnpackBaseBlockUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BaseBlockUnfit(uint64 baseBlock)
func (certificatePermitter *CertificatePermitter) UnpackBaseBlockUnfitError(raw []byte) (*CertificatePermitterBaseBlockUnfit, error) {
	out := new(CertificatePermitterBaseBlockUnfit)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "BaseBlockUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterCallUnfit represents a CallUnfit error raised by the CertificatePermitter contract.
type CertificatePermitterCallUnfit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CallUnfit()
func CertificatePermitterCallUnfitErrorID() common.Hash {
	return common.HexToHash("0x47a6714a94e6721f2125d9eb4ee3096d83b7a24530b2afc2db1d59ef254d804a")
}

// UnpackCallUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CallUnfit()
func (certificatePermitter *CertificatePermitter) UnpackCallUnfitError(raw []byte) (*CertificatePermitterCallUnfit, error) {
	out := new(CertificatePermitterCallUnfit)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "CallUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterCertificateInvalid represents a CertificateInvalid error raised by the CertificatePermitter contract.
type CertificatePermitterCertificateInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CertificateInvalid()
func CertificatePermitterCertificateInvalidErrorID() common.Hash {
	return common.HexToHash("0xc108107c48f124d3204097d232d51b153195d3b5692b6383b597bc97f03d561b")
}

// UnpackCertificateInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CertificateInvalid()
func (certificatePermitter *CertificatePermitter) UnpackCertificateInvalidError(raw []byte) (*CertificatePermitterCertificateInvalid, error) {
	out := new(CertificatePermitterCertificateInvalid)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "CertificateInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterChangeNotReady represents a ChangeNotReady error raised by the CertificatePermitter contract.
type CertificatePermitterChangeNotReady struct {
	Change  [32]byte
	ReadyAt uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ChangeNotReady(bytes32 change, uint64 readyAt)
func CertificatePermitterChangeNotReadyErrorID() common.Hash {
	return common.HexToHash("0x8f42a691f0de31dd3ecbc6928b0add37485bcec7a0f202fd97d1d51bcd18f683")
}

// UnpackChangeNotReadyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ChangeNotReady(bytes32 change, uint64 readyAt)
func (certificatePermitter *CertificatePermitter) UnpackChangeNotReadyError(raw []byte) (*CertificatePermitterChangeNotReady, error) {
	out := new(CertificatePermitterChangeNotReady)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "ChangeNotReady", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterChangeUnknown represents a ChangeUnknown error raised by the CertificatePermitter contract.
type CertificatePermitterChangeUnknown struct {
	Change [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ChangeUnknown(bytes32 change)
func CertificatePermitterChangeUnknownErrorID() common.Hash {
	return common.HexToHash("0xf52dd69ca4ac1933d27f0d17c9ea9e222c57e10437481170fb84356bd418d1fc")
}

// UnpackChangeUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ChangeUnknown(bytes32 change)
func (certificatePermitter *CertificatePermitter) UnpackChangeUnknownError(raw []byte) (*CertificatePermitterChangeUnknown, error) {
	out := new(CertificatePermitterChangeUnknown)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "ChangeUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterContextMalformed represents a ContextMalformed error raised by the CertificatePermitter contract.
type CertificatePermitterContextMalformed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ContextMalformed()
func CertificatePermitterContextMalformedErrorID() common.Hash {
	return common.HexToHash("0x81bd419116309da690bb8fd8e7106846518586f51cdf42b4ce5c36e7517eec4e")
}

// UnpackContextMalformedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ContextMalformed()
func (certificatePermitter *CertificatePermitter) UnpackContextMalformedError(raw []byte) (*CertificatePermitterContextMalformed, error) {
	out := new(CertificatePermitterContextMalformed)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "ContextMalformed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterDurationTooLong represents a DurationTooLong error raised by the CertificatePermitter contract.
type CertificatePermitterDurationTooLong struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DurationTooLong()
func CertificatePermitterDurationTooLongErrorID() common.Hash {
	return common.HexToHash("0x9529f506d5e687844ae1790c77c6c643c34814553c99a5b798afc3d53ad3f0c1")
}

// UnpackDurationTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DurationTooLong()
func (certificatePermitter *CertificatePermitter) UnpackDurationTooLongError(raw []byte) (*CertificatePermitterDurationTooLong, error) {
	out := new(CertificatePermitterDurationTooLong)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "DurationTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterECDSAInvalidSignature represents a ECDSAInvalidSignature error raised by the CertificatePermitter contract.
type CertificatePermitterECDSAInvalidSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignature()
func CertificatePermitterECDSAInvalidSignatureErrorID() common.Hash {
	return common.HexToHash("0xf645eedf0193584640b6b90cb9477e4c95b98636c148a891d4c0a146dc46e75a")
}

// UnpackECDSAInvalidSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignature()
func (certificatePermitter *CertificatePermitter) UnpackECDSAInvalidSignatureError(raw []byte) (*CertificatePermitterECDSAInvalidSignature, error) {
	out := new(CertificatePermitterECDSAInvalidSignature)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "ECDSAInvalidSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterECDSAInvalidSignatureLength represents a ECDSAInvalidSignatureLength error raised by the CertificatePermitter contract.
type CertificatePermitterECDSAInvalidSignatureLength struct {
	Length *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func CertificatePermitterECDSAInvalidSignatureLengthErrorID() common.Hash {
	return common.HexToHash("0xfce698f7e8e5342cd615f641317bc45fe7e1e4a8b0a14dd1383ff8dc9c41917f")
}

// UnpackECDSAInvalidSignatureLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func (certificatePermitter *CertificatePermitter) UnpackECDSAInvalidSignatureLengthError(raw []byte) (*CertificatePermitterECDSAInvalidSignatureLength, error) {
	out := new(CertificatePermitterECDSAInvalidSignatureLength)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterECDSAInvalidSignatureS represents a ECDSAInvalidSignatureS error raised by the CertificatePermitter contract.
type CertificatePermitterECDSAInvalidSignatureS struct {
	S [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func CertificatePermitterECDSAInvalidSignatureSErrorID() common.Hash {
	return common.HexToHash("0xd78bce0cccb935155ed6428d1c13e50b7f3550fd2b66b9fe266006fea4a5e1eb")
}

// UnpackECDSAInvalidSignatureSError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func (certificatePermitter *CertificatePermitter) UnpackECDSAInvalidSignatureSError(raw []byte) (*CertificatePermitterECDSAInvalidSignatureS, error) {
	out := new(CertificatePermitterECDSAInvalidSignatureS)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureS", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterEnclaveMismatch represents a EnclaveMismatch error raised by the CertificatePermitter contract.
type CertificatePermitterEnclaveMismatch struct {
	Subject [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EnclaveMismatch(bytes32 subject)
func CertificatePermitterEnclaveMismatchErrorID() common.Hash {
	return common.HexToHash("0x965ec597dc068ed4c063e7b80a6a9a74c782973516838efdb46a7b8af69de4d3")
}

// UnpackEnclaveMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EnclaveMismatch(bytes32 subject)
func (certificatePermitter *CertificatePermitter) UnpackEnclaveMismatchError(raw []byte) (*CertificatePermitterEnclaveMismatch, error) {
	out := new(CertificatePermitterEnclaveMismatch)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "EnclaveMismatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterGroupKeyInvalid represents a GroupKeyInvalid error raised by the CertificatePermitter contract.
type CertificatePermitterGroupKeyInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error GroupKeyInvalid()
func CertificatePermitterGroupKeyInvalidErrorID() common.Hash {
	return common.HexToHash("0xdc7fc1b38d952b2bad5bb037ef74de34784d2342f6a5b7bda38c1f6dd15f6202")
}

// UnpackGroupKeyInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error GroupKeyInvalid()
func (certificatePermitter *CertificatePermitter) UnpackGroupKeyInvalidError(raw []byte) (*CertificatePermitterGroupKeyInvalid, error) {
	out := new(CertificatePermitterGroupKeyInvalid)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "GroupKeyInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterInterfaceUnsupported represents a InterfaceUnsupported error raised by the CertificatePermitter contract.
type CertificatePermitterInterfaceUnsupported struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InterfaceUnsupported()
func CertificatePermitterInterfaceUnsupportedErrorID() common.Hash {
	return common.HexToHash("0xbbaa55aa2fc92f30c42605907f3bd81ddc951507efc1549c83b964205cc8daad")
}

// UnpackInterfaceUnsupportedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InterfaceUnsupported()
func (certificatePermitter *CertificatePermitter) UnpackInterfaceUnsupportedError(raw []byte) (*CertificatePermitterInterfaceUnsupported, error) {
	out := new(CertificatePermitterInterfaceUnsupported)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "InterfaceUnsupported", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterPermitChanged represents a PermitChanged error raised by the CertificatePermitter contract.
type CertificatePermitterPermitChanged struct {
	BlockNumber uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitChanged(uint64 blockNumber)
func CertificatePermitterPermitChangedErrorID() common.Hash {
	return common.HexToHash("0x43c2cf1368f2ea3cf65414bfae204f26c93969f1d0e57e7d9bccab967d3a524c")
}

// UnpackPermitChangedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitChanged(uint64 blockNumber)
func (certificatePermitter *CertificatePermitter) UnpackPermitChangedError(raw []byte) (*CertificatePermitterPermitChanged, error) {
	out := new(CertificatePermitterPermitChanged)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "PermitChanged", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterPermitLonger represents a PermitLonger error raised by the CertificatePermitter contract.
type CertificatePermitterPermitLonger struct {
	Expiry uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitLonger(uint64 expiry)
func CertificatePermitterPermitLongerErrorID() common.Hash {
	return common.HexToHash("0x7df5275666ed4ed7027de1db2a8fb8bb4d839c7dfbc1cc06fcb48c53ce33daa5")
}

// UnpackPermitLongerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitLonger(uint64 expiry)
func (certificatePermitter *CertificatePermitter) UnpackPermitLongerError(raw []byte) (*CertificatePermitterPermitLonger, error) {
	out := new(CertificatePermitterPermitLonger)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "PermitLonger", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterPlatformRefused represents a PlatformRefused error raised by the CertificatePermitter contract.
type CertificatePermitterPlatformRefused struct {
	Platform [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PlatformRefused(bytes32 platform)
func CertificatePermitterPlatformRefusedErrorID() common.Hash {
	return common.HexToHash("0x7268db44855dc2017d991f0dca5825b5c687fa4688291f576c0188be742d812a")
}

// UnpackPlatformRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PlatformRefused(bytes32 platform)
func (certificatePermitter *CertificatePermitter) UnpackPlatformRefusedError(raw []byte) (*CertificatePermitterPlatformRefused, error) {
	out := new(CertificatePermitterPlatformRefused)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "PlatformRefused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterPolicyMissing represents a PolicyMissing error raised by the CertificatePermitter contract.
type CertificatePermitterPolicyMissing struct {
	Identity [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PolicyMissing(bytes32 identity)
func CertificatePermitterPolicyMissingErrorID() common.Hash {
	return common.HexToHash("0x87218469f847084527ec0d9e7252e8b600aa1427ad06cc8635245568896f7b3e")
}

// UnpackPolicyMissingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PolicyMissing(bytes32 identity)
func (certificatePermitter *CertificatePermitter) UnpackPolicyMissingError(raw []byte) (*CertificatePermitterPolicyMissing, error) {
	out := new(CertificatePermitterPolicyMissing)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "PolicyMissing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterPolicyUnfit represents a PolicyUnfit error raised by the CertificatePermitter contract.
type CertificatePermitterPolicyUnfit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PolicyUnfit()
func CertificatePermitterPolicyUnfitErrorID() common.Hash {
	return common.HexToHash("0x9e32efa73fad3c666795ac08345a55f05e98ed80091165bcd21fb0288ff97c78")
}

// UnpackPolicyUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PolicyUnfit()
func (certificatePermitter *CertificatePermitter) UnpackPolicyUnfitError(raw []byte) (*CertificatePermitterPolicyUnfit, error) {
	out := new(CertificatePermitterPolicyUnfit)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "PolicyUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterPrecompileUnavailable represents a PrecompileUnavailable error raised by the CertificatePermitter contract.
type CertificatePermitterPrecompileUnavailable struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PrecompileUnavailable()
func CertificatePermitterPrecompileUnavailableErrorID() common.Hash {
	return common.HexToHash("0x465da7262d2de3cd53dbd14ad9004323672ab6ebdd7a71962b2009a84cb9aae5")
}

// UnpackPrecompileUnavailableError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PrecompileUnavailable()
func (certificatePermitter *CertificatePermitter) UnpackPrecompileUnavailableError(raw []byte) (*CertificatePermitterPrecompileUnavailable, error) {
	out := new(CertificatePermitterPrecompileUnavailable)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "PrecompileUnavailable", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterUnauthorized represents a Unauthorized error raised by the CertificatePermitter contract.
type CertificatePermitterUnauthorized struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Unauthorized()
func CertificatePermitterUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x82b4290015f7ec7256ca2a6247d3c2a89c4865c0e791456df195f40ad0a81367")
}

// UnpackUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Unauthorized()
func (certificatePermitter *CertificatePermitter) UnpackUnauthorizedError(raw []byte) (*CertificatePermitterUnauthorized, error) {
	out := new(CertificatePermitterUnauthorized)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "Unauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CertificatePermitterVersionTooOld represents a VersionTooOld error raised by the CertificatePermitter contract.
type CertificatePermitterVersionTooOld struct {
	Version uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error VersionTooOld(uint64 version)
func CertificatePermitterVersionTooOldErrorID() common.Hash {
	return common.HexToHash("0x5f75a64f72be68d701698adb3b50cc945f6bf7b485e08b23fc49e2a389f8251b")
}

// UnpackVersionTooOldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error VersionTooOld(uint64 version)
func (certificatePermitter *CertificatePermitter) UnpackVersionTooOldError(raw []byte) (*CertificatePermitterVersionTooOld, error) {
	out := new(CertificatePermitterVersionTooOld)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "VersionTooOld", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryMetaData contains all meta data concerning the IdentityRegistry contract.
var IdentityRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"name\":\"CallUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ChangeNotReady\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"ChangeUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"name\":\"ExpiryInPast\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"IdentityExists\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InterfaceUnsupported\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"name\":\"PermitChanged\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"AllPermitsRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"ChangeCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"}],\"name\":\"ChangeScheduled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"delay\",\"type\":\"uint64\"}],\"name\":\"DelayChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"delay\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"DelayScheduled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"IdentityCreated\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"IdentityDestroyed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"IdentityGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"}],\"name\":\"IdentityRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"evidenceDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"policyDigest\",\"type\":\"bytes32\"}],\"name\":\"PermitGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identityId\",\"type\":\"bytes32\"}],\"name\":\"PermitterChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"permitter\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"PermitterScheduled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identityId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"proposed\",\"type\":\"address\"}],\"name\":\"RegistrationTransferProposed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"RegistrationTransferred\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"acceptRegistrationTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"call\",\"type\":\"bytes\"}],\"name\":\"cancelChange\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"permitter\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"pers\",\"type\":\"bytes\"}],\"name\":\"createIdentity\",\"outputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"delayOf\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"delay\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"destroyIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"getPermitter\",\"outputs\":[{\"internalType\":\"contractIPermitter\",\"name\":\"permitter\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"getRegistrant\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"current\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"proposed\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"name\":\"grantIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"duration\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"since\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"evidenceDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policyDigest\",\"type\":\"bytes32\"}],\"name\":\"grantOnEvidence\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"permitChangedAt\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"proposeRegistrationTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"readPermit\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"internalType\":\"structIIdentityRegistry.Permit\",\"name\":\"permit\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"revokeAllPermits\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"}],\"name\":\"revokeIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"change\",\"type\":\"bytes32\"}],\"name\":\"scheduledChange\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"readyAt\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"lapsesAt\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint16\",\"name\":\"delayHours\",\"type\":\"uint16\"}],\"name\":\"setDelay\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"permitter\",\"type\":\"address\"}],\"name\":\"setPermitter\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"pure\",\"type\":\"function\"}]",
	ID:  "IdentityRegistry",
	Bin: "0x608080604052346015576118d5908161001a8239f35b5f80fdfe60806040526004361015610011575f80fd5b5f3560e01c8062deb56614610f9357806301ffc9a714610e7257806316cbbf0f14610e365780631c64357014610ced5780632a43692014610b31578063335a4de414610abf57806355e5bea414610a5157806373397a5714610977578063996d2ff314610894578063b827288314610792578063b9e47a1c14610734578063cf087a44146105e8578063d86d31b71461056a578063e53004da146104df578063e6caeffe14610489578063e7213fc114610344578063f32534ec1461029e5763fcae55b3146100de575f80fd5b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57610115611192565b60243567ffffffffffffffff811161029a57610135903690600401611141565b9061013f836117ab565b8160405191823720604051602081019146835230604083015233606083015260808201526080815261017260a0826111e8565b519020805f52600160205260405f20805473ffffffffffffffffffffffffffffffffffffffff811615908161028e575b50156102625773ffffffffffffffffffffffffffffffffffffffff602093167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055805f526002825260405f2073ffffffffffffffffffffffffffffffffffffffff33167fffffffffffffffffffffffff00000000000000000000000000000000000000008254161790557fc194b2b7f255fb13fcd58d7b529f8f5a81a5791a9fb88b7de25cb5b365dae3f382604051838152a1604051908152f35b507fd38a6589000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b905060f81c155f6101a2565b5f80fd5b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a5760206103326102da611192565b60243590815f526001845264ffffffffff60405f205460c01c16915f526003845273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52835267ffffffffffffffff60405f205460601c16906115be565b67ffffffffffffffff60405191168152f35b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a5760043561037e61116f565b815f52600160205260405f20549073ffffffffffffffffffffffffffffffffffffffff82163314801561045e575b15610436576bffffffff00000000000000008073ffffffffffffffffffffffff000000000000000073ffffffffffffffffffffffffffffffffffffffff9460601c1616164360601b17835f52600360205260405f208383165f5260205260405f205516907f688fc27246238b68e81030e72fb8fcaff541e636719f51fba1f8bf1243d350405f80a3005b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b50825f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f20541633146103ac565b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57604067ffffffffffffffff6104ce600435611555565b835191831682529091166020820152f35b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57600435805f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f20541633036104365761054381611844565b507f35507d132d0eed42e4e398a2cb7dd9cc86f44a2e504c2f0e916eaab6f68cfac85f80a2005b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a576004355f5260026020526040805f20602082516105b5816111cc565b73ffffffffffffffffffffffffffffffffffffffff60018185541694858452015416918291015282519182526020820152f35b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57600435805f52600260205260405f209073ffffffffffffffffffffffffffffffffffffffff60016040519361064b856111cc565b82815416855201541680602084015233036104365760405161066c816111cc565b33815273ffffffffffffffffffffffffffffffffffffffff600181602084015f8152855f526002602052818060405f20965116167fffffffffffffffffffffffff00000000000000000000000000000000000000008654161785555116920191167fffffffffffffffffffffffff000000000000000000000000000000000000000082541617905573ffffffffffffffffffffffffffffffffffffffff33925116907fd742b4b23365a6462b1953f0d0218feb1c2249c96c7036eb9cdc1f6dd7e5bda45f80a4005b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a576004355f526001602052602073ffffffffffffffffffffffffffffffffffffffff60405f205416604051908152f35b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a576107c9611192565b60243560405190602082019282841067ffffffffffffffff851117610867576020936040525f8352815f526003845273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52835260405f2054905f526001835263ffffffff60405f205460a01c1663ffffffff8260401c1614610855575b5067ffffffffffffffff6040519151168152f35b67ffffffffffffffff16815282610841565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57600435805f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f205416330361043657805f5260026020525f600160408220828155015561090c81611844565b80547cffffffffffffffffff0000000000000000000000000000000000000000167f01000000000000000000000000000000000000000000000000000000000000001790557f68629dbb3b5cc9a43165fe5529cb7c3e1f382394b6521d78050971f82b9169b05f80a2005b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a576004356109b161116f565b815f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f20541633036104365773ffffffffffffffffffffffffffffffffffffffff90825f526002602052600160405f20018282167fffffffffffffffffffffffff000000000000000000000000000000000000000082541617905516907f6ff54b8f4b75a53f0bee6cd45a4286754e65532d132b839637312531057536185f80a3005b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57600435610a8b61116f565b815f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f205416330361043657610abd9161146d565b005b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a5760043560243561ffff8116810361029a57815f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f205416330361043657610abd91611345565b3461029a5760c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57600435610b6b61116f565b90610b746111b5565b916064359167ffffffffffffffff831680930361029a57805f52600160205260405f20815f52600360205260405f2073ffffffffffffffffffffffffffffffffffffffff84165f5260205260405f2090549373ffffffffffffffffffffffffffffffffffffffff851633036104365767ffffffffffffffff610c0681845460601c1664ffffffffff8860c01c166115be565b16908111610cc25750610c6763ffffffff67ffffffffffffffff610c2e816020991642611338565b1695610c3c874281116112fa565b60a01c168567ffffffffffffffff6bffffffff000000000000000091169160401b164360601b171790565b90557f431fc48ec0abcc973a970e53db462794ca86c94b160caba792bd1b1ac487958d606073ffffffffffffffffffffffffffffffffffffffff604051948686526084358887015260a43560408701521693a3604051908152f35b7f43c2cf13000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b3461029a5760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a57600435610d2761116f565b90610d306111b5565b815f52600160205260405f20549273ffffffffffffffffffffffffffffffffffffffff841633036104365773ffffffffffffffffffffffffffffffffffffffff606091610de08463ffffffff67ffffffffffffffff7f431fc48ec0abcc973a970e53db462794ca86c94b160caba792bd1b1ac487958d971698610db583428c116112fa565b60a01c169067ffffffffffffffff6bffffffff000000000000000091169160401b164360601b171790565b855f52600360205260405f208383165f5260205260405f205516936040519085857f707a71466f8fe74cb261d93da582c7362f36602b8e7fb69278cba729731ca8a75f80a381525f60208201525f6040820152a3005b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a5760206103326004356112dc565b3461029a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a576004357fffffffff00000000000000000000000000000000000000000000000000000000811680910361029a57807faefcad6e0000000000000000000000000000000000000000000000000000000060209214908115610f69575b8115610f3f575b8115610f15575b506040519015158152f35b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501482610f0a565b7fc07f43570000000000000000000000000000000000000000000000000000000081149150610f03565b7fd9665dcc0000000000000000000000000000000000000000000000000000000081149150610efc565b3461029a5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261029a5760043560243567ffffffffffffffff811161029a57610fe5903690600401611141565b9091805f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f2054163303610436576024821015908161112b575b50156111035767ffffffffffffffff8111610867576040519061106760207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f84011601836111e8565b8082526020820192368282011161029a57815f92602092863783010152519020805f525f60205267ffffffffffffffff60405f205460401c16156110d857805f525f6020525f60408120557fef2393afd41f32c607a123de95d703349edd33ea1d86af21535ea8040ec7d9845f80a2005b7ff52dd69c000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f47a6714a000000000000000000000000000000000000000000000000000000005f5260045ffd5b90508160241161029a576004830135148361101c565b9181601f8401121561029a5782359167ffffffffffffffff831161029a576020838186019501011161029a57565b6024359073ffffffffffffffffffffffffffffffffffffffff8216820361029a57565b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361029a57565b6044359067ffffffffffffffff8216820361029a57565b6040810190811067ffffffffffffffff82111761086757604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761086757604052565b91909167ffffffffffffffff81116108675760405161127060207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f85011601826111e8565b8093828252821161029a5781815f9384602080950137010152565b67ffffffffffffffff610e109116029067ffffffffffffffff82169182036112af57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b5f5260016020526112f761ffff60405f205460e81c1661128b565b90565b156113025750565b67ffffffffffffffff907fe2872af2000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b919082018092116112af57565b805f52600160205260405f209161135c3636611229565b602081519101209061ffff8116916113738361128b565b9261ffff865460e81c16118061144a575b611410575090836020927fff0000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7effff00000000000000000000000000000000000000000000000000000000007ffba85f57cf82854b800eaaecedf45bcb9beb5048a17d566c267ff2aa371976299697549260e81b16911617905567ffffffffffffffff60405191168152a2565b93505060207fc6a7ab32c211eb015967763d846ccbdfa704c499f5267f1d06d0fa7c5e9133029167ffffffffffffffff60405191168152a3565b5061146767ffffffffffffffff611460866112dc565b16826115e5565b15611384565b90611477816117ab565b6114813636611229565b6020815191012061149d67ffffffffffffffff611460856112dc565b15611510575073ffffffffffffffffffffffffffffffffffffffff6114c183611844565b91167fffffffffffffffffffffffff00000000000000000000000000000000000000008254161790557f98ce2a0fb159fd14bd4249db7db60d87ac3094d8501e48e8596794586862a76b5f80a2565b919060207ff2f0a2f7f4fc77b454654e1b8958f3526d3bd48fe11133e270335a583abdd9669173ffffffffffffffffffffffffffffffffffffffff60405191168152a3565b5f525f60205267ffffffffffffffff60405f205460401c1690811580156115a9575b6115a25767ffffffffffffffff8216916212750083018093116112af579167ffffffffffffffff1690565b5f91508190565b506212750082018083116112af574211611577565b9067ffffffffffffffff811667ffffffffffffffff8316115f146115e0575090565b905090565b90815f525f60205260405f209067ffffffffffffffff60405192611608846111cc565b54818116845260401c16916020810192808452821561178a575067ffffffffffffffff8351168015908115611773575b506116b95767ffffffffffffffff9182611653925116611338565b9151168082106116b1575b5080421061167857505f525f6020525f6040812055600190565b67ffffffffffffffff917f8f42a691000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b90505f61165e565b507ffbf66725ef66c4b8d7ca0ee543b0b42044b50b2d59f7ecd238c2f455b9748991915067ffffffffffffffff6116f260209242611338565b166040516116ff816111cc565b67ffffffffffffffff42168152828101828152855f525f845267ffffffffffffffff60405f209251167fffffffffffffffffffffffffffffffff000000000000000000000000000000006fffffffffffffffff00000000000000008454935160401b16921617179055604051908152a25f90565b90506212750081018091116112af5742115f611638565b92505050611799575b50600190565b5f525f6020525f60408120555f611793565b5f6024816020937f01ffc9a70000000000000000000000000000000000000000000000000000000082527f1c331f0a00000000000000000000000000000000000000000000000000000000600452617530fa5f511515601f3d11168161183c575b501561181457565b7fbbaa55aa000000000000000000000000000000000000000000000000000000005f5260045ffd5b90505f61180c565b5f52600160205260405f2090815463ffffffff8160a01c169063ffffffff82146112af577fffffff000000000000000000ffffffffffffffffffffffffffffffffffffffff77ffffffff000000000000000000000000000000000000000060017cffffffffff0000000000000000000000000000000000000000000000004360c01b16940160a01b1691161717825556",
}

// IdentityRegistry is an auto generated Go binding around an Ethereum contract.
type IdentityRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *IdentityRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewIdentityRegistry creates a new instance of IdentityRegistry.
func NewIdentityRegistry() *IdentityRegistry {
	parsed, err := IdentityRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &IdentityRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *IdentityRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackAcceptRegistrationTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcf087a44.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptRegistrationTransfer(bytes32 id) returns()
func (identityRegistry *IdentityRegistry) PackAcceptRegistrationTransfer(id [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("acceptRegistrationTransfer", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptRegistrationTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcf087a44.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptRegistrationTransfer(bytes32 id) returns()
func (identityRegistry *IdentityRegistry) TryPackAcceptRegistrationTransfer(id [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("acceptRegistrationTransfer", id)
}

// PackCancelChange is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00deb566.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancelChange(bytes32 id, bytes call) returns()
func (identityRegistry *IdentityRegistry) PackCancelChange(id [32]byte, call []byte) []byte {
	enc, err := identityRegistry.abi.Pack("cancelChange", id, call)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancelChange is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x00deb566.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancelChange(bytes32 id, bytes call) returns()
func (identityRegistry *IdentityRegistry) TryPackCancelChange(id [32]byte, call []byte) ([]byte, error) {
	return identityRegistry.abi.Pack("cancelChange", id, call)
}

// PackCreateIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfcae55b3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function createIdentity(address permitter, bytes pers) returns(bytes32 id)
func (identityRegistry *IdentityRegistry) PackCreateIdentity(permitter common.Address, pers []byte) []byte {
	enc, err := identityRegistry.abi.Pack("createIdentity", permitter, pers)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCreateIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfcae55b3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function createIdentity(address permitter, bytes pers) returns(bytes32 id)
func (identityRegistry *IdentityRegistry) TryPackCreateIdentity(permitter common.Address, pers []byte) ([]byte, error) {
	return identityRegistry.abi.Pack("createIdentity", permitter, pers)
}

// UnpackCreateIdentity is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfcae55b3.
//
// Solidity: function createIdentity(address permitter, bytes pers) returns(bytes32 id)
func (identityRegistry *IdentityRegistry) UnpackCreateIdentity(data []byte) ([32]byte, error) {
	out, err := identityRegistry.abi.Unpack("createIdentity", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackDelayOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16cbbf0f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function delayOf(bytes32 id) view returns(uint64 delay)
func (identityRegistry *IdentityRegistry) PackDelayOf(id [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("delayOf", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDelayOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16cbbf0f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function delayOf(bytes32 id) view returns(uint64 delay)
func (identityRegistry *IdentityRegistry) TryPackDelayOf(id [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("delayOf", id)
}

// UnpackDelayOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x16cbbf0f.
//
// Solidity: function delayOf(bytes32 id) view returns(uint64 delay)
func (identityRegistry *IdentityRegistry) UnpackDelayOf(data []byte) (uint64, error) {
	out, err := identityRegistry.abi.Unpack("delayOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackDestroyIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x996d2ff3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function destroyIdentity(bytes32 id) returns()
func (identityRegistry *IdentityRegistry) PackDestroyIdentity(id [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("destroyIdentity", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDestroyIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x996d2ff3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function destroyIdentity(bytes32 id) returns()
func (identityRegistry *IdentityRegistry) TryPackDestroyIdentity(id [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("destroyIdentity", id)
}

// PackGetPermitter is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb9e47a1c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getPermitter(bytes32 id) view returns(address permitter)
func (identityRegistry *IdentityRegistry) PackGetPermitter(id [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("getPermitter", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetPermitter is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb9e47a1c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getPermitter(bytes32 id) view returns(address permitter)
func (identityRegistry *IdentityRegistry) TryPackGetPermitter(id [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("getPermitter", id)
}

// UnpackGetPermitter is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb9e47a1c.
//
// Solidity: function getPermitter(bytes32 id) view returns(address permitter)
func (identityRegistry *IdentityRegistry) UnpackGetPermitter(data []byte) (common.Address, error) {
	out, err := identityRegistry.abi.Unpack("getPermitter", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGetRegistrant is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd86d31b7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRegistrant(bytes32 id) view returns(address current, address proposed)
func (identityRegistry *IdentityRegistry) PackGetRegistrant(id [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("getRegistrant", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRegistrant is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd86d31b7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRegistrant(bytes32 id) view returns(address current, address proposed)
func (identityRegistry *IdentityRegistry) TryPackGetRegistrant(id [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("getRegistrant", id)
}

// GetRegistrantOutput serves as a container for the return parameters of contract
// method GetRegistrant.
type GetRegistrantOutput struct {
	Current  common.Address
	Proposed common.Address
}

// UnpackGetRegistrant is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd86d31b7.
//
// Solidity: function getRegistrant(bytes32 id) view returns(address current, address proposed)
func (identityRegistry *IdentityRegistry) UnpackGetRegistrant(data []byte) (GetRegistrantOutput, error) {
	out, err := identityRegistry.abi.Unpack("getRegistrant", data)
	outstruct := new(GetRegistrantOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Current = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Proposed = *abi.ConvertType(out[1], new(common.Address)).(*common.Address)
	return *outstruct, nil
}

// PackGrantIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1c643570.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantIdentity(bytes32 id, address to, uint64 expiry) returns()
func (identityRegistry *IdentityRegistry) PackGrantIdentity(id [32]byte, to common.Address, expiry uint64) []byte {
	enc, err := identityRegistry.abi.Pack("grantIdentity", id, to, expiry)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrantIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1c643570.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grantIdentity(bytes32 id, address to, uint64 expiry) returns()
func (identityRegistry *IdentityRegistry) TryPackGrantIdentity(id [32]byte, to common.Address, expiry uint64) ([]byte, error) {
	return identityRegistry.abi.Pack("grantIdentity", id, to, expiry)
}

// PackGrantOnEvidence is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2a436920.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantOnEvidence(bytes32 id, address to, uint64 duration, uint64 since, bytes32 evidenceDigest, bytes32 policyDigest) returns(uint64 expiry)
func (identityRegistry *IdentityRegistry) PackGrantOnEvidence(id [32]byte, to common.Address, duration uint64, since uint64, evidenceDigest [32]byte, policyDigest [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("grantOnEvidence", id, to, duration, since, evidenceDigest, policyDigest)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrantOnEvidence is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2a436920.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grantOnEvidence(bytes32 id, address to, uint64 duration, uint64 since, bytes32 evidenceDigest, bytes32 policyDigest) returns(uint64 expiry)
func (identityRegistry *IdentityRegistry) TryPackGrantOnEvidence(id [32]byte, to common.Address, duration uint64, since uint64, evidenceDigest [32]byte, policyDigest [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("grantOnEvidence", id, to, duration, since, evidenceDigest, policyDigest)
}

// UnpackGrantOnEvidence is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2a436920.
//
// Solidity: function grantOnEvidence(bytes32 id, address to, uint64 duration, uint64 since, bytes32 evidenceDigest, bytes32 policyDigest) returns(uint64 expiry)
func (identityRegistry *IdentityRegistry) UnpackGrantOnEvidence(data []byte) (uint64, error) {
	out, err := identityRegistry.abi.Unpack("grantOnEvidence", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPermitChangedAt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf32534ec.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function permitChangedAt(address holder, bytes32 identity) view returns(uint64 blockNumber)
func (identityRegistry *IdentityRegistry) PackPermitChangedAt(holder common.Address, identity [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("permitChangedAt", holder, identity)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPermitChangedAt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf32534ec.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function permitChangedAt(address holder, bytes32 identity) view returns(uint64 blockNumber)
func (identityRegistry *IdentityRegistry) TryPackPermitChangedAt(holder common.Address, identity [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("permitChangedAt", holder, identity)
}

// UnpackPermitChangedAt is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf32534ec.
//
// Solidity: function permitChangedAt(address holder, bytes32 identity) view returns(uint64 blockNumber)
func (identityRegistry *IdentityRegistry) UnpackPermitChangedAt(data []byte) (uint64, error) {
	out, err := identityRegistry.abi.Unpack("permitChangedAt", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackProposeRegistrationTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x73397a57.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function proposeRegistrationTransfer(bytes32 id, address to) returns()
func (identityRegistry *IdentityRegistry) PackProposeRegistrationTransfer(id [32]byte, to common.Address) []byte {
	enc, err := identityRegistry.abi.Pack("proposeRegistrationTransfer", id, to)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackProposeRegistrationTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x73397a57.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function proposeRegistrationTransfer(bytes32 id, address to) returns()
func (identityRegistry *IdentityRegistry) TryPackProposeRegistrationTransfer(id [32]byte, to common.Address) ([]byte, error) {
	return identityRegistry.abi.Pack("proposeRegistrationTransfer", id, to)
}

// PackReadPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb8272883.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function readPermit(address holder, bytes32 identity) view returns((uint64) permit)
func (identityRegistry *IdentityRegistry) PackReadPermit(holder common.Address, identity [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("readPermit", holder, identity)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackReadPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb8272883.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function readPermit(address holder, bytes32 identity) view returns((uint64) permit)
func (identityRegistry *IdentityRegistry) TryPackReadPermit(holder common.Address, identity [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("readPermit", holder, identity)
}

// UnpackReadPermit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb8272883.
//
// Solidity: function readPermit(address holder, bytes32 identity) view returns((uint64) permit)
func (identityRegistry *IdentityRegistry) UnpackReadPermit(data []byte) (IIdentityRegistryPermit, error) {
	out, err := identityRegistry.abi.Unpack("readPermit", data)
	if err != nil {
		return *new(IIdentityRegistryPermit), err
	}
	out0 := *abi.ConvertType(out[0], new(IIdentityRegistryPermit)).(*IIdentityRegistryPermit)
	return out0, nil
}

// PackRevokeAllPermits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe53004da.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revokeAllPermits(bytes32 id) returns()
func (identityRegistry *IdentityRegistry) PackRevokeAllPermits(id [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("revokeAllPermits", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevokeAllPermits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe53004da.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revokeAllPermits(bytes32 id) returns()
func (identityRegistry *IdentityRegistry) TryPackRevokeAllPermits(id [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("revokeAllPermits", id)
}

// PackRevokeIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe7213fc1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revokeIdentity(bytes32 id, address from) returns()
func (identityRegistry *IdentityRegistry) PackRevokeIdentity(id [32]byte, from common.Address) []byte {
	enc, err := identityRegistry.abi.Pack("revokeIdentity", id, from)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevokeIdentity is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe7213fc1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revokeIdentity(bytes32 id, address from) returns()
func (identityRegistry *IdentityRegistry) TryPackRevokeIdentity(id [32]byte, from common.Address) ([]byte, error) {
	return identityRegistry.abi.Pack("revokeIdentity", id, from)
}

// PackScheduledChange is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6caeffe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function scheduledChange(bytes32 change) view returns(uint64 readyAt, uint64 lapsesAt)
func (identityRegistry *IdentityRegistry) PackScheduledChange(change [32]byte) []byte {
	enc, err := identityRegistry.abi.Pack("scheduledChange", change)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackScheduledChange is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6caeffe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function scheduledChange(bytes32 change) view returns(uint64 readyAt, uint64 lapsesAt)
func (identityRegistry *IdentityRegistry) TryPackScheduledChange(change [32]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("scheduledChange", change)
}

// UnpackScheduledChange is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe6caeffe.
//
// Solidity: function scheduledChange(bytes32 change) view returns(uint64 readyAt, uint64 lapsesAt)
func (identityRegistry *IdentityRegistry) UnpackScheduledChange(data []byte) (ScheduledChangeOutput, error) {
	out, err := identityRegistry.abi.Unpack("scheduledChange", data)
	outstruct := new(ScheduledChangeOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.ReadyAt = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.LapsesAt = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackSetDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x335a4de4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setDelay(bytes32 id, uint16 delayHours) returns()
func (identityRegistry *IdentityRegistry) PackSetDelay(id [32]byte, delayHours uint16) []byte {
	enc, err := identityRegistry.abi.Pack("setDelay", id, delayHours)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x335a4de4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setDelay(bytes32 id, uint16 delayHours) returns()
func (identityRegistry *IdentityRegistry) TryPackSetDelay(id [32]byte, delayHours uint16) ([]byte, error) {
	return identityRegistry.abi.Pack("setDelay", id, delayHours)
}

// PackSetPermitter is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55e5bea4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setPermitter(bytes32 id, address permitter) returns()
func (identityRegistry *IdentityRegistry) PackSetPermitter(id [32]byte, permitter common.Address) []byte {
	enc, err := identityRegistry.abi.Pack("setPermitter", id, permitter)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetPermitter is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55e5bea4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setPermitter(bytes32 id, address permitter) returns()
func (identityRegistry *IdentityRegistry) TryPackSetPermitter(id [32]byte, permitter common.Address) ([]byte, error) {
	return identityRegistry.abi.Pack("setPermitter", id, permitter)
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (identityRegistry *IdentityRegistry) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := identityRegistry.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (identityRegistry *IdentityRegistry) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return identityRegistry.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (identityRegistry *IdentityRegistry) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := identityRegistry.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// IdentityRegistryAllPermitsRevoked represents a AllPermitsRevoked event raised by the IdentityRegistry contract.
type IdentityRegistryAllPermitsRevoked struct {
	Id  [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryAllPermitsRevokedEventName = "AllPermitsRevoked"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryAllPermitsRevoked) ContractEventName() string {
	return IdentityRegistryAllPermitsRevokedEventName
}

// UnpackAllPermitsRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event AllPermitsRevoked(bytes32 indexed id)
func (identityRegistry *IdentityRegistry) UnpackAllPermitsRevokedEvent(log *types.Log) (*IdentityRegistryAllPermitsRevoked, error) {
	event := "AllPermitsRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryAllPermitsRevoked)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryChangeCancelled represents a ChangeCancelled event raised by the IdentityRegistry contract.
type IdentityRegistryChangeCancelled struct {
	Change [32]byte
	Raw    *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryChangeCancelledEventName = "ChangeCancelled"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryChangeCancelled) ContractEventName() string {
	return IdentityRegistryChangeCancelledEventName
}

// UnpackChangeCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ChangeCancelled(bytes32 indexed change)
func (identityRegistry *IdentityRegistry) UnpackChangeCancelledEvent(log *types.Log) (*IdentityRegistryChangeCancelled, error) {
	event := "ChangeCancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryChangeCancelled)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryChangeScheduled represents a ChangeScheduled event raised by the IdentityRegistry contract.
type IdentityRegistryChangeScheduled struct {
	Change  [32]byte
	ReadyAt uint64
	Raw     *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryChangeScheduledEventName = "ChangeScheduled"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryChangeScheduled) ContractEventName() string {
	return IdentityRegistryChangeScheduledEventName
}

// UnpackChangeScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ChangeScheduled(bytes32 indexed change, uint64 readyAt)
func (identityRegistry *IdentityRegistry) UnpackChangeScheduledEvent(log *types.Log) (*IdentityRegistryChangeScheduled, error) {
	event := "ChangeScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryChangeScheduled)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryDelayChanged represents a DelayChanged event raised by the IdentityRegistry contract.
type IdentityRegistryDelayChanged struct {
	Id    [32]byte
	Delay uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryDelayChangedEventName = "DelayChanged"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryDelayChanged) ContractEventName() string {
	return IdentityRegistryDelayChangedEventName
}

// UnpackDelayChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DelayChanged(bytes32 indexed id, uint64 delay)
func (identityRegistry *IdentityRegistry) UnpackDelayChangedEvent(log *types.Log) (*IdentityRegistryDelayChanged, error) {
	event := "DelayChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryDelayChanged)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryDelayScheduled represents a DelayScheduled event raised by the IdentityRegistry contract.
type IdentityRegistryDelayScheduled struct {
	Id     [32]byte
	Delay  uint64
	Change [32]byte
	Raw    *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryDelayScheduledEventName = "DelayScheduled"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryDelayScheduled) ContractEventName() string {
	return IdentityRegistryDelayScheduledEventName
}

// UnpackDelayScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DelayScheduled(bytes32 indexed id, uint64 delay, bytes32 indexed change)
func (identityRegistry *IdentityRegistry) UnpackDelayScheduledEvent(log *types.Log) (*IdentityRegistryDelayScheduled, error) {
	event := "DelayScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryDelayScheduled)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryIdentityCreated represents a IdentityCreated event raised by the IdentityRegistry contract.
type IdentityRegistryIdentityCreated struct {
	Id  [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryIdentityCreatedEventName = "IdentityCreated"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryIdentityCreated) ContractEventName() string {
	return IdentityRegistryIdentityCreatedEventName
}

// UnpackIdentityCreatedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event IdentityCreated(bytes32 id)
func (identityRegistry *IdentityRegistry) UnpackIdentityCreatedEvent(log *types.Log) (*IdentityRegistryIdentityCreated, error) {
	event := "IdentityCreated"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryIdentityCreated)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryIdentityDestroyed represents a IdentityDestroyed event raised by the IdentityRegistry contract.
type IdentityRegistryIdentityDestroyed struct {
	Id  [32]byte
	Raw *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryIdentityDestroyedEventName = "IdentityDestroyed"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryIdentityDestroyed) ContractEventName() string {
	return IdentityRegistryIdentityDestroyedEventName
}

// UnpackIdentityDestroyedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event IdentityDestroyed(bytes32 indexed id)
func (identityRegistry *IdentityRegistry) UnpackIdentityDestroyedEvent(log *types.Log) (*IdentityRegistryIdentityDestroyed, error) {
	event := "IdentityDestroyed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryIdentityDestroyed)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryIdentityGranted represents a IdentityGranted event raised by the IdentityRegistry contract.
type IdentityRegistryIdentityGranted struct {
	Id  [32]byte
	To  common.Address
	Raw *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryIdentityGrantedEventName = "IdentityGranted"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryIdentityGranted) ContractEventName() string {
	return IdentityRegistryIdentityGrantedEventName
}

// UnpackIdentityGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event IdentityGranted(bytes32 indexed id, address indexed to)
func (identityRegistry *IdentityRegistry) UnpackIdentityGrantedEvent(log *types.Log) (*IdentityRegistryIdentityGranted, error) {
	event := "IdentityGranted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryIdentityGranted)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryIdentityRevoked represents a IdentityRevoked event raised by the IdentityRegistry contract.
type IdentityRegistryIdentityRevoked struct {
	Id   [32]byte
	From common.Address
	Raw  *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryIdentityRevokedEventName = "IdentityRevoked"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryIdentityRevoked) ContractEventName() string {
	return IdentityRegistryIdentityRevokedEventName
}

// UnpackIdentityRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event IdentityRevoked(bytes32 indexed id, address indexed from)
func (identityRegistry *IdentityRegistry) UnpackIdentityRevokedEvent(log *types.Log) (*IdentityRegistryIdentityRevoked, error) {
	event := "IdentityRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryIdentityRevoked)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryPermitGranted represents a PermitGranted event raised by the IdentityRegistry contract.
type IdentityRegistryPermitGranted struct {
	Id             [32]byte
	Holder         common.Address
	Expiry         uint64
	EvidenceDigest [32]byte
	PolicyDigest   [32]byte
	Raw            *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryPermitGrantedEventName = "PermitGranted"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryPermitGranted) ContractEventName() string {
	return IdentityRegistryPermitGrantedEventName
}

// UnpackPermitGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PermitGranted(bytes32 indexed id, address indexed holder, uint64 expiry, bytes32 evidenceDigest, bytes32 policyDigest)
func (identityRegistry *IdentityRegistry) UnpackPermitGrantedEvent(log *types.Log) (*IdentityRegistryPermitGranted, error) {
	event := "PermitGranted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryPermitGranted)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryPermitterChanged represents a PermitterChanged event raised by the IdentityRegistry contract.
type IdentityRegistryPermitterChanged struct {
	IdentityId [32]byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryPermitterChangedEventName = "PermitterChanged"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryPermitterChanged) ContractEventName() string {
	return IdentityRegistryPermitterChangedEventName
}

// UnpackPermitterChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PermitterChanged(bytes32 indexed identityId)
func (identityRegistry *IdentityRegistry) UnpackPermitterChangedEvent(log *types.Log) (*IdentityRegistryPermitterChanged, error) {
	event := "PermitterChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryPermitterChanged)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryPermitterScheduled represents a PermitterScheduled event raised by the IdentityRegistry contract.
type IdentityRegistryPermitterScheduled struct {
	Id        [32]byte
	Permitter common.Address
	Change    [32]byte
	Raw       *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryPermitterScheduledEventName = "PermitterScheduled"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryPermitterScheduled) ContractEventName() string {
	return IdentityRegistryPermitterScheduledEventName
}

// UnpackPermitterScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PermitterScheduled(bytes32 indexed id, address permitter, bytes32 indexed change)
func (identityRegistry *IdentityRegistry) UnpackPermitterScheduledEvent(log *types.Log) (*IdentityRegistryPermitterScheduled, error) {
	event := "PermitterScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryPermitterScheduled)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryRegistrationTransferProposed represents a RegistrationTransferProposed event raised by the IdentityRegistry contract.
type IdentityRegistryRegistrationTransferProposed struct {
	IdentityId [32]byte
	Proposed   common.Address
	Raw        *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryRegistrationTransferProposedEventName = "RegistrationTransferProposed"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryRegistrationTransferProposed) ContractEventName() string {
	return IdentityRegistryRegistrationTransferProposedEventName
}

// UnpackRegistrationTransferProposedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RegistrationTransferProposed(bytes32 indexed identityId, address indexed proposed)
func (identityRegistry *IdentityRegistry) UnpackRegistrationTransferProposedEvent(log *types.Log) (*IdentityRegistryRegistrationTransferProposed, error) {
	event := "RegistrationTransferProposed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryRegistrationTransferProposed)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// IdentityRegistryRegistrationTransferred represents a RegistrationTransferred event raised by the IdentityRegistry contract.
type IdentityRegistryRegistrationTransferred struct {
	Id   [32]byte
	From common.Address
	To   common.Address
	Raw  *types.Log // Blockchain specific contextual infos
}

const IdentityRegistryRegistrationTransferredEventName = "RegistrationTransferred"

// ContractEventName returns the user-defined event name.
func (IdentityRegistryRegistrationTransferred) ContractEventName() string {
	return IdentityRegistryRegistrationTransferredEventName
}

// UnpackRegistrationTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RegistrationTransferred(bytes32 indexed id, address indexed from, address indexed to)
func (identityRegistry *IdentityRegistry) UnpackRegistrationTransferredEvent(log *types.Log) (*IdentityRegistryRegistrationTransferred, error) {
	event := "RegistrationTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != identityRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IdentityRegistryRegistrationTransferred)
	if len(log.Data) > 0 {
		if err := identityRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range identityRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (identityRegistry *IdentityRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["CallUnfit"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackCallUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["ChangeNotReady"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackChangeNotReadyError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["ChangeUnknown"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackChangeUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["ExpiryInPast"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackExpiryInPastError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["IdentityExists"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackIdentityExistsError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["InterfaceUnsupported"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackInterfaceUnsupportedError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["PermitChanged"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackPermitChangedError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackUnauthorizedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// IdentityRegistryCallUnfit represents a CallUnfit error raised by the IdentityRegistry contract.
type IdentityRegistryCallUnfit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CallUnfit()
func IdentityRegistryCallUnfitErrorID() common.Hash {
	return common.HexToHash("0x47a6714a94e6721f2125d9eb4ee3096d83b7a24530b2afc2db1d59ef254d804a")
}

// UnpackCallUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CallUnfit()
func (identityRegistry *IdentityRegistry) UnpackCallUnfitError(raw []byte) (*IdentityRegistryCallUnfit, error) {
	out := new(IdentityRegistryCallUnfit)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "CallUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryChangeNotReady represents a ChangeNotReady error raised by the IdentityRegistry contract.
type IdentityRegistryChangeNotReady struct {
	Change  [32]byte
	ReadyAt uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ChangeNotReady(bytes32 change, uint64 readyAt)
func IdentityRegistryChangeNotReadyErrorID() common.Hash {
	return common.HexToHash("0x8f42a691f0de31dd3ecbc6928b0add37485bcec7a0f202fd97d1d51bcd18f683")
}

// UnpackChangeNotReadyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ChangeNotReady(bytes32 change, uint64 readyAt)
func (identityRegistry *IdentityRegistry) UnpackChangeNotReadyError(raw []byte) (*IdentityRegistryChangeNotReady, error) {
	out := new(IdentityRegistryChangeNotReady)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "ChangeNotReady", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryChangeUnknown represents a ChangeUnknown error raised by the IdentityRegistry contract.
type IdentityRegistryChangeUnknown struct {
	Change [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ChangeUnknown(bytes32 change)
func IdentityRegistryChangeUnknownErrorID() common.Hash {
	return common.HexToHash("0xf52dd69ca4ac1933d27f0d17c9ea9e222c57e10437481170fb84356bd418d1fc")
}

// UnpackChangeUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ChangeUnknown(bytes32 change)
func (identityRegistry *IdentityRegistry) UnpackChangeUnknownError(raw []byte) (*IdentityRegistryChangeUnknown, error) {
	out := new(IdentityRegistryChangeUnknown)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "ChangeUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryExpiryInPast represents a ExpiryInPast error raised by the IdentityRegistry contract.
type IdentityRegistryExpiryInPast struct {
	Expiry uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExpiryInPast(uint64 expiry)
func IdentityRegistryExpiryInPastErrorID() common.Hash {
	return common.HexToHash("0xe2872af20a0ac9b5cd03c6c4f4661b06215d5ec59979b7667d0d6c72604083cf")
}

// UnpackExpiryInPastError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExpiryInPast(uint64 expiry)
func (identityRegistry *IdentityRegistry) UnpackExpiryInPastError(raw []byte) (*IdentityRegistryExpiryInPast, error) {
	out := new(IdentityRegistryExpiryInPast)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "ExpiryInPast", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryIdentityExists represents a IdentityExists error raised by the IdentityRegistry contract.
type IdentityRegistryIdentityExists struct {
	Id [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error IdentityExists(bytes32 id)
func IdentityRegistryIdentityExistsErrorID() common.Hash {
	return common.HexToHash("0xd38a6589dde805d78d739f6478ac7a19c4f64afaec5de21f5f8173335656f1cd")
}

// UnpackIdentityExistsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error IdentityExists(bytes32 id)
func (identityRegistry *IdentityRegistry) UnpackIdentityExistsError(raw []byte) (*IdentityRegistryIdentityExists, error) {
	out := new(IdentityRegistryIdentityExists)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "IdentityExists", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryInterfaceUnsupported represents a InterfaceUnsupported error raised by the IdentityRegistry contract.
type IdentityRegistryInterfaceUnsupported struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InterfaceUnsupported()
func IdentityRegistryInterfaceUnsupportedErrorID() common.Hash {
	return common.HexToHash("0xbbaa55aa2fc92f30c42605907f3bd81ddc951507efc1549c83b964205cc8daad")
}

// UnpackInterfaceUnsupportedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InterfaceUnsupported()
func (identityRegistry *IdentityRegistry) UnpackInterfaceUnsupportedError(raw []byte) (*IdentityRegistryInterfaceUnsupported, error) {
	out := new(IdentityRegistryInterfaceUnsupported)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "InterfaceUnsupported", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryPermitChanged represents a PermitChanged error raised by the IdentityRegistry contract.
type IdentityRegistryPermitChanged struct {
	BlockNumber uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitChanged(uint64 blockNumber)
func IdentityRegistryPermitChangedErrorID() common.Hash {
	return common.HexToHash("0x43c2cf1368f2ea3cf65414bfae204f26c93969f1d0e57e7d9bccab967d3a524c")
}

// UnpackPermitChangedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitChanged(uint64 blockNumber)
func (identityRegistry *IdentityRegistry) UnpackPermitChangedError(raw []byte) (*IdentityRegistryPermitChanged, error) {
	out := new(IdentityRegistryPermitChanged)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "PermitChanged", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IdentityRegistryUnauthorized represents a Unauthorized error raised by the IdentityRegistry contract.
type IdentityRegistryUnauthorized struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Unauthorized()
func IdentityRegistryUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x82b4290015f7ec7256ca2a6247d3c2a89c4865c0e791456df195f40ad0a81367")
}

// UnpackUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Unauthorized()
func (identityRegistry *IdentityRegistry) UnpackUnauthorizedError(raw []byte) (*IdentityRegistryUnauthorized, error) {
	out := new(IdentityRegistryUnauthorized)
	if err := identityRegistry.abi.UnpackIntoInterface(out, "Unauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkMetaData contains all meta data concerning the KeyNetwork contract.
var KeyNetworkMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"governor_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"enumIKeyNetwork.Phase\",\"name\":\"phase\",\"type\":\"uint8\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"}],\"name\":\"AlreadyPosted\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"CertificateInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"dealer\",\"type\":\"uint256\"}],\"name\":\"DealingMissing\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GroupKeyInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"}],\"name\":\"MemberUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"}],\"name\":\"MessageUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"enumIKeyNetwork.Phase\",\"name\":\"phase\",\"type\":\"uint8\"}],\"name\":\"PhaseIs\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"phaseBlocks\",\"type\":\"uint256\"}],\"name\":\"PhaseUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PrecompileUnavailable\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"confirmations\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"threshold\",\"type\":\"uint256\"}],\"name\":\"QuorumNotReached\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"SessionRunning\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"threshold\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"members\",\"type\":\"uint256\"}],\"name\":\"ThresholdUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"member\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"complaint\",\"type\":\"bytes\"}],\"name\":\"Complained\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"member\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"Confirmed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"dealer\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"dealing\",\"type\":\"bytes\"}],\"name\":\"Dealt\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"EpochAborted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"groupKeyDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"commitments\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"transcript\",\"type\":\"bytes32\"}],\"name\":\"EpochCertified\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"previous\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"sessionId\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"encryptionKey\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structIKeyNetwork.Member[]\",\"name\":\"members\",\"type\":\"tuple[]\"}],\"name\":\"EpochStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"dealer\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"justification\",\"type\":\"bytes\"}],\"name\":\"Justified\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_MEMBERS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_MESSAGE\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_PHASE\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MIN_PHASE\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"abortEpoch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"activeEpoch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"groupKey_\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"commitments\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"certify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"complaint\",\"type\":\"bytes\"}],\"name\":\"complain\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"groupKeyDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"commitments\",\"type\":\"bytes32\"}],\"name\":\"completionDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"confirm\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"confirmationsOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"count\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"dealing\",\"type\":\"bytes\"}],\"name\":\"deal\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"epochOf\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"sessionId\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"transcript\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"commitments\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"startBlock\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"previous\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"phaseBlocks\",\"type\":\"uint32\"},{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"size\",\"type\":\"uint8\"}],\"internalType\":\"structIKeyNetwork.Epoch\",\"name\":\"record\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"governor\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"groupKey\",\"outputs\":[{\"internalType\":\"bytes\",\"name\":\"\",\"type\":\"bytes\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"indexOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"justification\",\"type\":\"bytes\"}],\"name\":\"justify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"latestEpoch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"membersOf\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"encryptionKey\",\"type\":\"bytes32\"}],\"internalType\":\"structIKeyNetwork.Member[]\",\"name\":\"members\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"phaseOf\",\"outputs\":[{\"internalType\":\"enumIKeyNetwork.Phase\",\"name\":\"phase\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"enumIKeyNetwork.Phase\",\"name\":\"phase\",\"type\":\"uint8\"},{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"}],\"name\":\"postOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"encryptionKey\",\"type\":\"bytes32\"}],\"internalType\":\"structIKeyNetwork.Member[]\",\"name\":\"members\",\"type\":\"tuple[]\"},{\"internalType\":\"uint8\",\"name\":\"threshold_\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"phaseBlocks\",\"type\":\"uint32\"}],\"name\":\"startEpoch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"name\":\"threshold\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "KeyNetwork",
	Bin: "0x60a0806040523461016357602081612ae0803803809161001f8285610167565b83398101031261016357516001600160a01b0381168082036101635715610155576100a6604051610051606082610167565b603481527f45534352494e2d56312d434f4d504c4554494f4e2d424c53313233383147315f60208201527f584d443a5348412d3235365f535357555f524f5f00000000000000000000000060408201526101de565b7f5425ae280c488abc0f53e05273d469232dbf35d1a78615b519d3ec0e5468de068151602083012003610146576100e86100ed916100e2610347565b9061019e565b61044f565b610146576101186100e860405161010560a082610167565b60808082523660208301376100e2610347565b156101465760805260405161252d9081610573823960805181818161146701528181611b860152611cd60152f35b63232ed39360e11b5f5260045ffd5b6282b42960e81b5f5260045ffd5b5f80fd5b601f909101601f19168101906001600160401b0382119082101761018a57604052565b634e487b7160e01b5f52604160045260245ffd5b6101dc906020808095946040519684889551918291018487015e8401908282015f8152815193849201905e01015f815203601f198101845283610167565b565b90604051916101ee60a084610167565b6080808452602084019381368637936101006040518360208183019680519182916040368b377f9e1d11c4979913e900bc651aa2d56d7e9b9b370b5691703d692294d9fd43955360c0870152600160f71b60e08701520160e385015e8060e3818501015360408460205f606485018b60026207a120fa60203d14169260205f5191602260c289019101838252600460e28a019760018953848b848660026207a120fa853d141616978a518618845260028153848b0198858a858760026207a120fa863d14161698518618845260038153878b0198858a858760026207a120fa863d14161695895118845253606089019160026207a120fa60203d1416166102f486610470565b6102fd84610470565b848a848860106207a120fa853d14161694019160106207a120fa843d14161693600b6207a120fa60803d1416161561033157565b9050604051610341602082610167565b5f815290565b6040516f024aa2b2f08f0a91260805272dc5105160208201527fc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb860408201526f13e02b6052719f607dacd3a088274f6560608201527f596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e60808201526f0d1b3cc2c7027888be51d9ef691d77bc60a08201527fb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa60c08201526f13fa4d4a0ad8b1ce186ed5061789213d60e08201527f993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed610100820152610100815261044c61012082610167565b90565b5f80805281516020928301600f6207a120fa60015f51149060203d14161690565b805160208201805190915f195f516020612ac05f395f51905f5282095f516020612ac05f395f51905f528202808210910303607c1c5f516020612aa05f395f51905f528102915f195f516020612aa05f395f51905f528309916f1a0111ea397fe69a4b1ba7b6434bacd784861093858082109103039102019003039103925f516020612aa05f395f51905f52841080156f1a0111ea397fe69a4b1ba7b6434bacd78414166f1a0111ea397fe69a4b1ba7b6434bacd784111761053157505252565b9091036f1a0111ea397fe69a4b1ba7b6434bacd6190190527f9b88b47b0c7aed4098cf2d5f094f09dbe15400014eac0000460100000000555591909101905256fe6080806040526004361015610012575f80fd5b5f3560e01c9081630c340a2414611c8e5750806311f8dec614611c2e578063265759ca14611b3857806330b7064514611afd5780633844353c146113b95780633ce808fa146113805780636c59ff82146113465780636da830a2146112f65780638de6b6b91461125e5780639037d9ca146111da57806391a9abba146111135780639cb118bf146110cc5780639f6b4a3b146110885780639f7454a814610e95578063a3d54b7714610d45578063a4e9ce9e1461069d578063b6de013014610592578063bf363f7f1461051a578063d7ea5f0714610348578063e6ce8854146102f7578063ea0e35b1146102be578063f69c8d911461025b5763fadb476814610119575f80fd5b346102575760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575767ffffffffffffffff610159611cfa565b5f60e060405161016881611ea4565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201520152165f52600960205261010060405f2060ff67ffffffffffffffff81604051936101b985611ea4565b63ffffffff815495868152846001840154602083019081526003600286015495604085019687520154968795606085019082881682526080860193838960401c1685528960e060a08901988a8c60801c168a528260c082019c60a01c168c52019b60a81c168b526040519c8d525160208d01525160408c0152511660608a015251166080880152511660a0860152511660c0840152511660e0820152f35b5f80fd5b346102575760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575767ffffffffffffffff61029b611cfa565b165f52600d60205260405f206024355f52602052602060405f2054604051908152f35b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757602060405160808152f35b346102575760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610257576020610340610333611cfa565b6044359060243590612167565b604051908152f35b346102575760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575761037f611cfa565b60243561038b8261228e565b9181156104f257806103a7600467ffffffffffffffff93612265565b1690815f52600c6020526103bf600460405f206120ed565b835f5260205260405f205461049157815f52600c6020526103e4600460405f206120ed565b835f526020528060405f2055815f52600d60205260405f20815f5260205260405f20908154907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8214610464577f01cb5f584d3daaa266ff65446cbb01d35f7c5c394e3c85819aefa21bebac2d65926001602093019055604051908152a3005b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b507f54c368ff000000000000000000000000000000000000000000000000000000005f52600452600460245260445260645ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b7fc108107c000000000000000000000000000000000000000000000000000000005f5260045ffd5b346102575760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757610551611cfa565b60243560088110156102575767ffffffffffffffff61057b92165f52600c60205260405f206120ed565b6044355f52602052602060405f2054604051908152f35b34610257576105a036611d7b565b916105aa8161228e565b9280151580610690575b156106655767ffffffffffffffff6105cd368386612103565b60208151910120926105e284876002846122cd565b1692835f526009602052600160405f20018054604051602081019182526008600210156104c5577f4d5a9f4a1e61ead3dba19f8238fd74ad4915ddfd30d0f525ee1068214abff0f3956002604083015288606083015260808201526080815261064c60a082611f0a565b51902090556106606040519283928361204f565b0390a3005b7f245f7473000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b506201d4c08111156105b4565b346102575760807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610257576106d4611cfa565b60243567ffffffffffffffff8111610257576106f4903690600401611d4d565b6044929192359160643567ffffffffffffffff81116102575761071b903690600401611d4d565b909461072683611f4b565b60088110156104c5578084600461073d9314611dde565b67ffffffffffffffff831695865f52600960205260405f209461077387610765368487612103565b602081519101208097612167565b92885f52600d60205260405f20845f5260205260405f205460038801549060ff8260a01c1690818110610d1757505060401c67ffffffffffffffff16610cf757610100821480610c9b575b15610c73576108366040516107d460a082611f0a565b60808082526020820191610831913684376020866040519485935180918486015e830181888483015f81523701015f8152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282611f0a565b61235f565b15610c7357818101610100828203126102575780601f83011215610257576040519061086182611ea4565b8161010084019182116102575783905b828210610c63575050505f5b60088110610c4f57505090610a0f92915b81604051602081016f024aa2b2f08f0a91260805272dc5105181527fc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb860408301526f13e02b6052719f607dacd3a088274f6560608301527f596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e60808301526f0d1b3cc2c7027888be51d9ef691d77bc60a08301527fb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa60c08301526f13fa4d4a0ad8b1ce186ed5061789213d60e08301527f993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed610100830152610100825261099561012083611f0a565b6020604051916109a660a084611f0a565b608080845282840194903686378b6040519c8d9a858c0137890190838201905f8252519283915e0101905f8252518092825e01915f83528237015f8152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101845283611f0a565b8415159182610a8b575b5050156104f257826001837fb4cb8f80eb6506c62ea736cb5b68c8fef325b50cf385ec5f4234df60ee45a2d79560026060960155867fffffffffffffffffffffffffffffffffffffffffffffffff00000000000000005f5416175f5501549060405192835260208301526040820152a2005b604051925090610a9c606084611f0a565b603483527f584d443a5348412d3235365f535357555f524f5f000000000000000000000000604060208501947f45534352494e2d56312d434f4d504c4554494f4e2d424c53313233383147315f865201526103008251149283610b1a575b505081610b0a575b508580610a19565b610b14915061235f565b85610b02565b60809192935060346040519183830194604036873760c08401527e8000000000000000000000000000000000000000000000000000000000000060e084015260e383015e60346101178201538160205f60988660026207a120fa60203d141660406101005f51602060c28701828152600460e289019660018853838a60568560026207a120fa843d1416169689518518835260028153838a0197848960568660026207a120fa853d14161697518518835260038153868a0197848960568660026207a120fa853d141616948851188352536056606089019160026207a120fa60203d141616610c0886612380565b610c1184612380565b8488848860106207a120fa853d14161694019160106207a120fa823d141616916101006101a0850191600b6207a120fa60803d141616908680610afa565b60019060208351930192818301550161087d565b8135815260209182019101610871565b7fdc7fc1b3000000000000000000000000000000000000000000000000000000005f5260045ffd5b50610ca7368383612103565b60208151910120610120604051610cbe8282611f0a565b61010081527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe060208201920136833751902014156107be565b9190610d01611feb565b602081519101208603610c7357610a0f9261088e565b7f6a215984000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b3461025757610d5336611d7b565b610d5e839293612225565b9267ffffffffffffffff831692835f52600c60205260405f2060015f5260205260405f20855f5260205260405f205415610e645782151580610e57575b15610e2b5790610dc36003939286610db4368686612103565b602081519101209586926122cd565b835f526009602052600160405f20018054604051602081019182526008600310156104c5577fc6f2bfa2023e578f2a27aa5317b3e1e4de656c1fc58aac1abba92e54af133e33956003604083015288606083015260808201526080815261064c60a082611f0a565b827f245f7473000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b506201d4c0831115610d9b565b5050507f79ff1bba000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b346102575760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575767ffffffffffffffff610ed5611cfa565b16805f52600960205260ff600360405f20015460a81c16907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0610f30610f1a84612094565b93610f286040519586611f0a565b808552612094565b015f5b81811061105f5750505f5b8251811015610fd757815f52600a60205260405f20906001810191828211610464576001925f5260205260405f20600260405191610f7b83611eee565b73ffffffffffffffffffffffffffffffffffffffff815416835273ffffffffffffffffffffffffffffffffffffffff8582015416602084015201546040820152610fc582866120ac565b52610fd081856120ac565b5001610f3e565b826040518091602082016020835281518091526020604084019201905f5b818110611003575050500390f35b91935091602060606001926040875173ffffffffffffffffffffffffffffffffffffffff815116835273ffffffffffffffffffffffffffffffffffffffff85820151168584015201516040820152019401910191849392610ff5565b60209060405161106e81611eee565b5f81525f838201525f604082015282828701015201610f33565b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757602067ffffffffffffffff5f5416604051908152f35b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757602067ffffffffffffffff5f5460401c16604051908152f35b346102575761112136611d7b565b9161112b81612225565b92801515806111cd575b156106655767ffffffffffffffff61114e368386612103565b602081519101209261116384876001846122cd565b1692835f526009602052600160405f20018054604051602081019182526008600110156104c5577ffae721a0675513a835446a014c80a3f27659b7a7a05f447544cf653ca0105ab3956001604083015288606083015260808201526080815261064c60a082611f0a565b506201d4c0811115611135565b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575760206040611214611feb565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f835194859381855280519182918282880152018686015e5f85828601015201168101030190f35b346102575760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757611295611cfa565b6024359073ffffffffffffffffffffffffffffffffffffffff821682036102575767ffffffffffffffff165f52600b60205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602060405f2054604051908152f35b346102575760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610257576020611337611332611cfa565b611f4b565b6113446040518092611d1f565bf35b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757602060405161c4e08152f35b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757602060405160028152f35b346102575760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575760043567ffffffffffffffff811161025757366023820112156102575780600401359067ffffffffffffffff82116102575760248101903660246060850283010111610257576024359060ff821692838303610257576044359263ffffffff84168094036102575773ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163303611ad55760808611159081611aca575b81611aae575b5015611a7d57600283101580611a71575b15611a45575f549467ffffffffffffffff8660401c166114cf816121da565b611a1a5767ffffffffffffffff811461046457600101957fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff000000000000000067ffffffffffffffff89169860401b169116175f555f935f5b828110156117335760608102850195602487019073ffffffffffffffffffffffffffffffffffffffff8061156484612204565b92169116119687611707575b876116f9575b876116b8575b6001830197888411610464571561168c579060026064600194936116408d6115a386612204565b9c815f52600b60205260405f2091604485019273ffffffffffffffffffffffffffffffffffffffff6115d485612204565b165f526020528160405f20555f52600a60205260405f20905f5260205273ffffffffffffffffffffffffffffffffffffffff61161360405f2097612204565b167fffffffffffffffffffffffff0000000000000000000000000000000000000000875416178655612204565b73ffffffffffffffffffffffffffffffffffffffff87860191167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055013591015501611531565b877f1132e570000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b9650885f52600b60205260405f2073ffffffffffffffffffffffffffffffffffffffff6116e760448a01612204565b165f5260205260405f2054159661157c565b606481013515159750611576565b965073ffffffffffffffffffffffffffffffffffffffff61172a60448901612204565b16151596611570565b509086918667ffffffffffffffff5f54169060405160208101906020825261178f8161176360408201898c611e25565b037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101835282611f0a565b519020917fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43014381116104645760209787878582987fb1b138f1bd2df376a90f2a0b1dacd455aff3a78717263e940b6e55c2f478c24898611a0f96604051908f8201927f1e6dde2e0ceed9f94722e82a3487db617f3fa5e62862c6e2827b0cf7a122a91e84524660408401523060608401528760808401528a60a084015260c08301528460e0830152836101008301524361012083015240610140820152610140815261185f61016082611f0a565b5190209667ffffffffffffffff600360405161187a81611ea4565b8a8152602081018b815260408201905f825260608301998543168b526080840196875260a0840197885260c0840198895260ff60e085019a168a525f5260206009905260405f2092518355516001830155516002820155019551167fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000865416178555517fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff00000000000000008087549360401b16169116178455517fffffffffffffffffffffffff00000000ffffffffffffffffffffffffffffffff73ffffffff000000000000000000000000000000008086549360801b1616911617835551907fffffffffffffffffffff0000ffffffffffffffffffffffffffffffffffffffff74ff000000000000000000000000000000000000000075ff0000000000000000000000000000000000000000008554935160a81b169360a01b1691161717905567ffffffffffffffff5f54169660405194859485528a850152606060408501526060840191611e25565b0390a3604051908152f35b7f13d63eff000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b827f5aff2269000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5061c4e08311156114b0565b5050507f78f7b460000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b905060ff81168503610464576101fe869160011b16118661149f565b868611159150611499565b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575760206040516201d4c08152f35b346102575760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261025757611b6f611cfa565b73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000163303611ad55780611bd2611bc267ffffffffffffffff936121da565b82611bcc81611f4b565b91611dde565b16805f526009602052600360405f20017fffffffffffffffffffffffff00000000ffffffffffffffffffffffffffffffff81541690557f3e1821c9b4db8320e47c2f02998edeb9eac8bd7d11d37003941d97fb06232d825f80a2005b346102575760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575767ffffffffffffffff611c6e611cfa565b165f526009602052602060ff600360405f20015460a01c16604051908152f35b34610257575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102575760209073ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b6004359067ffffffffffffffff8216820361025757565b60088110156104c557602452565b9060088210156104c55752565b359073ffffffffffffffffffffffffffffffffffffffff8216820361025757565b9181601f840112156102575782359167ffffffffffffffff8311610257576020838186019501011161025757565b9060407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc8301126102575760043567ffffffffffffffff8116810361025757916024359067ffffffffffffffff821161025757611dda91600401611d4d565b9091565b15611de7575050565b7f50441273000000000000000000000000000000000000000000000000000000005f5267ffffffffffffffff16600452611e2090611d11565b60445ffd5b916020908281520191905f5b818110611e3e5750505090565b90919260608060019273ffffffffffffffffffffffffffffffffffffffff611e6588611d2c565b16815273ffffffffffffffffffffffffffffffffffffffff611e8960208901611d2c565b16602082015260408781013590820152019401929101611e31565b610100810190811067ffffffffffffffff821117611ec157604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b6060810190811067ffffffffffffffff821117611ec157604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff821117611ec157604052565b67ffffffffffffffff16805f52600960205260405f20805415611fe5576002810154611fc95760039150015463ffffffff8160801c16908115611fc25767ffffffffffffffff16430343811161046457046004811015611fbc57600101806001116104645760088110156104c55790565b50600590565b5050600590565b505f5467ffffffffffffffff1603611fe057600690565b600790565b50505f90565b5f5467ffffffffffffffff1661200f57604051612009602082611f0a565b5f815290565b60405160015f602083015b6008821061203957505050610100815261203661012082611f0a565b90565b600160208192855481520193019101909161201a565b90601f836040947fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe09360208652816020870152868601375f8582860101520116010190565b67ffffffffffffffff8111611ec15760051b60200190565b80518210156120c05760209160051b010190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b9060088110156104c5575f5260205260405f2090565b92919267ffffffffffffffff8211611ec1576040519161214b601f82017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200184611f0a565b829481845281830111610257578281602093845f960137010152565b67ffffffffffffffff165f52600960205260405f209160018354930154906040519260208401947f24add082d5fe65d215284b987d2aeea2b38abdd708f66c75a33e9e36faed0c71865260408501526060840152608083015260a082015260a081526121d460c082611f0a565b51902090565b6121e390611f4b565b60088110156104c557600181101590816121fb575090565b60049150111590565b3573ffffffffffffffffffffffffffffffffffffffff811681036102575790565b6120369067ffffffffffffffff81165f52600960205267ffffffffffffffff600360405f20015460401c1680155f1461225e575061228e565b905061228e565b61226e81611f4b565b9060088310156104c55760088210156104c55761228c928214611dde565b565b67ffffffffffffffff165f52600b60205260405f2073ffffffffffffffffffffffffffffffffffffffff33165f5260205260405f2054908115611ad557565b67ffffffffffffffff906122e18382612265565b16805f52600c6020526122f78260405f206120ed565b835f5260205260405f2054612328579061231b915f52600c60205260405f206120ed565b905f5260205260405f2055565b7f54c368ff000000000000000000000000000000000000000000000000000000005f5260045261235790611d11565b60445260645ffd5b5f80805281516020928301600f6207a120fa60015f51149060203d14161690565b805160208201908151907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d82097f9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d8202808210910303607c1c7f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab8102917fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab8309916f1a0111ea397fe69a4b1ba7b6434bacd784861093858082109103039102019003039103927f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab841080156f1a0111ea397fe69a4b1ba7b6434bacd78414166f1a0111ea397fe69a4b1ba7b6434bacd78411176124de57505252565b7fffffffffffffffffffffffffffffffffe5feee15c6801965b4e45849bcb45329907f9b88b47b0c7aed4098cf2d5f094f09dbe15400014eac00004601000000005555929593030191019252525664774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d",
}

// KeyNetwork is an auto generated Go binding around an Ethereum contract.
type KeyNetwork struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *KeyNetwork) GetABI() abi.ABI {
	return c.abi
}

// NewKeyNetwork creates a new instance of KeyNetwork.
func NewKeyNetwork() *KeyNetwork {
	parsed, err := KeyNetworkMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &KeyNetwork{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *KeyNetwork) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address governor_) returns()
func (keyNetwork *KeyNetwork) PackConstructor(governor_ common.Address) []byte {
	enc, err := keyNetwork.abi.Pack("", governor_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackMAXMEMBERS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea0e35b1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_MEMBERS() view returns(uint256)
func (keyNetwork *KeyNetwork) PackMAXMEMBERS() []byte {
	enc, err := keyNetwork.abi.Pack("MAX_MEMBERS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXMEMBERS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xea0e35b1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_MEMBERS() view returns(uint256)
func (keyNetwork *KeyNetwork) TryPackMAXMEMBERS() ([]byte, error) {
	return keyNetwork.abi.Pack("MAX_MEMBERS")
}

// UnpackMAXMEMBERS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xea0e35b1.
//
// Solidity: function MAX_MEMBERS() view returns(uint256)
func (keyNetwork *KeyNetwork) UnpackMAXMEMBERS(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("MAX_MEMBERS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXMESSAGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x30b70645.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_MESSAGE() view returns(uint256)
func (keyNetwork *KeyNetwork) PackMAXMESSAGE() []byte {
	enc, err := keyNetwork.abi.Pack("MAX_MESSAGE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXMESSAGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x30b70645.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_MESSAGE() view returns(uint256)
func (keyNetwork *KeyNetwork) TryPackMAXMESSAGE() ([]byte, error) {
	return keyNetwork.abi.Pack("MAX_MESSAGE")
}

// UnpackMAXMESSAGE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x30b70645.
//
// Solidity: function MAX_MESSAGE() view returns(uint256)
func (keyNetwork *KeyNetwork) UnpackMAXMESSAGE(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("MAX_MESSAGE", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMAXPHASE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6c59ff82.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_PHASE() view returns(uint256)
func (keyNetwork *KeyNetwork) PackMAXPHASE() []byte {
	enc, err := keyNetwork.abi.Pack("MAX_PHASE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXPHASE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6c59ff82.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_PHASE() view returns(uint256)
func (keyNetwork *KeyNetwork) TryPackMAXPHASE() ([]byte, error) {
	return keyNetwork.abi.Pack("MAX_PHASE")
}

// UnpackMAXPHASE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6c59ff82.
//
// Solidity: function MAX_PHASE() view returns(uint256)
func (keyNetwork *KeyNetwork) UnpackMAXPHASE(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("MAX_PHASE", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackMINPHASE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ce808fa.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MIN_PHASE() view returns(uint256)
func (keyNetwork *KeyNetwork) PackMINPHASE() []byte {
	enc, err := keyNetwork.abi.Pack("MIN_PHASE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMINPHASE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ce808fa.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MIN_PHASE() view returns(uint256)
func (keyNetwork *KeyNetwork) TryPackMINPHASE() ([]byte, error) {
	return keyNetwork.abi.Pack("MIN_PHASE")
}

// UnpackMINPHASE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3ce808fa.
//
// Solidity: function MIN_PHASE() view returns(uint256)
func (keyNetwork *KeyNetwork) UnpackMINPHASE(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("MIN_PHASE", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackAbortEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x265759ca.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function abortEpoch(uint64 epoch) returns()
func (keyNetwork *KeyNetwork) PackAbortEpoch(epoch uint64) []byte {
	enc, err := keyNetwork.abi.Pack("abortEpoch", epoch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAbortEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x265759ca.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function abortEpoch(uint64 epoch) returns()
func (keyNetwork *KeyNetwork) TryPackAbortEpoch(epoch uint64) ([]byte, error) {
	return keyNetwork.abi.Pack("abortEpoch", epoch)
}

// PackActiveEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9f6b4a3b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function activeEpoch() view returns(uint64)
func (keyNetwork *KeyNetwork) PackActiveEpoch() []byte {
	enc, err := keyNetwork.abi.Pack("activeEpoch")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackActiveEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9f6b4a3b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function activeEpoch() view returns(uint64)
func (keyNetwork *KeyNetwork) TryPackActiveEpoch() ([]byte, error) {
	return keyNetwork.abi.Pack("activeEpoch")
}

// UnpackActiveEpoch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9f6b4a3b.
//
// Solidity: function activeEpoch() view returns(uint64)
func (keyNetwork *KeyNetwork) UnpackActiveEpoch(data []byte) (uint64, error) {
	out, err := keyNetwork.abi.Unpack("activeEpoch", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackCertify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa4e9ce9e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function certify(uint64 epoch, bytes groupKey_, bytes32 commitments, bytes signature) returns()
func (keyNetwork *KeyNetwork) PackCertify(epoch uint64, groupKey []byte, commitments [32]byte, signature []byte) []byte {
	enc, err := keyNetwork.abi.Pack("certify", epoch, groupKey, commitments, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCertify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa4e9ce9e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function certify(uint64 epoch, bytes groupKey_, bytes32 commitments, bytes signature) returns()
func (keyNetwork *KeyNetwork) TryPackCertify(epoch uint64, groupKey []byte, commitments [32]byte, signature []byte) ([]byte, error) {
	return keyNetwork.abi.Pack("certify", epoch, groupKey, commitments, signature)
}

// PackComplain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6de0130.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function complain(uint64 epoch, bytes complaint) returns()
func (keyNetwork *KeyNetwork) PackComplain(epoch uint64, complaint []byte) []byte {
	enc, err := keyNetwork.abi.Pack("complain", epoch, complaint)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackComplain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6de0130.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function complain(uint64 epoch, bytes complaint) returns()
func (keyNetwork *KeyNetwork) TryPackComplain(epoch uint64, complaint []byte) ([]byte, error) {
	return keyNetwork.abi.Pack("complain", epoch, complaint)
}

// PackCompletionDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6ce8854.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function completionDigest(uint64 epoch, bytes32 groupKeyDigest, bytes32 commitments) view returns(bytes32 digest)
func (keyNetwork *KeyNetwork) PackCompletionDigest(epoch uint64, groupKeyDigest [32]byte, commitments [32]byte) []byte {
	enc, err := keyNetwork.abi.Pack("completionDigest", epoch, groupKeyDigest, commitments)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCompletionDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6ce8854.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function completionDigest(uint64 epoch, bytes32 groupKeyDigest, bytes32 commitments) view returns(bytes32 digest)
func (keyNetwork *KeyNetwork) TryPackCompletionDigest(epoch uint64, groupKeyDigest [32]byte, commitments [32]byte) ([]byte, error) {
	return keyNetwork.abi.Pack("completionDigest", epoch, groupKeyDigest, commitments)
}

// UnpackCompletionDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe6ce8854.
//
// Solidity: function completionDigest(uint64 epoch, bytes32 groupKeyDigest, bytes32 commitments) view returns(bytes32 digest)
func (keyNetwork *KeyNetwork) UnpackCompletionDigest(data []byte) ([32]byte, error) {
	out, err := keyNetwork.abi.Unpack("completionDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackConfirm is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd7ea5f07.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function confirm(uint64 epoch, bytes32 digest) returns()
func (keyNetwork *KeyNetwork) PackConfirm(epoch uint64, digest [32]byte) []byte {
	enc, err := keyNetwork.abi.Pack("confirm", epoch, digest)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackConfirm is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd7ea5f07.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function confirm(uint64 epoch, bytes32 digest) returns()
func (keyNetwork *KeyNetwork) TryPackConfirm(epoch uint64, digest [32]byte) ([]byte, error) {
	return keyNetwork.abi.Pack("confirm", epoch, digest)
}

// PackConfirmationsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf69c8d91.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function confirmationsOf(uint64 epoch, bytes32 digest) view returns(uint256 count)
func (keyNetwork *KeyNetwork) PackConfirmationsOf(epoch uint64, digest [32]byte) []byte {
	enc, err := keyNetwork.abi.Pack("confirmationsOf", epoch, digest)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackConfirmationsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf69c8d91.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function confirmationsOf(uint64 epoch, bytes32 digest) view returns(uint256 count)
func (keyNetwork *KeyNetwork) TryPackConfirmationsOf(epoch uint64, digest [32]byte) ([]byte, error) {
	return keyNetwork.abi.Pack("confirmationsOf", epoch, digest)
}

// UnpackConfirmationsOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf69c8d91.
//
// Solidity: function confirmationsOf(uint64 epoch, bytes32 digest) view returns(uint256 count)
func (keyNetwork *KeyNetwork) UnpackConfirmationsOf(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("confirmationsOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDeal is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91a9abba.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deal(uint64 epoch, bytes dealing) returns()
func (keyNetwork *KeyNetwork) PackDeal(epoch uint64, dealing []byte) []byte {
	enc, err := keyNetwork.abi.Pack("deal", epoch, dealing)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeal is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91a9abba.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deal(uint64 epoch, bytes dealing) returns()
func (keyNetwork *KeyNetwork) TryPackDeal(epoch uint64, dealing []byte) ([]byte, error) {
	return keyNetwork.abi.Pack("deal", epoch, dealing)
}

// PackEpochOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfadb4768.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function epochOf(uint64 epoch) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint32,uint8,uint8) record)
func (keyNetwork *KeyNetwork) PackEpochOf(epoch uint64) []byte {
	enc, err := keyNetwork.abi.Pack("epochOf", epoch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEpochOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfadb4768.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function epochOf(uint64 epoch) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint32,uint8,uint8) record)
func (keyNetwork *KeyNetwork) TryPackEpochOf(epoch uint64) ([]byte, error) {
	return keyNetwork.abi.Pack("epochOf", epoch)
}

// UnpackEpochOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfadb4768.
//
// Solidity: function epochOf(uint64 epoch) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint32,uint8,uint8) record)
func (keyNetwork *KeyNetwork) UnpackEpochOf(data []byte) (IKeyNetworkEpoch, error) {
	out, err := keyNetwork.abi.Unpack("epochOf", data)
	if err != nil {
		return *new(IKeyNetworkEpoch), err
	}
	out0 := *abi.ConvertType(out[0], new(IKeyNetworkEpoch)).(*IKeyNetworkEpoch)
	return out0, nil
}

// PackGovernor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0c340a24.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function governor() view returns(address)
func (keyNetwork *KeyNetwork) PackGovernor() []byte {
	enc, err := keyNetwork.abi.Pack("governor")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGovernor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0c340a24.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function governor() view returns(address)
func (keyNetwork *KeyNetwork) TryPackGovernor() ([]byte, error) {
	return keyNetwork.abi.Pack("governor")
}

// UnpackGovernor is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0c340a24.
//
// Solidity: function governor() view returns(address)
func (keyNetwork *KeyNetwork) UnpackGovernor(data []byte) (common.Address, error) {
	out, err := keyNetwork.abi.Unpack("governor", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGroupKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9037d9ca.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function groupKey() view returns(bytes)
func (keyNetwork *KeyNetwork) PackGroupKey() []byte {
	enc, err := keyNetwork.abi.Pack("groupKey")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGroupKey is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9037d9ca.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function groupKey() view returns(bytes)
func (keyNetwork *KeyNetwork) TryPackGroupKey() ([]byte, error) {
	return keyNetwork.abi.Pack("groupKey")
}

// UnpackGroupKey is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9037d9ca.
//
// Solidity: function groupKey() view returns(bytes)
func (keyNetwork *KeyNetwork) UnpackGroupKey(data []byte) ([]byte, error) {
	out, err := keyNetwork.abi.Unpack("groupKey", data)
	if err != nil {
		return *new([]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([]byte)).(*[]byte)
	return out0, nil
}

// PackIndexOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8de6b6b9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function indexOf(uint64 epoch, address signer) view returns(uint256 index)
func (keyNetwork *KeyNetwork) PackIndexOf(epoch uint64, signer common.Address) []byte {
	enc, err := keyNetwork.abi.Pack("indexOf", epoch, signer)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIndexOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8de6b6b9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function indexOf(uint64 epoch, address signer) view returns(uint256 index)
func (keyNetwork *KeyNetwork) TryPackIndexOf(epoch uint64, signer common.Address) ([]byte, error) {
	return keyNetwork.abi.Pack("indexOf", epoch, signer)
}

// UnpackIndexOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8de6b6b9.
//
// Solidity: function indexOf(uint64 epoch, address signer) view returns(uint256 index)
func (keyNetwork *KeyNetwork) UnpackIndexOf(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("indexOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackJustify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa3d54b77.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function justify(uint64 epoch, bytes justification) returns()
func (keyNetwork *KeyNetwork) PackJustify(epoch uint64, justification []byte) []byte {
	enc, err := keyNetwork.abi.Pack("justify", epoch, justification)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJustify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa3d54b77.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function justify(uint64 epoch, bytes justification) returns()
func (keyNetwork *KeyNetwork) TryPackJustify(epoch uint64, justification []byte) ([]byte, error) {
	return keyNetwork.abi.Pack("justify", epoch, justification)
}

// PackLatestEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9cb118bf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function latestEpoch() view returns(uint64)
func (keyNetwork *KeyNetwork) PackLatestEpoch() []byte {
	enc, err := keyNetwork.abi.Pack("latestEpoch")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLatestEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9cb118bf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function latestEpoch() view returns(uint64)
func (keyNetwork *KeyNetwork) TryPackLatestEpoch() ([]byte, error) {
	return keyNetwork.abi.Pack("latestEpoch")
}

// UnpackLatestEpoch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9cb118bf.
//
// Solidity: function latestEpoch() view returns(uint64)
func (keyNetwork *KeyNetwork) UnpackLatestEpoch(data []byte) (uint64, error) {
	out, err := keyNetwork.abi.Unpack("latestEpoch", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackMembersOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9f7454a8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function membersOf(uint64 epoch) view returns((address,address,bytes32)[] members)
func (keyNetwork *KeyNetwork) PackMembersOf(epoch uint64) []byte {
	enc, err := keyNetwork.abi.Pack("membersOf", epoch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMembersOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9f7454a8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function membersOf(uint64 epoch) view returns((address,address,bytes32)[] members)
func (keyNetwork *KeyNetwork) TryPackMembersOf(epoch uint64) ([]byte, error) {
	return keyNetwork.abi.Pack("membersOf", epoch)
}

// UnpackMembersOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9f7454a8.
//
// Solidity: function membersOf(uint64 epoch) view returns((address,address,bytes32)[] members)
func (keyNetwork *KeyNetwork) UnpackMembersOf(data []byte) ([]IKeyNetworkMember, error) {
	out, err := keyNetwork.abi.Unpack("membersOf", data)
	if err != nil {
		return *new([]IKeyNetworkMember), err
	}
	out0 := *abi.ConvertType(out[0], new([]IKeyNetworkMember)).(*[]IKeyNetworkMember)
	return out0, nil
}

// PackPhaseOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6da830a2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function phaseOf(uint64 epoch) view returns(uint8 phase)
func (keyNetwork *KeyNetwork) PackPhaseOf(epoch uint64) []byte {
	enc, err := keyNetwork.abi.Pack("phaseOf", epoch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPhaseOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6da830a2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function phaseOf(uint64 epoch) view returns(uint8 phase)
func (keyNetwork *KeyNetwork) TryPackPhaseOf(epoch uint64) ([]byte, error) {
	return keyNetwork.abi.Pack("phaseOf", epoch)
}

// UnpackPhaseOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6da830a2.
//
// Solidity: function phaseOf(uint64 epoch) view returns(uint8 phase)
func (keyNetwork *KeyNetwork) UnpackPhaseOf(data []byte) (uint8, error) {
	out, err := keyNetwork.abi.Unpack("phaseOf", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackPostOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbf363f7f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postOf(uint64 epoch, uint8 phase, uint256 index) view returns(bytes32 digest)
func (keyNetwork *KeyNetwork) PackPostOf(epoch uint64, phase uint8, index *big.Int) []byte {
	enc, err := keyNetwork.abi.Pack("postOf", epoch, phase, index)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbf363f7f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postOf(uint64 epoch, uint8 phase, uint256 index) view returns(bytes32 digest)
func (keyNetwork *KeyNetwork) TryPackPostOf(epoch uint64, phase uint8, index *big.Int) ([]byte, error) {
	return keyNetwork.abi.Pack("postOf", epoch, phase, index)
}

// UnpackPostOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbf363f7f.
//
// Solidity: function postOf(uint64 epoch, uint8 phase, uint256 index) view returns(bytes32 digest)
func (keyNetwork *KeyNetwork) UnpackPostOf(data []byte) ([32]byte, error) {
	out, err := keyNetwork.abi.Unpack("postOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackStartEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3844353c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function startEpoch((address,address,bytes32)[] members, uint8 threshold_, uint32 phaseBlocks) returns(uint64 epoch)
func (keyNetwork *KeyNetwork) PackStartEpoch(members []IKeyNetworkMember, threshold uint8, phaseBlocks uint32) []byte {
	enc, err := keyNetwork.abi.Pack("startEpoch", members, threshold, phaseBlocks)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStartEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3844353c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function startEpoch((address,address,bytes32)[] members, uint8 threshold_, uint32 phaseBlocks) returns(uint64 epoch)
func (keyNetwork *KeyNetwork) TryPackStartEpoch(members []IKeyNetworkMember, threshold uint8, phaseBlocks uint32) ([]byte, error) {
	return keyNetwork.abi.Pack("startEpoch", members, threshold, phaseBlocks)
}

// UnpackStartEpoch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3844353c.
//
// Solidity: function startEpoch((address,address,bytes32)[] members, uint8 threshold_, uint32 phaseBlocks) returns(uint64 epoch)
func (keyNetwork *KeyNetwork) UnpackStartEpoch(data []byte) (uint64, error) {
	out, err := keyNetwork.abi.Unpack("startEpoch", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackThreshold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x11f8dec6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function threshold(uint64 epoch) view returns(uint256)
func (keyNetwork *KeyNetwork) PackThreshold(epoch uint64) []byte {
	enc, err := keyNetwork.abi.Pack("threshold", epoch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackThreshold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x11f8dec6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function threshold(uint64 epoch) view returns(uint256)
func (keyNetwork *KeyNetwork) TryPackThreshold(epoch uint64) ([]byte, error) {
	return keyNetwork.abi.Pack("threshold", epoch)
}

// UnpackThreshold is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x11f8dec6.
//
// Solidity: function threshold(uint64 epoch) view returns(uint256)
func (keyNetwork *KeyNetwork) UnpackThreshold(data []byte) (*big.Int, error) {
	out, err := keyNetwork.abi.Unpack("threshold", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// KeyNetworkComplained represents a Complained event raised by the KeyNetwork contract.
type KeyNetworkComplained struct {
	Epoch     uint64
	Member    *big.Int
	Complaint []byte
	Raw       *types.Log // Blockchain specific contextual infos
}

const KeyNetworkComplainedEventName = "Complained"

// ContractEventName returns the user-defined event name.
func (KeyNetworkComplained) ContractEventName() string {
	return KeyNetworkComplainedEventName
}

// UnpackComplainedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Complained(uint64 indexed epoch, uint256 indexed member, bytes complaint)
func (keyNetwork *KeyNetwork) UnpackComplainedEvent(log *types.Log) (*KeyNetworkComplained, error) {
	event := "Complained"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkComplained)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// KeyNetworkConfirmed represents a Confirmed event raised by the KeyNetwork contract.
type KeyNetworkConfirmed struct {
	Epoch  uint64
	Member *big.Int
	Digest [32]byte
	Raw    *types.Log // Blockchain specific contextual infos
}

const KeyNetworkConfirmedEventName = "Confirmed"

// ContractEventName returns the user-defined event name.
func (KeyNetworkConfirmed) ContractEventName() string {
	return KeyNetworkConfirmedEventName
}

// UnpackConfirmedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Confirmed(uint64 indexed epoch, uint256 indexed member, bytes32 digest)
func (keyNetwork *KeyNetwork) UnpackConfirmedEvent(log *types.Log) (*KeyNetworkConfirmed, error) {
	event := "Confirmed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkConfirmed)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// KeyNetworkDealt represents a Dealt event raised by the KeyNetwork contract.
type KeyNetworkDealt struct {
	Epoch   uint64
	Dealer  *big.Int
	Dealing []byte
	Raw     *types.Log // Blockchain specific contextual infos
}

const KeyNetworkDealtEventName = "Dealt"

// ContractEventName returns the user-defined event name.
func (KeyNetworkDealt) ContractEventName() string {
	return KeyNetworkDealtEventName
}

// UnpackDealtEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Dealt(uint64 indexed epoch, uint256 indexed dealer, bytes dealing)
func (keyNetwork *KeyNetwork) UnpackDealtEvent(log *types.Log) (*KeyNetworkDealt, error) {
	event := "Dealt"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkDealt)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// KeyNetworkEpochAborted represents a EpochAborted event raised by the KeyNetwork contract.
type KeyNetworkEpochAborted struct {
	Epoch uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const KeyNetworkEpochAbortedEventName = "EpochAborted"

// ContractEventName returns the user-defined event name.
func (KeyNetworkEpochAborted) ContractEventName() string {
	return KeyNetworkEpochAbortedEventName
}

// UnpackEpochAbortedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EpochAborted(uint64 indexed epoch)
func (keyNetwork *KeyNetwork) UnpackEpochAbortedEvent(log *types.Log) (*KeyNetworkEpochAborted, error) {
	event := "EpochAborted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkEpochAborted)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// KeyNetworkEpochCertified represents a EpochCertified event raised by the KeyNetwork contract.
type KeyNetworkEpochCertified struct {
	Epoch          uint64
	GroupKeyDigest [32]byte
	Commitments    [32]byte
	Transcript     [32]byte
	Raw            *types.Log // Blockchain specific contextual infos
}

const KeyNetworkEpochCertifiedEventName = "EpochCertified"

// ContractEventName returns the user-defined event name.
func (KeyNetworkEpochCertified) ContractEventName() string {
	return KeyNetworkEpochCertifiedEventName
}

// UnpackEpochCertifiedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EpochCertified(uint64 indexed epoch, bytes32 groupKeyDigest, bytes32 commitments, bytes32 transcript)
func (keyNetwork *KeyNetwork) UnpackEpochCertifiedEvent(log *types.Log) (*KeyNetworkEpochCertified, error) {
	event := "EpochCertified"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkEpochCertified)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// KeyNetworkEpochStarted represents a EpochStarted event raised by the KeyNetwork contract.
type KeyNetworkEpochStarted struct {
	Epoch     uint64
	Previous  uint64
	SessionId [32]byte
	Threshold uint8
	Members   []IKeyNetworkMember
	Raw       *types.Log // Blockchain specific contextual infos
}

const KeyNetworkEpochStartedEventName = "EpochStarted"

// ContractEventName returns the user-defined event name.
func (KeyNetworkEpochStarted) ContractEventName() string {
	return KeyNetworkEpochStartedEventName
}

// UnpackEpochStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EpochStarted(uint64 indexed epoch, uint64 indexed previous, bytes32 sessionId, uint8 threshold, (address,address,bytes32)[] members)
func (keyNetwork *KeyNetwork) UnpackEpochStartedEvent(log *types.Log) (*KeyNetworkEpochStarted, error) {
	event := "EpochStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkEpochStarted)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// KeyNetworkJustified represents a Justified event raised by the KeyNetwork contract.
type KeyNetworkJustified struct {
	Epoch         uint64
	Dealer        *big.Int
	Justification []byte
	Raw           *types.Log // Blockchain specific contextual infos
}

const KeyNetworkJustifiedEventName = "Justified"

// ContractEventName returns the user-defined event name.
func (KeyNetworkJustified) ContractEventName() string {
	return KeyNetworkJustifiedEventName
}

// UnpackJustifiedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Justified(uint64 indexed epoch, uint256 indexed dealer, bytes justification)
func (keyNetwork *KeyNetwork) UnpackJustifiedEvent(log *types.Log) (*KeyNetworkJustified, error) {
	event := "Justified"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != keyNetwork.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(KeyNetworkJustified)
	if len(log.Data) > 0 {
		if err := keyNetwork.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range keyNetwork.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (keyNetwork *KeyNetwork) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["AlreadyPosted"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackAlreadyPostedError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["CertificateInvalid"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackCertificateInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["DealingMissing"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackDealingMissingError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["GroupKeyInvalid"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackGroupKeyInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["MemberUnfit"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackMemberUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["MessageUnfit"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackMessageUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["PhaseIs"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackPhaseIsError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["PhaseUnfit"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackPhaseUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["PrecompileUnavailable"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackPrecompileUnavailableError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["QuorumNotReached"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackQuorumNotReachedError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["SessionRunning"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackSessionRunningError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["ThresholdUnfit"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackThresholdUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], keyNetwork.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return keyNetwork.UnpackUnauthorizedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// KeyNetworkAlreadyPosted represents a AlreadyPosted error raised by the KeyNetwork contract.
type KeyNetworkAlreadyPosted struct {
	Epoch uint64
	Phase uint8
	Index *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyPosted(uint64 epoch, uint8 phase, uint256 index)
func KeyNetworkAlreadyPostedErrorID() common.Hash {
	return common.HexToHash("0x54c368ffc76f01cb3a263940d6213790e84622dcdd77038d6182f8c45b3e7ca0")
}

// UnpackAlreadyPostedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyPosted(uint64 epoch, uint8 phase, uint256 index)
func (keyNetwork *KeyNetwork) UnpackAlreadyPostedError(raw []byte) (*KeyNetworkAlreadyPosted, error) {
	out := new(KeyNetworkAlreadyPosted)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "AlreadyPosted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkCertificateInvalid represents a CertificateInvalid error raised by the KeyNetwork contract.
type KeyNetworkCertificateInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CertificateInvalid()
func KeyNetworkCertificateInvalidErrorID() common.Hash {
	return common.HexToHash("0xc108107c48f124d3204097d232d51b153195d3b5692b6383b597bc97f03d561b")
}

// UnpackCertificateInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CertificateInvalid()
func (keyNetwork *KeyNetwork) UnpackCertificateInvalidError(raw []byte) (*KeyNetworkCertificateInvalid, error) {
	out := new(KeyNetworkCertificateInvalid)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "CertificateInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkDealingMissing represents a DealingMissing error raised by the KeyNetwork contract.
type KeyNetworkDealingMissing struct {
	Epoch  uint64
	Dealer *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DealingMissing(uint64 epoch, uint256 dealer)
func KeyNetworkDealingMissingErrorID() common.Hash {
	return common.HexToHash("0x79ff1bbadd5afd23028d8c975cb9e112d57e53884e391d794e7c78e72e6ea708")
}

// UnpackDealingMissingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DealingMissing(uint64 epoch, uint256 dealer)
func (keyNetwork *KeyNetwork) UnpackDealingMissingError(raw []byte) (*KeyNetworkDealingMissing, error) {
	out := new(KeyNetworkDealingMissing)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "DealingMissing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkGroupKeyInvalid represents a GroupKeyInvalid error raised by the KeyNetwork contract.
type KeyNetworkGroupKeyInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error GroupKeyInvalid()
func KeyNetworkGroupKeyInvalidErrorID() common.Hash {
	return common.HexToHash("0xdc7fc1b38d952b2bad5bb037ef74de34784d2342f6a5b7bda38c1f6dd15f6202")
}

// UnpackGroupKeyInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error GroupKeyInvalid()
func (keyNetwork *KeyNetwork) UnpackGroupKeyInvalidError(raw []byte) (*KeyNetworkGroupKeyInvalid, error) {
	out := new(KeyNetworkGroupKeyInvalid)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "GroupKeyInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkMemberUnfit represents a MemberUnfit error raised by the KeyNetwork contract.
type KeyNetworkMemberUnfit struct {
	Index *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MemberUnfit(uint256 index)
func KeyNetworkMemberUnfitErrorID() common.Hash {
	return common.HexToHash("0x1132e5706932b2e648482cb53e2eb4f8666cb31ec286c719c80d8abf3d1cab0e")
}

// UnpackMemberUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MemberUnfit(uint256 index)
func (keyNetwork *KeyNetwork) UnpackMemberUnfitError(raw []byte) (*KeyNetworkMemberUnfit, error) {
	out := new(KeyNetworkMemberUnfit)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "MemberUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkMessageUnfit represents a MessageUnfit error raised by the KeyNetwork contract.
type KeyNetworkMessageUnfit struct {
	Size *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MessageUnfit(uint256 size)
func KeyNetworkMessageUnfitErrorID() common.Hash {
	return common.HexToHash("0x245f7473d0dd67b8488984b6180925d514cd47e97ce623c357538e31daec2fd6")
}

// UnpackMessageUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MessageUnfit(uint256 size)
func (keyNetwork *KeyNetwork) UnpackMessageUnfitError(raw []byte) (*KeyNetworkMessageUnfit, error) {
	out := new(KeyNetworkMessageUnfit)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "MessageUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkPhaseIs represents a PhaseIs error raised by the KeyNetwork contract.
type KeyNetworkPhaseIs struct {
	Epoch uint64
	Phase uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PhaseIs(uint64 epoch, uint8 phase)
func KeyNetworkPhaseIsErrorID() common.Hash {
	return common.HexToHash("0x5044127318359a8088bf53e7bb052781f8483add3cf97557acf33eb830d62657")
}

// UnpackPhaseIsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PhaseIs(uint64 epoch, uint8 phase)
func (keyNetwork *KeyNetwork) UnpackPhaseIsError(raw []byte) (*KeyNetworkPhaseIs, error) {
	out := new(KeyNetworkPhaseIs)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "PhaseIs", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkPhaseUnfit represents a PhaseUnfit error raised by the KeyNetwork contract.
type KeyNetworkPhaseUnfit struct {
	PhaseBlocks *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PhaseUnfit(uint256 phaseBlocks)
func KeyNetworkPhaseUnfitErrorID() common.Hash {
	return common.HexToHash("0x5aff22695be5da3b8c6bad3596e03a084402cf5efaa727526b0248c123cf6e12")
}

// UnpackPhaseUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PhaseUnfit(uint256 phaseBlocks)
func (keyNetwork *KeyNetwork) UnpackPhaseUnfitError(raw []byte) (*KeyNetworkPhaseUnfit, error) {
	out := new(KeyNetworkPhaseUnfit)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "PhaseUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkPrecompileUnavailable represents a PrecompileUnavailable error raised by the KeyNetwork contract.
type KeyNetworkPrecompileUnavailable struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PrecompileUnavailable()
func KeyNetworkPrecompileUnavailableErrorID() common.Hash {
	return common.HexToHash("0x465da7262d2de3cd53dbd14ad9004323672ab6ebdd7a71962b2009a84cb9aae5")
}

// UnpackPrecompileUnavailableError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PrecompileUnavailable()
func (keyNetwork *KeyNetwork) UnpackPrecompileUnavailableError(raw []byte) (*KeyNetworkPrecompileUnavailable, error) {
	out := new(KeyNetworkPrecompileUnavailable)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "PrecompileUnavailable", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkQuorumNotReached represents a QuorumNotReached error raised by the KeyNetwork contract.
type KeyNetworkQuorumNotReached struct {
	Confirmations *big.Int
	Threshold     *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error QuorumNotReached(uint256 confirmations, uint256 threshold)
func KeyNetworkQuorumNotReachedErrorID() common.Hash {
	return common.HexToHash("0x6a2159843653f10db54c042cb44fca2acd5ab362e9d6b07cb6ba038cc88440ed")
}

// UnpackQuorumNotReachedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error QuorumNotReached(uint256 confirmations, uint256 threshold)
func (keyNetwork *KeyNetwork) UnpackQuorumNotReachedError(raw []byte) (*KeyNetworkQuorumNotReached, error) {
	out := new(KeyNetworkQuorumNotReached)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "QuorumNotReached", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkSessionRunning represents a SessionRunning error raised by the KeyNetwork contract.
type KeyNetworkSessionRunning struct {
	Epoch uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SessionRunning(uint64 epoch)
func KeyNetworkSessionRunningErrorID() common.Hash {
	return common.HexToHash("0x13d63effe4887365f089243707766d030f2ec01b445c76cd7ccdba5bad019a80")
}

// UnpackSessionRunningError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SessionRunning(uint64 epoch)
func (keyNetwork *KeyNetwork) UnpackSessionRunningError(raw []byte) (*KeyNetworkSessionRunning, error) {
	out := new(KeyNetworkSessionRunning)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "SessionRunning", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkThresholdUnfit represents a ThresholdUnfit error raised by the KeyNetwork contract.
type KeyNetworkThresholdUnfit struct {
	Threshold *big.Int
	Members   *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ThresholdUnfit(uint256 threshold, uint256 members)
func KeyNetworkThresholdUnfitErrorID() common.Hash {
	return common.HexToHash("0x78f7b460f6dad1ff71c509e0e969954d7af5886f5b4a5ceb6edc0dcd6e11b5eb")
}

// UnpackThresholdUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ThresholdUnfit(uint256 threshold, uint256 members)
func (keyNetwork *KeyNetwork) UnpackThresholdUnfitError(raw []byte) (*KeyNetworkThresholdUnfit, error) {
	out := new(KeyNetworkThresholdUnfit)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "ThresholdUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// KeyNetworkUnauthorized represents a Unauthorized error raised by the KeyNetwork contract.
type KeyNetworkUnauthorized struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Unauthorized()
func KeyNetworkUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x82b4290015f7ec7256ca2a6247d3c2a89c4865c0e791456df195f40ad0a81367")
}

// UnpackUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Unauthorized()
func (keyNetwork *KeyNetwork) UnpackUnauthorizedError(raw []byte) (*KeyNetworkUnauthorized, error) {
	out := new(KeyNetworkUnauthorized)
	if err := keyNetwork.abi.UnpackIntoInterface(out, "Unauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// PlatformRegistryMetaData contains all meta data concerning the PlatformRegistry contract.
var PlatformRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"}],\"name\":\"FamilyUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"},{\"internalType\":\"uint64\",\"name\":\"floor\",\"type\":\"uint64\"}],\"name\":\"FloorLowered\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"OwnableInvalidOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"OwnableUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"guardian\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"isGuardian\",\"type\":\"bool\"}],\"name\":\"GuardianChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferStarted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"previousOwner\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"OwnershipTransferred\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"},{\"components\":[{\"internalType\":\"enumIPlatformRegistry.Access\",\"name\":\"access\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"floor\",\"type\":\"uint64\"}],\"indexed\":false,\"internalType\":\"structIPlatformRegistry.Rule\",\"name\":\"rule\",\"type\":\"tuple\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"RuleChanged\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"acceptOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"platform\",\"type\":\"bytes32\"}],\"name\":\"allows\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"}],\"name\":\"deny\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"epoch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"isGuardian\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingOwner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"},{\"internalType\":\"uint64\",\"name\":\"floor\",\"type\":\"uint64\"}],\"name\":\"raiseFloor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"renounceOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"}],\"name\":\"ruleOf\",\"outputs\":[{\"components\":[{\"internalType\":\"enumIPlatformRegistry.Access\",\"name\":\"access\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"floor\",\"type\":\"uint64\"}],\"internalType\":\"structIPlatformRegistry.Rule\",\"name\":\"rule\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"guardian\",\"type\":\"address\"},{\"internalType\":\"bool\",\"name\":\"isGuardian_\",\"type\":\"bool\"}],\"name\":\"setGuardian\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes7\",\"name\":\"family\",\"type\":\"bytes7\"},{\"components\":[{\"internalType\":\"enumIPlatformRegistry.Access\",\"name\":\"access\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"floor\",\"type\":\"uint64\"}],\"internalType\":\"structIPlatformRegistry.Rule\",\"name\":\"rule\",\"type\":\"tuple\"}],\"name\":\"setRule\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newOwner\",\"type\":\"address\"}],\"name\":\"transferOwnership\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "PlatformRegistry",
	Bin: "0x60803460c157601f610f5538819003918201601f19168301916001600160401b0383118484101760c55780849260209460405283398101031260c157516001600160a01b0381169081900360c157801560ae57600180546001600160a01b03199081169091555f80549182168317815560405192916001600160a01b0316907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e09080a3610e7b90816100da8239f35b631e4fbdf760e01b5f525f60045260245ffd5b5f80fd5b634e487b7160e01b5f52604160045260245ffdfe6080806040526004361015610012575f80fd5b5f3560e01c9081630c68ba211461090257508063109fd573146108bc5780631618872b1461081a5780632b8a1c5a14610753578063715018a61461069157806379ba5097146105895780637f540cd1146104be5780638da5cb5b1461046e578063900cf0cf1461042657806399e1e6ec14610269578063b82745d3146101bd578063e30c39781461016c5763f2fde38b146100ab575f80fd5b346101685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101685773ffffffffffffffffffffffffffffffffffffffff6100f7610966565b6100ff610c57565b16807fffffffffffffffffffffffff0000000000000000000000000000000000000000600154161760015573ffffffffffffffffffffffffffffffffffffffff5f54167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e227005f80a3005b5f80fd5b34610168575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261016857602073ffffffffffffffffffffffffffffffffffffffff60015416604051908152f35b346101685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610168577fffffffffffffff00000000000000000000000000000000000000000000000000610215610989565b5f60206102206109e8565b8281520152165f5260036020526040805f2067ffffffffffffffff6102436109e8565b915461025260ff8216846109dc565b60081c166020820152610267825180926109b8565bf35b346101685760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610168576102a0610989565b6024359067ffffffffffffffff82169182810361016857335f52600260205260ff60405f2054168015610406575b156103de577fffffffffffffff00000000000000000000000000000000000000000000000000821690815f52600360205260405f209167ffffffffffffffff61034b6103186109e8565b94549361032860ff8616876109dc565b82602087019560081c16855261033d87610dda565b865f1a908386511691610bde565b92511691156103b05750505190600482101561038357610381926103776103706109e8565b93846109dc565b6020830152610c77565b005b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b7f99c34ef2000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b5073ffffffffffffffffffffffffffffffffffffffff5f541633146102ce565b34610168575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261016857602067ffffffffffffffff60015460a01c16604051908152f35b34610168575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261016857602073ffffffffffffffffffffffffffffffffffffffff5f5416604051908152f35b346101685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610168576104f5610989565b335f52600260205260ff60405f2054168015610569575b156103de57807fffffffffffffff0000000000000000000000000000000000000000000000000061038192165f52600360205267ffffffffffffffff60405f205460081c169061055a6109e8565b91600183526020830152610c77565b5073ffffffffffffffffffffffffffffffffffffffff5f5416331461050c565b34610168575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610168573373ffffffffffffffffffffffffffffffffffffffff6001541603610665577fffffffffffffffffffffffff0000000000000000000000000000000000000000600154166001555f54337fffffffffffffffffffffffff00000000000000000000000000000000000000008216175f5573ffffffffffffffffffffffffffffffffffffffff3391167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e05f80a3005b7f118cdaa7000000000000000000000000000000000000000000000000000000005f523360045260245ffd5b34610168575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610168576106c7610c57565b7fffffffffffffffffffffffff0000000000000000000000000000000000000000600154166001555f73ffffffffffffffffffffffffffffffffffffffff81547fffffffffffffffffffffffff000000000000000000000000000000000000000081168355167f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e08280a3005b346101685760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101685761078a610966565b6024359081151580920361016857602073ffffffffffffffffffffffffffffffffffffffff7fafef3d05547c718394a99a79aa641db2143708cd1114b68479af4740f173cc50926107d9610c57565b1692835f526002825260405f207fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0081541660ff8316179055604051908152a2005b346101685760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261016857610851610989565b60407fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc36011261016857610883610c57565b61088b6109e8565b60243560048110156101685781526044359167ffffffffffffffff8316830361016857610381926020830152610c77565b346101685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101685760206108f8600435610a35565b6040519015158152f35b346101685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101685760209073ffffffffffffffffffffffffffffffffffffffff610951610966565b165f526002825260ff60405f20541615158152f35b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361016857565b600435907fffffffffffffff000000000000000000000000000000000000000000000000008216820361016857565b805190600482101561038357602067ffffffffffffffff9181938552015116910152565b60048210156103835752565b604051906040820182811067ffffffffffffffff821117610a0857604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b805f1a7fff00000000000000000000000000000000000000000000000000000000000000821691825f52600360205260405f20610a706109e8565b905493610a8060ff8616836109dc565b67ffffffffffffffff602083019560081c1685527effffffffffff000000000000000000000000000000000000000000000000008360081b16175f52600360205260405f2090610ace6109e8565b915491610ade60ff8416826109dc565b67ffffffffffffffff602082019360081c1683528051600481101561038357600114610bd457516004811015610383576003149081610bbe575b51600481101561038357600314159081610bb5575b50610bad5767ffffffffffffffff8260801c169160011a938415159485610ba1575b5084610b81575b5083610b63575b50505090565b51610b79935067ffffffffffffffff1691610bde565b5f8080610b5d565b610b9a91945067ffffffffffffffff9051168284610bde565b925f610b56565b6004101594505f610b4f565b505050505f90565b9050155f610b2d565b8091505160048110156103835760021490610b18565b5050505050505f90565b91909160018114610c43576002149182610bf757505090565b909150610c1867ffffffffffffffff831667ffffffffffffffff8316610e4b565b9182610c2357505090565b610c40925066ffffffffffffff809160081c169160081c16610e4b565b90565b5067ffffffffffffffff8091169116101590565b73ffffffffffffffffffffffffffffffffffffffff5f5416330361066557565b7fffffffffffffff0000000000000000000000000000000000000000000000000090610ca281610dda565b16805f52600360205260405f20825160048110156103835781547fffffffffffffffffffffffffffffffffffffffffffffff00000000000000000060ff68ffffffffffffffff00602088015160081b16931691161717905560015467ffffffffffffffff8160a01c169067ffffffffffffffff8214610dad57600167ffffffffffffffff9201907fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff00000000000000000000000000000000000000008360a01b16911617600155610d7f60405180956109b8565b1660408301527fc5f1d3e58c46c4fa865af7782c4ac66b95e56cd6ee6aff295f26188e61fe6cd760603393a3565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b805f1a60018114908115610e40575b5015610df25750565b7fffffffffffffff00000000000000000000000000000000000000000000000000907f9414c30a000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b60029150145f610de9565b67010001000100010066ff00ff00ff00ff8092161791168103908111610dad57670100010001000100809116149056",
}

// PlatformRegistry is an auto generated Go binding around an Ethereum contract.
type PlatformRegistry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *PlatformRegistry) GetABI() abi.ABI {
	return c.abi
}

// NewPlatformRegistry creates a new instance of PlatformRegistry.
func NewPlatformRegistry() *PlatformRegistry {
	parsed, err := PlatformRegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &PlatformRegistry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *PlatformRegistry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address owner_) returns()
func (platformRegistry *PlatformRegistry) PackConstructor(owner_ common.Address) []byte {
	enc, err := platformRegistry.abi.Pack("", owner_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptOwnership() returns()
func (platformRegistry *PlatformRegistry) PackAcceptOwnership() []byte {
	enc, err := platformRegistry.abi.Pack("acceptOwnership")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79ba5097.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptOwnership() returns()
func (platformRegistry *PlatformRegistry) TryPackAcceptOwnership() ([]byte, error) {
	return platformRegistry.abi.Pack("acceptOwnership")
}

// PackAllows is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x109fd573.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function allows(bytes32 platform) view returns(bool)
func (platformRegistry *PlatformRegistry) PackAllows(platform [32]byte) []byte {
	enc, err := platformRegistry.abi.Pack("allows", platform)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAllows is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x109fd573.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function allows(bytes32 platform) view returns(bool)
func (platformRegistry *PlatformRegistry) TryPackAllows(platform [32]byte) ([]byte, error) {
	return platformRegistry.abi.Pack("allows", platform)
}

// UnpackAllows is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x109fd573.
//
// Solidity: function allows(bytes32 platform) view returns(bool)
func (platformRegistry *PlatformRegistry) UnpackAllows(data []byte) (bool, error) {
	out, err := platformRegistry.abi.Unpack("allows", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackDeny is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7f540cd1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deny(bytes7 family) returns()
func (platformRegistry *PlatformRegistry) PackDeny(family [7]byte) []byte {
	enc, err := platformRegistry.abi.Pack("deny", family)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeny is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7f540cd1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deny(bytes7 family) returns()
func (platformRegistry *PlatformRegistry) TryPackDeny(family [7]byte) ([]byte, error) {
	return platformRegistry.abi.Pack("deny", family)
}

// PackEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x900cf0cf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function epoch() view returns(uint64)
func (platformRegistry *PlatformRegistry) PackEpoch() []byte {
	enc, err := platformRegistry.abi.Pack("epoch")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEpoch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x900cf0cf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function epoch() view returns(uint64)
func (platformRegistry *PlatformRegistry) TryPackEpoch() ([]byte, error) {
	return platformRegistry.abi.Pack("epoch")
}

// UnpackEpoch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x900cf0cf.
//
// Solidity: function epoch() view returns(uint64)
func (platformRegistry *PlatformRegistry) UnpackEpoch(data []byte) (uint64, error) {
	out, err := platformRegistry.abi.Unpack("epoch", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackIsGuardian is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0c68ba21.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isGuardian(address account) view returns(bool)
func (platformRegistry *PlatformRegistry) PackIsGuardian(account common.Address) []byte {
	enc, err := platformRegistry.abi.Pack("isGuardian", account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsGuardian is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0c68ba21.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isGuardian(address account) view returns(bool)
func (platformRegistry *PlatformRegistry) TryPackIsGuardian(account common.Address) ([]byte, error) {
	return platformRegistry.abi.Pack("isGuardian", account)
}

// UnpackIsGuardian is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0c68ba21.
//
// Solidity: function isGuardian(address account) view returns(bool)
func (platformRegistry *PlatformRegistry) UnpackIsGuardian(data []byte) (bool, error) {
	out, err := platformRegistry.abi.Unpack("isGuardian", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function owner() view returns(address)
func (platformRegistry *PlatformRegistry) PackOwner() []byte {
	enc, err := platformRegistry.abi.Pack("owner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function owner() view returns(address)
func (platformRegistry *PlatformRegistry) TryPackOwner() ([]byte, error) {
	return platformRegistry.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (platformRegistry *PlatformRegistry) UnpackOwner(data []byte) (common.Address, error) {
	out, err := platformRegistry.abi.Unpack("owner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pendingOwner() view returns(address)
func (platformRegistry *PlatformRegistry) PackPendingOwner() []byte {
	enc, err := platformRegistry.abi.Pack("pendingOwner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPendingOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe30c3978.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pendingOwner() view returns(address)
func (platformRegistry *PlatformRegistry) TryPackPendingOwner() ([]byte, error) {
	return platformRegistry.abi.Pack("pendingOwner")
}

// UnpackPendingOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe30c3978.
//
// Solidity: function pendingOwner() view returns(address)
func (platformRegistry *PlatformRegistry) UnpackPendingOwner(data []byte) (common.Address, error) {
	out, err := platformRegistry.abi.Unpack("pendingOwner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackRaiseFloor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x99e1e6ec.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function raiseFloor(bytes7 family, uint64 floor) returns()
func (platformRegistry *PlatformRegistry) PackRaiseFloor(family [7]byte, floor uint64) []byte {
	enc, err := platformRegistry.abi.Pack("raiseFloor", family, floor)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRaiseFloor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x99e1e6ec.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function raiseFloor(bytes7 family, uint64 floor) returns()
func (platformRegistry *PlatformRegistry) TryPackRaiseFloor(family [7]byte, floor uint64) ([]byte, error) {
	return platformRegistry.abi.Pack("raiseFloor", family, floor)
}

// PackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceOwnership() returns()
func (platformRegistry *PlatformRegistry) PackRenounceOwnership() []byte {
	enc, err := platformRegistry.abi.Pack("renounceOwnership")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRenounceOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x715018a6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function renounceOwnership() returns()
func (platformRegistry *PlatformRegistry) TryPackRenounceOwnership() ([]byte, error) {
	return platformRegistry.abi.Pack("renounceOwnership")
}

// PackRuleOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb82745d3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function ruleOf(bytes7 family) view returns((uint8,uint64) rule)
func (platformRegistry *PlatformRegistry) PackRuleOf(family [7]byte) []byte {
	enc, err := platformRegistry.abi.Pack("ruleOf", family)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRuleOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb82745d3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function ruleOf(bytes7 family) view returns((uint8,uint64) rule)
func (platformRegistry *PlatformRegistry) TryPackRuleOf(family [7]byte) ([]byte, error) {
	return platformRegistry.abi.Pack("ruleOf", family)
}

// UnpackRuleOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb82745d3.
//
// Solidity: function ruleOf(bytes7 family) view returns((uint8,uint64) rule)
func (platformRegistry *PlatformRegistry) UnpackRuleOf(data []byte) (IPlatformRegistryRule, error) {
	out, err := platformRegistry.abi.Unpack("ruleOf", data)
	if err != nil {
		return *new(IPlatformRegistryRule), err
	}
	out0 := *abi.ConvertType(out[0], new(IPlatformRegistryRule)).(*IPlatformRegistryRule)
	return out0, nil
}

// PackSetGuardian is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b8a1c5a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setGuardian(address guardian, bool isGuardian_) returns()
func (platformRegistry *PlatformRegistry) PackSetGuardian(guardian common.Address, isGuardian bool) []byte {
	enc, err := platformRegistry.abi.Pack("setGuardian", guardian, isGuardian)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetGuardian is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b8a1c5a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setGuardian(address guardian, bool isGuardian_) returns()
func (platformRegistry *PlatformRegistry) TryPackSetGuardian(guardian common.Address, isGuardian bool) ([]byte, error) {
	return platformRegistry.abi.Pack("setGuardian", guardian, isGuardian)
}

// PackSetRule is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1618872b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setRule(bytes7 family, (uint8,uint64) rule) returns()
func (platformRegistry *PlatformRegistry) PackSetRule(family [7]byte, rule IPlatformRegistryRule) []byte {
	enc, err := platformRegistry.abi.Pack("setRule", family, rule)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetRule is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1618872b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setRule(bytes7 family, (uint8,uint64) rule) returns()
func (platformRegistry *PlatformRegistry) TryPackSetRule(family [7]byte, rule IPlatformRegistryRule) ([]byte, error) {
	return platformRegistry.abi.Pack("setRule", family, rule)
}

// PackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (platformRegistry *PlatformRegistry) PackTransferOwnership(newOwner common.Address) []byte {
	enc, err := platformRegistry.abi.Pack("transferOwnership", newOwner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferOwnership is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2fde38b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferOwnership(address newOwner) returns()
func (platformRegistry *PlatformRegistry) TryPackTransferOwnership(newOwner common.Address) ([]byte, error) {
	return platformRegistry.abi.Pack("transferOwnership", newOwner)
}

// PlatformRegistryGuardianChanged represents a GuardianChanged event raised by the PlatformRegistry contract.
type PlatformRegistryGuardianChanged struct {
	Guardian   common.Address
	IsGuardian bool
	Raw        *types.Log // Blockchain specific contextual infos
}

const PlatformRegistryGuardianChangedEventName = "GuardianChanged"

// ContractEventName returns the user-defined event name.
func (PlatformRegistryGuardianChanged) ContractEventName() string {
	return PlatformRegistryGuardianChangedEventName
}

// UnpackGuardianChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event GuardianChanged(address indexed guardian, bool isGuardian)
func (platformRegistry *PlatformRegistry) UnpackGuardianChangedEvent(log *types.Log) (*PlatformRegistryGuardianChanged, error) {
	event := "GuardianChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != platformRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(PlatformRegistryGuardianChanged)
	if len(log.Data) > 0 {
		if err := platformRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range platformRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// PlatformRegistryOwnershipTransferStarted represents a OwnershipTransferStarted event raised by the PlatformRegistry contract.
type PlatformRegistryOwnershipTransferStarted struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const PlatformRegistryOwnershipTransferStartedEventName = "OwnershipTransferStarted"

// ContractEventName returns the user-defined event name.
func (PlatformRegistryOwnershipTransferStarted) ContractEventName() string {
	return PlatformRegistryOwnershipTransferStartedEventName
}

// UnpackOwnershipTransferStartedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)
func (platformRegistry *PlatformRegistry) UnpackOwnershipTransferStartedEvent(log *types.Log) (*PlatformRegistryOwnershipTransferStarted, error) {
	event := "OwnershipTransferStarted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != platformRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(PlatformRegistryOwnershipTransferStarted)
	if len(log.Data) > 0 {
		if err := platformRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range platformRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// PlatformRegistryOwnershipTransferred represents a OwnershipTransferred event raised by the PlatformRegistry contract.
type PlatformRegistryOwnershipTransferred struct {
	PreviousOwner common.Address
	NewOwner      common.Address
	Raw           *types.Log // Blockchain specific contextual infos
}

const PlatformRegistryOwnershipTransferredEventName = "OwnershipTransferred"

// ContractEventName returns the user-defined event name.
func (PlatformRegistryOwnershipTransferred) ContractEventName() string {
	return PlatformRegistryOwnershipTransferredEventName
}

// UnpackOwnershipTransferredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)
func (platformRegistry *PlatformRegistry) UnpackOwnershipTransferredEvent(log *types.Log) (*PlatformRegistryOwnershipTransferred, error) {
	event := "OwnershipTransferred"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != platformRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(PlatformRegistryOwnershipTransferred)
	if len(log.Data) > 0 {
		if err := platformRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range platformRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// PlatformRegistryRuleChanged represents a RuleChanged event raised by the PlatformRegistry contract.
type PlatformRegistryRuleChanged struct {
	Family [7]byte
	Rule   IPlatformRegistryRule
	Epoch  uint64
	By     common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const PlatformRegistryRuleChangedEventName = "RuleChanged"

// ContractEventName returns the user-defined event name.
func (PlatformRegistryRuleChanged) ContractEventName() string {
	return PlatformRegistryRuleChangedEventName
}

// UnpackRuleChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RuleChanged(bytes7 indexed family, (uint8,uint64) rule, uint64 epoch, address indexed by)
func (platformRegistry *PlatformRegistry) UnpackRuleChangedEvent(log *types.Log) (*PlatformRegistryRuleChanged, error) {
	event := "RuleChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != platformRegistry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(PlatformRegistryRuleChanged)
	if len(log.Data) > 0 {
		if err := platformRegistry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range platformRegistry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (platformRegistry *PlatformRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], platformRegistry.abi.Errors["FamilyUnknown"].ID.Bytes()[:4]) {
		return platformRegistry.UnpackFamilyUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], platformRegistry.abi.Errors["FloorLowered"].ID.Bytes()[:4]) {
		return platformRegistry.UnpackFloorLoweredError(raw[4:])
	}
	if bytes.Equal(raw[:4], platformRegistry.abi.Errors["OwnableInvalidOwner"].ID.Bytes()[:4]) {
		return platformRegistry.UnpackOwnableInvalidOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], platformRegistry.abi.Errors["OwnableUnauthorizedAccount"].ID.Bytes()[:4]) {
		return platformRegistry.UnpackOwnableUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], platformRegistry.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return platformRegistry.UnpackUnauthorizedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// PlatformRegistryFamilyUnknown represents a FamilyUnknown error raised by the PlatformRegistry contract.
type PlatformRegistryFamilyUnknown struct {
	Family [7]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FamilyUnknown(bytes7 family)
func PlatformRegistryFamilyUnknownErrorID() common.Hash {
	return common.HexToHash("0x9414c30a2f8daa9e68c055922740ba5d62d7928ef1b843934432340b7552b4eb")
}

// UnpackFamilyUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FamilyUnknown(bytes7 family)
func (platformRegistry *PlatformRegistry) UnpackFamilyUnknownError(raw []byte) (*PlatformRegistryFamilyUnknown, error) {
	out := new(PlatformRegistryFamilyUnknown)
	if err := platformRegistry.abi.UnpackIntoInterface(out, "FamilyUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// PlatformRegistryFloorLowered represents a FloorLowered error raised by the PlatformRegistry contract.
type PlatformRegistryFloorLowered struct {
	Family [7]byte
	Floor  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FloorLowered(bytes7 family, uint64 floor)
func PlatformRegistryFloorLoweredErrorID() common.Hash {
	return common.HexToHash("0x99c34ef24ae73ad9ef87b6cb54a2de81ae9752e8e975d4ecbedf673121b16b1c")
}

// UnpackFloorLoweredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FloorLowered(bytes7 family, uint64 floor)
func (platformRegistry *PlatformRegistry) UnpackFloorLoweredError(raw []byte) (*PlatformRegistryFloorLowered, error) {
	out := new(PlatformRegistryFloorLowered)
	if err := platformRegistry.abi.UnpackIntoInterface(out, "FloorLowered", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// PlatformRegistryOwnableInvalidOwner represents a OwnableInvalidOwner error raised by the PlatformRegistry contract.
type PlatformRegistryOwnableInvalidOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableInvalidOwner(address owner)
func PlatformRegistryOwnableInvalidOwnerErrorID() common.Hash {
	return common.HexToHash("0x1e4fbdf7f3ef8bcaa855599e3abf48b232380f183f08f6f813d9ffa5bd585188")
}

// UnpackOwnableInvalidOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableInvalidOwner(address owner)
func (platformRegistry *PlatformRegistry) UnpackOwnableInvalidOwnerError(raw []byte) (*PlatformRegistryOwnableInvalidOwner, error) {
	out := new(PlatformRegistryOwnableInvalidOwner)
	if err := platformRegistry.abi.UnpackIntoInterface(out, "OwnableInvalidOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// PlatformRegistryOwnableUnauthorizedAccount represents a OwnableUnauthorizedAccount error raised by the PlatformRegistry contract.
type PlatformRegistryOwnableUnauthorizedAccount struct {
	Account common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func PlatformRegistryOwnableUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0x118cdaa7a341953d1887a2245fd6665d741c67c8c50581daa59e1d03373fa188")
}

// UnpackOwnableUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OwnableUnauthorizedAccount(address account)
func (platformRegistry *PlatformRegistry) UnpackOwnableUnauthorizedAccountError(raw []byte) (*PlatformRegistryOwnableUnauthorizedAccount, error) {
	out := new(PlatformRegistryOwnableUnauthorizedAccount)
	if err := platformRegistry.abi.UnpackIntoInterface(out, "OwnableUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// PlatformRegistryUnauthorized represents a Unauthorized error raised by the PlatformRegistry contract.
type PlatformRegistryUnauthorized struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Unauthorized()
func PlatformRegistryUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x82b4290015f7ec7256ca2a6247d3c2a89c4865c0e791456df195f40ad0a81367")
}

// UnpackUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Unauthorized()
func (platformRegistry *PlatformRegistry) UnpackUnauthorizedError(raw []byte) (*PlatformRegistryUnauthorized, error) {
	out := new(PlatformRegistryUnauthorized)
	if err := platformRegistry.abi.UnpackIntoInterface(out, "Unauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubMetaData contains all meta data concerning the TaskHub contract.
var TaskHubMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"registry_\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"claimWindow_\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"claimBond_\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"}],\"name\":\"AttemptMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BatchMalformed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"sent\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"bond\",\"type\":\"uint256\"}],\"name\":\"BondUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ConstructionUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"DeadlinePassed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"DeadlineUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"}],\"name\":\"ExitStatusUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"ExtensionUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"received\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"}],\"name\":\"FeeUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GasInsufficient\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"NotExpired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"PermitMissing\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"PermitRevoked\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ReentrancyGuardReentrantCall\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"SafeERC20FailedOperation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"SignatureInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskExists\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"enumITaskLifecycle.State\",\"name\":\"state\",\"type\":\"uint8\"}],\"name\":\"TaskIs\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TermsMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TermsUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WithdrawalFailed\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"}],\"name\":\"CallbackFailed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"}],\"name\":\"ClaimExtended\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"ReportRefused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"outputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"publicOutput\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structITaskLifecycle.TaskResult[]\",\"name\":\"results\",\"type\":\"tuple[]\"}],\"name\":\"TaskAccepted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"}],\"name\":\"TaskClaimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskExpired\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"}],\"name\":\"TaskReopened\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"indexed\":false,\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"}],\"name\":\"TaskSubmitted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"generator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"context\",\"type\":\"bytes32\"}],\"name\":\"TasksAvailable\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_CALLBACK_GAS\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_COUNT\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256[]\",\"name\":\"taskIds\",\"type\":\"uint256[]\"},{\"internalType\":\"bytes\",\"name\":\"proof\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"}],\"name\":\"acceptTaskResults\",\"outputs\":[{\"components\":[{\"internalType\":\"enumITaskAcceptor.Quantifier\",\"name\":\"quantifier\",\"type\":\"uint8\"},{\"internalType\":\"uint256[]\",\"name\":\"taskIds\",\"type\":\"uint256[]\"}],\"internalType\":\"structITaskAcceptor.TaskIdSelector\",\"name\":\"selector\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"}],\"name\":\"cancel\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"claim\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"claimBond\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"claimWindow\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"credit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"eip712Domain\",\"outputs\":[{\"internalType\":\"bytes1\",\"name\":\"fields\",\"type\":\"bytes1\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"version\",\"type\":\"string\"},{\"internalType\":\"uint256\",\"name\":\"chainId\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"verifyingContract\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint256[]\",\"name\":\"extensions\",\"type\":\"uint256[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"}],\"name\":\"expire\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"heartbeat\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"context\",\"type\":\"bytes32\"}],\"name\":\"notify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"notify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"recordOf\",\"outputs\":[{\"components\":[{\"internalType\":\"enumITaskLifecycle.State\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structITaskLifecycle.Record\",\"name\":\"record\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"submit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"taskIdOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"withdraw\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "TaskHub",
	Bin: "0x6101c0806040523461020b576060816137e48038038091610020828561020f565b83398101031261020b5780516001600160a01b038116919082810361020b576020820151916001600160401b0383169081840361020b57604001519360405161006a60408261020f565b600e815260208101906d32b9b1b934b7102a30b9b5a43ab160911b82526040519161009660408461020f565b600183526020830191601960f91b83526100af81610246565b610120526100bc84610246565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261012560c08261020f565b5190206080523060c0523b15159081610201575b50156101f25761016052610180526101a05260405161353290816102b28239608051816133c0015260a0518161347d015260c05181613391015260e0518161340f01526101005181613435015261012051816116080152610140518161163101526101605181818161174e0152612d2d01526101805181818161050d015281816109290152610bfa01526101a0518181816103fe015281816108c801528181612ac801528181612b1f01528181612f2201526130e10152f35b635b5f6b8d60e01b5f5260045ffd5b905015155f610139565b5f80fd5b601f909101601f19168101906001600160401b0382119082101761023257604052565b634e487b7160e01b5f52604160045260245ffd5b601f815111610271576020815191015160208210610262571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a714611c75575080630ba23a5914611b55578063138b108414611afc57806351cff8d9146118f157806355d742e414611834578063566b8ec8146117e75780636d9809a0146117ac57806377163c1d146117725780637b1039991461170457806384b0196e146115d2578063899f58981461157c5780638d043215146112255780639c45b66e14610c28578063a82d08881461094d578063c5d37ae1146108eb578063c7cf748414610893578063cc1f0d2d146107ef578063f15ddc16146103555763ff5d31ef146100ef575f80fd5b34610352576100fd36611d93565b6101056123b0565b61010f81836124fd565b5092909183516006811015610325576001148015610311575b845190600682101561024257908361013f92612370565b67ffffffffffffffff610154606083016121ce565b1642109283159364ffffffffff60408701511642108015906102ee575b859161029b575b501561026f578451600681101561024257600203610225579367ffffffffffffffff6101c673ffffffffffffffffffffffffffffffffffffffff60026101eb98015416602085013590612cc8565b16610211576060015173ffffffffffffffffffffffffffffffffffffffff16916130b9565b807f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d80f35b5061021f6101008201611ea7565b916130b9565b5090915063ffffffff602061023d9401511691612dd8565b6101eb565b6024877f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b602486847f7e61955c000000000000000000000000000000000000000000000000000000008252600452fd5b9050855160068110156102c15760021490816102b9575b505f610178565b90505f6102b2565b6024887f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b5073ffffffffffffffffffffffffffffffffffffffff6060870151163314610171565b508351600681101561032557600214610128565b6024867f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b80fd5b6101c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb576004356101607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc3601126107eb57610184359073ffffffffffffffffffffffffffffffffffffffff8216908183036107eb576101a43567ffffffffffffffff81116107eb576103f3903690600401611e79565b906103fc6123b0565b7f00000000000000000000000000000000000000000000000000000000000000008034036107bc575061042e83612424565b939192908051600681101561078f57610447908761256c565b6104648667ffffffffffffffff61045c6121b7565b16421061233d565b6044354267ffffffffffffffff61047b838c612cc8565b16111561075f57509060206104ff9392019761049d63ffffffff8a5116611fa9565b9560405160208101917f21622bf473f8c32f282343a98ae60181eb1e8544e77cb8eada33bf91f5ce5aa48352896040830152606082015263ffffffff881660808201523360a082015260a081526104f560c082611f00565b5190209087612c14565b61053367ffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001642612330565b9467ffffffffffffffff6105456121b7565b168611610711575b9160026106e99263ffffffff7f7610b15ab19ec08676f5f677253d93b5993f7850b4cd5d579e2854372222ff1295511661064764ffffffffff8a606060405161059581611ec8565b878152602081019586528360408201931683520193338552867fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00875416178655517fffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ff64ffffffff0087549260081b169116178555511683907fffffffffffffffffffffffffffffffffffffffffffff0000000000ffffffffff69ffffffffff000000000083549260281b169116179055565b5181547fffff0000000000000000000000000000000000000000ffffffffffffffffffff1660509190911b7dffffffffffffffffffffffffffffffffffffffff00000000000000000000161781550180547fffffffffffffffffffffffff000000000000000000000000000000000000000016861790556040805163ffffffff909216825267ffffffffffffffff969096166020820152339590918291820190565b0390a45f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d005b94507f7610b15ab19ec08676f5f677253d93b5993f7850b4cd5d579e2854372222ff129160026106e99263ffffffff67ffffffffffffffff6107516121b7565b16989395505092505061054d565b87907fccef25cc000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b7f941ff669000000000000000000000000000000000000000000000000000000005f523460045260245260445ffd5b5f80fd5b346107eb5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb57610826611df2565b6024359073ffffffffffffffffffffffffffffffffffffffff821682036107eb5773ffffffffffffffffffffffffffffffffffffffff165f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602060405f2054604051908152f35b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb57602060405167ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346107eb576101c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb576004356101607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc3601126107eb576101843567ffffffffffffffff8116908181036107eb576101a43567ffffffffffffffff81116107eb576109e3903690600401611e79565b926109ec6123b0565b6109f585612424565b508095919551600681101561078f57610a0e9088612585565b64ffffffffff604082015116831180610beb575b80610bd0575b15610ba45791610ac9610ad292610a5163ffffffff602067ffffffffffffffff97015116611fa9565b9573ffffffffffffffffffffffffffffffffffffffff60028a0154169360405160208101917f592d70bab6c4c3c18d47c4cb6610a604f18b83f1bf83fccc8334e86acaab22c383528c604083015263ffffffff8a166060830152608082015260808152610abf60a082611f00565b519020848b612c14565b60443590612cc8565b1615610b785782547fffffffffffffffffffffffffffffffffffffffffffff0000000000ffffffffff16602883901b69ffffffffff000000000016179092556040805163ffffffff909316835267ffffffffffffffff90911660208301527fdb72eb620d4309602dba984ee6792390322a46346306157bceeec9249014165e91a25f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d005b837fd0e1075b000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b827f531f9c5c000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5067ffffffffffffffff610be26121b7565b16831115610a28565b50610c2067ffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001642612330565b831115610a22565b346107eb5760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb5760043567ffffffffffffffff81116107eb57366023820112156107eb5780600401359067ffffffffffffffff82116107eb573660248360051b830101116107eb5760243567ffffffffffffffff81116107eb57610cb8903690600401611e79565b60449291923567ffffffffffffffff81116107eb57610cdb903690600401611e79565b9093604051916040830183811067ffffffffffffffff8211176111f8576040525f83526020830193606085526102008114806111e8575b806111d9575b806111c9575b15610d88576101e1116107eb57608082019061ffff610d3c83612321565b16600189149081156111ad575b5015610d885787156111805760248601359660015b89811015610db05760248160051b890101610d79828b612330565b903503610d8857600101610d5e565b7f0b79ae40000000000000000000000000000000000000000000000000000000005f5260045ffd5b50879291610dcc91610dc06123b0565b6101a0860186866128b5565b945f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f009392935d8580611155575b610e7e575b50505050505f14610e775760015b600581101561078f5781526040519160208352606083019151600581101561078f57908392916020840152519060408084015281518091526020608084019201905f5b818110610e5e575050500390f35b8251845285945060209384019390920191600101610e50565b6002610e0d565b6040519160208301937f02f0c3a00000000000000000000000000000000000000000000000000000000085526101c484019587602486015273ffffffffffffffffffffffffffffffffffffffff610ed485611e15565b1660448601526020840135606486015260408401356084860152606084013567ffffffffffffffff811681036107eb57610f238694939267ffffffffffffffff61ffff931660a48701526121e3565b1660c484015261ffff610f3860a086016121e3565b1660e484015273ffffffffffffffffffffffffffffffffffffffff610f5f60c08601611e15565b1661010484015260e084013561012484015273ffffffffffffffffffffffffffffffffffffffff610f936101008601611e15565b166101448401528061014061012086019573ffffffffffffffffffffffffffffffffffffffff610fc288611e15565b16610164870152019763ffffffff610fd98a6121f2565b166101848601526101a06101a4860152526101e4830191905f5b81811061111857505050611037929161103291037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101855284611f00565b611ea7565b923563ffffffff8116908181036107eb57506110575a8060061c90612699565b614e208201908183116110eb5711156110c3575f92838581945193f115611081575b808080610dff565b73ffffffffffffffffffffffffffffffffffffffff16907f2aa2f30cf59580d573e46b947814f9659bb093c7d40a744fd397ccee77911d4d5f80a38380611079565b7fcc8cfd0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b9193509160608060019263ffffffff611130886121f2565b1681526020870135602082015260408701356040820152019401910191859392610ff3565b5073ffffffffffffffffffffffffffffffffffffffff6111786101208301611ea7565b161515610dfa565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b8981149150816111bf575b5089610d49565b90501515896111b8565b506101e083013560081b15610d1e565b50604161018084013514610d18565b5061018061016084013514610d12565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360161018081126107eb57610160136107eb576112616123b0565b6112696121a0565b67ffffffffffffffff429116118061155c575b6112846121a0565b90156115265760043573ffffffffffffffffffffffffffffffffffffffff8116908181036107eb57503314806114fa575b806114e6575b806114cf575b806114b6575b8061149a575b80611480575b80611444575b1561141c576112eb6101643533612136565b805f52600260205260405f2060ff815416600681101561078f576113f05760017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008254161781556001604051602081019061134582612203565b610160815261135661018082611f00565b51902091015560405161136881612203565b3390827f317d1ff4cf87a35d2fc726b7c9d122e864e1fd40d62e306e44d4d258d1c2e7f561016060243593a460c4359073ffffffffffffffffffffffffffffffffffffffff821682036107eb576020916113c59060e435906126a6565b5f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d604051908152f35b507f85c34392000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f5b6f1925000000000000000000000000000000000000000000000000000000005f5260045ffd5b506101243573ffffffffffffffffffffffffffffffffffffffff8116908181036107eb575063ffffffff61147661264e565b16159015146112d9565b50620f424063ffffffff61149261264e565b1611156112d3565b506fffffffffffffffffffffffffffffffff60e43511156112cd565b5060a43561ffff8116908181036107eb575015156112c7565b5061010061ffff6114de612310565b1611156112c1565b5061ffff6114f2612310565b1615156112bb565b506101043573ffffffffffffffffffffffffffffffffffffffff8116908181036107eb575015156112b5565b67ffffffffffffffff907f1f6df7a3000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b5064ffffffffff67ffffffffffffffff6115746121a0565b16111561127c565b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb575f337fab04395d906559e27643e4acf5cd0debe6a355247cd81c101bd0855d87dcc2608280a3005b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb576116a861162c7f000000000000000000000000000000000000000000000000000000000000000061321c565b6116557f000000000000000000000000000000000000000000000000000000000000000061321c565b60206116b6604051926116688385611f00565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e0870190611e36565b908582036040870152611e36565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b8281106116ed57505050500390f35b8351855286955093810193928101926001016116de565b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb5760206040516101008152f35b346107eb575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb576020604051620f42408152f35b346107eb5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb57602061182c611823611df2565b60243590612136565b604051908152f35b346107eb5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb5761186e600435611fc1565b6040518151600681101561078f5760c09260a091835263ffffffff602082015116602084015273ffffffffffffffffffffffffffffffffffffffff604082015116604084015267ffffffffffffffff606082015116606084015273ffffffffffffffffffffffffffffffffffffffff6080820151166080840152015160a0820152f35b346107eb5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb5773ffffffffffffffffffffffffffffffffffffffff61193d611df2565b6119456123b0565b165f8181526003602090815260408083203380855290835281842080549490559051838152909184917fd1c19fbcd4551a5edfb66d43d2e337c04837afda3482b42bdf569a8fccdae5fb9190a38115611a62576040517fa9059cbb000000000000000000000000000000000000000000000000000000005f52336004528160245260205f60448180875af19060015f5114821615611a41575b60405215611a1557602091505f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d604051908152f35b507f5274afe7000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b906001811516611a5957833b15153d151616906119de565b503d5f823e3d90fd5b90505f80808084335af13d15611af7573d67ffffffffffffffff81116111f85760405190611ab8601f82017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200183611f00565b81525f60203d92013e5b15611acf576020906113c5565b7f27fcd9d1000000000000000000000000000000000000000000000000000000005f5260045ffd5b611ac2565b346107eb5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb57600435337fab04395d906559e27643e4acf5cd0debe6a355247cd81c101bd0855d87dcc2605f80a3005b346107eb57611b6336611d93565b611b6b6123b0565b611b7581836124fd565b5091909151600681101561078f57611b8d908461256c565b73ffffffffffffffffffffffffffffffffffffffff611bab82611ea7565b163303611c4d57611c049160057fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00825416179055611beb60c08201611ea7565b9060e0611bfb6101008301611ea7565b910135916125f8565b7fc6eacc3aa5b2aa77b5a826b832a804ca0b71830ec74f9aa57a15edd978c31ed65f80a25f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d005b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b346107eb5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126107eb57600435907fffffffff0000000000000000000000000000000000000000000000000000000082168092036107eb57817f9a14481c0000000000000000000000000000000000000000000000000000000060209314908115611d69575b8115611d3f575b8115611d15575b5015158152f35b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483611d0e565b7f9c45b66e0000000000000000000000000000000000000000000000000000000081149150611d07565b7fbcfbda800000000000000000000000000000000000000000000000000000000081149150611d00565b906101807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc8301126107eb576101607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc6004359301126107eb57602490565b6004359073ffffffffffffffffffffffffffffffffffffffff821682036107eb57565b359073ffffffffffffffffffffffffffffffffffffffff821682036107eb57565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b9181601f840112156107eb5782359167ffffffffffffffff83116107eb57602083818601950101116107eb57565b3573ffffffffffffffffffffffffffffffffffffffff811681036107eb5790565b6080810190811067ffffffffffffffff8211176111f857604052565b60c0810190811067ffffffffffffffff8211176111f857604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff8211176111f857604052565b600682101561078f5752565b90604051611f5a81611ec8565b606073ffffffffffffffffffffffffffffffffffffffff829454611f8160ff821685611f41565b63ffffffff8160081c16602085015264ffffffffff8160281c16604085015260501c16910152565b63ffffffff60019116019063ffffffff82116110eb57565b604051611fcd81611ee4565b5f81525f60208201525f60408201525f60608201525f60808201525f60a08201527fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff008192165f52600260205260405f209161202783611f4d565b918251600681101561078f5761203d9082611f41565b8251600681101561078f571561212f57508151600681101561078f576003146121025750805191600683101561078f5761208063ffffffff602084015116611fa9565b9164ffffffffff604073ffffffffffffffffffffffffffffffffffffffff606084015116920151169063ffffffff600173ffffffffffffffffffffffffffffffffffffffff600286015416940154946120e5604051976120df89611ee4565b88611f41565b16602086015260408501526060840152608083015260a082015290565b91547fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff001660a08301525090565b9250505090565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00916040519073ffffffffffffffffffffffffffffffffffffffff602083019330855246604085015216606083015260808201526080815261219960a082611f00565b5190201690565b60643567ffffffffffffffff811681036107eb5790565b60843567ffffffffffffffff811681036107eb5790565b3567ffffffffffffffff811681036107eb5790565b359061ffff821682036107eb57565b359063ffffffff821682036107eb57565b60043573ffffffffffffffffffffffffffffffffffffffff81168091036107eb5781526024356020820152604435604082015260643567ffffffffffffffff81168091036107eb57606082015260843561ffff81168091036107eb57608082015260a43561ffff81168091036107eb5760a082015260c43573ffffffffffffffffffffffffffffffffffffffff81168091036107eb5760c082015260e43560e08201526101043573ffffffffffffffffffffffffffffffffffffffff81168091036107eb576101008201526101243573ffffffffffffffffffffffffffffffffffffffff81168091036107eb57610120820152610144359063ffffffff82168092036107eb576101400152565b60843561ffff811681036107eb5790565b3561ffff811681036107eb5790565b919082018092116110eb57565b156123455750565b7fbfb22adf000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b15612379575050565b7fdc0d68ae000000000000000000000000000000000000000000000000000000005f52600452600681101561078f5760245260445ffd5b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c6123fc5760017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d565b7f3ee5aeb5000000000000000000000000000000000000000000000000000000005f5260045ffd5b905f606060405161243481611ec8565b8281528260208201528260408201520152815f52600260205260405f209161245b83611f4d565b91610160604051816024823720918351600681101561078f57156124ce578351600681101561078f5760031480156124c1575b156124965750565b7f7b1cb83b000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b508260018601541461248e565b7fdc0d68ae000000000000000000000000000000000000000000000000000000005f526004525f60245260445ffd5b5f606060405161250c81611ec8565b8281528260208201528260408201520152805f52600260205260405f209261016061253685611f4d565b938160405191823720918351600681101561078f57156124ce578351600681101561078f5760031480156124c157156124965750565b90600681101561078f576125839160018214612370565b565b90600681101561078f576125839160028214612370565b816125a5575050565b73ffffffffffffffffffffffffffffffffffffffff165f9081527f3617319a054d772f909f7c479a2cebe5066e836a939412e32403c99029b92eff60205260409020805490916125f491612330565b9055565b8261260257505050565b73ffffffffffffffffffffffffffffffffffffffff165f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f526020526125f460405f20918254612330565b6101443563ffffffff811681036107eb5790565b1561266b575050565b7f92527c14000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b919082039182116110eb57565b73ffffffffffffffffffffffffffffffffffffffff169081156128a7573461287757604051917f70a08231000000000000000000000000000000000000000000000000000000008352306004840152602083602481845afa9283156127ee575f93612843575b50604051907f23b872dd000000000000000000000000000000000000000000000000000000005f5233600452306024528260445260205f60648180855af160015f5114811615612824575b826040525f606052156127f957816024816020937f70a082310000000000000000000000000000000000000000000000000000000082523060048301525afa9081156127ee575f916127ba575b50612583926127b291612699565b818114612662565b90506020813d6020116127e6575b816127d560209383611f00565b810103126107eb57516125836127a4565b3d91506127c8565b6040513d5f823e3d90fd5b7f5274afe7000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b600181151661283a57813b15153d151616612757565b823d5f823e3d90fd5b9092506020813d60201161286f575b8161285f60209383611f00565b810103126107eb5751915f61270c565b3d9150612852565b7f92527c14000000000000000000000000000000000000000000000000000000005f52346004525f60245260445ffd5b612583915034813414612662565b94939092919461ffff6128ca60808601612321565b169160608302838104606014841517156110eb57606001806060116110eb57811480612c05575b80612bf7575b80612bea575b15610d885763ffffffff843516926060850195819861291c82866124fd565b9790948551600681101561078f576129349089612585565b61294d8867ffffffffffffffff61045c606089016121ce565b63ffffffff61296181602089015116611fa9565b168203612bba57612973818c8a613273565b916129f3604160028601968b73ffffffffffffffffffffffffffffffffffffffff8954169d6040519060208201927fa4598e4be1243e66d33834a0e104a3970bc14b58d80db99bd857fcca2b54c9f08452604083015260608201528560808201528760a082015260a081526129e960c082611f00565b5190208d8d612c14565b67ffffffffffffffff612a0a60208801358c612cc8565b1615612b55575050926060925f60017f0e585cafab3831c7f3e10d19c527eb714edf685c797e0d370666965f0d558c8798979460037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0073ffffffffffffffffffffffffffffffffffffffff991617815501557fffffffffffffffffffffffff0000000000000000000000000000000000000000815416905560c0810184612ab082611ea7565b16612b085750612af590612aef8585850151169160e07f0000000000000000000000000000000000000000000000000000000000000000910135612330565b9061259c565b0151169481604051918237a49190600190565b612b509160e086612b4487870194611032838751167f00000000000000000000000000000000000000000000000000000000000000009061259c565b935116910135916125f8565b612af5565b6020919d50612bb49a5073ffffffffffffffffffffffffffffffffffffffff975088999450606096959893507ff6d74fa0180e94d0648283847ed0b7211782ce44a393ef250bdf07d833ead0f39250604051908152a301511691612efa565b91905f90565b50867f02306d54000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b50826040850135146128fd565b5060406020850135146128f7565b5063ffffffff843511156128f1565b9390926042612c5d93612c2561337a565b90604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220613346565b50600481101561078f57159182612ca4575b505015612c795750565b7f06247d83000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b73ffffffffffffffffffffffffffffffffffffffff91925081169116145f80612c6f565b9073ffffffffffffffffffffffffffffffffffffffff604051927fb8272883000000000000000000000000000000000000000000000000000000008452166004830152602482015260208160448173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa80156127ee575f90612d6c575b67ffffffffffffffff9150511690565b506020813d602011612dd0575b81612d8660209383611f00565b810103126107eb57604051906020820182811067ffffffffffffffff8211176111f857604052519067ffffffffffffffff821682036107eb5767ffffffffffffffff918152612d5c565b3d9150612d79565b9190604051612de681611ec8565b6004815263ffffffff602082019316835260408101925f845260608201905f8252855f52600260205260405f209251600681101561078f578354915195517fffffffffffffffffffffffffffffffffffffffffffff0000000000000000000090921660ff9091161760089590951b64ffffffff00169490941760289490941b69ffffffffff000000000016939093178155612ed492517fffff0000000000000000000000000000000000000000ffffffffffffffffffff7dffffffffffffffffffffffffffffffffffffffff0000000000000000000083549260501b169116179055611beb60c08201611ea7565b7f7c2ecd5e2b7188ac57f3a370681639cb447c9cbfbbbace0c070adea6c73eaa545f80a2565b9190825f52600260205260405f2090612f47612f1f63ffffffff845460081c16611fa9565b937f00000000000000000000000000000000000000000000000000000000000000009061259c565b600282017fffffffffffffffffffffffff0000000000000000000000000000000000000000815416905561ffff612f8060a08301612321565b169063ffffffff8416918210156130ad57507fc638a72b8b7014b2c22fd6633992360cc26ff75d0d5bda9e6cfbf6d3a9095a0d9260209261309e9261304c64ffffffffff604051612fd081611ec8565b60018082528882019485525f604083018190526060909201918252855494517fffffffffffffffffffffffffffffffffffffffffffff0000000000ffffffffff7fffffffffffffffffffffffffffffffffffffffffffffffffffffff000000000090961660089190911b64ffffffff0016171793909316845550565b517fffff0000000000000000000000000000000000000000ffffffffffffffffffff7dffffffffffffffffffffffffffffffffffffffff0000000000000000000083549260501b169116179055611fa9565b63ffffffff60405191168152a2565b91505061258392612dd8565b9290835f52600260205260405f20916131066130de63ffffffff855460081c16611fa9565b947f00000000000000000000000000000000000000000000000000000000000000009061259c565b600283017fffffffffffffffffffffffff0000000000000000000000000000000000000000815416905580156131fd575b6131f2575061309e7fc638a72b8b7014b2c22fd6633992360cc26ff75d0d5bda9e6cfbf6d3a9095a0d9260209260405161317081611ec8565b600180825263ffffffff84168683019081525f6040840181905260609093019283528354905164ffffffff0060089190911b167fffffffffffffffffffffffffffffffffffffffffffffffffffffff000000000090911617177fffffffffffffffffffffffffffffffffffffffffffff0000000000ffffffffff16825561304c565b905061258392612dd8565b5061ffff61320d60a08301612321565b1663ffffffff84161015613137565b60ff811690601f821161324b5760405191613238604084611f00565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b9190816040518160051b908181017f84525d2885d1a64ad5537f5ad3417fa6f7282fbdb0f863e5810a968f50f43d9b81525f9060208101915b858110613316575050502090831461212f575063ffffffff93506060820201359083821161330e575b6132df9192612330565b7f78abfa9b000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b8391506132d5565b60608082028801843761010183511161333e575b600190608083208160051b860152016132ac565b96508661332a565b9060418303613370576133699250602081013591604082359201355f1a906134a3565b9192909190565b50505f9160029190565b73ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001630148061347a575b156133e2577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261347460c082611f00565b51902090565b507f000000000000000000000000000000000000000000000000000000000000000046146133b9565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411613527579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa156127ee575f5173ffffffffffffffffffffffffffffffffffffffff81161561351d57905f905f90565b505f906001905f90565b5050505f916003919056",
}

// TaskHub is an auto generated Go binding around an Ethereum contract.
type TaskHub struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *TaskHub) GetABI() abi.ABI {
	return c.abi
}

// NewTaskHub creates a new instance of TaskHub.
func NewTaskHub() *TaskHub {
	parsed, err := TaskHubMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &TaskHub{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *TaskHub) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address registry_, uint64 claimWindow_, uint256 claimBond_) returns()
func (taskHub *TaskHub) PackConstructor(registry_ common.Address, claimWindow_ uint64, claimBond_ *big.Int) []byte {
	enc, err := taskHub.abi.Pack("", registry_, claimWindow_, claimBond_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackMAXCALLBACKGAS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d9809a0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_CALLBACK_GAS() view returns(uint32)
func (taskHub *TaskHub) PackMAXCALLBACKGAS() []byte {
	enc, err := taskHub.abi.Pack("MAX_CALLBACK_GAS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXCALLBACKGAS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d9809a0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_CALLBACK_GAS() view returns(uint32)
func (taskHub *TaskHub) TryPackMAXCALLBACKGAS() ([]byte, error) {
	return taskHub.abi.Pack("MAX_CALLBACK_GAS")
}

// UnpackMAXCALLBACKGAS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6d9809a0.
//
// Solidity: function MAX_CALLBACK_GAS() view returns(uint32)
func (taskHub *TaskHub) UnpackMAXCALLBACKGAS(data []byte) (uint32, error) {
	out, err := taskHub.abi.Unpack("MAX_CALLBACK_GAS", data)
	if err != nil {
		return *new(uint32), err
	}
	out0 := *abi.ConvertType(out[0], new(uint32)).(*uint32)
	return out0, nil
}

// PackMAXCOUNT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x77163c1d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_COUNT() view returns(uint16)
func (taskHub *TaskHub) PackMAXCOUNT() []byte {
	enc, err := taskHub.abi.Pack("MAX_COUNT")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXCOUNT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x77163c1d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_COUNT() view returns(uint16)
func (taskHub *TaskHub) TryPackMAXCOUNT() ([]byte, error) {
	return taskHub.abi.Pack("MAX_COUNT")
}

// UnpackMAXCOUNT is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x77163c1d.
//
// Solidity: function MAX_COUNT() view returns(uint16)
func (taskHub *TaskHub) UnpackMAXCOUNT(data []byte) (uint16, error) {
	out, err := taskHub.abi.Unpack("MAX_COUNT", data)
	if err != nil {
		return *new(uint16), err
	}
	out0 := *abi.ConvertType(out[0], new(uint16)).(*uint16)
	return out0, nil
}

// PackAcceptTaskResults is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9c45b66e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptTaskResults(uint256[] taskIds, bytes proof, bytes report) returns((uint8,uint256[]) selector)
func (taskHub *TaskHub) PackAcceptTaskResults(taskIds []*big.Int, proof []byte, report []byte) []byte {
	enc, err := taskHub.abi.Pack("acceptTaskResults", taskIds, proof, report)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptTaskResults is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9c45b66e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptTaskResults(uint256[] taskIds, bytes proof, bytes report) returns((uint8,uint256[]) selector)
func (taskHub *TaskHub) TryPackAcceptTaskResults(taskIds []*big.Int, proof []byte, report []byte) ([]byte, error) {
	return taskHub.abi.Pack("acceptTaskResults", taskIds, proof, report)
}

// UnpackAcceptTaskResults is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9c45b66e.
//
// Solidity: function acceptTaskResults(uint256[] taskIds, bytes proof, bytes report) returns((uint8,uint256[]) selector)
func (taskHub *TaskHub) UnpackAcceptTaskResults(data []byte) (ITaskAcceptorTaskIdSelector, error) {
	out, err := taskHub.abi.Unpack("acceptTaskResults", data)
	if err != nil {
		return *new(ITaskAcceptorTaskIdSelector), err
	}
	out0 := *abi.ConvertType(out[0], new(ITaskAcceptorTaskIdSelector)).(*ITaskAcceptorTaskIdSelector)
	return out0, nil
}

// PackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0ba23a59.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancel(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms) returns()
func (taskHub *TaskHub) PackCancel(taskId *big.Int, terms ITaskLifecycleTerms) []byte {
	enc, err := taskHub.abi.Pack("cancel", taskId, terms)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0ba23a59.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancel(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms) returns()
func (taskHub *TaskHub) TryPackCancel(taskId *big.Int, terms ITaskLifecycleTerms) ([]byte, error) {
	return taskHub.abi.Pack("cancel", taskId, terms)
}

// PackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf15ddc16.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claim(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, address requester, bytes signature) payable returns()
func (taskHub *TaskHub) PackClaim(taskId *big.Int, terms ITaskLifecycleTerms, requester common.Address, signature []byte) []byte {
	enc, err := taskHub.abi.Pack("claim", taskId, terms, requester, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf15ddc16.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claim(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, address requester, bytes signature) payable returns()
func (taskHub *TaskHub) TryPackClaim(taskId *big.Int, terms ITaskLifecycleTerms, requester common.Address, signature []byte) ([]byte, error) {
	return taskHub.abi.Pack("claim", taskId, terms, requester, signature)
}

// PackClaimBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7cf7484.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimBond() view returns(uint256)
func (taskHub *TaskHub) PackClaimBond() []byte {
	enc, err := taskHub.abi.Pack("claimBond")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7cf7484.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimBond() view returns(uint256)
func (taskHub *TaskHub) TryPackClaimBond() ([]byte, error) {
	return taskHub.abi.Pack("claimBond")
}

// UnpackClaimBond is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7cf7484.
//
// Solidity: function claimBond() view returns(uint256)
func (taskHub *TaskHub) UnpackClaimBond(data []byte) (*big.Int, error) {
	out, err := taskHub.abi.Unpack("claimBond", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackClaimWindow is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5d37ae1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimWindow() view returns(uint64)
func (taskHub *TaskHub) PackClaimWindow() []byte {
	enc, err := taskHub.abi.Pack("claimWindow")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimWindow is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc5d37ae1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimWindow() view returns(uint64)
func (taskHub *TaskHub) TryPackClaimWindow() ([]byte, error) {
	return taskHub.abi.Pack("claimWindow")
}

// UnpackClaimWindow is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc5d37ae1.
//
// Solidity: function claimWindow() view returns(uint64)
func (taskHub *TaskHub) UnpackClaimWindow(data []byte) (uint64, error) {
	out, err := taskHub.abi.Unpack("claimWindow", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackCredit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc1f0d2d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function credit(address token, address account) view returns(uint256)
func (taskHub *TaskHub) PackCredit(token common.Address, account common.Address) []byte {
	enc, err := taskHub.abi.Pack("credit", token, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCredit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc1f0d2d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function credit(address token, address account) view returns(uint256)
func (taskHub *TaskHub) TryPackCredit(token common.Address, account common.Address) ([]byte, error) {
	return taskHub.abi.Pack("credit", token, account)
}

// UnpackCredit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcc1f0d2d.
//
// Solidity: function credit(address token, address account) view returns(uint256)
func (taskHub *TaskHub) UnpackCredit(data []byte) (*big.Int, error) {
	out, err := taskHub.abi.Unpack("credit", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (taskHub *TaskHub) PackEip712Domain() []byte {
	enc, err := taskHub.abi.Pack("eip712Domain")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (taskHub *TaskHub) TryPackEip712Domain() ([]byte, error) {
	return taskHub.abi.Pack("eip712Domain")
}

// UnpackEip712Domain is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x84b0196e.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (taskHub *TaskHub) UnpackEip712Domain(data []byte) (Eip712DomainOutput, error) {
	out, err := taskHub.abi.Unpack("eip712Domain", data)
	outstruct := new(Eip712DomainOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Fields = *abi.ConvertType(out[0], new([1]byte)).(*[1]byte)
	outstruct.Name = *abi.ConvertType(out[1], new(string)).(*string)
	outstruct.Version = *abi.ConvertType(out[2], new(string)).(*string)
	outstruct.ChainId = abi.ConvertType(out[3], new(big.Int)).(*big.Int)
	outstruct.VerifyingContract = *abi.ConvertType(out[4], new(common.Address)).(*common.Address)
	outstruct.Salt = *abi.ConvertType(out[5], new([32]byte)).(*[32]byte)
	outstruct.Extensions = *abi.ConvertType(out[6], new([]*big.Int)).(*[]*big.Int)
	return *outstruct, nil
}

// PackExpire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xff5d31ef.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function expire(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms) returns()
func (taskHub *TaskHub) PackExpire(taskId *big.Int, terms ITaskLifecycleTerms) []byte {
	enc, err := taskHub.abi.Pack("expire", taskId, terms)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExpire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xff5d31ef.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function expire(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms) returns()
func (taskHub *TaskHub) TryPackExpire(taskId *big.Int, terms ITaskLifecycleTerms) ([]byte, error) {
	return taskHub.abi.Pack("expire", taskId, terms)
}

// PackHeartbeat is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa82d0888.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function heartbeat(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, uint64 until, bytes signature) returns()
func (taskHub *TaskHub) PackHeartbeat(taskId *big.Int, terms ITaskLifecycleTerms, until uint64, signature []byte) []byte {
	enc, err := taskHub.abi.Pack("heartbeat", taskId, terms, until, signature)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHeartbeat is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa82d0888.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function heartbeat(uint256 taskId, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, uint64 until, bytes signature) returns()
func (taskHub *TaskHub) TryPackHeartbeat(taskId *big.Int, terms ITaskLifecycleTerms, until uint64, signature []byte) ([]byte, error) {
	return taskHub.abi.Pack("heartbeat", taskId, terms, until, signature)
}

// PackNotify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x138b1084.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function notify(bytes32 context) returns()
func (taskHub *TaskHub) PackNotify(context [32]byte) []byte {
	enc, err := taskHub.abi.Pack("notify", context)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNotify is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x138b1084.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function notify(bytes32 context) returns()
func (taskHub *TaskHub) TryPackNotify(context [32]byte) ([]byte, error) {
	return taskHub.abi.Pack("notify", context)
}

// PackNotify0 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x899f5898.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function notify() returns()
func (taskHub *TaskHub) PackNotify0() []byte {
	enc, err := taskHub.abi.Pack("notify0")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNotify0 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x899f5898.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function notify() returns()
func (taskHub *TaskHub) TryPackNotify0() ([]byte, error) {
	return taskHub.abi.Pack("notify0")
}

// PackRecordOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55d742e4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function recordOf(uint256 taskId) view returns((uint8,uint32,address,uint64,address,bytes32) record)
func (taskHub *TaskHub) PackRecordOf(taskId *big.Int) []byte {
	enc, err := taskHub.abi.Pack("recordOf", taskId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecordOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55d742e4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function recordOf(uint256 taskId) view returns((uint8,uint32,address,uint64,address,bytes32) record)
func (taskHub *TaskHub) TryPackRecordOf(taskId *big.Int) ([]byte, error) {
	return taskHub.abi.Pack("recordOf", taskId)
}

// UnpackRecordOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x55d742e4.
//
// Solidity: function recordOf(uint256 taskId) view returns((uint8,uint32,address,uint64,address,bytes32) record)
func (taskHub *TaskHub) UnpackRecordOf(data []byte) (ITaskLifecycleRecord, error) {
	out, err := taskHub.abi.Unpack("recordOf", data)
	if err != nil {
		return *new(ITaskLifecycleRecord), err
	}
	out0 := *abi.ConvertType(out[0], new(ITaskLifecycleRecord)).(*ITaskLifecycleRecord)
	return out0, nil
}

// PackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registry() view returns(address)
func (taskHub *TaskHub) PackRegistry() []byte {
	enc, err := taskHub.abi.Pack("registry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registry() view returns(address)
func (taskHub *TaskHub) TryPackRegistry() ([]byte, error) {
	return taskHub.abi.Pack("registry")
}

// UnpackRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b103999.
//
// Solidity: function registry() view returns(address)
func (taskHub *TaskHub) UnpackRegistry(data []byte) (common.Address, error) {
	out, err := taskHub.abi.Unpack("registry", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackSubmit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8d043215.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function submit((address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, bytes32 salt) payable returns(uint256 taskId)
func (taskHub *TaskHub) PackSubmit(terms ITaskLifecycleTerms, salt [32]byte) []byte {
	enc, err := taskHub.abi.Pack("submit", terms, salt)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSubmit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8d043215.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function submit((address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, bytes32 salt) payable returns(uint256 taskId)
func (taskHub *TaskHub) TryPackSubmit(terms ITaskLifecycleTerms, salt [32]byte) ([]byte, error) {
	return taskHub.abi.Pack("submit", terms, salt)
}

// UnpackSubmit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8d043215.
//
// Solidity: function submit((address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms, bytes32 salt) payable returns(uint256 taskId)
func (taskHub *TaskHub) UnpackSubmit(data []byte) (*big.Int, error) {
	out, err := taskHub.abi.Unpack("submit", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (taskHub *TaskHub) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := taskHub.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (taskHub *TaskHub) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return taskHub.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) pure returns(bool)
func (taskHub *TaskHub) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := taskHub.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackTaskIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x566b8ec8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function taskIdOf(address submitter, bytes32 salt) view returns(uint256 taskId)
func (taskHub *TaskHub) PackTaskIdOf(submitter common.Address, salt [32]byte) []byte {
	enc, err := taskHub.abi.Pack("taskIdOf", submitter, salt)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTaskIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x566b8ec8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function taskIdOf(address submitter, bytes32 salt) view returns(uint256 taskId)
func (taskHub *TaskHub) TryPackTaskIdOf(submitter common.Address, salt [32]byte) ([]byte, error) {
	return taskHub.abi.Pack("taskIdOf", submitter, salt)
}

// UnpackTaskIdOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x566b8ec8.
//
// Solidity: function taskIdOf(address submitter, bytes32 salt) view returns(uint256 taskId)
func (taskHub *TaskHub) UnpackTaskIdOf(data []byte) (*big.Int, error) {
	out, err := taskHub.abi.Unpack("taskIdOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x51cff8d9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw(address token) returns(uint256 amount)
func (taskHub *TaskHub) PackWithdraw(token common.Address) []byte {
	enc, err := taskHub.abi.Pack("withdraw", token)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x51cff8d9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw(address token) returns(uint256 amount)
func (taskHub *TaskHub) TryPackWithdraw(token common.Address) ([]byte, error) {
	return taskHub.abi.Pack("withdraw", token)
}

// UnpackWithdraw is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x51cff8d9.
//
// Solidity: function withdraw(address token) returns(uint256 amount)
func (taskHub *TaskHub) UnpackWithdraw(data []byte) (*big.Int, error) {
	out, err := taskHub.abi.Unpack("withdraw", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// TaskHubCallbackFailed represents a CallbackFailed event raised by the TaskHub contract.
type TaskHubCallbackFailed struct {
	TaskId   *big.Int
	Callback common.Address
	Raw      *types.Log // Blockchain specific contextual infos
}

const TaskHubCallbackFailedEventName = "CallbackFailed"

// ContractEventName returns the user-defined event name.
func (TaskHubCallbackFailed) ContractEventName() string {
	return TaskHubCallbackFailedEventName
}

// UnpackCallbackFailedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event CallbackFailed(uint256 indexed taskId, address indexed callback)
func (taskHub *TaskHub) UnpackCallbackFailedEvent(log *types.Log) (*TaskHubCallbackFailed, error) {
	event := "CallbackFailed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubCallbackFailed)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubClaimExtended represents a ClaimExtended event raised by the TaskHub contract.
type TaskHubClaimExtended struct {
	TaskId      *big.Int
	Attempt     uint32
	ClaimExpiry uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const TaskHubClaimExtendedEventName = "ClaimExtended"

// ContractEventName returns the user-defined event name.
func (TaskHubClaimExtended) ContractEventName() string {
	return TaskHubClaimExtendedEventName
}

// UnpackClaimExtendedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ClaimExtended(uint256 indexed taskId, uint32 attempt, uint64 claimExpiry)
func (taskHub *TaskHub) UnpackClaimExtendedEvent(log *types.Log) (*TaskHubClaimExtended, error) {
	event := "ClaimExtended"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubClaimExtended)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubEIP712DomainChanged represents a EIP712DomainChanged event raised by the TaskHub contract.
type TaskHubEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const TaskHubEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (TaskHubEIP712DomainChanged) ContractEventName() string {
	return TaskHubEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (taskHub *TaskHub) UnpackEIP712DomainChangedEvent(log *types.Log) (*TaskHubEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubReportRefused represents a ReportRefused event raised by the TaskHub contract.
type TaskHubReportRefused struct {
	TaskId    *big.Int
	Attempt   uint32
	Requester common.Address
	Raw       *types.Log // Blockchain specific contextual infos
}

const TaskHubReportRefusedEventName = "ReportRefused"

// ContractEventName returns the user-defined event name.
func (TaskHubReportRefused) ContractEventName() string {
	return TaskHubReportRefusedEventName
}

// UnpackReportRefusedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ReportRefused(uint256 indexed taskId, uint32 attempt, address indexed requester)
func (taskHub *TaskHub) UnpackReportRefusedEvent(log *types.Log) (*TaskHubReportRefused, error) {
	event := "ReportRefused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubReportRefused)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTaskAccepted represents a TaskAccepted event raised by the TaskHub contract.
type TaskHubTaskAccepted struct {
	TaskId    *big.Int
	Attempt   uint32
	Requester common.Address
	Runner    common.Address
	Results   []ITaskLifecycleTaskResult
	Raw       *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskAcceptedEventName = "TaskAccepted"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskAccepted) ContractEventName() string {
	return TaskHubTaskAcceptedEventName
}

// UnpackTaskAcceptedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskAccepted(uint256 indexed taskId, uint32 attempt, address indexed requester, address indexed runner, (uint32,bytes32,bytes32)[] results)
func (taskHub *TaskHub) UnpackTaskAcceptedEvent(log *types.Log) (*TaskHubTaskAccepted, error) {
	event := "TaskAccepted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTaskAccepted)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTaskCancelled represents a TaskCancelled event raised by the TaskHub contract.
type TaskHubTaskCancelled struct {
	TaskId *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskCancelledEventName = "TaskCancelled"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskCancelled) ContractEventName() string {
	return TaskHubTaskCancelledEventName
}

// UnpackTaskCancelledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskCancelled(uint256 indexed taskId)
func (taskHub *TaskHub) UnpackTaskCancelledEvent(log *types.Log) (*TaskHubTaskCancelled, error) {
	event := "TaskCancelled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTaskCancelled)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTaskClaimed represents a TaskClaimed event raised by the TaskHub contract.
type TaskHubTaskClaimed struct {
	TaskId      *big.Int
	Attempt     uint32
	Requester   common.Address
	Runner      common.Address
	ClaimExpiry uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskClaimedEventName = "TaskClaimed"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskClaimed) ContractEventName() string {
	return TaskHubTaskClaimedEventName
}

// UnpackTaskClaimedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskClaimed(uint256 indexed taskId, uint32 attempt, address indexed requester, address indexed runner, uint64 claimExpiry)
func (taskHub *TaskHub) UnpackTaskClaimedEvent(log *types.Log) (*TaskHubTaskClaimed, error) {
	event := "TaskClaimed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTaskClaimed)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTaskExpired represents a TaskExpired event raised by the TaskHub contract.
type TaskHubTaskExpired struct {
	TaskId *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskExpiredEventName = "TaskExpired"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskExpired) ContractEventName() string {
	return TaskHubTaskExpiredEventName
}

// UnpackTaskExpiredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskExpired(uint256 indexed taskId)
func (taskHub *TaskHub) UnpackTaskExpiredEvent(log *types.Log) (*TaskHubTaskExpired, error) {
	event := "TaskExpired"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTaskExpired)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTaskReopened represents a TaskReopened event raised by the TaskHub contract.
type TaskHubTaskReopened struct {
	TaskId  *big.Int
	Attempt uint32
	Raw     *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskReopenedEventName = "TaskReopened"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskReopened) ContractEventName() string {
	return TaskHubTaskReopenedEventName
}

// UnpackTaskReopenedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskReopened(uint256 indexed taskId, uint32 attempt)
func (taskHub *TaskHub) UnpackTaskReopenedEvent(log *types.Log) (*TaskHubTaskReopened, error) {
	event := "TaskReopened"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTaskReopened)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTaskSubmitted represents a TaskSubmitted event raised by the TaskHub contract.
type TaskHubTaskSubmitted struct {
	TaskId    *big.Int
	Identity  [32]byte
	Submitter common.Address
	Terms     ITaskLifecycleTerms
	Raw       *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskSubmittedEventName = "TaskSubmitted"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskSubmitted) ContractEventName() string {
	return TaskHubTaskSubmittedEventName
}

// UnpackTaskSubmittedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskSubmitted(uint256 indexed taskId, bytes32 indexed identity, address indexed submitter, (address,bytes32,bytes32,uint64,uint16,uint16,address,uint256,address,address,uint32) terms)
func (taskHub *TaskHub) UnpackTaskSubmittedEvent(log *types.Log) (*TaskHubTaskSubmitted, error) {
	event := "TaskSubmitted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTaskSubmitted)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubTasksAvailable represents a TasksAvailable event raised by the TaskHub contract.
type TaskHubTasksAvailable struct {
	Generator common.Address
	Context   [32]byte
	Raw       *types.Log // Blockchain specific contextual infos
}

const TaskHubTasksAvailableEventName = "TasksAvailable"

// ContractEventName returns the user-defined event name.
func (TaskHubTasksAvailable) ContractEventName() string {
	return TaskHubTasksAvailableEventName
}

// UnpackTasksAvailableEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TasksAvailable(address indexed generator, bytes32 indexed context)
func (taskHub *TaskHub) UnpackTasksAvailableEvent(log *types.Log) (*TaskHubTasksAvailable, error) {
	event := "TasksAvailable"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubTasksAvailable)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// TaskHubWithdrawn represents a Withdrawn event raised by the TaskHub contract.
type TaskHubWithdrawn struct {
	Token   common.Address
	Account common.Address
	Amount  *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const TaskHubWithdrawnEventName = "Withdrawn"

// ContractEventName returns the user-defined event name.
func (TaskHubWithdrawn) ContractEventName() string {
	return TaskHubWithdrawnEventName
}

// UnpackWithdrawnEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Withdrawn(address indexed token, address indexed account, uint256 amount)
func (taskHub *TaskHub) UnpackWithdrawnEvent(log *types.Log) (*TaskHubWithdrawn, error) {
	event := "Withdrawn"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != taskHub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(TaskHubWithdrawn)
	if len(log.Data) > 0 {
		if err := taskHub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range taskHub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (taskHub *TaskHub) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], taskHub.abi.Errors["AttemptMismatch"].ID.Bytes()[:4]) {
		return taskHub.UnpackAttemptMismatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["BatchMalformed"].ID.Bytes()[:4]) {
		return taskHub.UnpackBatchMalformedError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["BondUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackBondUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["ConstructionUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackConstructionUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["DeadlinePassed"].ID.Bytes()[:4]) {
		return taskHub.UnpackDeadlinePassedError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["DeadlineUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackDeadlineUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["ExitStatusUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackExitStatusUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["ExtensionUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackExtensionUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["FeeUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackFeeUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["GasInsufficient"].ID.Bytes()[:4]) {
		return taskHub.UnpackGasInsufficientError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return taskHub.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["NotExpired"].ID.Bytes()[:4]) {
		return taskHub.UnpackNotExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["PermitMissing"].ID.Bytes()[:4]) {
		return taskHub.UnpackPermitMissingError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["PermitRevoked"].ID.Bytes()[:4]) {
		return taskHub.UnpackPermitRevokedError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["ReentrancyGuardReentrantCall"].ID.Bytes()[:4]) {
		return taskHub.UnpackReentrancyGuardReentrantCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["SafeERC20FailedOperation"].ID.Bytes()[:4]) {
		return taskHub.UnpackSafeERC20FailedOperationError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["SignatureInvalid"].ID.Bytes()[:4]) {
		return taskHub.UnpackSignatureInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return taskHub.UnpackStringTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["TaskExists"].ID.Bytes()[:4]) {
		return taskHub.UnpackTaskExistsError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["TaskIs"].ID.Bytes()[:4]) {
		return taskHub.UnpackTaskIsError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["TermsMismatch"].ID.Bytes()[:4]) {
		return taskHub.UnpackTermsMismatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["TermsUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackTermsUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return taskHub.UnpackUnauthorizedError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["WithdrawalFailed"].ID.Bytes()[:4]) {
		return taskHub.UnpackWithdrawalFailedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// TaskHubAttemptMismatch represents a AttemptMismatch error raised by the TaskHub contract.
type TaskHubAttemptMismatch struct {
	TaskId  *big.Int
	Attempt uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AttemptMismatch(uint256 taskId, uint32 attempt)
func TaskHubAttemptMismatchErrorID() common.Hash {
	return common.HexToHash("0x02306d542e3adb4c7e1608f2238da078da82bbbac9dbc5385c831e4373813272")
}

// UnpackAttemptMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AttemptMismatch(uint256 taskId, uint32 attempt)
func (taskHub *TaskHub) UnpackAttemptMismatchError(raw []byte) (*TaskHubAttemptMismatch, error) {
	out := new(TaskHubAttemptMismatch)
	if err := taskHub.abi.UnpackIntoInterface(out, "AttemptMismatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubBatchMalformed represents a BatchMalformed error raised by the TaskHub contract.
type TaskHubBatchMalformed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BatchMalformed()
func TaskHubBatchMalformedErrorID() common.Hash {
	return common.HexToHash("0x0b79ae4014acc2f2622564d344ca7a9df8b6307b451bde98fe010ba9d1c07b5e")
}

// UnpackBatchMalformedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BatchMalformed()
func (taskHub *TaskHub) UnpackBatchMalformedError(raw []byte) (*TaskHubBatchMalformed, error) {
	out := new(TaskHubBatchMalformed)
	if err := taskHub.abi.UnpackIntoInterface(out, "BatchMalformed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubBondUnfit represents a BondUnfit error raised by the TaskHub contract.
type TaskHubBondUnfit struct {
	Sent *big.Int
	Bond *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BondUnfit(uint256 sent, uint256 bond)
func TaskHubBondUnfitErrorID() common.Hash {
	return common.HexToHash("0x941ff669aeb04160df9b5541c63db4b467d30fce0aa226ae1b0d2f683eb7b2c9")
}

// UnpackBondUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BondUnfit(uint256 sent, uint256 bond)
func (taskHub *TaskHub) UnpackBondUnfitError(raw []byte) (*TaskHubBondUnfit, error) {
	out := new(TaskHubBondUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "BondUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubConstructionUnfit represents a ConstructionUnfit error raised by the TaskHub contract.
type TaskHubConstructionUnfit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ConstructionUnfit()
func TaskHubConstructionUnfitErrorID() common.Hash {
	return common.HexToHash("0x5b5f6b8d5855ac2d03c1aaa8179304b62f1380f56897829e17ee6b532b137744")
}

// UnpackConstructionUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ConstructionUnfit()
func (taskHub *TaskHub) UnpackConstructionUnfitError(raw []byte) (*TaskHubConstructionUnfit, error) {
	out := new(TaskHubConstructionUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "ConstructionUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubDeadlinePassed represents a DeadlinePassed error raised by the TaskHub contract.
type TaskHubDeadlinePassed struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeadlinePassed(uint256 taskId)
func TaskHubDeadlinePassedErrorID() common.Hash {
	return common.HexToHash("0xbfb22adfe9d5fa2834e025e2832eac6acdb50f696427fd6da5e7d933cf7e8923")
}

// UnpackDeadlinePassedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeadlinePassed(uint256 taskId)
func (taskHub *TaskHub) UnpackDeadlinePassedError(raw []byte) (*TaskHubDeadlinePassed, error) {
	out := new(TaskHubDeadlinePassed)
	if err := taskHub.abi.UnpackIntoInterface(out, "DeadlinePassed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubDeadlineUnfit represents a DeadlineUnfit error raised by the TaskHub contract.
type TaskHubDeadlineUnfit struct {
	Deadline uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeadlineUnfit(uint64 deadline)
func TaskHubDeadlineUnfitErrorID() common.Hash {
	return common.HexToHash("0x1f6df7a3a369132ca883f5545331bba734dceb4aef95d6850f9cb30591dbc747")
}

// UnpackDeadlineUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeadlineUnfit(uint64 deadline)
func (taskHub *TaskHub) UnpackDeadlineUnfitError(raw []byte) (*TaskHubDeadlineUnfit, error) {
	out := new(TaskHubDeadlineUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "DeadlineUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubExitStatusUnfit represents a ExitStatusUnfit error raised by the TaskHub contract.
type TaskHubExitStatusUnfit struct {
	TaskId     *big.Int
	ExitStatus uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExitStatusUnfit(uint256 taskId, uint32 exitStatus)
func TaskHubExitStatusUnfitErrorID() common.Hash {
	return common.HexToHash("0x78abfa9b2f37b134d10ac439bccb3a49d37410d1e81acd3a7217762684d0808f")
}

// UnpackExitStatusUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExitStatusUnfit(uint256 taskId, uint32 exitStatus)
func (taskHub *TaskHub) UnpackExitStatusUnfitError(raw []byte) (*TaskHubExitStatusUnfit, error) {
	out := new(TaskHubExitStatusUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "ExitStatusUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubExtensionUnfit represents a ExtensionUnfit error raised by the TaskHub contract.
type TaskHubExtensionUnfit struct {
	Until uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExtensionUnfit(uint64 until)
func TaskHubExtensionUnfitErrorID() common.Hash {
	return common.HexToHash("0x531f9c5c40a023c085be173664f42e798064cf2f032fa6bedfcb9f5ef278a049")
}

// UnpackExtensionUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExtensionUnfit(uint64 until)
func (taskHub *TaskHub) UnpackExtensionUnfitError(raw []byte) (*TaskHubExtensionUnfit, error) {
	out := new(TaskHubExtensionUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "ExtensionUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubFeeUnfit represents a FeeUnfit error raised by the TaskHub contract.
type TaskHubFeeUnfit struct {
	Received *big.Int
	Fee      *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FeeUnfit(uint256 received, uint256 fee)
func TaskHubFeeUnfitErrorID() common.Hash {
	return common.HexToHash("0x92527c14b6ad8e2fc975bdcbcd7cb341ad18a89ab6d88b3fc432dbb7e75f02c8")
}

// UnpackFeeUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FeeUnfit(uint256 received, uint256 fee)
func (taskHub *TaskHub) UnpackFeeUnfitError(raw []byte) (*TaskHubFeeUnfit, error) {
	out := new(TaskHubFeeUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "FeeUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubGasInsufficient represents a GasInsufficient error raised by the TaskHub contract.
type TaskHubGasInsufficient struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error GasInsufficient()
func TaskHubGasInsufficientErrorID() common.Hash {
	return common.HexToHash("0xcc8cfd0c46f32556f9a3f0b30e2355cf3e4ce1c4d49ad4e5478568b3c4f67469")
}

// UnpackGasInsufficientError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error GasInsufficient()
func (taskHub *TaskHub) UnpackGasInsufficientError(raw []byte) (*TaskHubGasInsufficient, error) {
	out := new(TaskHubGasInsufficient)
	if err := taskHub.abi.UnpackIntoInterface(out, "GasInsufficient", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubInvalidShortString represents a InvalidShortString error raised by the TaskHub contract.
type TaskHubInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func TaskHubInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (taskHub *TaskHub) UnpackInvalidShortStringError(raw []byte) (*TaskHubInvalidShortString, error) {
	out := new(TaskHubInvalidShortString)
	if err := taskHub.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubNotExpired represents a NotExpired error raised by the TaskHub contract.
type TaskHubNotExpired struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotExpired(uint256 taskId)
func TaskHubNotExpiredErrorID() common.Hash {
	return common.HexToHash("0x7e61955c0b73bbfba2dc5767b2446736bb856992769eb475683ed4037331eea3")
}

// UnpackNotExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotExpired(uint256 taskId)
func (taskHub *TaskHub) UnpackNotExpiredError(raw []byte) (*TaskHubNotExpired, error) {
	out := new(TaskHubNotExpired)
	if err := taskHub.abi.UnpackIntoInterface(out, "NotExpired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubPermitMissing represents a PermitMissing error raised by the TaskHub contract.
type TaskHubPermitMissing struct {
	Identity  [32]byte
	Requester common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitMissing(bytes32 identity, address requester)
func TaskHubPermitMissingErrorID() common.Hash {
	return common.HexToHash("0xccef25cc91560f62eec5fa63f068779603900cb6e368e9df441d6e956782a143")
}

// UnpackPermitMissingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitMissing(bytes32 identity, address requester)
func (taskHub *TaskHub) UnpackPermitMissingError(raw []byte) (*TaskHubPermitMissing, error) {
	out := new(TaskHubPermitMissing)
	if err := taskHub.abi.UnpackIntoInterface(out, "PermitMissing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubPermitRevoked represents a PermitRevoked error raised by the TaskHub contract.
type TaskHubPermitRevoked struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PermitRevoked(uint256 taskId)
func TaskHubPermitRevokedErrorID() common.Hash {
	return common.HexToHash("0xd0e1075bc94f54a645854aa63c5d593ce61bef6460cb4a9b05c3bd24a090c4f4")
}

// UnpackPermitRevokedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PermitRevoked(uint256 taskId)
func (taskHub *TaskHub) UnpackPermitRevokedError(raw []byte) (*TaskHubPermitRevoked, error) {
	out := new(TaskHubPermitRevoked)
	if err := taskHub.abi.UnpackIntoInterface(out, "PermitRevoked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubReentrancyGuardReentrantCall represents a ReentrancyGuardReentrantCall error raised by the TaskHub contract.
type TaskHubReentrancyGuardReentrantCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReentrancyGuardReentrantCall()
func TaskHubReentrancyGuardReentrantCallErrorID() common.Hash {
	return common.HexToHash("0x3ee5aeb571de7fc460830b4d0017439a1ca56fb0bc39062227ade4fe4a24c1ca")
}

// UnpackReentrancyGuardReentrantCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReentrancyGuardReentrantCall()
func (taskHub *TaskHub) UnpackReentrancyGuardReentrantCallError(raw []byte) (*TaskHubReentrancyGuardReentrantCall, error) {
	out := new(TaskHubReentrancyGuardReentrantCall)
	if err := taskHub.abi.UnpackIntoInterface(out, "ReentrancyGuardReentrantCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubSafeERC20FailedOperation represents a SafeERC20FailedOperation error raised by the TaskHub contract.
type TaskHubSafeERC20FailedOperation struct {
	Token common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SafeERC20FailedOperation(address token)
func TaskHubSafeERC20FailedOperationErrorID() common.Hash {
	return common.HexToHash("0x5274afe73c98b4749fc91ffae6b7b574e7842cb2144a159e9377a5f20b32edf9")
}

// UnpackSafeERC20FailedOperationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SafeERC20FailedOperation(address token)
func (taskHub *TaskHub) UnpackSafeERC20FailedOperationError(raw []byte) (*TaskHubSafeERC20FailedOperation, error) {
	out := new(TaskHubSafeERC20FailedOperation)
	if err := taskHub.abi.UnpackIntoInterface(out, "SafeERC20FailedOperation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubSignatureInvalid represents a SignatureInvalid error raised by the TaskHub contract.
type TaskHubSignatureInvalid struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SignatureInvalid(uint256 taskId)
func TaskHubSignatureInvalidErrorID() common.Hash {
	return common.HexToHash("0x06247d83983597244bb18a4b0be0ac107d82747140d07dc0e235f0ba06ec679b")
}

// UnpackSignatureInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SignatureInvalid(uint256 taskId)
func (taskHub *TaskHub) UnpackSignatureInvalidError(raw []byte) (*TaskHubSignatureInvalid, error) {
	out := new(TaskHubSignatureInvalid)
	if err := taskHub.abi.UnpackIntoInterface(out, "SignatureInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubStringTooLong represents a StringTooLong error raised by the TaskHub contract.
type TaskHubStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func TaskHubStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (taskHub *TaskHub) UnpackStringTooLongError(raw []byte) (*TaskHubStringTooLong, error) {
	out := new(TaskHubStringTooLong)
	if err := taskHub.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubTaskExists represents a TaskExists error raised by the TaskHub contract.
type TaskHubTaskExists struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TaskExists(uint256 taskId)
func TaskHubTaskExistsErrorID() common.Hash {
	return common.HexToHash("0x85c34392d63133ace5d01f2c9679826c855144da412bcd2a26d8cb31b416d607")
}

// UnpackTaskExistsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TaskExists(uint256 taskId)
func (taskHub *TaskHub) UnpackTaskExistsError(raw []byte) (*TaskHubTaskExists, error) {
	out := new(TaskHubTaskExists)
	if err := taskHub.abi.UnpackIntoInterface(out, "TaskExists", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubTaskIs represents a TaskIs error raised by the TaskHub contract.
type TaskHubTaskIs struct {
	TaskId *big.Int
	State  uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TaskIs(uint256 taskId, uint8 state)
func TaskHubTaskIsErrorID() common.Hash {
	return common.HexToHash("0xdc0d68aec94e10d553658f5bdf31bd4a5a55e31e746cbeecb63e8abd10036833")
}

// UnpackTaskIsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TaskIs(uint256 taskId, uint8 state)
func (taskHub *TaskHub) UnpackTaskIsError(raw []byte) (*TaskHubTaskIs, error) {
	out := new(TaskHubTaskIs)
	if err := taskHub.abi.UnpackIntoInterface(out, "TaskIs", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubTermsMismatch represents a TermsMismatch error raised by the TaskHub contract.
type TaskHubTermsMismatch struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TermsMismatch(uint256 taskId)
func TaskHubTermsMismatchErrorID() common.Hash {
	return common.HexToHash("0x7b1cb83b3703d8143b25329878ec0a622fe8a3e6d341cb5ea5ebbf2fe50709f9")
}

// UnpackTermsMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TermsMismatch(uint256 taskId)
func (taskHub *TaskHub) UnpackTermsMismatchError(raw []byte) (*TaskHubTermsMismatch, error) {
	out := new(TaskHubTermsMismatch)
	if err := taskHub.abi.UnpackIntoInterface(out, "TermsMismatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubTermsUnfit represents a TermsUnfit error raised by the TaskHub contract.
type TaskHubTermsUnfit struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TermsUnfit()
func TaskHubTermsUnfitErrorID() common.Hash {
	return common.HexToHash("0x5b6f1925936258c480fe228cf6c7034ff2e351e461b877c5ba693aee46973939")
}

// UnpackTermsUnfitError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TermsUnfit()
func (taskHub *TaskHub) UnpackTermsUnfitError(raw []byte) (*TaskHubTermsUnfit, error) {
	out := new(TaskHubTermsUnfit)
	if err := taskHub.abi.UnpackIntoInterface(out, "TermsUnfit", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubUnauthorized represents a Unauthorized error raised by the TaskHub contract.
type TaskHubUnauthorized struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Unauthorized()
func TaskHubUnauthorizedErrorID() common.Hash {
	return common.HexToHash("0x82b4290015f7ec7256ca2a6247d3c2a89c4865c0e791456df195f40ad0a81367")
}

// UnpackUnauthorizedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Unauthorized()
func (taskHub *TaskHub) UnpackUnauthorizedError(raw []byte) (*TaskHubUnauthorized, error) {
	out := new(TaskHubUnauthorized)
	if err := taskHub.abi.UnpackIntoInterface(out, "Unauthorized", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// TaskHubWithdrawalFailed represents a WithdrawalFailed error raised by the TaskHub contract.
type TaskHubWithdrawalFailed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WithdrawalFailed()
func TaskHubWithdrawalFailedErrorID() common.Hash {
	return common.HexToHash("0x27fcd9d1b3904ea7ea03a8482bae8169f49cfae6e56d540f058b941597289203")
}

// UnpackWithdrawalFailedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WithdrawalFailed()
func (taskHub *TaskHub) UnpackWithdrawalFailedError(raw []byte) (*TaskHubWithdrawalFailed, error) {
	out := new(TaskHubWithdrawalFailed)
	if err := taskHub.abi.UnpackIntoInterface(out, "WithdrawalFailed", raw); err != nil {
		return nil, err
	}
	return out, nil
}
