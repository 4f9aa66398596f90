// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "../src/BLS.sol";

/// @title A key network of one, whose secret everyone knows
/// @notice A CertificatePermitter that was given `groupKey()` at its deployment takes certificates that are signed here;
/// one that was given another key never does.
library TestKeyNetwork {
    bytes internal constant DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    /// Less than the order, as is every number that begins with a zero byte.
    uint256 internal constant SECRET = uint256(keccak256("escrin test root")) >> 8;

    /// The generator of G2.
    bytes internal constant GENERATOR = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051"
        hex"c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65"
        hex"596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351a"
        hex"adfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
        hex"000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99"
        hex"cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";
    address private constant G1_MSM = address(0x0c);
    address private constant G2_MSM = address(0x0e);

    error PrecompileUnavailable(address precompile);

    /// @notice The public key: a point of G2, 256 bytes in EIP-2537 form.
    function groupKey() internal view returns (bytes memory) {
        return _ask(G2_MSM, bytes.concat(GENERATOR, bytes32(SECRET)));
    }

    /// @notice Signs a certificate's digest: a point of G1, 128 bytes in EIP-2537 form.
    function sign(bytes32 digest) internal view returns (bytes memory) {
        return _ask(G1_MSM, bytes.concat(BLS.hashToG1(digest, DST), bytes32(SECRET)));
    }

    function _ask(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool answered, bytes memory output) = precompile.staticcall(input);
        require(answered && output.length != 0, PrecompileUnavailable(precompile));
        return output;
    }
}
