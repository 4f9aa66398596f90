// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Permitter} from "../Permitter.sol";
import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {IPlatformRegistry} from "../interfaces/IPlatformRegistry.sol";
import {ITdxCertificates, Platform} from "../interfaces/ITdxCertificates.sol";
import {ITdxCollateral} from "../interfaces/ITdxCollateral.sol";
import {ITdxPermitter} from "../interfaces/ITdxPermitter.sol";
import {EnclavePolicies} from "../permitters/EnclavePolicies.sol";
import {Platforms} from "../permitters/Platforms.sol";
import {TdxPlatforms} from "./TdxPlatforms.sol";
import {TdxQuote} from "./TdxQuote.sol";

/// @title The permitter of TDX enclaves that verifies quotes on chain
/// @dev Storage: that of its bases, and one slot for each platform and version of the TDX module that was judged. Trust:
/// the reader of certificates, the collateral, the platform registry and the key network are fixed at construction;
/// registrants set policies; nobody can do anything else. Reentrancy: beside what EnclavePolicies says, the three are asked by static
/// calls.
contract TdxPermitter is EnclavePolicies, TdxPlatforms {
    /// @notice What Intel says of a platform with one version of the TDX module. One storage slot.
    /// @param edition of the collateral that says it; zero of none
    /// @param until last second at which it is so, unless there is a newer edition
    /// @param status as in the platform word
    /// @param date of the TCB level, in seconds since the epoch
    /// @param evaluation TCB evaluation data number
    struct Verdict {
        uint64 edition;
        uint40 until;
        uint8 status;
        uint40 date;
        uint32 evaluation;
    }

    /// Blocks for which a base block stays recent.
    uint256 public constant MAX_AGE = 128;

    bytes32 private constant BINDING = keccak256("escrin.binding.v3");
    uint256 private constant CONTEXT_SIZE = 352;
    uint256 private constant MAX_PROOF = 16;

    /// What Intel publishes.
    ITdxCollateral public immutable collateral;
    /// What is denied whatever Intel says.
    IPlatformRegistry public immutable platforms;
    /// Of the key network that enclaves must live in: keccak256 of its public key, 256 bytes in EIP-2537 form.
    bytes32 public immutable override groupKeyDigest;

    mapping(bytes32 platformAndModule => Verdict) private _verdicts;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    /// @param certificates_ reads the certificates of platforms
    /// @param collateral_ what Intel publishes, under the same root
    /// @param platforms_ what is denied
    /// @param groupKeyDigest_ of the key network: no other one's answers may reach an enclave that is admitted here
    constructor(
        address upstream_,
        ITdxCertificates certificates_,
        ITdxCollateral collateral_,
        IPlatformRegistry platforms_,
        bytes32 groupKeyDigest_
    ) Permitter(upstream_) TdxPlatforms(certificates_) {
        require(groupKeyDigest_ != 0, GroupKeyInvalid());
        (collateral, platforms, groupKeyDigest) = (collateral_, platforms_, groupKeyDigest_);
    }

    /// @inheritdoc EnclavePolicies
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ITdxPermitter).interfaceId || super.supportsInterface(interfaceId);
    }

    /* DECISION */

    /// @inheritdoc EnclavePolicies
    function _verify(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context_,
        bytes calldata authorization
    ) internal override returns (Enclave memory enclave) {
        (Context calldata context, bytes32[] calldata proof) = _parse(context_);
        _checkWhole(identity, requester, duration, context);
        bytes32 baseBlockHash = _hashOf(context.baseBlock);

        (bytes calldata signed, bytes calldata qeReport, Platform memory platform, bytes32 known) = _open(authorization);
        TdxQuote.check(signed);
        bytes32 digest = _bindingDigest(identity, requester, context, baseBlockHash);
        require(TdxQuote.binds(signed, digest), BindingMismatch());
        _checkMeasurement(context, proof, TdxQuote.registers(signed));

        (enclave.baseBlock, enclave.terms) = (context.baseBlock, context.terms);
        enclave.measurementRoot = context.measurementRoot;
        enclave.evidenceDigest = keccak256(signed);
        enclave.platform = _weigh(known, platform, signed, qeReport);
        (enclave.version, enclave.r, enclave.vs) = (context.version, context.r, context.vs);
    }

    /// The fields have fixed sizes, so that their encoding is the struct; the proof is what follows.
    function _parse(bytes calldata encoded) private pure returns (Context calldata context, bytes32[] calldata proof) {
        uint256 size = encoded.length;
        bool fits = size >= CONTEXT_SIZE && size <= CONTEXT_SIZE + 32 * MAX_PROOF && size % 32 == 0;
        require(fits, ContextMalformed());
        assembly ("memory-safe") {
            context := encoded.offset
            proof.offset := add(encoded.offset, CONTEXT_SIZE)
            proof.length := shr(5, sub(size, CONTEXT_SIZE))
        }
    }

    /// attest/SPEC.md §1.4: nothing in a binding is zero. Chain id, registry, block hash, measurement root and
    /// group key digest cannot be.
    function _checkWhole(IdentityId identity, address requester, uint64 duration, Context calldata context) private pure {
        require(duration == context.duration && duration != 0, BindingMismatch());
        require(context.channelKeyHash != 0 && context.configDigest != 0, BindingMismatch());
        require(requester != address(0) && IdentityId.unwrap(identity) != 0, BindingMismatch());
    }

    /// The hash of a block that is recent.
    function _hashOf(uint256 number) private view returns (bytes32 hash) {
        hash = blockhash(number);
        require(number + MAX_AGE >= block.number && hash != 0, BaseBlockUnfit(uint64(number)));
    }

    /// attest/SPEC.md §1: what the enclave states about itself.
    function _bindingDigest(IdentityId identity, address requester, Context calldata context, bytes32 baseBlockHash)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                BINDING,
                block.chainid,
                registry,
                identity,
                requester,
                context.channelKeyHash,
                context.duration,
                context.baseBlock,
                baseBlockHash,
                context.measurementRoot,
                context.configDigest,
                groupKeyDigest
            )
        );
    }

    /// attest/SPEC.md §2: the leaf of TEE kind, shape and launch registers is under the root.
    function _checkMeasurement(Context calldata context, bytes32[] calldata proof, bytes32 registers) private pure {
        bytes32 inner = keccak256(abi.encode(Platforms.TDX, context.vcpus, context.memoryMiB, registers));
        bytes32 leaf = keccak256(bytes.concat(inner));
        require(MerkleProof.verifyCalldata(proof, context.measurementRoot, leaf), MeasurementUnproven());
    }

    /// What Intel says of a platform, by what is published now. Asked again only if that can have changed.
    /// @param known digest of the platform and its quoting enclave
    /// @return word the platform word
    function _weigh(bytes32 known, Platform memory platform, bytes calldata signed, bytes calldata qeReport)
        private
        returns (bytes32 word)
    {
        bytes16 tdxSvns = TdxQuote.teeTcbSvn(signed);
        bytes32 platformAndModule = Hashes.efficientKeccak256(known, tdxSvns);
        Verdict memory verdict = _verdicts[platformAndModule];
        uint64 edition = collateral.edition();
        if (verdict.edition != edition || block.timestamp > verdict.until) {
            require(knowsPlatform[known], PlatformUnknown());
            verdict = _judge(platform, tdxSvns, TdxQuote.seam(signed), qeReport);
            verdict.edition = edition;
            _verdicts[platformAndModule] = verdict;
        }
        // forgefmt: disable-next-item
        word = bytes32(
            Platforms.TDX << 248 | uint256(verdict.status) << 240 | uint256(uint48(platform.fmspc)) << 192
                | uint256(verdict.date) << 128 | uint256(verdict.evaluation) << 64
        );
        require(platforms.allows(word), PlatformDenied(word));
    }

    /// The worst of three statuses, the earlier of two dates, and until when this is so.
    function _judge(Platform memory platform, bytes16 tdxSvns, bytes calldata seam, bytes calldata qeReport)
        private
        view
        returns (Verdict memory verdict)
    {
        require(block.timestamp <= platform.notAfter, PlatformExpired());
        require(collateral.stands(platform.issuerKey, platform.issuerSerial, platform.serial), PlatformRevoked());
        (uint8 status, uint64 date, uint32 evaluation) =
            collateral.tcbLevel(platform.fmspc, platform.cpuSvn, platform.pceSvn, tdxSvns);
        (uint8 moduleStatus, uint64 moduleDate) = collateral.moduleStatus(platform.fmspc, tdxSvns, seam);
        uint8 qeStatus = collateral.qeStatus(qeReport);
        require(status != 0 && moduleStatus != 0 && qeStatus != 0, TcbUnknown());

        verdict.status = uint8(Math.max(status, Math.max(moduleStatus, qeStatus)));
        verdict.date = uint40(Math.min(date, moduleDate));
        verdict.evaluation = evaluation;
        verdict.until = uint40(Math.min(platform.notAfter, collateral.validUntil(platform.fmspc, platform.issuerKey)));
    }
}
