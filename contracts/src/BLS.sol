// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BLS signatures on BLS12-381 with the precompiles of EIP-2537
/// @notice Signatures are points of G1 (128 bytes), public keys points of G2 (256 bytes). Messages are hashed to G1 as
/// RFC 9380 says for the suite BLS12381G1_XMD:SHA-256_SSWU_RO_.
library BLS {
    address private constant MODEXP = address(0x05);
    address private constant G1ADD = address(0x0b);
    address private constant PAIRING_CHECK = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    /// The field's modulus, 64 bytes.
    bytes private constant P = hex"000000000000000000000000000000001a0111ea397fe69a4b1ba7b6434bacd7"
        hex"64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    /// The negated generator of G2, 256 bytes.
    bytes internal constant NEGATED_G2 = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bc"
        hex"b679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d"
        hex"993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @notice Whether `signature` is `key`'s on `message` under the domain `dst`; false, too, if a precompile is
    /// missing or a point is not on its curve and in its subgroup.
    /// @dev Warning: the point at infinity is a key under which infinity signs everything; refuse such a key first.
    /// @param dst at most 255 bytes
    function verify(bytes memory signature, bytes32 message, bytes memory dst, bytes memory key)
        internal
        view
        returns (bool)
    {
        if (signature.length != 128 || key.length != 256) return false;
        bytes memory hashed = hashToG1(message, dst);
        return hashed.length == 128 && pairingIsOne(bytes.concat(signature, NEGATED_G2, hashed, key));
    }

    /// @notice The point of G1 that 32 bytes hash to; empty if a precompile is missing.
    function hashToG1(bytes32 message, bytes memory dst) internal view returns (bytes memory) {
        (bytes memory u0, bytes memory u1) = hashToField(message, dst);
        return call(G1ADD, bytes.concat(call(MAP_FP_TO_G1, u0), call(MAP_FP_TO_G1, u1)));
    }

    /// @notice Two field elements of 64 bytes each: RFC 9380, section 5.2, with count = 2 and L = 64.
    function hashToField(bytes32 message, bytes memory dst) internal view returns (bytes memory u0, bytes memory u1) {
        bytes memory suffix = bytes.concat(dst, bytes1(uint8(dst.length)));
        bytes32 b0 = sha256(bytes.concat(bytes32(0), bytes32(0), message, hex"008000", suffix));
        bytes32 b1 = sha256(bytes.concat(b0, hex"01", suffix));
        bytes32 b2 = sha256(bytes.concat(b0 ^ b1, hex"02", suffix));
        bytes32 b3 = sha256(bytes.concat(b0 ^ b2, hex"03", suffix));
        bytes32 b4 = sha256(bytes.concat(b0 ^ b3, hex"04", suffix));
        return (reduce(b1, b2), reduce(b3, b4));
    }

    /// @notice Whether the product of pairings is one.
    /// @param pairs of points of G1 and G2, 384 bytes each
    function pairingIsOne(bytes memory pairs) internal view returns (bool) {
        bytes memory answer = call(PAIRING_CHECK, pairs);
        return answer.length == 32 && abi.decode(answer, (uint256)) == 1;
    }

    /// `high` * 2^256 + `low` modulo P, by raising it to the power of one.
    function reduce(bytes32 high, bytes32 low) private view returns (bytes memory) {
        return call(MODEXP, bytes.concat(bytes32(uint256(64)), bytes32(uint256(1)), bytes32(uint256(64)), high, low, hex"01", P));
    }

    /// The precompile's answer; empty if it refuses or is not there.
    function call(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool ok, bytes memory output) = precompile.staticcall(input);
        return ok ? output : bytes("");
    }
}
