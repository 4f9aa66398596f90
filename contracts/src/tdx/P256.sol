// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ECDSA signatures on P-256 with the precompile of EIP-7951
/// @dev The precompile at 0x100 answers 1 in 32 bytes for a signature that is right and with nothing otherwise; a chain
/// that lacks it answers with nothing, too, so that all signatures are refused there. Other answers are no yes (CT-01).
library P256 {
    /// The precompile costs 6900; more is of no use to it.
    uint256 private constant GAS = 10000;

    /// @notice Whether r, s is a signature by the key x, y over `digest`. False if a number is out of range, if the key
    /// is not a point of the curve, and if the precompile is missing.
    /// @dev Warning: with s, n - s is right, too. Signatures identify nothing.
    function verify(bytes32 digest, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view returns (bool right) {
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, digest)
            mstore(add(input, 32), r)
            mstore(add(input, 64), s)
            mstore(add(input, 96), x)
            mstore(add(input, 128), y)
            mstore(0, 0)
            let answered := staticcall(GAS, 0x100, input, 160, 0, 32)
            right := and(and(answered, eq(returndatasize(), 32)), eq(mload(0), 1))
        }
    }

    /// @notice Whether this chain has the precompile, and SHA-256: known answers, one of them no.
    function isAvailable() internal view returns (bool) {
        // Key d = SHA-256("escrin"), digest SHA-256(""), deterministic nonce (RFC 6979).
        bytes32 digest = sha256("");
        bytes32 r = KNOWN_R;
        return digest == KNOWN_DIGEST && verify(digest, r, KNOWN_S, KNOWN_X, KNOWN_Y)
            && !verify(~digest, r, KNOWN_S, KNOWN_X, KNOWN_Y);
    }

    bytes32 private constant KNOWN_DIGEST = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;
    bytes32 private constant KNOWN_R = 0xa4487f1ee59160cafddbbeb61979d9cfce93a7e4dc4ca9988f5e14e302fb0500;
    bytes32 private constant KNOWN_S = 0x38aa8abb86193e205cf686b321656265eedae776b499baa35e510ee2b125da21;
    bytes32 private constant KNOWN_X = 0x8948415a44b7acc9d7a69a3d459d281902e35df8787eccc917bc05166bfe8bd0;
    bytes32 private constant KNOWN_Y = 0x533eac33f2cc429b7ae726a23e5d8518a9d6ca89f0d8bd39ba4cf4d18a4b72e1;
}
