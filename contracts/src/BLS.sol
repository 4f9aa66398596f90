// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BLS signatures on BLS12-381 with the precompiles of EIP-2537
/// @notice Signatures are points of G1 (128 bytes), public keys points of G2 (256 bytes). Messages are hashed to G1 as
/// RFC 9380 says for the suite BLS12381G1_XMD:SHA-256_SSWU_RO_.
/// @dev Precompiles: 0x02 SHA-256, 0x05 MODEXP, 0x0b G1ADD, 0x0f PAIRING_CHECK, 0x10 MAP_FP_TO_G1. A precompile that
/// the chain lacks answers with nothing, so that every answer's size is checked.
library BLS {
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    /// Given to one precompile. They cost a quarter of it at most, and burn all they get when they refuse their input.
    uint256 private constant GAS = 500000;

    /// The negated generator of G2, 256 bytes.
    bytes internal constant NEGATED_G2 = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bc"
        hex"b679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d"
        hex"993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @notice Whether `signature` is `key`'s on `message` under the domain `dst`: e(signature, -G2) e(H, key) == 1.
    /// False, too, if a precompile is missing or a point is not on its curve and in its subgroup.
    /// @dev Warning: the point at infinity is a key under which infinity signs everything; refuse such a key first.
    function verify(bytes calldata signature, bytes32 message, bytes memory dst, bytes memory key)
        internal
        view
        returns (bool)
    {
        if (signature.length != 128 || key.length != 256) return false;
        return pairingIsOne(bytes.concat(signature, NEGATED_G2, hashToG1(message, dst), key));
    }

    /// @notice Whether the product of pairings is one.
    /// @param pairs of points of G1 and G2, 384 bytes each
    function pairingIsOne(bytes memory pairs) internal view returns (bool one) {
        assembly ("memory-safe") {
            mstore(0, 0)
            let answered := staticcall(GAS, 0x0f, add(pairs, 32), mload(pairs), 0, 32)
            one := and(and(answered, eq(returndatasize(), 32)), eq(mload(0), 1))
        }
    }

    /// @notice The point of G1 that 32 bytes hash to (RFC 9380, hash_to_curve); empty if a precompile is missing.
    /// @param dst at most 255 bytes
    function hashToG1(bytes32 message, bytes memory dst) internal view returns (bytes memory point) {
        (bytes32 b1, bytes32 b2, bytes32 b3, bytes32 b4) = expand(message, dst);
        point = new bytes(128);
        assembly ("memory-safe") {
            // Scratch: input of MODEXP (225 bytes), then two points of G1.
            let scratch := mload(0x40)
            let points := add(scratch, 256)
            mstore(scratch, 64) // length of the base
            mstore(add(scratch, 32), 1) // of the exponent
            mstore(add(scratch, 64), 64) // of the modulus
            mstore8(add(scratch, 160), 1) // the exponent: only the reduction is wanted
            mstore(add(scratch, 161), P_HIGH)
            mstore(add(scratch, 193), P_LOW)

            /// Whether the precompile gave an answer of `outSize` bytes, now at `out`.
            function ask(precompile, input, inSize, out, outSize) -> answered {
                answered := staticcall(GAS, precompile, input, inSize, out, outSize)
                answered := and(answered, eq(returndatasize(), outSize))
            }
            /// Writes the point that the field element (high, low) mod P maps to.
            function map(modexp, high, low, out) -> answered {
                mstore(add(modexp, 96), high)
                mstore(add(modexp, 128), low)
                let reduced := ask(0x05, modexp, 225, out, 64)
                answered := and(ask(0x10, out, 64, out, 128), reduced)
            }
            let first := map(scratch, b1, b2, points)
            let second := map(scratch, b3, b4, add(points, 128))
            let answered := ask(0x0b, points, 256, add(point, 32), 128)
            answered := and(answered, and(first, second))
            if iszero(answered) { mstore(point, 0) }
        }
    }

    /// @notice 128 bytes out of 32 (RFC 9380, expand_message_xmd with SHA-256).
    function expand(bytes32 message, bytes memory dst)
        internal
        view
        returns (bytes32 b1, bytes32 b2, bytes32 b3, bytes32 b4)
    {
        // Z_pad, message, l_i_b_str; then what all blocks end with: their number and DST_prime.
        bytes memory input = bytes.concat(bytes32(0), bytes32(0), message, hex"008000", dst, bytes1(uint8(dst.length)));
        assembly ("memory-safe") {
            // Blocks 1 to 4 overwrite the 32 bytes before the number: 66 to 97.
            let tail := add(input, 98)
            let length := sub(mload(input), 66)

            function hash(from, size) -> digest {
                let answered := staticcall(gas(), 0x02, from, size, 0, 32)
                if iszero(and(answered, eq(returndatasize(), 32))) { revert(0, 0) }
                digest := mload(0)
            }
            function blockOf(from, size, i, chained) -> digest {
                mstore(from, chained)
                mstore8(add(from, 32), i)
                digest := hash(from, size)
            }
            let b0 := hash(add(input, 32), mload(input))
            b1 := blockOf(tail, length, 1, b0)
            b2 := blockOf(tail, length, 2, xor(b0, b1))
            b3 := blockOf(tail, length, 3, xor(b0, b2))
            b4 := blockOf(tail, length, 4, xor(b0, b3))
        }
    }
}
