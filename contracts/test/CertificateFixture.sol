// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../src/CertificatePermitter.sol";
import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {ICertificatePermitter} from "../src/interfaces/ICertificatePermitter.sol";
import {IEnclavePolicies} from "../src/interfaces/IEnclavePolicies.sol";
import {IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {KeyNetwork} from "./KeyNetwork.sol";
import {Test} from "./Test.sol";

/// An identity whose permitter believes a key network, and certificates of that network.
abstract contract CertificateFixture is Test {
    IdentityRegistry internal registry = new IdentityRegistry();
    CertificatePermitter internal permitter = new CertificatePermitter(address(registry), KeyNetwork.publicKey());
    IdentityId internal identity;

    address internal constant REQUESTER = address(0x57EDd2d4AF12a4D5Dd2e5C5E2E9b8D7e0fA5C3b1);
    bytes32 internal constant ROOT = keccak256("measurements");
    uint64 internal constant CAP = 3600;
    uint256 internal constant AUTHOR_KEY = uint256(keccak256("author"));

    /// TDX, up to date, of some family, with a TCB of 2024-03-13 and evaluation data 17.
    bytes32 internal constant TDX_PLATFORM = 0x010150806f0000000000000065f0ec8000000000000000110000000000000000;
    uint64 internal constant TDX_TCB = 0x65f0ec80;
    /// SNP of "Milan": boot loader 4, TEE 0, firmware 21, microcode 211, and guest SVN 5.
    bytes32 internal constant SNP_PLATFORM = 0x02014d696c616e00040015d30000000000000000000000000000000000000005;
    uint64 internal constant SNP_TCB = 0x040015d300000000;

    function setUp() public virtual {
        vm.roll(1000);
        vm.warp(1_800_000_000);
        vm.setBlockhash(999, keccak256("block 999"));
        identity = registry.createIdentity(address(permitter), "test");
        permitter.setPolicy(identity, measurementsPolicy(), "localhost:5000/test");
    }

    /* POLICIES */

    function measurementsPolicy() internal pure returns (IEnclavePolicies.Policy memory policy) {
        policy.kind = IEnclavePolicies.PolicyKind.Measurements;
        policy.subject = ROOT;
        policy.maxDuration = CAP;
        policy.tdxFloor = TDX_TCB;
        policy.snpFloor = SNP_TCB;
    }

    function authorPolicy(uint64 minVersion) internal pure returns (IEnclavePolicies.Policy memory policy) {
        policy = measurementsPolicy();
        policy.kind = IEnclavePolicies.PolicyKind.Author;
        policy.subject = bytes32(uint256(uint160(vm.addr(AUTHOR_KEY))));
        policy.minVersion = minVersion;
    }

    function idBlockPolicy(bytes32 author, uint64 minVersion)
        internal
        pure
        returns (IEnclavePolicies.Policy memory policy)
    {
        policy = measurementsPolicy();
        policy.kind = IEnclavePolicies.PolicyKind.IdBlock;
        policy.subject = author;
        policy.tdxFloor = 0;
        policy.minVersion = minVersion;
    }

    /* CERTIFICATES */

    /// A context that the policy by measurements accepts.
    function fresh() internal view returns (ICertificatePermitter.Context memory context) {
        context.baseBlock = uint64(vm.getBlockNumber() - 1);
        context.measurementRoot = ROOT;
        context.configDigest = keccak256("config");
        context.evidenceDigest = keccak256("evidence");
        context.platform = TDX_PLATFORM;
    }

    /// The network's signature.
    function sign(IdentityId id, uint64 duration, ICertificatePermitter.Context memory context)
        internal
        view
        returns (bytes memory)
    {
        return KeyNetwork.sign(permitter.certificateDigest(id, REQUESTER, duration, context));
    }

    /// The author's signature. EIP-712 by hand, so that the contract is not its own witness.
    function sign(bytes32 measurementRoot, uint64 version)
        internal
        pure
        returns (ICertificatePermitter.Release memory release)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version)"), keccak256("escrin enclave"), keccak256("1")
            )
        );
        bytes32 kind = keccak256("EnclaveRelease(bytes32 measurementRoot,uint64 version)");
        bytes32 message = keccak256(abi.encode(kind, measurementRoot, version));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(AUTHOR_KEY, keccak256(bytes.concat(hex"1901", domain, message)));
        release.version = version;
        release.r = r;
        release.vs = bytes32(uint256(s) | uint256(v - 27) << 255);
    }
}
