// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "./BLS.sol";
import {Permitter} from "./Permitter.sol";
import {ICertificatePermitter} from "./interfaces/ICertificatePermitter.sol";
import {IdentityId} from "./interfaces/IIdentityRegistry.sol";
import {EnclavePolicies} from "./permitters/EnclavePolicies.sol";

/// @title The permitter of the key network
/// @dev Storage: the policies (EnclavePolicies); the key is in the code. Trust: t of the n keyholders can say anything of
/// any enclave; fewer can say nothing. They can neither replay a certificate nor outlive a revocation. Reentrancy: see
/// EnclavePolicies; this contract has no state of its own.
contract CertificatePermitter is ICertificatePermitter, EnclavePolicies {
    /// Blocks for which a base block stays recent.
    uint256 private constant MAX_AGE = 128;

    bytes32 private constant CERTIFICATE_V2 = keccak256("escrin.certificate.v2");
    bytes private constant DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_";

    /// Bytes of a Context, of the policy's terms, and of a Release.
    uint256 private constant CONTEXT_SIZE = 6 * 32;
    uint256 private constant TERMS_SIZE = 32;
    uint256 private constant RELEASE_SIZE = 3 * 32;

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
    function groupKey() public view returns (bytes memory) {
        return abi.encode(_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7);
    }

    /// @inheritdoc EnclavePolicies
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return super.supportsInterface(interfaceId) || interfaceId == type(ICertificatePermitter).interfaceId;
    }

    /// @inheritdoc ICertificatePermitter
    function certificateDigest(IdentityId identity, address requester, uint64 duration, Context calldata context)
        public
        view
        returns (bytes32)
    {
        return _digest(identity, requester, duration, context.baseBlock, context);
    }

    /// @inheritdoc EnclavePolicies
    function _verify(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata encoded,
        bytes calldata authorization
    ) internal view override returns (Enclave memory enclave) {
        (Context calldata context, uint256 rest) = _parse(encoded);
        uint256 baseBlock = context.baseBlock;
        require(baseBlock < block.number && baseBlock + MAX_AGE >= block.number, BaseBlockUnfit(uint64(baseBlock)));
        bytes32 digest = _digest(identity, requester, duration, baseBlock, context);
        require(BLS.verify(_pairs(authorization), digest, DST), CertificateInvalid());

        enclave.baseBlock = uint64(baseBlock);
        enclave.measurementRoot = context.measurementRoot;
        enclave.evidenceDigest = context.evidenceDigest;
        enclave.platform = context.platform;
        enclave.author = context.author;
        if (rest == TERMS_SIZE || rest == TERMS_SIZE + RELEASE_SIZE) enclave.terms = _wordAt(encoded, CONTEXT_SIZE);
        if (rest >= RELEASE_SIZE) {
            (enclave.version, enclave.r, enclave.vs) =
                abi.decode(encoded[encoded.length - RELEASE_SIZE:], (uint64, bytes32, bytes32));
        }
    }

    /// keccak256(abi.encode(…)) of fourteen words, of which the last five stand in the context as they are.
    function _digest(
        IdentityId identity,
        address requester,
        uint256 duration,
        uint256 baseBlock,
        Context calldata context
    ) private view returns (bytes32 digest) {
        bytes32 tag = CERTIFICATE_V2;
        (uint256 registry_, uint256 requester_) = (uint160(address(registry)), uint160(requester));
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, tag)
            mstore(add(words, 0x20), chainid())
            mstore(add(words, 0x40), address())
            mstore(add(words, 0x60), registry_)
            mstore(add(words, 0x80), identity)
            mstore(add(words, 0xa0), requester_)
            mstore(add(words, 0xc0), duration)
            mstore(add(words, 0xe0), baseBlock)
            mstore(add(words, 0x100), blockhash(baseBlock))
            calldatacopy(add(words, 0x120), add(context, 0x20), 0xa0)
            digest := keccak256(words, 0x1c0)
        }
    }

    function _wordAt(bytes calldata data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, offset))
        }
    }

    /// What is to be paired: the signature with the negated generator, and with the key what the digest hashes to.
    function _pairs(bytes calldata signature) private view returns (bytes memory) {
        // forgefmt: disable-next-item
        return abi.encodePacked(
            signature,
            BLS.NEGATED_G2_0, BLS.NEGATED_G2_1, BLS.NEGATED_G2_2, BLS.NEGATED_G2_3,
            BLS.NEGATED_G2_4, BLS.NEGATED_G2_5, BLS.NEGATED_G2_6, BLS.NEGATED_G2_7,
            bytes32(0), bytes32(0), bytes32(0), bytes32(0), // where the hash will be
            _key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7
        );
    }

    /// The fields have fixed sizes, so that their encoding is the struct.
    function _parse(bytes calldata encoded) private pure returns (Context calldata context, uint256 rest) {
        unchecked {
            rest = encoded.length - CONTEXT_SIZE;
        }
        // Nothing, terms, release, or both. What is too short has a rest beyond all bounds.
        bool fits = rest == TERMS_SIZE || rest == 0 || rest == RELEASE_SIZE || rest == TERMS_SIZE + RELEASE_SIZE;
        require(fits, ContextMalformed());
        assembly ("memory-safe") {
            context := encoded.offset
        }
    }

    /// Known answers: what 32 bytes hash to, and that a pairing which is not one is not called one.
    function _checkPrecompiles() private view {
        bytes memory hashed = BLS.hashToG1(keccak256("escrin"), DST);
        require(keccak256(hashed) == KNOWN_HASH, PrecompileUnavailable());
        require(!BLS.pairingIsOne(bytes.concat(hashed, BLS.negatedG2())), PrecompileUnavailable());
    }

    /// Pairing infinity with the key succeeds exactly if the key is on its curve and in its subgroup.
    function _checkGroupKey(bytes memory key) private view {
        require(key.length == 256 && keccak256(key) != keccak256(new bytes(256)), GroupKeyInvalid());
        require(BLS.pairingIsOne(bytes.concat(new bytes(128), key)), GroupKeyInvalid());
    }
}
