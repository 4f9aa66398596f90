// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "./BLS.sol";
import {Permitter} from "./Permitter.sol";
import {ICertificatePermitter} from "./interfaces/ICertificatePermitter.sol";
import {IdentityId, IPermitHistory} from "./interfaces/IIdentityRegistry.sol";

/// @title The permitter of the key network
contract CertificatePermitter is ICertificatePermitter, Permitter {
    struct Policy {
        bytes32 measurementRoot;
        uint64 maxDuration;
    }

    /// Blocks for which a base block stays recent.
    uint256 public constant MAX_AGE = 128;

    bytes32 private constant CERTIFICATE_V1 = keccak256("escrin.certificate.v1");
    bytes private constant DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_";

    /// Digest of the point that keccak256("escrin") hashes to.
    bytes32 private constant KNOWN_HASH = 0xed16b50353a24e4579b84f9ab0e8b528c7ea5b081e95bf9cf18e24794ec334a0;

    bytes32 private immutable _key0;
    bytes32 private immutable _key1;
    bytes32 private immutable _key2;
    bytes32 private immutable _key3;
    bytes32 private immutable _key4;
    bytes32 private immutable _key5;
    bytes32 private immutable _key6;
    bytes32 private immutable _key7;

    mapping(IdentityId => Policy) private _policies;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    /// @param groupKey_ the key network's public key: a point of G2, 256 bytes in EIP-2537 form
    constructor(address upstream_, bytes memory groupKey_) Permitter(upstream_) {
        _checkPrecompiles();
        _checkGroupKey(groupKey_);
        (_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7) = abi.decode(
            groupKey_, (bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32)
        );
    }

    /// @inheritdoc ICertificatePermitter
    function setPolicy(IdentityId identity, bytes32 measurementRoot, uint64 maxDuration, string calldata locator)
        external
        onlyRegistrant(identity)
    {
        _policies[identity] = Policy({measurementRoot: measurementRoot, maxDuration: maxDuration});
        emit PolicyChanged(identity, measurementRoot, maxDuration, locator);
    }

    /// @inheritdoc ICertificatePermitter
    function policyOf(IdentityId identity) external view returns (bytes32 measurementRoot, uint64 maxDuration) {
        Policy memory policy = _policies[identity];
        return (policy.measurementRoot, policy.maxDuration);
    }

    /// @inheritdoc ICertificatePermitter
    function groupKey() public view returns (bytes memory) {
        return abi.encode(_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7);
    }

    /// @inheritdoc Permitter
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ICertificatePermitter).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @inheritdoc Permitter
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context_,
        bytes calldata authorization
    ) internal override returns (uint64 expiry) {
        Context calldata context = _parse(context_);
        Policy storage policy = _policies[identity];
        bytes32 measurementRoot = policy.measurementRoot;
        require(
            measurementRoot != 0 && context.measurementRoot == measurementRoot,
            MeasurementMismatch(context.measurementRoot)
        );
        _checkFreshness(identity, requester, context.baseBlock, context.baseBlockHash);
        bytes32 digest = certificateDigest(identity, requester, duration, context);
        require(BLS.verify(authorization, digest, DST, groupKey()), CertificateInvalid());

        uint256 cap = policy.maxDuration;
        expiry = uint64(block.timestamp + (duration < cap ? duration : cap));
        emit CertificateAccepted(identity, requester, context.evidenceDigest, measurementRoot, expiry);
    }

    /// @dev Only the possessor gives a permit up.
    function _release(IdentityId, address possessor, bytes calldata, bytes calldata) internal view override {
        require(msg.sender == possessor, Unauthorized());
    }

    /// @notice The digest that the key network signs; every field of it is the requester's own or checked above.
    function certificateDigest(IdentityId identity, address requester, uint64 duration, Context calldata context)
        public
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                CERTIFICATE_V1,
                block.chainid,
                address(this),
                registry,
                identity,
                requester,
                duration,
                context.baseBlock,
                context.baseBlockHash,
                context.measurementRoot,
                context.configDigest,
                context.evidenceDigest
            )
        );
    }

    /// Recent, of this chain, and not older than the requester's last grant or revocation: each certificate serves once.
    function _checkFreshness(IdentityId identity, address requester, uint256 baseBlock, bytes32 baseBlockHash)
        private
        view
    {
        require(
            baseBlock < block.number && baseBlock + MAX_AGE >= block.number && blockhash(baseBlock) == baseBlockHash,
            BaseBlockUnfit(uint64(baseBlock))
        );
        uint64 changedAt = IPermitHistory(address(registry)).permitChangedAt(requester, identity);
        require(baseBlock >= changedAt, CertificateUsed());
    }

    /// The fields have fixed sizes, so that their encoding is the struct.
    function _parse(bytes calldata encoded) private pure returns (Context calldata context) {
        require(encoded.length == 160, ContextMalformed());
        assembly ("memory-safe") {
            context := encoded.offset
        }
    }

    /// Known answers: what 32 bytes hash to, and that a pairing which is not one is not called one.
    function _checkPrecompiles() private view {
        bytes memory hashed = BLS.hashToG1(keccak256("escrin"), DST);
        require(keccak256(hashed) == KNOWN_HASH, PrecompileUnavailable());
        require(!BLS.pairingIsOne(bytes.concat(hashed, BLS.NEGATED_G2)), PrecompileUnavailable());
    }

    /// Pairing infinity with the key succeeds exactly if the key is on its curve and in its subgroup.
    function _checkGroupKey(bytes memory key) private view {
        require(key.length == 256 && keccak256(key) != keccak256(new bytes(256)), GroupKeyInvalid());
        require(BLS.pairingIsOne(bytes.concat(new bytes(128), key)), GroupKeyInvalid());
    }
}
