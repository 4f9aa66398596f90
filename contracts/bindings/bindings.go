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

// ITaskLifecycleTask is an auto generated low-level Go binding around an user-defined struct.
type ITaskLifecycleTask struct {
	Submitter    common.Address
	Identity     [32]byte
	InputDigest  [32]byte
	Deadline     uint64
	Attempt      uint32
	State        uint8
	Requester    common.Address
	Runner       common.Address
	ClaimExpiry  uint64
	Fee          *big.Int
	OutputDigest [32]byte
	ExitStatus   uint32
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
	ABI: "[{\"inputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"registry_\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"claimWindow_\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"claimBond_\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"}],\"name\":\"AttemptMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BatchMalformed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"sent\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"bond\",\"type\":\"uint256\"}],\"name\":\"BondUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"DeadlinePassed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"DeadlineUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"}],\"name\":\"ExitStatusUnfit\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"InputMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"InvalidShortString\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"NotExpired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"PermitMissing\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"PermitRevoked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"RunnerMissing\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"SignatureInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"str\",\"type\":\"string\"}],\"name\":\"StringTooLong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskExists\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"enumITaskLifecycle.State\",\"name\":\"state\",\"type\":\"uint8\"}],\"name\":\"TaskIs\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Unauthorized\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"WithdrawalFailed\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"EIP712DomainChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"outputDigest\",\"type\":\"bytes32\"}],\"name\":\"TaskAccepted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskCancelled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"}],\"name\":\"TaskClaimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"TaskExpired\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"}],\"name\":\"TaskReopened\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"indexed\":true,\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"}],\"name\":\"TaskSubmitted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"generator\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"context\",\"type\":\"bytes32\"}],\"name\":\"TasksAvailable\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"uint256[]\",\"name\":\"taskIds\",\"type\":\"uint256[]\"},{\"internalType\":\"bytes\",\"name\":\"proof\",\"type\":\"bytes\"},{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"}],\"name\":\"acceptTaskResults\",\"outputs\":[{\"components\":[{\"internalType\":\"enumITaskAcceptor.Quantifier\",\"name\":\"quantifier\",\"type\":\"uint8\"},{\"internalType\":\"uint256[]\",\"name\":\"taskIds\",\"type\":\"uint256[]\"}],\"internalType\":\"structITaskAcceptor.TaskIdSelector\",\"name\":\"selector\",\"type\":\"tuple\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"cancel\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"}],\"name\":\"claim\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"claimBond\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"claimWindow\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"credit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"eip712Domain\",\"outputs\":[{\"internalType\":\"bytes1\",\"name\":\"fields\",\"type\":\"bytes1\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"version\",\"type\":\"string\"},{\"internalType\":\"uint256\",\"name\":\"chainId\",\"type\":\"uint256\"},{\"internalType\":\"address\",\"name\":\"verifyingContract\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint256[]\",\"name\":\"extensions\",\"type\":\"uint256[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"expire\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"name\":\"getTask\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"attempt\",\"type\":\"uint32\"},{\"internalType\":\"enumITaskLifecycle.State\",\"name\":\"state\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"requester\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"runner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"claimExpiry\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"bytes32\",\"name\":\"outputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint32\",\"name\":\"exitStatus\",\"type\":\"uint32\"}],\"internalType\":\"structITaskLifecycle.Task\",\"name\":\"task\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"context\",\"type\":\"bytes32\"}],\"name\":\"notify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"notify\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractIIdentityRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"IdentityId\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"inputDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"submit\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"pure\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"submitter\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"salt\",\"type\":\"bytes32\"}],\"name\":\"taskIdOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"taskId\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"withdraw\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "TaskHub",
	Bin: "0x6101c080604052346101de576060816127dd803803809161002082856101e2565b8339810103126101de578051906001600160a01b03821682036101de576020810151906001600160401b03821682036101de5760400151916040516100666040826101e2565b600e815260208101906d32b9b1b934b7102a30b9b5a43ab160911b8252604051916100926040846101e2565b600183526020830191603160f81b83526100ab81610219565b610120526100b884610219565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a0815261012160c0826101e2565b5190206080523060c05261016052610180526101a052604051612558908161028582396080518161247b015260a05181612532015260c0518161244c015260e051816124ca015261010051816124f0015261012051816114ac015261014051816114d60152610160518181816103b901528181610e1b01526115f50152610180518181816101a9015261056801526101a05181818161011e01528181610506015281816107ef0152818161082001528181610e670152610fe70152f35b5f80fd5b601f909101601f19168101906001600160401b0382119082101761020557604052565b634e487b7160e01b5f52604160045260245ffd5b601f815111610244576020815191015160208210610235571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a714611cb657508063138b108414611c5d5780631d65e77e14611b345780633ccfd60b14611a5857806340e58ee514611951578063566b8ec81461190457806378cd5cf4146116195780637b103999146115aa57806384b0196e14611474578063899f58981461141c5780639c45b66e14610938578063bf81bf431461058c578063c5d37ae114610529578063c7cf7484146104d0578063d5d44d801461046d5763ddd5e1b2146100ce575f80fd5b60407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a5760243573ffffffffffffffffffffffffffffffffffffffff8116600435818303610468577f00000000000000000000000000000000000000000000000000000000000000008034036104395750808452600260205260408420600381019061016961016383836122a5565b846122f1565b64ffffffffff815460a01c169461018284874210612232565b60018201549081861515918261034b575b50501561031b57506101cf67ffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001642612225565b9480861161030b575b50816102cf9167ffffffffffffffff93549163ffffffff8360c81c169261027c64ffffffffff8a16856040805161020e81611e68565b8c815260208101849052015283547fffffffffffffff000000000000000000000000000000000000000000000000001673ffffffffffffffffffffffffffffffffffffffff8b161760a09190911b78ffffffffff000000000000000000000000000000000000000016178355565b7fffffff00000000ffffffffffffffffffffffffffffffffffffffffffffffffff7cffffffff00000000000000000000000000000000000000000000000000835492169116179055600433910155611ec5565b9363ffffffff604051951685521660208401527f7610b15ab19ec08676f5f677253d93b5993f7850b4cd5d579e2854372222ff1260403394a480f35b945067ffffffffffffffff6101d8565b86856044927fccef25cc000000000000000000000000000000000000000000000000000000008352600452602452fd5b6040517fb827288300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff9091166004820152602481019190915290506020818060448101038173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa90811561042e5788916103ff575b5067ffffffffffffffff4291511611815f610193565b610421915060203d602011610427575b6104198183611e84565b810190612265565b5f6103e9565b503d61040f565b6040513d8a823e3d90fd5b7f941ff66900000000000000000000000000000000000000000000000000000000855234600452602452604484fd5b5f5b80fd5b503461046a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a57604060209173ffffffffffffffffffffffffffffffffffffffff6104bf611dd4565b168152600483522054604051908152f35b503461046a57807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a5760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b503461046a57807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a57602060405167ffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461046a5760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a57600435808252600260205260408220600381016105d981836122a5565b6006811015908161090b57846001821480156108fb575b6105fb9183916121e5565b83549064ffffffffff8260a01c1642109283159364ffffffffff865460a01c1642108015906108ee575b82869261089f575b50501561087357610846576002148061081d575b6107c9575b50156106d1575060ff73ffffffffffffffffffffffffffffffffffffffff82541691610673600482612117565b5460d01c166106a5575b507f7c2ecd5e2b7188ac57f3a370681639cb447c9cbfbbbace0c070adea6c73eaa548280a280f35b815f52600360205260405f2054905f5260046020526106c960405f20918254612225565b90555f61067d565b7fc638a72b8b7014b2c22fd6633992360cc26ff75d0d5bda9e6cfbf6d3a9095a0d91506107b98161070d63ffffffff6020945460c81c16611ec5565b9060405161071a81611e68565b87815284810188905263ffffffff831660409091015280547fffffff00000000000000000000000000000000000000000000000000000000001673ffffffffffffffffffffffffffffffffffffffff88161778ffffffffff000000000000000000000000000000000000000060a089901b161760c883901b7cffffffff0000000000000000000000000000000000000000000000000016179055611ec5565b63ffffffff60405191168152a280f35b73ffffffffffffffffffffffffffffffffffffffff1685526004602052604085206108157f00000000000000000000000000000000000000000000000000000000000000008254612225565b90555f610646565b507f00000000000000000000000000000000000000000000000000000000000000001515610641565b6024877f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b602488887f7e61955c000000000000000000000000000000000000000000000000000000008252600452fd5b9091506108c1576002831490816108b9575b505f8261062d565b90505f6108b1565b6024897f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b5060048701543314610625565b505f9250859050600282146105f0565b6024867f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b503461046a5760607ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a576004359067ffffffffffffffff821161046a573660238301121561046a5767ffffffffffffffff82600401351161046a57366024836004013560051b8401011161046a5760243567ffffffffffffffff8111611418576109cc903690600401611e3a565b909260443567ffffffffffffffff8111611414576109ee903690600401611e3a565b9490604051936040850185811067ffffffffffffffff8211176113df576040528585526020850196606088528201916020818403126113405780359067ffffffffffffffff8211611410570182601f8201121561134057803590610a518261216b565b93610a5f6040519586611e84565b828552602060c081870194028301019181831161140c57602001925b828410611344575050505082019160208184031261133c5780359067ffffffffffffffff821161134057019180601f8401121561133c57823592610abe8461216b565b93610acc6040519586611e84565b80855260208086019160051b830101918383116113385760208101915b8383106112c75750505050508260040135815114806112b9575b1561129157845b83600401358110610ba857505050506001815260405192602084526060840191516005811015610b7b57908493916020850152519160408085015282518091526020608085019301915b818110610b62575050500390f35b8251845285945060209384019390920191600101610b54565b6024847f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b610bb28183612194565b5151610bc6828660040135602488016121d5565b351480611205575b156111dd57610bdd8183612194565b51610be88285612194565b5181518089526002602052604089206003810192610c0684836122a5565b60068110156111b05780846002610c1d93146121e5565b610c348364ffffffffff845460a01c164210612232565b63ffffffff60208601511693549363ffffffff610c55818760c81c16611ec5565b161463ffffffff602087015116901561118057506060850180516002840154036111545763ffffffff60408701511661010181116111245750906042610d709287519063ffffffff60208a0151169063ffffffff60408b015116905160808b01519073ffffffffffffffffffffffffffffffffffffffff60a08d015116926040519460208601967f1268d079c76d228ca7d12ced92599e2b147164b6d77e95b4bbba3e1fbac66706885260408701526060860152608085015260a084015260c083015260e082015260e08152610d2d61010082611e84565b519020610d38612435565b90604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220612361565b5060048195929510156110f7571590816110c1575b50156110955773ffffffffffffffffffffffffffffffffffffffff60a085015116156110695760018101546040517fb827288300000000000000000000000000000000000000000000000000000000815273ffffffffffffffffffffffffffffffffffffffff8516600482015260248101919091526020818060448101038173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000165afa90811561105e579067ffffffffffffffff918c91611040575b5051161561101457906001949392917f0000000000000000000000000000000000000000000000000000000000000000610fbc575b60808401516004820155604084015181547fffffff0000ffffffffffffffffffffffffffffffffffffffffffffffffffffff1660d89190911b7cffff0000000000000000000000000000000000000000000000000000001617815560ff73ffffffffffffffffffffffffffffffffffffffff60a08601511691610f0f600382612117565b5460d01c16610f90575b507f5efd24b460d25259e387e09ad0e96f97392a7cb6da8b100d3e8429d91c30a6dc606073ffffffffffffffffffffffffffffffffffffffff63ffffffff602087015116948160a08801511696608063ffffffff60408301511691015190604051978852602088015260408701521693a401610b0a565b815f52600360205260405f2054905f526004602052610fb460405f20918254612225565b90555f610f19565b73ffffffffffffffffffffffffffffffffffffffff6004820154168b52600460205260408b2061100d7f00000000000000000000000000000000000000000000000000000000000000008254612225565b9055610e8b565b60248a837fd0e1075b000000000000000000000000000000000000000000000000000000008252600452fd5b611058915060203d8111610427576104198183611e84565b5f610e56565b6040513d8d823e3d90fd5b60248a837f0e9c3129000000000000000000000000000000000000000000000000000000008252600452fd5b60248a837f06247d83000000000000000000000000000000000000000000000000000000008252600452fd5b73ffffffffffffffffffffffffffffffffffffffff91501673ffffffffffffffffffffffffffffffffffffffff8416145f610d85565b60248c7f4e487b710000000000000000000000000000000000000000000000000000000081526021600452fd5b8c604491867f78abfa9b000000000000000000000000000000000000000000000000000000008352600452602452fd5b60248c857fb2e422a2000000000000000000000000000000000000000000000000000000008252600452fd5b8b604491857f02306d54000000000000000000000000000000000000000000000000000000008352600452602452fd5b7f4e487b71000000000000000000000000000000000000000000000000000000005f52602160045260245ffd5b6004867f0b79ae40000000000000000000000000000000000000000000000000000000008152fd5b50801580610bce57507fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81018181116112645761124a908560040135602487016121d5565b3561125d828660040135602488016121d5565b3511610bce565b6024877f4e487b710000000000000000000000000000000000000000000000000000000081526011600452fd5b6004857f0b79ae40000000000000000000000000000000000000000000000000000000008152fd5b508260040135825114610b03565b823567ffffffffffffffff811161133457820185603f820112156113345760208101356112f381612095565b916113016040519384611e84565b818352604081830101881061133057918c60208381969460408397018386013783010152815201920191610ae9565b8c80fd5b8a80fd5b8880fd5b8580fd5b8680fd5b60c08483031261140c576040519060c0820182811067ffffffffffffffff8211176113df576040528435825261137c60208601612183565b602083015261138d60408601612183565b6040830152606085013560608301526080850135608083015260a08501359073ffffffffffffffffffffffffffffffffffffffff82168203610468578260209260a060c0950152815201930192610a7b565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52604160045260245ffd5b8980fd5b8780fd5b8380fd5b5080fd5b503461046a57807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a5780337fab04395d906559e27643e4acf5cd0debe6a355247cd81c101bd0855d87dcc2608280a380f35b503461046a57807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a5761154e906114d07f000000000000000000000000000000000000000000000000000000000000000061230a565b906114fa7f000000000000000000000000000000000000000000000000000000000000000061230a565b90602061155c6040519361150e8386611e84565b8385525f3681376040519687967f0f00000000000000000000000000000000000000000000000000000000000000885260e08589015260e0880190611df7565b908682036040880152611df7565b904660608601523060808601528260a086015284820360c08601528080855193848152019401925b82811061159357505050500390f35b835185528695509381019392810192600101611584565b503461046a57807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046a57602060405173ffffffffffffffffffffffffffffffffffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b60807ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc3601126104685760643567ffffffffffffffff811660243560043582840361046857428311806118f5575b156118c957611678604435336120cf565b92835f52600260205260405f2060ff815460c81c1660068110156111b05761189d573415159060405160a081019181831067ffffffffffffffff8411176113df5761183f61ffff60029360209b8a9660405233825264ffffffffff8d8301911681526001604083015261178764ffffffffff60608401928a845273ffffffffffffffffffffffffffffffffffffffff8060808701965f88525116167fffffffffffffffffffffffff0000000000000000000000000000000000000000895416178855511686907fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff78ffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b8454905191517fffffff0000ffffffffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffff0000ffffffffffffffffffffffffffffffffffffffffffffffffff90921692151560d01b7aff000000000000000000000000000000000000000000000000000016929092177901000000000000000000000000000000000000000000000000001716911660d81b7cffff00000000000000000000000000000000000000000000000000000016178255565b856001820155015561188b575b60405192835284830152346040830152827f81b8e936968944924afb9f0ea39f59fccb359191a0a63bf63ba7b584520853e660603394a4604051908152f35b835f52600385523460405f205561184c565b847f85c34392000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b827f1f6df7a3000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5064ffffffffff831115611667565b346104685760407ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc360112610468576020611949611940611dd4565b602435906120cf565b604051908152f35b346104685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046857600435805f52600260205260405f206119a561199f60038301836122a5565b836122f1565b73ffffffffffffffffffffffffffffffffffffffff81541690813303611a3057806119d3600560ff93612117565b5460d01c16611a04575b507fc6eacc3aa5b2aa77b5a826b832a804ca0b71830ec74f9aa57a15edd978c31ed65f80a2005b815f52600360205260405f2054905f526004602052611a2860405f20918254612225565b9055816119dd565b7f82b42900000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610468575f7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046857335f8181526004602090815260408083208054939055518281529192917f7084f5476618d8e60b11ef0d7d3f06914655adb8793e28ff7f018d4c76d505d59190a25f80808084335af13d15611b2f573d611adf81612095565b90611aed6040519283611e84565b81525f60203d92013e5b15611b0757602090604051908152f35b7f27fcd9d1000000000000000000000000000000000000000000000000000000005f5260045ffd5b611af7565b346104685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046857611b6e600435611f0a565b60405173ffffffffffffffffffffffffffffffffffffffff8251168152602082015160208201526040820151604082015267ffffffffffffffff606083015116606082015263ffffffff608083015116608082015260a08201519160068310156111b05761016063ffffffff916101809460a085015273ffffffffffffffffffffffffffffffffffffffff60c08201511660c085015273ffffffffffffffffffffffffffffffffffffffff60e08201511660e085015267ffffffffffffffff61010082015116610100850152610120810151610120850152610140810151610140850152015116610160820152f35b346104685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046857600435337fab04395d906559e27643e4acf5cd0debe6a355247cd81c101bd0855d87dcc2605f80a3005b346104685760207ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc36011261046857600435907fffffffff00000000000000000000000000000000000000000000000000000000821680920361046857817f9a14481c0000000000000000000000000000000000000000000000000000000060209314908115611daa575b8115611d80575b8115611d56575b5015158152f35b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483611d4f565b7f9c45b66e0000000000000000000000000000000000000000000000000000000081149150611d48565b7ffa7570b80000000000000000000000000000000000000000000000000000000081149150611d41565b6004359073ffffffffffffffffffffffffffffffffffffffff8216820361046857565b907fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0601f602080948051918291828752018686015e5f8582860101520116010190565b9181601f840112156104685782359167ffffffffffffffff8311610468576020838186019501011161046857565b6060810190811067ffffffffffffffff8211176113df57604052565b90601f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0910116810190811067ffffffffffffffff8211176113df57604052565b63ffffffff60019116019063ffffffff8211611edd57565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52601160045260245ffd5b9060405191610180830183811067ffffffffffffffff8211176113df576040525f83525f60208401525f60408401525f60608401525f60808401525f60a08401525f60c08401525f60e08401525f6101008401525f6101208401525f6101408401525f61016084015282815f52600260205260405f20916003830190611f9082856122a5565b9260068410156111b057831561208d57506003929161ffff9164ffffffffff86549273ffffffffffffffffffffffffffffffffffffffff84168a52600188015460208b0152600288015460408b0152818460a01c1660608b01525463ffffffff611ffe818360c81c16611ec5565b1660808b01528560a08b015273ffffffffffffffffffffffffffffffffffffffff811660c08b015260a01c166101008901525f528360205260405f205461012088015260d81c1661016086015260028114612068575b1461205c5750565b60040154610140830152565b73ffffffffffffffffffffffffffffffffffffffff60048401541660e0860152612054565b955050505050565b67ffffffffffffffff81116113df57601f017fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe01660200190565b906040519073ffffffffffffffffffffffffffffffffffffffff602083019330855246604085015216606083015260808201526080815261211160a082611e84565b51902090565b9060068110156111b0577fffffffffffff00ffffffffffffffffffffffffffffffffffffffffffffffffff79ff0000000000000000000000000000000000000000000000000083549260c81b169116179055565b67ffffffffffffffff81116113df5760051b60200190565b359063ffffffff8216820361046857565b80518210156121a85760209160051b010190565b7f4e487b71000000000000000000000000000000000000000000000000000000005f52603260045260245ffd5b91908110156121a85760051b0190565b156121ee575050565b7fdc0d68ae000000000000000000000000000000000000000000000000000000005f5260045260068110156111b05760245260445ffd5b91908201809211611edd57565b1561223a5750565b7fbfb22adf000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b9081602091031261046857604051906020820182811067ffffffffffffffff8211176113df576040525167ffffffffffffffff8116810361046857815290565b5460c81c60ff169060068210156111b0576001821490816122d0575b50156122cd5750600290565b90565b73ffffffffffffffffffffffffffffffffffffffff9150541615155f6122c1565b9060068110156111b05761230891600182146121e5565b565b60ff811690601f82116123395760405191612326604084611e84565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b81519190604183036123915761238a9250602082015190606060408401519301515f1a9061239b565b9192909190565b50505f9160029190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841161242a579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa1561241f575f5173ffffffffffffffffffffffffffffffffffffffff81161561241557905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f9160039190565b73ffffffffffffffffffffffffffffffffffffffff7f00000000000000000000000000000000000000000000000000000000000000001630148061252f575b1561249d577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a0815261211160c082611e84565b507f0000000000000000000000000000000000000000000000000000000000000000461461247456",
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
// the contract method with ID 0x40e58ee5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancel(uint256 taskId) returns()
func (taskHub *TaskHub) PackCancel(taskId *big.Int) []byte {
	enc, err := taskHub.abi.Pack("cancel", taskId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x40e58ee5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancel(uint256 taskId) returns()
func (taskHub *TaskHub) TryPackCancel(taskId *big.Int) ([]byte, error) {
	return taskHub.abi.Pack("cancel", taskId)
}

// PackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xddd5e1b2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claim(uint256 taskId, address requester) payable returns()
func (taskHub *TaskHub) PackClaim(taskId *big.Int, requester common.Address) []byte {
	enc, err := taskHub.abi.Pack("claim", taskId, requester)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xddd5e1b2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claim(uint256 taskId, address requester) payable returns()
func (taskHub *TaskHub) TryPackClaim(taskId *big.Int, requester common.Address) ([]byte, error) {
	return taskHub.abi.Pack("claim", taskId, requester)
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
// the contract method with ID 0xd5d44d80.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function credit(address account) view returns(uint256)
func (taskHub *TaskHub) PackCredit(account common.Address) []byte {
	enc, err := taskHub.abi.Pack("credit", account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCredit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd5d44d80.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function credit(address account) view returns(uint256)
func (taskHub *TaskHub) TryPackCredit(account common.Address) ([]byte, error) {
	return taskHub.abi.Pack("credit", account)
}

// UnpackCredit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd5d44d80.
//
// Solidity: function credit(address account) view returns(uint256)
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
// the contract method with ID 0xbf81bf43.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function expire(uint256 taskId) returns()
func (taskHub *TaskHub) PackExpire(taskId *big.Int) []byte {
	enc, err := taskHub.abi.Pack("expire", taskId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExpire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbf81bf43.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function expire(uint256 taskId) returns()
func (taskHub *TaskHub) TryPackExpire(taskId *big.Int) ([]byte, error) {
	return taskHub.abi.Pack("expire", taskId)
}

// PackGetTask is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1d65e77e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getTask(uint256 taskId) view returns((address,bytes32,bytes32,uint64,uint32,uint8,address,address,uint64,uint256,bytes32,uint32) task)
func (taskHub *TaskHub) PackGetTask(taskId *big.Int) []byte {
	enc, err := taskHub.abi.Pack("getTask", taskId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetTask is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1d65e77e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getTask(uint256 taskId) view returns((address,bytes32,bytes32,uint64,uint32,uint8,address,address,uint64,uint256,bytes32,uint32) task)
func (taskHub *TaskHub) TryPackGetTask(taskId *big.Int) ([]byte, error) {
	return taskHub.abi.Pack("getTask", taskId)
}

// UnpackGetTask is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1d65e77e.
//
// Solidity: function getTask(uint256 taskId) view returns((address,bytes32,bytes32,uint64,uint32,uint8,address,address,uint64,uint256,bytes32,uint32) task)
func (taskHub *TaskHub) UnpackGetTask(data []byte) (ITaskLifecycleTask, error) {
	out, err := taskHub.abi.Unpack("getTask", data)
	if err != nil {
		return *new(ITaskLifecycleTask), err
	}
	out0 := *abi.ConvertType(out[0], new(ITaskLifecycleTask)).(*ITaskLifecycleTask)
	return out0, nil
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
// the contract method with ID 0x78cd5cf4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function submit(bytes32 identity, bytes32 inputDigest, bytes32 salt, uint64 deadline) payable returns(uint256 taskId)
func (taskHub *TaskHub) PackSubmit(identity [32]byte, inputDigest [32]byte, salt [32]byte, deadline uint64) []byte {
	enc, err := taskHub.abi.Pack("submit", identity, inputDigest, salt, deadline)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSubmit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x78cd5cf4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function submit(bytes32 identity, bytes32 inputDigest, bytes32 salt, uint64 deadline) payable returns(uint256 taskId)
func (taskHub *TaskHub) TryPackSubmit(identity [32]byte, inputDigest [32]byte, salt [32]byte, deadline uint64) ([]byte, error) {
	return taskHub.abi.Pack("submit", identity, inputDigest, salt, deadline)
}

// UnpackSubmit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x78cd5cf4.
//
// Solidity: function submit(bytes32 identity, bytes32 inputDigest, bytes32 salt, uint64 deadline) payable returns(uint256 taskId)
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
// the contract method with ID 0x3ccfd60b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw() returns(uint256 amount)
func (taskHub *TaskHub) PackWithdraw() []byte {
	enc, err := taskHub.abi.Pack("withdraw")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ccfd60b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw() returns(uint256 amount)
func (taskHub *TaskHub) TryPackWithdraw() ([]byte, error) {
	return taskHub.abi.Pack("withdraw")
}

// UnpackWithdraw is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3ccfd60b.
//
// Solidity: function withdraw() returns(uint256 amount)
func (taskHub *TaskHub) UnpackWithdraw(data []byte) (*big.Int, error) {
	out, err := taskHub.abi.Unpack("withdraw", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
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
	TaskId       *big.Int
	Attempt      uint32
	Requester    common.Address
	Runner       common.Address
	ExitStatus   uint32
	OutputDigest [32]byte
	Raw          *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskAcceptedEventName = "TaskAccepted"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskAccepted) ContractEventName() string {
	return TaskHubTaskAcceptedEventName
}

// UnpackTaskAcceptedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskAccepted(uint256 indexed taskId, uint32 attempt, address indexed requester, address indexed runner, uint32 exitStatus, bytes32 outputDigest)
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
	TaskId      *big.Int
	Identity    [32]byte
	Submitter   common.Address
	InputDigest [32]byte
	Deadline    uint64
	Fee         *big.Int
	Raw         *types.Log // Blockchain specific contextual infos
}

const TaskHubTaskSubmittedEventName = "TaskSubmitted"

// ContractEventName returns the user-defined event name.
func (TaskHubTaskSubmitted) ContractEventName() string {
	return TaskHubTaskSubmittedEventName
}

// UnpackTaskSubmittedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event TaskSubmitted(uint256 indexed taskId, bytes32 indexed identity, address indexed submitter, bytes32 inputDigest, uint64 deadline, uint256 fee)
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
// Solidity: event Withdrawn(address indexed account, uint256 amount)
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
	if bytes.Equal(raw[:4], taskHub.abi.Errors["DeadlinePassed"].ID.Bytes()[:4]) {
		return taskHub.UnpackDeadlinePassedError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["DeadlineUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackDeadlineUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["ExitStatusUnfit"].ID.Bytes()[:4]) {
		return taskHub.UnpackExitStatusUnfitError(raw[4:])
	}
	if bytes.Equal(raw[:4], taskHub.abi.Errors["InputMismatch"].ID.Bytes()[:4]) {
		return taskHub.UnpackInputMismatchError(raw[4:])
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
	if bytes.Equal(raw[:4], taskHub.abi.Errors["RunnerMissing"].ID.Bytes()[:4]) {
		return taskHub.UnpackRunnerMissingError(raw[4:])
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

// TaskHubInputMismatch represents a InputMismatch error raised by the TaskHub contract.
type TaskHubInputMismatch struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InputMismatch(uint256 taskId)
func TaskHubInputMismatchErrorID() common.Hash {
	return common.HexToHash("0xb2e422a24b2a833f6a1aa695b4e6295e81fdd92a2fac2fa10fe752cc8672e6a2")
}

// UnpackInputMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InputMismatch(uint256 taskId)
func (taskHub *TaskHub) UnpackInputMismatchError(raw []byte) (*TaskHubInputMismatch, error) {
	out := new(TaskHubInputMismatch)
	if err := taskHub.abi.UnpackIntoInterface(out, "InputMismatch", raw); err != nil {
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

// TaskHubRunnerMissing represents a RunnerMissing error raised by the TaskHub contract.
type TaskHubRunnerMissing struct {
	TaskId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error RunnerMissing(uint256 taskId)
func TaskHubRunnerMissingErrorID() common.Hash {
	return common.HexToHash("0x0e9c312930c9885dfbc29133c154cf9e23a5e212da10fc0a289d06ccf081e49e")
}

// UnpackRunnerMissingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error RunnerMissing(uint256 taskId)
func (taskHub *TaskHub) UnpackRunnerMissingError(raw []byte) (*TaskHubRunnerMissing, error) {
	out := new(TaskHubRunnerMissing)
	if err := taskHub.abi.UnpackIntoInterface(out, "RunnerMissing", raw); err != nil {
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
