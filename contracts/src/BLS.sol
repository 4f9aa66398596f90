// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BLS signatures on BLS12-381 with the precompiles of EIP-2537
/// @notice Signatures are points of G1 (128 bytes), public keys points of G2 (256 bytes). Messages are hashed to G1 as
/// RFC 9380 says for the suite BLS12381G1_XMD:SHA-256_SSWU_RO_.
/// @dev Precompiles: 0x02 SHA-256, 0x0b G1ADD, 0x0f PAIRING_CHECK, 0x10 MAP_FP_TO_G1. A precompile that the chain lacks
/// answers with nothing, so that every answer's size is checked. What they cost here: pairing 102,900, two maps 11,000,
/// the rest 900 gas; everything else is done to add little to that.
library BLS {
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    /// 2^636 / P.
    uint256 private constant MU = 0x9d835d2f3cc9e45ce28101b0cc7a6ba291b82741ff6a0a94bdf4771e0286779d;

    /// Given to one precompile. They cost a quarter of it at most, and burn all they get when they refuse their input.
    uint256 private constant GAS = 500000;

    /// The negated generator of G2, 256 bytes in eight words.
    bytes32 internal constant NEGATED_G2_0 = 0x00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051;
    bytes32 internal constant NEGATED_G2_1 = 0xc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8;
    bytes32 internal constant NEGATED_G2_2 = 0x0000000000000000000000000000000013e02b6052719f607dacd3a088274f65;
    bytes32 internal constant NEGATED_G2_3 = 0x596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e;
    bytes32 internal constant NEGATED_G2_4 = 0x000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bc;
    bytes32 internal constant NEGATED_G2_5 = 0xb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa;
    bytes32 internal constant NEGATED_G2_6 = 0x0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d;
    bytes32 internal constant NEGATED_G2_7 = 0x993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed;

    /// @notice Whether a signature is a key's on `message` under the domain `dst`: e(signature, -G2) e(H, key) == 1.
    /// False, too, if a precompile is missing or a point is not on its curve and in its subgroup.
    /// @dev Warning: the point at infinity is a key under which infinity signs everything; refuse such a key first.
    /// @param pairs 768 bytes: signature, negated generator of G2, 128 bytes to be overwritten with H, key
    function verify(bytes memory pairs, bytes32 message, bytes memory dst) internal view returns (bool) {
        return pairs.length == 768 && _hashInto(message, dst, pairs, 384) && pairingIsOne(pairs);
    }

    /// @notice The negated generator of G2, 256 bytes.
    function negatedG2() internal pure returns (bytes memory) {
        // forgefmt: disable-next-item
        return abi.encode(
            NEGATED_G2_0, NEGATED_G2_1, NEGATED_G2_2, NEGATED_G2_3,
            NEGATED_G2_4, NEGATED_G2_5, NEGATED_G2_6, NEGATED_G2_7
        );
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
        point = new bytes(128);
        if (!_hashInto(message, dst, point, 0)) return "";
    }

    /// Writes the point that 32 bytes hash to into `buffer` from byte `offset` on; false if a precompile is missing.
    function _hashInto(bytes32 message, bytes memory dst, bytes memory buffer, uint256 offset)
        private
        view
        returns (bool answered)
    {
        assembly ("memory-safe") {
            /// Whether the precompile gave an answer of `outSize` bytes, now at `out`.
            function ask(precompile, input, inSize, out, outSize) -> good {
                good := staticcall(GAS, precompile, input, inSize, out, outSize)
                good := and(good, eq(returndatasize(), outSize))
            }
            /// expand_message_xmd with SHA-256: writes 128 bytes to `out`. `input` is scratch.
            function expand(word, tag, input, out) -> good {
                // Z_pad (64 zeros), message, l_i_b_str (128), zero, and DST_prime: the tag and its length.
                let size := mload(tag)
                calldatacopy(input, calldatasize(), 64)
                mstore(add(input, 64), word)
                mstore(add(input, 96), shl(232, 0x008000))
                mcopy(add(input, 99), add(tag, 32), size)
                mstore8(add(input, add(99, size)), size)
                good := ask(0x02, input, add(size, 100), 0, 32)
                let b0 := mload(0)

                // Block i hashes b0 xor the block before it, i, and DST_prime, in place of what ended with the zero.
                input := add(input, 66)
                size := add(size, 34)
                mstore(input, b0)
                mstore8(add(input, 32), 1)
                good := and(ask(0x02, input, size, out, 32), good)
                mstore(input, xor(b0, mload(out)))
                mstore8(add(input, 32), 2)
                good := and(ask(0x02, input, size, add(out, 32), 32), good)
                mstore(input, xor(b0, mload(add(out, 32))))
                mstore8(add(input, 32), 3)
                good := and(ask(0x02, input, size, add(out, 64), 32), good)
                mstore(input, xor(b0, mload(add(out, 64))))
                mstore8(add(input, 32), 4)
                good := and(ask(0x02, input, size, add(out, 96), 32), good)
            }
            /// The upper half of a * b: the product modulo 2^256 - 1, which is the sum of its halves, less the lower one.
            function upper(a, b) -> half {
                let sum := mulmod(a, b, not(0))
                let lower := mul(a, b)
                half := sub(sub(sum, lower), lt(sum, lower))
            }
            /// Replaces the 64 bytes at `at` by themselves modulo P (Barrett): high * MU / 2^380 is the quotient, or one
            /// less. MODEXP would do the same for more gas.
            function reduce(at) {
                let high := mload(at)
                let low := mload(add(at, 32))
                let quotient := shr(124, upper(high, MU))
                let product := mul(quotient, P_LOW)
                high := sub(sub(high, add(mul(quotient, P_HIGH), upper(quotient, P_LOW))), lt(low, product))
                low := sub(low, product)
                if or(gt(high, P_HIGH), and(eq(high, P_HIGH), iszero(lt(low, P_LOW)))) {
                    high := sub(sub(high, P_HIGH), lt(low, P_LOW))
                    low := sub(low, P_LOW)
                }
                mstore(at, high)
                mstore(add(at, 32), low)
            }
            // Scratch: two field elements of 64 bytes, then two points of 128.
            let fields := mload(0x40)
            let points := add(fields, 128)
            answered := expand(message, dst, points, fields)
            reduce(fields)
            reduce(add(fields, 64))
            answered := and(ask(0x10, fields, 64, points, 128), answered)
            answered := and(ask(0x10, add(fields, 64), 64, add(points, 128), 128), answered)
            answered := and(ask(0x0b, points, 256, add(add(buffer, 32), offset), 128), answered)
        }
    }
}
