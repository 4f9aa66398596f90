// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What Intel publishes about TDX platforms, verified and kept on chain
/// @notice Every answer is about the present block: collateral that is missing, not yet issued or out of date denies.
/// Status: 0 unknown or denied, 1 UpToDate, 2 SWHardeningNeeded, 3 ConfigurationNeeded,
/// 4 ConfigurationAndSWHardeningNeeded, 5 OutOfDate, 6 OutOfDateConfigurationNeeded, 7 Revoked.
interface ITdxCollateral {
    /// @notice The level of the platform's TCB (attest/SPEC.md 4.9). If `tdxSvns[1]` is not zero, the first two TDX
    /// components are the TDX module's own and do not count here; ask `moduleStatus`. All is about PCEID 0x0000, which
    /// is what PCK certificates have: TCB info of another PCE is not kept here.
    /// @param fmspc family, model, stepping, platform type and custom SKU of the PCK certificate
    /// @param sgxSvns the 16 SGX components of the PCK certificate
    /// @param pceSvn the PCESVN of the PCK certificate
    /// @param tdxSvns TEE_TCB_SVN of the quote
    /// @return status 0 if there is no valid TCB info for this FMSPC now, or no level fits
    /// @return tcbDate of the level, in seconds since the epoch
    /// @return evaluation TCB evaluation data number of the TCB info
    function tcbLevel(bytes6 fmspc, bytes16 sgxSvns, uint16 pceSvn, bytes16 tdxSvns)
        external
        view
        returns (uint8 status, uint64 tcbDate, uint32 evaluation);

    /// @notice Identity and level of the TDX module, out of the same TCB info. Signer and attributes (under the mask)
    /// must be those of the identity of the module: `TDX_` and `tdxSvns[1]` in hexadecimal, its level found by
    /// `tdxSvns[0]`; or, if `tdxSvns[1]` is zero, those of TCB info's `tdxModule`, which has no levels (UpToDate).
    /// @param seam MRSIGNERSEAM ‖ SEAMATTRIBUTES as in the quote: 56 bytes
    /// @return status 0 if there is no valid TCB info, no such identity, another signer or attributes, or no level fits
    /// @return tcbDate of the level, in seconds since the epoch; all ones for a module without levels
    function moduleStatus(bytes6 fmspc, bytes16 tdxSvns, bytes calldata seam)
        external
        view
        returns (uint8 status, uint64 tcbDate);

    /// @notice Identity of the quoting enclave (MRSIGNER, ISVPRODID, MISCSELECT and ATTRIBUTES under their masks) and
    /// the level of its ISVSVN.
    /// @param qeReport report of the quoting enclave as in the quote: 384 bytes
    /// @return status 0 if there is no valid QE identity now, it is another enclave, or no level fits
    function qeStatus(bytes calldata qeReport) external view returns (uint8 status);

    /// @notice Whether a PCK certificate and its issuer still stand: the issuer is not on the root's list, and the
    /// certificate is not on the list that this issuer's key signed. False, too, if one of the lists is missing or out of
    /// date. That the issuer is a platform CA and issued the certificate is for the caller to know (ITdxCertificates).
    /// @param issuerKey keccak256(x ‖ y) of the platform CA's public key
    /// @param issuerSerial serial number of the platform CA's certificate, big-endian, padded on the left
    /// @param serial of the PCK certificate, likewise
    function stands(bytes32 issuerKey, bytes32 issuerSerial, bytes32 serial) external view returns (bool);

    /// @notice Grows with everything that is brought. Between two equal editions, and up to `validUntil`, every question
    /// above has the same answer: who asks often can remember answers with the edition that they are of.
    function edition() external view returns (uint64);

    /// @notice Last second at which all that the answers about a platform family rest on is valid, if nothing is brought;
    /// in seconds since the epoch. Zero if something is missing.
    /// @param issuerKey of the platform's CA, as in `stands`
    function validUntil(bytes6 fmspc, bytes32 issuerKey) external view returns (uint64);
}
