// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {Permitter} from "../Permitter.sol";
import {IdentityId, IPermitHistory} from "../interfaces/IIdentityRegistry.sol";
import {IPlatformRegistry} from "../interfaces/IPlatformRegistry.sol";
import {ITdxCertificates, Platform} from "../interfaces/ITdxCertificates.sol";
import {ITdxCollateral} from "../interfaces/ITdxCollateral.sol";
import {ITdxPermitter} from "../interfaces/ITdxPermitter.sol";
import {EnclavePolicies} from "../permitters/EnclavePolicies.sol";
import {Platforms} from "../permitters/Platforms.sol";
import {TdxPlatforms} from "./TdxPlatforms.sol";
import {TdxQuote} from "./TdxQuote.sol";

/// @title The permitter of TDX enclaves that verifies quotes on chain
/// @dev Storage: that of its bases. Trust: reader of certificates, collateral and platform registry are fixed at construction;
/// registrants set policies; nobody can do anything else. Reentrancy: beside what EnclavePolicies says, the collateral
/// and the platform registry are asked by static calls; what TdxPlatforms writes is written before.
contract TdxPermitter is EnclavePolicies, TdxPlatforms {
    /// Blocks for which a base block stays recent.
    uint256 public constant MAX_AGE = 128;

    bytes32 private constant BINDING = keccak256("escrin.binding.v2");
    uint256 private constant CONTEXT_SIZE = 320;
    uint256 private constant MAX_PROOF = 16;

    /// What Intel publishes.
    ITdxCollateral public immutable collateral;
    /// What is denied whatever Intel says.
    IPlatformRegistry public immutable platforms;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    /// @param certificates_ reads the certificates of platforms
    /// @param collateral_ what Intel publishes, under the same root
    /// @param platforms_ what is denied
    constructor(
        address upstream_,
        ITdxCertificates certificates_,
        ITdxCollateral collateral_,
        IPlatformRegistry platforms_
    ) Permitter(upstream_) TdxPlatforms(certificates_) {
        (collateral, platforms) = (collateral_, platforms_);
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
        require(duration <= context.duration, DurationTooLong());
        bytes32 baseBlockHash = _checkFreshness(identity, requester, context.baseBlock);

        (bytes calldata signed, bytes calldata qeReport, Platform memory platform) = _open(authorization);
        TdxQuote.check(signed);
        bytes32 digest = _bindingDigest(identity, requester, context, baseBlockHash);
        require(TdxQuote.binds(signed, digest), BindingMismatch());
        _checkMeasurement(context, proof, TdxQuote.registers(signed));

        enclave.measurementRoot = context.measurementRoot;
        enclave.evidenceDigest = keccak256(signed);
        enclave.platform = _judge(platform, signed, qeReport);
        (enclave.version, enclave.r, enclave.vs) = (context.version, context.r, context.vs);
    }

    /// The fields have fixed sizes, so that their encoding is the struct; the proof is what follows.
    function _parse(bytes calldata encoded) private pure returns (Context calldata context, bytes32[] calldata proof) {
        uint256 size = encoded.length - CONTEXT_SIZE;
        require(encoded.length >= CONTEXT_SIZE && size % 32 == 0 && size <= 32 * MAX_PROOF, ContextMalformed());
        assembly ("memory-safe") {
            context := encoded.offset
            proof.offset := add(encoded.offset, CONTEXT_SIZE)
            proof.length := shr(5, size)
        }
    }

    /// Recent, of this chain, and not older than the requester's last grant or revocation: each quote serves once.
    function _checkFreshness(IdentityId identity, address requester, uint256 baseBlock)
        private
        view
        returns (bytes32 baseBlockHash)
    {
        baseBlockHash = blockhash(baseBlock);
        require(baseBlock + MAX_AGE >= block.number && baseBlockHash != 0, BaseBlockUnfit(uint64(baseBlock)));
        uint64 changedAt = IPermitHistory(address(registry)).permitChangedAt(requester, identity);
        require(baseBlock >= changedAt, QuoteUsed());
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
                context.configDigest
            )
        );
    }

    /// attest/SPEC.md §2: the leaf of TEE kind, shape and launch registers is under the root.
    function _checkMeasurement(Context calldata context, bytes32[] calldata proof, bytes32 registers) private pure {
        bytes32 inner = keccak256(abi.encode(Platforms.TDX, context.vcpus, context.memoryMiB, registers));
        bytes32 leaf = keccak256(bytes.concat(inner));
        require(MerkleProof.verifyCalldata(proof, context.measurementRoot, leaf), MeasurementUnproven());
    }

    /// @return word the platform word: the worst of the three statuses, the earlier of two dates
    function _judge(Platform memory platform, bytes calldata signed, bytes calldata qeReport)
        private
        view
        returns (bytes32 word)
    {
        require(block.timestamp <= platform.notAfter, PlatformExpired());
        require(collateral.stands(platform.issuerKey, platform.issuerSerial, platform.serial), PlatformRevoked());
        bytes16 tdxSvns = TdxQuote.teeTcbSvn(signed);
        (uint8 status, uint64 date, uint32 evaluation) =
            collateral.tcbLevel(platform.fmspc, platform.cpuSvn, platform.pceSvn, tdxSvns);
        (uint8 module, uint64 moduleDate) = collateral.moduleStatus(platform.fmspc, tdxSvns, TdxQuote.seam(signed));
        uint8 qe = collateral.qeStatus(qeReport);
        require(status != 0 && module != 0 && qe != 0, TcbUnknown());

        if (module > status) status = module;
        if (qe > status) status = qe;
        if (moduleDate < date) date = moduleDate;
        word = bytes32(
            Platforms.TDX << 248 | uint256(status) << 240 | uint256(uint48(platform.fmspc)) << 192 | uint256(date) << 128
                | uint256(evaluation) << 64
        );
        require(platforms.allows(word), PlatformDenied(word));
    }
}
