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

// ICertificatePermitterContext is an auto generated low-level Go binding around an user-defined struct.
type ICertificatePermitterContext struct {
	BaseBlock       uint64
	BaseBlockHash   [32]byte
	MeasurementRoot [32]byte
	ConfigDigest    [32]byte
	EvidenceDigest  [32]byte
}

// IIdentityRegistryPermit is an auto generated low-level Go binding around an user-defined struct.
type IIdentityRegistryPermit struct {
	Expiry uint64
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

// CertificatePermitterMetaData contains all meta data concerning the CertificatePermitter contract.
var CertificatePermitterMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"address\",\"name\":\"upstream_\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"groupKey_\",\"type\":\"bytes\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"baseBlock\",\"type\":\"uint64\"}],\"name\":\"BaseBlockUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"CertificateInvalid\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"CertificateUsed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ContextMalformed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"DurationTooLong\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GroupKeyInvalid\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InterfaceUnsupported\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"}],\"name\":\"MeasurementMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PrecompileUnavailable\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"evidenceDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"name\":\"CertificateAccepted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"locator\",\"type\":\"string\"}],\"name\":\"PolicyChanged\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_AGE\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"duration\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"context\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"authorization\",\"type\":\"bytes\"}],\"name\":\"acquireIdentity\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"duration\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"baseBlock\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"baseBlockHash\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"evidenceDigest\",\"type\":\"bytes32\"}],\"internalType\":\"structICertificatePermitter.Context\",\"name\":\"context\",\"type\":\"tuple\"}],\"name\":\"certificateDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"groupKey\",\"outputs\":[{\"internalType\":\"bytes\",\"name\":\"\",\"type\":\"bytes\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"policyOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"possessor\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"context\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"authorization\",\"type\":\"bytes\"}],\"name\":\"releaseIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"measurementRoot\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"maxDuration\",\"type\":\"uint64\"},{\"internalType\":\"string\",\"name\":\"locator\",\"type\":\"string\"}],\"name\":\"setPolicy\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"upstream\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "CertificatePermitter",
	Bin: "0x6101e0806040523461014557611ec6803803809161001d82856106bd565b8339810160408282031261014557610034826106e0565b602083015190926001600160401b03821161014557019181601f840112156101455782516001600160401b0381116106a9576040519361007e601f8301601f1916602001866106bd565b81855260208501936020838301011161014557815f926020809301865e85010152806080526100ac81610788565b8061068b575b60c0525b6100bf81610788565b8061066d575b6101ab576100d281610788565b8061016b575b1561015c57604051636a99a52360e01b815290602090829060049082906001600160a01b03165afa908115610151575f91610114575b506100b6565b90506020813d8211610149575b8161012e602093836106bd565b810103126101455761013f906106e0565b5f61010e565b5f80fd5b3d9150610121565b6040513d5f823e3d90fd5b635dd52ad560e11b5f5260045ffd5b506301ffc9a760e01b5f908152630e198f8560e11b60045260209060248184617530fa5f511515601f3d1116816101a3575b506100d8565b90505f61019d565b6001600160a01b031660a0526040519060209083906101cb6060856106bd565b60358452828401937f45534352494e2d56312d43455254494649434154452d424c533132333831473185527f5f584d443a5348412d3235365f535357555f524f5f00000000000000000000006040820152610286600160836040518098888201955f87525f60408401527f9e1d11c4979913e900bc651aa2d56d7e9b9b370b5691703d692294d9fd43955360608401528460f71b60808401525180918484015e8101603560f81b838201520301601e198101885201866106bd565b7fed16b50353a24e4579b84f9ab0e8b528c7ea5b081e95bf9cf18e24794ec334a061039a60628701966001608061031060826102c88551604119810199610806565b94858d5201968388536102db818d610806565b9b8c861881526002895360046102f18383610806565b998a88188352600381536103058484610806565b809818835253610806565b6101006103a660a09c8d936040519d8e61032a87826106bd565b87815201988995601f1981019c8d368937604051948786019a8b93604088528160208901526040808901528701536f1a0111ea397fe69a4b1ba7b6434bacd760a18701527f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab60c187015285610734565b97610180830192610734565b93600b6207a120fa60803d141691161615610665575b8551902003610656576104dc6104d761012095604051906103dd88836106bd565b61010082526f024aa2b2f08f0a91260805272dc5105160208301527fc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb860408301526f13e02b6052719f607dacd3a088274f6560608301527f596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e60808301526f0d1b3cc2c7027888be51d9ef691d77bc898301527fb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa60c08301526f13fa4d4a0ad8b1ce186ed5061789213d60e08301527f993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed6101008301526106f4565b610767565b61065657825161010081149081610628575b5015610619576104d783610519926040519061050a89836106bd565b608082523660208301376106f4565b156106195761010082805181010312610145575190604081015190606081015190608081015190868101519060c08101519061010060e08201519101516101c0526101a05261018052610160526101405283526101005260e05260405190611677928361084f843960805183818161038701528181610b780152610de0015251828181610169015281816102d501528181610519015281816107e30152610d72015260c0518281816102950152610a13015260e051826110f0015261010051826111160152518161113c0152610140518161116201526101605181611188015261018051816111ae01526101a051816111d401526101c051816111fa0152f35b63dc7fc1b360e01b5f5260045ffd5b9050822060405161063986826106bd565b61010081526020810190601f1987013683375190201415866104ee565b63232ed39360e11b5f5260045ffd5b5f86526103bc565b506106778161081e565b81610683575b506100c5565b90505f61067d565b506106958161081e565b816106a1575b506100b2565b90505f61069b565b634e487b7160e01b5f52604160045260245ffd5b601f909101601f19168101906001600160401b038211908210176106a957604052565b51906001600160a01b038216820361014557565b610732906020808095946040519684889551918291018487015e8401908282015f8152815193849201905e01015f815203601f1981018452836106bd565b565b60e1849160809460409460608301528582015260056207a120fa60403d14169160408160106207a120fa60803d14161690565b5f80805281516020928301600f6207a120fa60015f51149060203d14161690565b6301ffc9a760e01b5f526301ffc9a760e01b60045260205f60248184617530fa5f511515601f3d1116816107fe575b50156107f9576301ffc9a760e01b5f9081526001600160e01b03196004526020916024908290617530fa5f511515601f3d1116816107f3575090565b90501590565b505f90565b90505f6107b7565b6020915f9160025afa60203d141615610145575f5190565b6301ffc9a760e01b5f90815263577e56b760e11b6004526020916024908290617530fa905f511515601f3d11169056fe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a714610eac575080630dcaeaf214610e735780635483a0b514610e045780636a99a52314610d965780637b10399914610d285780638320790c146107005780639037d9ca1461067c578063dd85567d14610471578063f58ac325146101f15763fa44f2761461008c575f80fd5b346101ee576101007ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101ee576100c4610f9b565b6100cc610fbe565b60a07fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff9c3601126101ec5760643567ffffffffffffffff8116908181036101e857602094505067ffffffffffffffff6040519273ffffffffffffffffffffffffffffffffffffffff868501957f5243d8370fb1d8500146db0e1037231746a114ba701667d797e76c10a636586d8752466040870152306060870152817f000000000000000000000000000000000000000000000000000000000000000016608087015260043560a08701521660c08501521660e083015261010082015260843561012082015260a43561014082015260c43561016082015260e43561018082015261018081526101dd6101a08261104c565b519020604051908152f35b8480fd5b825b80fd5b50346101ee5760807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101ee576004359061022d610f9b565b9160443567ffffffffffffffff81116101ec5761024e903690600401610fd5565b919060643567ffffffffffffffff81116101e85761028573ffffffffffffffffffffffffffffffffffffffff913690600401610fd5565b91909616938433036104495785967f00000000000000000000000000000000000000000000000000000000000000005f14610369575050505073ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001691823b1561036457604484928360405195869485937fe7213fc1000000000000000000000000000000000000000000000000000000008552600485015260248401525af180156103595761034857505080f35b816103529161104c565b6101ee5780f35b6040513d84823e3d90fd5b505050fd5b73ffffffffffffffffffffffffffffffffffffffff959193959492947f00000000000000000000000000000000000000000000000000000000000000001692833b156104455761043288969287936104026040519a8b998a9889977ff58ac325000000000000000000000000000000000000000000000000000000008952600489015260248801526080604488015260848701916110ad565b917ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc8584030160648601526110ad565b03925af180156103595761034857505080f35b8780fd5b6004867f82b42900000000000000000000000000000000000000000000000000000000008152fd5b50346101ee5760807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101ee576004356024356104af610fbe565b9060643567ffffffffffffffff81116101e8576104d0903690600401610fd5565b6040517fd86d31b700000000000000000000000000000000000000000000000000000000815285600482015260408160248173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa8015610671578790610612575b73ffffffffffffffffffffffffffffffffffffffff9150163303610449577f15a77e5431a32d17feae989f9377708c872421355f5b20bcf8ebaf8b6a96e43b93929161060c916040519461059b86611003565b84865267ffffffffffffffff600181602089019316978884528a8c528b60205260408c2090518155019151167fffffffffffffffffffffffffffffffffffffffffffffffff0000000000000000825416179055604051948594855260208501526060604085015260608401916110ad565b0390a280f35b506040813d604011610669575b8161062c6040938361104c565b81010312610665578061065f602061065873ffffffffffffffffffffffffffffffffffffffff94611233565b9201611233565b50610548565b8680fd5b3d915061061f565b6040513d89823e3d90fd5b50346101ee57807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126101ee5760406106b56110eb565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f6020845195869482865280519283918282890152018787015e85828601015201168101030190f35b34610acd5760a07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610acd5760043561073a610f9b565b610742610fbe565b9160643567ffffffffffffffff8111610acd57610763903690600401610fd5565b91909360843567ffffffffffffffff8111610acd57610786903690600401610fd5565b60a08503610d0057835f525f60205260405f2096875480151580610cf3575b60408301359015610cc8576107b983611254565b67ffffffffffffffff16996020840135438c1080610cb4575b80610caa575b15610c7e5788999a9b7f000000000000000000000000000000000000000000000000000000000000000073ffffffffffffffffffffffffffffffffffffffff16809d604051809281927ff32534ec00000000000000000000000000000000000000000000000000000000835273ffffffffffffffffffffffffffffffffffffffff169d8e600484015260248301525a92604491602094fa8015610ac25767ffffffffffffffff915f91610c5f575b501611610c37578b8a8a946109a59367ffffffffffffffff806108a88b611254565b9d60808c0135996040519660208801987f5243d8370fb1d8500146db0e1037231746a114ba701667d797e76c10a636586d8a524660408a01523060608a0152608089015260a088015260c0870152169c8d60e08601521661010084015261012083015261014082015260608701356101608201528461018082015261018081526109346101a08261104c565b51902060405161094560608261104c565b603581527f45534352494e2d56312d43455254494649434154452d424c533132333831473160208201527f5f584d443a5348412d3235365f535357555f524f5f0000000000000000000000604082015261099d6110eb565b91888a611269565b15610c0f576001015467ffffffffffffffff1680871015610c0a5750855b4201804211610bdd577f804aa5c18356b36b92c9e8593881d8c347747d835b950e2ccc6e2741a26a7fa66060899367ffffffffffffffff8c9416956040519182526020820152856040820152a3967f000000000000000000000000000000000000000000000000000000000000000015610ad1575050505050833b15610acd5760645f928360405196879485937f1c6435700000000000000000000000000000000000000000000000000000000085526004850152602484015267ffffffffffffffff871660448401525af1918215610ac257602092610ab2575b505b67ffffffffffffffff60405191168152f35b5f610abc9161104c565b5f610a9e565b6040513d5f823e3d90fd5b5f80fd5b610b5e9498506020975090610b2e91604097969751998a9889987f8320790c000000000000000000000000000000000000000000000000000000008a5260048a01526024890152604488015260a0606488015260a48701916110ad565b917ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc8584030160848601526110ad565b03815f73ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165af18015610ac2576020915f91610bb0575b50610aa0565b610bd09150823d8411610bd6575b610bc8818361104c565b81019061108d565b82610baa565b503d610bbe565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b6109c3565b7fc108107c000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f87452e38000000000000000000000000000000000000000000000000000000005f5260045ffd5b610c78915060203d602011610bd657610bc8818361104c565b8f610886565b8b7f703a918d000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b50808c40146107d8565b5060808c01808d11610bdd574311156107d2565b7f555e316a000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b50806040830135146107a5565b7f81bd4191000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610acd575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610acd57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610acd575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610acd57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610acd5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610acd576004355f525f6020526040805f2060208251610e4e81611003565b67ffffffffffffffff6001845494858452015416918291015282519182526020820152f35b34610acd575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610acd57602060405160808152f35b34610acd5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610acd57600435907fffffffff000000000000000000000000000000000000000000000000000000008216809203610acd57817f19312f020000000000000000000000000000000000000000000000000000000060209314908115610f3e575b5015158152f35b7f1c331f0a00000000000000000000000000000000000000000000000000000000811491508115610f71575b5083610f37565b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483610f6a565b6024359073ffffffffffffffffffffffffffffffffffffffff82168203610acd57565b6044359067ffffffffffffffff82168203610acd57565b9181601f84011215610acd5782359167ffffffffffffffff8311610acd5760208381860195010111610acd57565b6040810190811067ffffffffffffffff82111761101f57604052565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761101f57604052565b90816020910312610acd575167ffffffffffffffff81168103610acd5790565b601f82602094937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe093818652868601375f8582860101520116010190565b6040517f000000000000000000000000000000000000000000000000000000000000000060208201527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201527f000000000000000000000000000000000000000000000000000000000000000060808201527f000000000000000000000000000000000000000000000000000000000000000060a08201527f000000000000000000000000000000000000000000000000000000000000000060c08201527f000000000000000000000000000000000000000000000000000000000000000060e08201527f000000000000000000000000000000000000000000000000000000000000000061010082015261010081526112306101208261104c565b90565b519073ffffffffffffffffffffffffffffffffffffffff82168203610acd57565b3567ffffffffffffffff81168103610acd5790565b91929390936080851480159061161f575b61161657602094856112a593815f97816115f39661143e60016083610120936040519c8d958661104c565b61010085527f993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed610100878701966f024aa2b2f08f0a91260805272dc5105188527fc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb860408201526f13e02b6052719f607dacd3a088274f6560608201527f596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e60808201526f0d1b3cc2c7027888be51d9ef691d77bc60a08201527fb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa60c08201526f13fa4d4a0ad8b1ce186ed5061789213d60e082015201527fff00000000000000000000000000000000000000000000000000000000000000815160f81b16604051988992818401995f8b525f604086015260608501527e8000000000000000000000000000000000000000000000000000000000000060808501528051918291018585015e8201908382015203017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe181018752018561104c565b60628401936114bf608261147683517fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffbe81019761165f565b9283885201946001865361148a818861165f565b9687841881526002875360046114a0838361165f565b978886188352600381536114b4848461165f565b80961883525361165f565b936080604051956114d160a08861104c565b818752610100611579878901998a937fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe060a00136863761156d604051928584019889916040865260018e870152604080870152600160a08701536f1a0111ea397fe69a4b1ba7b6434bacd760a18701527f64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab60c18701528561162c565b9761018083019261162c565b93600b6207a120fa60803d14169116161561160e575b60405198878a98848a019c8d37880190838201908d8252519283915e010190898252518092825e0190878252805192839101825e01858152037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0810183528261104c565b8280525190600f6207a120fa60015f51149060203d14161690565b8a835261158f565b50505050505f90565b506101008251141561127a565b60e1849160809460409460608301528582015260056207a120fa60403d14169160408160106207a120fa60803d14161690565b6020915f9160025afa60203d141615610acd575f519056",
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

// PackMAXAGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0dcaeaf2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function MAX_AGE() view returns(uint256)
func (certificatePermitter *CertificatePermitter) PackMAXAGE() []byte {
	enc, err := certificatePermitter.abi.Pack("MAX_AGE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMAXAGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0dcaeaf2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function MAX_AGE() view returns(uint256)
func (certificatePermitter *CertificatePermitter) TryPackMAXAGE() ([]byte, error) {
	return certificatePermitter.abi.Pack("MAX_AGE")
}

// UnpackMAXAGE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0dcaeaf2.
//
// Solidity: function MAX_AGE() view returns(uint256)
func (certificatePermitter *CertificatePermitter) UnpackMAXAGE(data []byte) (*big.Int, error) {
	out, err := certificatePermitter.abi.Unpack("MAX_AGE", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
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

// PackCertificateDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfa44f276.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function certificateDigest(bytes32 identity, address requester, uint64 duration, (uint64,bytes32,bytes32,bytes32,bytes32) context) view returns(bytes32)
func (certificatePermitter *CertificatePermitter) PackCertificateDigest(identity [32]byte, requester common.Address, duration uint64, context ICertificatePermitterContext) []byte {
	enc, err := certificatePermitter.abi.Pack("certificateDigest", identity, requester, duration, context)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCertificateDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfa44f276.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function certificateDigest(bytes32 identity, address requester, uint64 duration, (uint64,bytes32,bytes32,bytes32,bytes32) context) view returns(bytes32)
func (certificatePermitter *CertificatePermitter) TryPackCertificateDigest(identity [32]byte, requester common.Address, duration uint64, context ICertificatePermitterContext) ([]byte, error) {
	return certificatePermitter.abi.Pack("certificateDigest", identity, requester, duration, context)
}

// UnpackCertificateDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfa44f276.
//
// Solidity: function certificateDigest(bytes32 identity, address requester, uint64 duration, (uint64,bytes32,bytes32,bytes32,bytes32) context) view returns(bytes32)
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

// PackPolicyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5483a0b5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function policyOf(bytes32 identity) view returns(bytes32 measurementRoot, uint64 maxDuration)
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
// Solidity: function policyOf(bytes32 identity) view returns(bytes32 measurementRoot, uint64 maxDuration)
func (certificatePermitter *CertificatePermitter) TryPackPolicyOf(identity [32]byte) ([]byte, error) {
	return certificatePermitter.abi.Pack("policyOf", identity)
}

// PolicyOfOutput serves as a container for the return parameters of contract
// method PolicyOf.
type PolicyOfOutput struct {
	MeasurementRoot [32]byte
	MaxDuration     uint64
}

// UnpackPolicyOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5483a0b5.
//
// Solidity: function policyOf(bytes32 identity) view returns(bytes32 measurementRoot, uint64 maxDuration)
func (certificatePermitter *CertificatePermitter) UnpackPolicyOf(data []byte) (PolicyOfOutput, error) {
	out, err := certificatePermitter.abi.Unpack("policyOf", data)
	outstruct := new(PolicyOfOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.MeasurementRoot = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.MaxDuration = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
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

// PackSetPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd85567d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setPolicy(bytes32 identity, bytes32 measurementRoot, uint64 maxDuration, string locator) returns()
func (certificatePermitter *CertificatePermitter) PackSetPolicy(identity [32]byte, measurementRoot [32]byte, maxDuration uint64, locator string) []byte {
	enc, err := certificatePermitter.abi.Pack("setPolicy", identity, measurementRoot, maxDuration, locator)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd85567d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setPolicy(bytes32 identity, bytes32 measurementRoot, uint64 maxDuration, string locator) returns()
func (certificatePermitter *CertificatePermitter) TryPackSetPolicy(identity [32]byte, measurementRoot [32]byte, maxDuration uint64, locator string) ([]byte, error) {
	return certificatePermitter.abi.Pack("setPolicy", identity, measurementRoot, maxDuration, locator)
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

// CertificatePermitterCertificateAccepted represents a CertificateAccepted event raised by the CertificatePermitter contract.
type CertificatePermitterCertificateAccepted struct {
	Identity        [32]byte
	Requester       common.Address
	EvidenceDigest  [32]byte
	MeasurementRoot [32]byte
	Expiry          uint64
	Raw             *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterCertificateAcceptedEventName = "CertificateAccepted"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterCertificateAccepted) ContractEventName() string {
	return CertificatePermitterCertificateAcceptedEventName
}

// UnpackCertificateAcceptedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event CertificateAccepted(bytes32 indexed identity, address indexed requester, bytes32 evidenceDigest, bytes32 measurementRoot, uint64 expiry)
func (certificatePermitter *CertificatePermitter) UnpackCertificateAcceptedEvent(log *types.Log) (*CertificatePermitterCertificateAccepted, error) {
	event := "CertificateAccepted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != certificatePermitter.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CertificatePermitterCertificateAccepted)
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
	Identity        [32]byte
	MeasurementRoot [32]byte
	MaxDuration     uint64
	Locator         string
	Raw             *types.Log // Blockchain specific contextual infos
}

const CertificatePermitterPolicyChangedEventName = "PolicyChanged"

// ContractEventName returns the user-defined event name.
func (CertificatePermitterPolicyChanged) ContractEventName() string {
	return CertificatePermitterPolicyChangedEventName
}

// UnpackPolicyChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event PolicyChanged(bytes32 indexed identity, bytes32 measurementRoot, uint64 maxDuration, string locator)
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

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (certificatePermitter *CertificatePermitter) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["BaseBlockUnfit"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackBaseBlockUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["CertificateInvalid"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackCertificateInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["CertificateUsed"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackCertificateUsedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["ContextMalformed"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackContextMalformedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["DurationTooLong"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackDurationTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["GroupKeyInvalid"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackGroupKeyInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["InterfaceUnsupported"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackInterfaceUnsupportedError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["MeasurementMismatch"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackMeasurementMismatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["PrecompileUnavailable"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackPrecompileUnavailableError(raw[4:])
	}
	if bytes.Equal(raw[:4], certificatePermitter.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return certificatePermitter.UnpackUnauthorizedError(raw[4:])
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

// CertificatePermitterCertificateUsed represents a CertificateUsed error raised by the CertificatePermitter contract.
type CertificatePermitterCertificateUsed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CertificateUsed()
func CertificatePermitterCertificateUsedErrorID() common.Hash {
	return common.HexToHash("0x87452e385c6cf80e027568060ac145031f1fb4b4f79c960cb2a479962aeee17f")
}

// UnpackCertificateUsedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CertificateUsed()
func (certificatePermitter *CertificatePermitter) UnpackCertificateUsedError(raw []byte) (*CertificatePermitterCertificateUsed, error) {
	out := new(CertificatePermitterCertificateUsed)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "CertificateUsed", raw); err != nil {
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

// CertificatePermitterMeasurementMismatch represents a MeasurementMismatch error raised by the CertificatePermitter contract.
type CertificatePermitterMeasurementMismatch struct {
	MeasurementRoot [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MeasurementMismatch(bytes32 measurementRoot)
func CertificatePermitterMeasurementMismatchErrorID() common.Hash {
	return common.HexToHash("0x555e316a0c0a86cda69b4dcfa88f20a6a8902c1eef57ec6146d14712c6e7eaae")
}

// UnpackMeasurementMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MeasurementMismatch(bytes32 measurementRoot)
func (certificatePermitter *CertificatePermitter) UnpackMeasurementMismatchError(raw []byte) (*CertificatePermitterMeasurementMismatch, error) {
	out := new(CertificatePermitterMeasurementMismatch)
	if err := certificatePermitter.abi.UnpackIntoInterface(out, "MeasurementMismatch", raw); err != nil {
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

// IdentityRegistryMetaData contains all meta data concerning the IdentityRegistry contract.
var IdentityRegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"name\":\"ExpiryInPast\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"IdentityExists\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InterfaceUnsupported\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"IdentityCreated\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"IdentityDestroyed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"IdentityGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"}],\"name\":\"IdentityRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identityId\",\"type\":\"bytes32\"}],\"name\":\"PermitterChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identityId\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"proposed\",\"type\":\"address\"}],\"name\":\"RegistrationTransferProposed\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"acceptRegistrationTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"permitter\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"pers\",\"type\":\"bytes\"}],\"name\":\"createIdentity\",\"outputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"destroyIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"getPermitter\",\"outputs\":[{\"internalType\":\"contractIPermitter\",\"name\":\"permitter\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"getRegistrant\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"current\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"proposed\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"name\":\"grantIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"permitChangedAt\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"}],\"name\":\"proposeRegistrationTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"}],\"name\":\"readPermit\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"expiry\",\"type\":\"uint64\"}],\"internalType\":\"structIIdentityRegistry.Permit\",\"name\":\"permit\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"}],\"name\":\"revokeIdentity\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"permitter\",\"type\":\"address\"}],\"name\":\"setPermitter\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"pure\",\"type\":\"function\"}]",
	ID:  "IdentityRegistry",
	Bin: "0x608080604052346015576110c0908161001a8239f35b5f80fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816301ffc9a714610e2e575080631c64357014610c5657806355e5bea414610aa657806373397a57146109cc578063996d2ff31461082d578063b8272883146106f8578063b9e47a1c1461069b578063cf087a44146105a5578063d86d31b714610527578063e7213fc11461033f578063f32534ec146102c25763fcae55b3146100a0575f80fd5b346102be5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be576100d7610f3e565b60243567ffffffffffffffff81116102be57366023820112156102be57806004013567ffffffffffffffff81116102be5736602482840101116102be5761011d83611027565b5f602060405192610155827fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f8401160185610f99565b8084528060248386019601863783010152519020604051602081019146835230604083015233606083015260808201526080815261019460a082610f99565b519020805f525f60205260405f20805473ffffffffffffffffffffffffffffffffffffffff81161590816102af575b50156102835773ffffffffffffffffffffffffffffffffffffffff602093167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055805f526001825260405f2073ffffffffffffffffffffffffffffffffffffffff33167fffffffffffffffffffffffff00000000000000000000000000000000000000008254161790557fc194b2b7f255fb13fcd58d7b529f8f5a81a5791a9fb88b7de25cb5b365dae3f382604051838152a1604051908152f35b507fd38a6589000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b60ff915060e01c16155f6101c3565b5f80fd5b346102be5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be576102f9610f3e565b6024355f52600260205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052602067ffffffffffffffff60405f205460801c16604051908152f35b346102be5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435610379610f1b565b815f525f60205260405f20906040519161039283610f61565b549173ffffffffffffffffffffffffffffffffffffffff831690818152604060ff602083019567ffffffffffffffff8160a01c16875260e01c161515910152331480156104fc575b156104d45767ffffffffffffffff73ffffffffffffffffffffffffffffffffffffffff9251166040519061040d82610f61565b5f8252602082019081526040820167ffffffffffffffff43168152855f52600260205260405f208585165f5260205267ffffffffffffffff60405f209351167fffffffffffffffff00000000000000000000000000000000000000000000000077ffffffffffffffff000000000000000000000000000000006fffffffffffffffff00000000000000008654955160401b16935160801b169316171717905516907f688fc27246238b68e81030e72fb8fcaff541e636719f51fba1f8bf1243d350405f80a3005b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b50825f52600160205273ffffffffffffffffffffffffffffffffffffffff60405f20541633146103da565b346102be5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be576004355f5260016020526040805f206020825161057281610f7d565b73ffffffffffffffffffffffffffffffffffffffff60018185541694858452015416918291015282519182526020820152f35b346102be5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435805f52600160205273ffffffffffffffffffffffffffffffffffffffff600160405f2001541633036104d45773ffffffffffffffffffffffffffffffffffffffff6001816040519361062885610f7d565b33855260208501905f82525f5282602052818060405f20965116167fffffffffffffffffffffffff00000000000000000000000000000000000000008654161785555116920191167fffffffffffffffffffffffff00000000000000000000000000000000000000008254161790555f80f35b346102be5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be576004355f525f602052602073ffffffffffffffffffffffffffffffffffffffff60405f205416604051908152f35b346102be5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be5761072f610f3e565b60243560405190602082019282841067ffffffffffffffff851117610800576020936040525f8352815f526002845273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52835260405f20906040519161078f83610f61565b549067ffffffffffffffff8216835267ffffffffffffffff808360401c1692838786015260801c1660408401525f525f845267ffffffffffffffff60405f205460a01c16146107ed575b5067ffffffffffffffff6040519151168152f35b5167ffffffffffffffff168152826107d9565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b346102be5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435805f52600160205273ffffffffffffffffffffffffffffffffffffffff60405f20541633036104d457805f5260016020525f6001604082208281550155805f525f6020526108bd67ffffffffffffffff60405f205460a01c16610fda565b604051906108ca82610f61565b5f825267ffffffffffffffff6020830191168152604082019060018252835f525f60205273ffffffffffffffffffffffffffffffffffffffff8060405f20945116167fffffffffffffffffffffffff000000000000000000000000000000000000000084541617835551907fffffff000000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff00000000000000000000000000000000000000007cff0000000000000000000000000000000000000000000000000000000085549351151560e01b169360a01b169116171790557f68629dbb3b5cc9a43165fe5529cb7c3e1f382394b6521d78050971f82b9169b05f80a2005b346102be5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435610a06610f1b565b815f52600160205273ffffffffffffffffffffffffffffffffffffffff60405f20541633036104d45773ffffffffffffffffffffffffffffffffffffffff90825f526001602052600160405f20018282167fffffffffffffffffffffffff000000000000000000000000000000000000000082541617905516907f6ff54b8f4b75a53f0bee6cd45a4286754e65532d132b839637312531057536185f80a3005b346102be5760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435610ae0610f1b565b815f52600160205273ffffffffffffffffffffffffffffffffffffffff60405f20541633036104d457610b1281611027565b815f525f602052610b3367ffffffffffffffff60405f205460a01c16610fda565b73ffffffffffffffffffffffffffffffffffffffff60405192610b5584610f61565b16825267ffffffffffffffff602083019116815260408201905f8252835f525f60205273ffffffffffffffffffffffffffffffffffffffff8060405f20945116167fffffffffffffffffffffffff000000000000000000000000000000000000000084541617835551907fffffff000000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff00000000000000000000000000000000000000007cff0000000000000000000000000000000000000000000000000000000085549351151560e01b169360a01b169116171790557f98ce2a0fb159fd14bd4249db7db60d87ac3094d8501e48e8596794586862a76b5f80a2005b346102be5760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435610c90610f1b565b906044359167ffffffffffffffff83168093036102be57815f525f60205260405f2060405190610cbf82610f61565b549073ffffffffffffffffffffffffffffffffffffffff821690818152604060ff602083019467ffffffffffffffff8160a01c16865260e01c16151591015233036104d45742841115610e02579267ffffffffffffffff73ffffffffffffffffffffffffffffffffffffffff9394511660405191610d3c83610f61565b8252602082019081526040820167ffffffffffffffff43168152855f52600260205260405f208585165f5260205267ffffffffffffffff60405f209351167fffffffffffffffff00000000000000000000000000000000000000000000000077ffffffffffffffff000000000000000000000000000000006fffffffffffffffff00000000000000008654955160401b16935160801b169316171717905516907f707a71466f8fe74cb261d93da582c7362f36602b8e7fb69278cba729731ca8a75f80a3005b837fe2872af2000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346102be5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126102be57600435907fffffffff0000000000000000000000000000000000000000000000000000000082168092036102be57817faefcad6e0000000000000000000000000000000000000000000000000000000060209314908115610ef1575b8115610ec7575b5015158152f35b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483610ec0565b7ff32534ec0000000000000000000000000000000000000000000000000000000081149150610eb9565b6024359073ffffffffffffffffffffffffffffffffffffffff821682036102be57565b6004359073ffffffffffffffffffffffffffffffffffffffff821682036102be57565b6060810190811067ffffffffffffffff82111761080057604052565b6040810190811067ffffffffffffffff82111761080057604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff82111761080057604052565b67ffffffffffffffff60019116019067ffffffffffffffff8211610ffa57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b5f6024816020937f01ffc9a70000000000000000000000000000000000000000000000000000000082527f1c331f0a00000000000000000000000000000000000000000000000000000000600452617530fa5f511515601f3d1116816110b8575b501561109057565b7fbbaa55aa000000000000000000000000000000000000000000000000000000005f5260045ffd5b90505f61108856",
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

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (identityRegistry *IdentityRegistry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["ExpiryInPast"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackExpiryInPastError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["IdentityExists"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackIdentityExistsError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["InterfaceUnsupported"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackInterfaceUnsupportedError(raw[4:])
	}
	if bytes.Equal(raw[:4], identityRegistry.abi.Errors["Unauthorized"].ID.Bytes()[:4]) {
		return identityRegistry.UnpackUnauthorizedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
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

// TaskHubMetaData contains all meta data concerning the TaskHub contract.
var TaskHubMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"registry_\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"claimWindow_\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"claimBond_\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"}],\"name\":\"AttemptMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BatchMalformed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"sent\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"bond\",\"type\":\"uint256\"}],\"name\":\"BondUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ConstructionUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"DeadlinePassed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"DeadlineUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"}],\"name\":\"ExitStatusUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"ExtensionUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"received\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"}],\"name\":\"FeeUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GasInsufficient\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"NotExpired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"PermitMissing\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"PermitRevoked\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ReentrancyGuardReentrantCall\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"SafeERC20FailedOperation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"SignatureInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskExists\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"enumITaskLifecycle.State\",\"name\":\"state\",\"type\":\"uint8\"}],\"name\":\"TaskIs\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TermsMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TermsUnfit\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WithdrawalFailed\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"}],\"name\":\"CallbackFailed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"}],\"name\":\"ClaimExtended\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"outputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"publicOutput\",\"type\":\"bytes32\"}],\"indexed\":false,\"internalType\":\"structITaskLifecycle.TaskResult[]\",\"name\":\"results\",\"type\":\"tuple[]\"}],\"name\":\"TaskAccepted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"}],\"name\":\"TaskClaimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskExpired\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"}],\"name\":\"TaskReopened\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"indexed\":false,\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"}],\"name\":\"TaskSubmitted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"generator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"context\",\"type\":\"bytes32\"}],\"name\":\"TasksAvailable\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"MAX_CALLBACK_GAS\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"MAX_COUNT\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256[]\",\"name\":\"taskIds\",\"type\":\"uint256[]\"},{\"internalType\":\"bytes\",\"name\":\"proof\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"}],\"name\":\"acceptTaskResults\",\"outputs\":[{\"components\":[{\"internalType\":\"enumITaskAcceptor.Quantifier\",\"name\":\"quantifier\",\"type\":\"uint8\"},{\"internalType\":\"uint256[]\",\"name\":\"taskIds\",\"type\":\"uint256[]\"}],\"internalType\":\"structITaskAcceptor.TaskIdSelector\",\"name\":\"selector\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"}],\"name\":\"cancel\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"claim\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"claimBond\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"claimWindow\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"credit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"eip712Domain\",\"outputs\":[{\"internalType\":\"bytes1\",\"name\":\"fields\",\"type\":\"bytes1\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"version\",\"type\":\"string\"},{\"internalType\":\"uint256\",\"name\":\"chainId\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"verifyingContract\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint256[]\",\"name\":\"extensions\",\"type\":\"uint256[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"}],\"name\":\"expire\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signature\",\"type\":\"bytes\"}],\"name\":\"heartbeat\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"context\",\"type\":\"bytes32\"}],\"name\":\"notify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"notify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"recordOf\",\"outputs\":[{\"components\":[{\"internalType\":\"enumITaskLifecycle.State\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"internalType\":\"structITaskLifecycle.Record\",\"name\":\"record\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"count\",\"type\":\"uint16\"},{\"internalType\":\"uint16\",\"name\":\"attempts\",\"type\":\"uint16\"},{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"refundee\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"callback\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"callbackGas\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Terms\",\"name\":\"terms\",\"type\":\"tuple\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"submit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"taskIdOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"withdraw\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "TaskHub",
	Bin: "0x6101c08060405234610204576060816137b680380380916100208285610208565b8339810103126102045780516001600160a01b0381169190828103610204576020820151916001600160401b0383169081840361020457604001519360405161006a604082610208565b600e815260208101906d32b9b1b934b7102a30b9b5a43ab160911b825260405191610096604084610208565b600183526020830191601960f91b83526100af8161023f565b610120526100bc8461023f565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261012560c082610208565b5190206080523060c0523b151590816101fa575b50156101eb5761016052610180526101a05260405161350b90816102ab823960805181613399015260a05181613456015260c0518161336a015260e051816133e80152610100518161340e01526101205181611e4601526101405181611e6f015261016051818181611f8c015261321d0152610180518181816107f301528181610c360152610eff01526101a051818181610492015281816106e101528181610bd401528181611459015261184c0152f35b635b5f6b8d60e01b5f5260045ffd5b905015155f610139565b5f80fd5b601f909101601f19168101906001600160401b0382119082101761022b57604052565b634e487b7160e01b5f52604160045260245ffd5b601f81511161026a57602081519101516020821061025b571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a7146124bd575080630ba23a5914612393578063138b10841461233a57806351cff8d91461212f57806355d742e414612072578063566b8ec8146120255780636d9809a014611fea57806377163c1d14611fb05780637b10399914611f4257806384b0196e14611e10578063899f589814611dba5780638d04321514611a695780639c45b66e14610f31578063a82d088814610c5a578063c5d37ae114610bf7578063c7cf748414610b9e578063cc1f0d2d14610b0b578063f15ddc16146106365763ff5d31ef146100ef575f80fd5b34610633576100fd366125db565b610105612bd6565b61010f8183612d27565b506060819392930192835160068110156103d657600114801561061f575b84519060068210156105f257908661014492612b96565b67ffffffffffffffff610159606085016129c1565b164210918215908364ffffffffff60208301511642108015906105d2575b839161057f575b50156105535763ffffffff604082015116955160068110156105265760021461042b575b509161040a575b81156104035760045b6040516101be81612710565b87815261027a64ffffffffff602083018a815273ffffffffffffffffffffffffffffffffffffffff80604086019563ffffffff8c168752610203606082019889612789565b5116167fffffffffffffffffffffffff0000000000000000000000000000000000000000875416178655511684907fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff78ffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b517fffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffffff7cffffffff0000000000000000000000000000000000000000000000000084549260c81b1691161782555160068110156103d6577fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7dff000000000000000000000000000000000000000000000000000000000083549260e81b1691161790555f146103975761034c915061033360c082016126ef565b9060e061034361010083016126ef565b91013591612e23565b7f7c2ecd5e2b7188ac57f3a370681639cb447c9cbfbbbace0c070adea6c73eaa548280a25b807f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d80f35b5060206103c47fc638a72b8b7014b2c22fd6633992360cc26ff75d0d5bda9e6cfbf6d3a9095a0d926127f1565b63ffffffff60405191168152a2610371565b6024877f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b60016101b2565b905061ffff61041b60a08401612b14565b1663ffffffff84161015906101a9565b9463ffffffff81146104f95760010194600283019067ffffffffffffffff61046f73ffffffffffffffffffffffffffffffffffffffff8454166020890135906131b8565b166104e35773ffffffffffffffffffffffffffffffffffffffff6104b79151165b7f000000000000000000000000000000000000000000000000000000000000000090612dc7565b7fffffffffffffffffffffffff000000000000000000000000000000000000000081541690555f6101a2565b506104b76104f461010087016126ef565b610490565b6024887f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b6024897f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b602488887f7e61955c000000000000000000000000000000000000000000000000000000008252600452fd5b9050865160068110156105a557600214908161059d575b505f61017e565b90505f610596565b60248a7f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b5073ffffffffffffffffffffffffffffffffffffffff8251163314610177565b6024887f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b50835160068110156103d65760021461012d565b80fd5b506101c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261063357600435906101607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc36011261063357610184359173ffffffffffffffffffffffffffffffffffffffff831691828403610b07576101a43567ffffffffffffffff8111610b03576106d69036906004016126c1565b916106df612bd6565b7f0000000000000000000000000000000000000000000000000000000000000000803403610ad3575061071184612c4a565b9491939060608101516006811015610aa65761072d9088612d99565b61074a8767ffffffffffffffff6107426129aa565b164210612b63565b6044354267ffffffffffffffff610761838d6131b8565b161115610a7657509060406107e59392019861078363ffffffff8b51166127f1565b9660405160208101917f21622bf473f8c32f282343a98ae60181eb1e8544e77cb8eada33bf91f5ce5aa483528a6040830152606082015263ffffffff891660808201523360a082015260a081526107db60c082612748565b5190209088613104565b61081967ffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001642612b23565b9567ffffffffffffffff61082b6129aa565b168711610a53575b63ffffffff829151166108f964ffffffffff8973ffffffffffffffffffffffffffffffffffffffff8060405161086881612710565b33815284602082019416845260408101968752600260608201525116167fffffffffffffffffffffffff0000000000000000000000000000000000000000885416178755511685907fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff78ffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b517fffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffffff7cffffffff0000000000000000000000000000000000000000000000000085549260c81b169116178355610a26575080547fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff167d02000000000000000000000000000000000000000000000000000000000017815560020180547fffffffffffffffffffffffff000000000000000000000000000000000000000016841790556040805163ffffffff92909216825267ffffffffffffffff94909416602082015233937f7610b15ab19ec08676f5f677253d93b5993f7850b4cd5d579e2854372222ff1291a45f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d005b807f4e487b7100000000000000000000000000000000000000000000000000000000602492526021600452fd5b95508063ffffffff67ffffffffffffffff610a6c6129aa565b1697915050610833565b84896044927fccef25cc000000000000000000000000000000000000000000000000000000008352600452602452fd5b6024857f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b604492507f941ff66900000000000000000000000000000000000000000000000000000000825234600452602452fd5b5080fd5b5f80fd5b50346106335760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261063357610b4361263a565b906024359173ffffffffffffffffffffffffffffffffffffffff83168303610b075773ffffffffffffffffffffffffffffffffffffffff918260409216815260036020522091165f52602052602060405f2054604051908152f35b503461063357807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126106335760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b503461063357807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261063357602060405167ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b5034610633576101c07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261063357600435906101607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc36011261063357610184359167ffffffffffffffff831692838103610b07576101a43567ffffffffffffffff8111610f2d57610cf39036906004016126c1565b610cfb612bd6565b610d0484612c4a565b50606081939293015160068110156105f257610d209087612db0565b64ffffffffff602082015116881180610ef0575b80610ed5575b15610ea9578567ffffffffffffffff610e107fdb72eb620d4309602dba984ee6792390322a46346306157bceeec9249014165e98999a610e07610e619796610d8e63ffffffff6040610e18990151166127f1565b998a73ffffffffffffffffffffffffffffffffffffffff60028b015416946040519063ffffffff60208301937f592d70bab6c4c3c18d47c4cb6610a604f18b83f1bf83fccc8334e86acaab22c385528b6040850152166060830152608082015260808152610dfd60a082612748565b5190208488613104565b604435906131b8565b161515612b30565b80547fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff1660a085901b78ffffffffff000000000000000000000000000000000000000016179055565b6040805163ffffffff92909216825267ffffffffffffffff929092166020820152a2807f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d80f35b602487897f531f9c5c000000000000000000000000000000000000000000000000000000008252600452fd5b5067ffffffffffffffff610ee76129aa565b16881115610d3a565b50610f2567ffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001642612b23565b881115610d34565b8380fd5b34610b075760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b075760043567ffffffffffffffff8111610b075736602382011215610b075780600401359067ffffffffffffffff8211610b07573660248360051b83010111610b075760243567ffffffffffffffff8111610b0757610fc19036906004016126c1565b60449291923567ffffffffffffffff8111610b0757610fe49036906004016126c1565b604092919251906040820182811067ffffffffffffffff821117611a3c576040525f8252602082019260608452610200811480611a2c575b80611a1d575b80611a0d575b156110e2576101e111610b0757608086019561104387612b14565b9461ffff86169060608202828104606014831517156117d957606001806060116117d9578414806119fe575b806119f0575b806119e3575b156110e25763ffffffff8135169161ffff6110958b612b14565b1660018c149081156119c7575b50156110e2578a156119385760248901359960015b8c81101561110a578b6110d38260248e8260051b010192612b23565b9035036110e2576001016110b7565b7f0b79ae40000000000000000000000000000000000000000000000000000000005f5260045ffd5b508a9697989950611119612bd6565b6111238588612d27565b6060829792999399019c8d519960068b101561154a576111466107429b8d612db0565b61115e8c67ffffffffffffffff60608d019d8e6129c1565b6040890163ffffffff611173818351166127f1565b168503611997578792621fffe06040519160051b16908181017f84525d2885d1a64ad5537f5ad3417fa6f7282fbdb0f863e5810a968f50f43d9b81525f9060208101915b8d8d8210611965575050505020928881036118de575061128e60418c8f6101a0604291600288019973ffffffffffffffffffffffffffffffffffffffff8b54169b6040519160208301937fa4598e4be1243e66d33834a0e104a3970bc14b58d80db99bd857fcca2b54c9f085526040840152606083015260808201528960a082015260a0815261124860c082612748565b51902092611254613353565b93604051947f190100000000000000000000000000000000000000000000000000000000000086526002860152602285015201912061331f565b50600481101561154a5786901591826118be575b505015611892578c9d9e9f60208c01359d6112bd8f886131b8565b67ffffffffffffffff161515906112d391612b30565b600390528951825460208c015178ffffffffff000000000000000000000000000000000000000060a09190911b1673ffffffffffffffffffffffffffffffffffffffff9092167fffffffffffffff00000000000000000000000000000000000000000000000000909116171782555181549060c81b7cffffffff0000000000000000000000000000000000000000000000000016907fffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffffff1617815580547fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff167d0300000000000000000000000000000000000000000000000000000000001781556001015580547fffffffffffffffffffffffff00000000000000000000000000000000000000001690558960c088019661140c886126ef565b7f0e585cafab3831c7f3e10d19c527eb714edf685c797e0d370666965f0d558c879173ffffffffffffffffffffffffffffffffffffffff91821661184357611486828251166114808d60e07f0000000000000000000000000000000000000000000000000000000000000000910135612b23565b90612dc7565b51169360405181898237a45f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d61012085019373ffffffffffffffffffffffffffffffffffffffff6114d8866126ef565b16611577575b505050505050505050600181526040519160208352606083019151600581101561154a57908392916020840152519060408084015281518091526020608084019201905f5b818110611531575050500390f35b8251845285945060209384019390920191600101611523565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b6040519560208701977f02f0c3a00000000000000000000000000000000000000000000000000000000089526101c48801998b60248a015273ffffffffffffffffffffffffffffffffffffffff6115cd8461265d565b1660448a0152606489015260408201356084890152359267ffffffffffffffff84168403610b07579073ffffffffffffffffffffffffffffffffffffffff61165386959461ffff6116336101409667ffffffffffffffff8e9c9b991660a48d01526129d6565b1660c48a015261ffff61164860a086016129d6565b1660e48a015261265d565b1661010487015260e081013561012487015273ffffffffffffffffffffffffffffffffffffffff611687610100830161265d565b1661014487015273ffffffffffffffffffffffffffffffffffffffff6116ac8861265d565b16610164870152019763ffffffff6116c38a6129e5565b166101848601526101a06101a48601525260606101e484019201905f5b8181106118065750505063ffffffff926117276117329361172c93037fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe08101875286612748565b6126ef565b94612e8d565b166117415a8060061c90612ed5565b614e208201908183116117d95711156117b1575f92838581945193f11561176f575b808080808080806114de565b73ffffffffffffffffffffffffffffffffffffffff16907f2aa2f30cf59580d573e46b947814f9659bb093c7d40a744fd397ccee77911d4d5f80a38280611763565b7fcc8cfd0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b9193509160608060019263ffffffff61181e886129e5565b16815260208701356020820152604087013560408201520194019101918593926116e0565b611871828251167f000000000000000000000000000000000000000000000000000000000000000090612dc7565b61188d61187d8b6126ef565b8c60e08585511691013591612e23565b611486565b8c7f06247d83000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b73ffffffffffffffffffffffffffffffffffffffff16149050855f6112a2565b888a8f836118eb91612b23565b91831015611938576060611908918163ffffffff95020101612e8d565b907f78abfa9b000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b606080918184020101843761010183511161198f575b600190608083208160051b860152016111b7565b96508661197b565b848d7f02306d54000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8c81149150816119d9575b508c6110a2565b905015158c6119d2565b508160408201351461107b565b506040602082013514611075565b5063ffffffff8135111561106f565b506101e087013560081b15611028565b50604161018088013514611022565b506101806101608801351461101c565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36016101808112610b075761016013610b0757611aa5612bd6565b611aad612993565b67ffffffffffffffff4291161180611d9a575b611ac8612993565b9015611d645760043573ffffffffffffffffffffffffffffffffffffffff811690818103610b075750331480611d38575b80611d24575b80611d0d575b80611cf4575b80611cd8575b80611cbe575b80611c82575b15611c5a57611b2f6101643533612929565b805f52600260205260405f2060ff815460e81c16600681101561154a57611c2e57906020917d0100000000000000000000000000000000000000000000000000000000007fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff825416178155600160405184810190611bac826129f6565b6101608152611bbd61018082612748565b519020910155604051611bcf816129f6565b3390827f317d1ff4cf87a35d2fc726b7c9d122e864e1fd40d62e306e44d4d258d1c2e7f561016060243593a4611c03612ee2565b5f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d604051908152f35b507f85c34392000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f5b6f1925000000000000000000000000000000000000000000000000000000005f5260045ffd5b506101243573ffffffffffffffffffffffffffffffffffffffff811690818103610b07575063ffffffff611cb4612e79565b1615901514611b1d565b50620f424063ffffffff611cd0612e79565b161115611b17565b506fffffffffffffffffffffffffffffffff60e4351115611b11565b5060a43561ffff811690818103610b0757501515611b0b565b5061010061ffff611d1c612b03565b161115611b05565b5061ffff611d30612b03565b161515611aff565b506101043573ffffffffffffffffffffffffffffffffffffffff811690818103610b0757501515611af9565b67ffffffffffffffff907f1f6df7a3000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b5064ffffffffff67ffffffffffffffff611db2612993565b161115611ac0565b34610b07575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b07575f337fab04395d906559e27643e4acf5cd0debe6a355247cd81c101bd0855d87dcc2608280a3005b34610b07575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b0757611ee6611e6a7f00000000000000000000000000000000000000000000000000000000000000006132c8565b611e937f00000000000000000000000000000000000000000000000000000000000000006132c8565b6020611ef460405192611ea68385612748565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e087019061267e565b90858203604087015261267e565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b828110611f2b57505050500390f35b835185528695509381019392810192600101611f1c565b34610b07575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b0757602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610b07575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b075760206040516101008152f35b34610b07575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b07576020604051620f42408152f35b34610b075760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b0757602061206a61206161263a565b60243590612929565b604051908152f35b34610b075760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b07576120ac600435612809565b6040518151600681101561154a5760c09260a091835263ffffffff602082015116602084015273ffffffffffffffffffffffffffffffffffffffff604082015116604084015267ffffffffffffffff606082015116606084015273ffffffffffffffffffffffffffffffffffffffff6080820151166080840152015160a0820152f35b34610b075760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b075773ffffffffffffffffffffffffffffffffffffffff61217b61263a565b612183612bd6565b165f8181526003602090815260408083203380855290835281842080549490559051838152909184917fd1c19fbcd4551a5edfb66d43d2e337c04837afda3482b42bdf569a8fccdae5fb9190a381156122a0576040517fa9059cbb000000000000000000000000000000000000000000000000000000005f52336004528160245260205f60448180875af19060015f511482161561227f575b6040521561225357602091505f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d604051908152f35b507f5274afe7000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b90600181151661229757833b15153d1516169061221c565b503d5f823e3d90fd5b90505f80808084335af13d15612335573d67ffffffffffffffff8111611a3c57604051906122f6601f82017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200183612748565b81525f60203d92013e5b1561230d57602090611c03565b7f27fcd9d1000000000000000000000000000000000000000000000000000000005f5260045ffd5b612300565b34610b075760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b0757600435337fab04395d906559e27643e4acf5cd0debe6a355247cd81c101bd0855d87dcc2605f80a3005b34610b075760606123a3366125db565b6123ae929192612bd6565b6123b88184612d27565b509290920151600681101561154a576123d19084612d99565b73ffffffffffffffffffffffffffffffffffffffff6123ef826126ef565b1633036124955761244c917d0500000000000000000000000000000000000000000000000000000000007fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff82541617905561033360c082016126ef565b7fc6eacc3aa5b2aa77b5a826b832a804ca0b71830ec74f9aa57a15edd978c31ed65f80a25f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d005b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610b075760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610b0757600435907fffffffff000000000000000000000000000000000000000000000000000000008216809203610b0757817f9a14481c00000000000000000000000000000000000000000000000000000000602093149081156125b1575b8115612587575b811561255d575b5015158152f35b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483612556565b7f9c45b66e000000000000000000000000000000000000000000000000000000008114915061254f565b7fbcfbda800000000000000000000000000000000000000000000000000000000081149150612548565b906101807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc830112610b07576101607fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc600435930112610b0757602490565b6004359073ffffffffffffffffffffffffffffffffffffffff82168203610b0757565b359073ffffffffffffffffffffffffffffffffffffffff82168203610b0757565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b9181601f84011215610b075782359167ffffffffffffffff8311610b075760208381860195010111610b0757565b3573ffffffffffffffffffffffffffffffffffffffff81168103610b075790565b6080810190811067ffffffffffffffff821117611a3c57604052565b60c0810190811067ffffffffffffffff821117611a3c57604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff821117611a3c57604052565b600682101561154a5752565b906127ef6040516127a581612710565b606060ff82955473ffffffffffffffffffffffffffffffffffffffff8116845264ffffffffff8160a01c16602085015263ffffffff8160c81c16604085015260e81c169101612789565b565b63ffffffff60019116019063ffffffff82116117d957565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00604051916128378361272c565b5f83525f60208401525f60408401525f60608401525f60808401525f60a0840152165f52600260205260405f209061286e82612795565b9060608201908151600681101561154a571561292257505191600683101561154a576128a363ffffffff6040840151166127f1565b9164ffffffffff602073ffffffffffffffffffffffffffffffffffffffff835116920151169063ffffffff600173ffffffffffffffffffffffffffffffffffffffff60028601541694015494612905604051976128ff8961272c565b88612789565b16602086015260408501526060840152608083015260a082015290565b9250505090565b7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00916040519073ffffffffffffffffffffffffffffffffffffffff602083019330855246604085015216606083015260808201526080815261298c60a082612748565b5190201690565b60643567ffffffffffffffff81168103610b075790565b60843567ffffffffffffffff81168103610b075790565b3567ffffffffffffffff81168103610b075790565b359061ffff82168203610b0757565b359063ffffffff82168203610b0757565b60043573ffffffffffffffffffffffffffffffffffffffff8116809103610b075781526024356020820152604435604082015260643567ffffffffffffffff8116809103610b0757606082015260843561ffff8116809103610b0757608082015260a43561ffff8116809103610b075760a082015260c43573ffffffffffffffffffffffffffffffffffffffff8116809103610b075760c082015260e43560e08201526101043573ffffffffffffffffffffffffffffffffffffffff8116809103610b07576101008201526101243573ffffffffffffffffffffffffffffffffffffffff8116809103610b0757610120820152610144359063ffffffff8216809203610b07576101400152565b60843561ffff81168103610b075790565b3561ffff81168103610b075790565b919082018092116117d957565b15612b385750565b7fd0e1075b000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b15612b6b5750565b7fbfb22adf000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b15612b9f575050565b7fdc0d68ae000000000000000000000000000000000000000000000000000000005f52600452600681101561154a5760245260445ffd5b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c612c225760017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005d565b7f3ee5aeb5000000000000000000000000000000000000000000000000000000005f5260045ffd5b905f6060604051612c5a81612710565b8281528260208201528260408201520152815f52600260205260405f2091612c8183612795565b9161016060405181602482372091606084018051600681101561154a5715612cf75751600681101561154a576003148015612cea575b15612cbf5750565b7f7b1cb83b000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5082600186015414612cb7565b507fdc0d68ae000000000000000000000000000000000000000000000000000000005f526004525f60245260445ffd5b5f6060604051612d3681612710565b8281528260208201528260408201520152805f52600260205260405f2092610160612d6085612795565b93816040519182372091606084018051600681101561154a5715612cf75751600681101561154a576003148015612cea5715612cbf5750565b90600681101561154a576127ef9160018214612b96565b90600681101561154a576127ef9160028214612b96565b81612dd0575050565b73ffffffffffffffffffffffffffffffffffffffff165f9081527f3617319a054d772f909f7c479a2cebe5066e836a939412e32403c99029b92eff6020526040902080549091612e1f91612b23565b9055565b82612e2d57505050565b73ffffffffffffffffffffffffffffffffffffffff165f52600360205273ffffffffffffffffffffffffffffffffffffffff60405f2091165f52602052612e1f60405f20918254612b23565b6101443563ffffffff81168103610b075790565b3563ffffffff81168103610b075790565b15612ea7575050565b7f92527c14000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b919082039182116117d957565b60c43573ffffffffffffffffffffffffffffffffffffffff811690818103610b075781156130f357346130c35750604051907f70a08231000000000000000000000000000000000000000000000000000000008252306004830152602082602481845afa91821561303a575f9261308f575b5060e43590604051907f23b872dd000000000000000000000000000000000000000000000000000000005f5233600452306024528260445260205f60648180855af160015f5114811615613070575b826040525f6060521561304557816024816020937f70a082310000000000000000000000000000000000000000000000000000000082523060048301525afa90811561303a575f91613006575b506127ef92612ffe91612ed5565b818114612e9e565b90506020813d602011613032575b8161302160209383612748565b81010312610b0757516127ef612ff0565b3d9150613014565b6040513d5f823e3d90fd5b7f5274afe7000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b600181151661308657813b15153d151616612fa3565b823d5f823e3d90fd5b9091506020813d6020116130bb575b816130ab60209383612748565b81010312610b075751905f612f54565b3d915061309e565b7f92527c14000000000000000000000000000000000000000000000000000000005f52346004525f60245260445ffd5b50506127ef60e43534813414612e9e565b939092604261314d93613115613353565b90604051917f19010000000000000000000000000000000000000000000000000000000000008352600283015260228201522061331f565b50600481101561154a57159182613194575b5050156131695750565b7f06247d83000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b73ffffffffffffffffffffffffffffffffffffffff91925081169116145f8061315f565b9073ffffffffffffffffffffffffffffffffffffffff604051927fb8272883000000000000000000000000000000000000000000000000000000008452166004830152602482015260208160448173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa801561303a575f9061325c575b67ffffffffffffffff9150511690565b506020813d6020116132c0575b8161327660209383612748565b81010312610b0757604051906020820182811067ffffffffffffffff821117611a3c57604052519067ffffffffffffffff82168203610b075767ffffffffffffffff91815261324c565b3d9150613269565b60ff811690601f82116132f757604051916132e4604084612748565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b9060418303613349576133429250602081013591604082359201355f1a9061347c565b9192909190565b50505f9160029190565b73ffffffffffffffffffffffffffffffffffffffff7f000000000000000000000000000000000000000000000000000000000000000016301480613453575b156133bb577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261344d60c082612748565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614613392565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411613500579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa1561303a575f5173ffffffffffffffffffffffffffffffffffffffff8116156134f657905f905f90565b505f906001905f90565b5050505f916003919056",
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
