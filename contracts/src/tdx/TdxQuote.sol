// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title TDX quotes of version 4
/// @notice Intel, "TDX DCAP Quoting Library API", appendix A; attest/SPEC.md 4b. What a quote's signature covers are 632
/// bytes: a header of 48 and the report on the guest.
library TdxQuote {
    /// Cut short, too long, or its sizes contradict one another.
    error QuoteMalformed();
    /// Another version, TEE or kind of key than those that are read here, or certified in another way.
    error QuoteUnsupported();
    /// By another vendor's quoting enclave than Intel's.
    error QuoteVendorUnknown();
    /// The TDX module is not Intel's, or has attributes.
    error ModuleUnfit();
    /// The guest's attributes are other than SEPT_VE_DISABLE alone: it can be debugged or migrated, for instance.
    error AttributesUnfit(bytes8 attributes);
    /// The guest's processor features (XFAM) are none that a guest can have.
    error FeaturesUnfit(bytes8 features);
    /// MRCONFIGID, MROWNER or MROWNERCONFIG, which the host chooses, are not zero.
    error HostFieldsSet();
    /// RTMR3 is not zero.
    error RegisterExtended();
    /// A reserved field of the quoting enclave's report is not zero.
    error QEReportMalformed();
    /// The quoting enclave's report is for another attestation key or authentication data.
    error QEBindingMismatch();

    /// Header and report on the guest.
    uint256 internal constant SIGNED_SIZE = 632;
    uint256 internal constant QE_REPORT_SIZE = 384;

    // The header's first 8 bytes: version 4, key type ECDSA P-256, TEE type TDX; in little-endian.
    uint256 private constant KIND = 0x0400_0200_81000000;
    bytes16 private constant INTEL = 0x939a7233f79c4ca9940a0db3957f0607;

    // Offsets.
    uint256 private constant VENDOR = 12;
    uint256 private constant TEE_TCB_SVN = 48;
    uint256 private constant MRSIGNERSEAM = 112; // and SEAMATTRIBUTES
    uint256 private constant TD_ATTRIBUTES = 168;
    uint256 private constant XFAM = 176;
    uint256 private constant MRTD = 184;
    uint256 private constant HOST_FIELDS = 232;
    uint256 private constant RTMR0 = 376; // RTMR1 and RTMR2 follow
    uint256 private constant RTMR3 = 520;
    uint256 private constant REPORT_DATA = 568;
    uint256 private constant SIGNATURE = SIGNED_SIZE + 4; // behind the size of all that follows
    uint256 private constant CERTIFICATION = SIGNATURE + 128; // behind signature and key: type and size of what follows
    uint256 private constant QE_REPORT = CERTIFICATION + 6;
    uint256 private constant QE_SIGNATURE = QE_REPORT + QE_REPORT_SIZE;
    uint256 private constant AUTH_SIZE = QE_SIGNATURE + 64;
    uint256 private constant AUTH_DATA = AUTH_SIZE + 2; // behind it, type and size of the chain

    bytes8 private constant SEPT_VE_DISABLE = 0x0000001000000000;
    // x87 and SSE, and every feature that the TDX module lets a guest have, as in attest/appraise; in little-endian.
    bytes8 private constant XFAM_ALWAYS = 0x0300000000000000;
    bytes8 private constant XFAM_KNOWN = 0xe7db060000000000;

    /// @notice Reverts unless header and report are of a guest as it must be: by Intel's module and quoting enclave, not
    /// debuggable, nothing in it chosen by the host.
    function check(bytes calldata signed) internal pure {
        require(signed.length == SIGNED_SIZE, QuoteMalformed());
        require(_word(signed, 0) >> 192 == KIND, QuoteUnsupported());
        require(bytes16(bytes32(_word(signed, VENDOR))) == INTEL, QuoteVendorUnknown());
        require(_word(signed, MRSIGNERSEAM) | _word(signed, MRSIGNERSEAM + 24) == 0, ModuleUnfit());
        bytes8 attributes = bytes8(bytes32(_word(signed, TD_ATTRIBUTES)));
        require(attributes == SEPT_VE_DISABLE, AttributesUnfit(attributes));
        bytes8 features = bytes8(bytes32(_word(signed, XFAM)));
        require(features & XFAM_ALWAYS == XFAM_ALWAYS && features & ~XFAM_KNOWN == 0, FeaturesUnfit(features));
        uint256 chosen = _word(signed, HOST_FIELDS) | _word(signed, HOST_FIELDS + 32) | _word(signed, HOST_FIELDS + 64)
            | _word(signed, HOST_FIELDS + 96) | _word(signed, HOST_FIELDS + 112);
        require(chosen == 0, HostFieldsSet());
        require(_word(signed, RTMR3) | _word(signed, RTMR3 + 16) == 0, RegisterExtended());
    }

    /// @notice Takes a quote apart that the PCK certificate in DER stands in, in the place of its PEM text.
    /// @return signed header and report on the guest
    /// @return signature r, s, and the attestation key x, y: 128 bytes
    /// @return qeReport of the quoting enclave
    /// @return authData which the quoting enclave vouches for together with the key
    /// @return certificate what follows
    function split(bytes calldata quote)
        internal
        pure
        returns (
            bytes calldata signed,
            bytes calldata signature,
            bytes calldata qeReport,
            bytes calldata authData,
            bytes calldata certificate
        )
    {
        require(quote.length >= AUTH_DATA, QuoteMalformed());
        uint256 end = AUTH_DATA + _little(quote, AUTH_SIZE, 2);
        require(quote.length >= end + 6, QuoteMalformed());
        require(_little(quote, CERTIFICATION, 2) == 6 && _little(quote, end, 2) == 5, QuoteUnsupported());
        uint256 chainSize = _little(quote, end + 2, 4);
        uint256 inner = end + 6 - QE_REPORT + chainSize;
        require(_little(quote, CERTIFICATION + 2, 4) == inner, QuoteMalformed());
        require(_little(quote, SIGNED_SIZE, 4) == QE_REPORT - SIGNATURE + inner, QuoteMalformed());
        signed = quote[:SIGNED_SIZE];
        signature = quote[SIGNATURE:CERTIFICATION];
        qeReport = quote[QE_REPORT:QE_SIGNATURE];
        authData = quote[AUTH_DATA:end];
        certificate = quote[end + 6:];
    }

    /// @notice The signature over the quoting enclave's report, r ‖ s, in a quote that `split` took apart.
    function qeSignature(bytes calldata quote) internal pure returns (bytes calldata) {
        return quote[QE_SIGNATURE:AUTH_SIZE];
    }

    /// @notice keccak256(MRTD ‖ RTMR0 ‖ RTMR1 ‖ RTMR2).
    function registers(bytes calldata signed) internal pure returns (bytes32) {
        return keccak256(bytes.concat(signed[MRTD:MRTD + 48], signed[RTMR0:RTMR0 + 144]));
    }

    /// @notice Whether the report data are 32 bytes and then zeros.
    function binds(bytes calldata signed, bytes32 digest) internal pure returns (bool) {
        return bytes32(_word(signed, REPORT_DATA)) == digest && _word(signed, REPORT_DATA + 32) == 0;
    }

    /// @notice Security versions of TDX module and platform when the guest was launched.
    function teeTcbSvn(bytes calldata signed) internal pure returns (bytes16) {
        return bytes16(bytes32(_word(signed, TEE_TCB_SVN)));
    }

    /// @notice MRSIGNERSEAM ‖ SEAMATTRIBUTES.
    function seam(bytes calldata signed) internal pure returns (bytes calldata) {
        return signed[MRSIGNERSEAM:TD_ATTRIBUTES];
    }

    /// @notice Reverts unless the quoting enclave's report, of 384 bytes, is for the key and the data with this SHA-256.
    function checkQEReport(bytes calldata report, bytes32 bound) internal pure {
        require(report.length == QE_REPORT_SIZE, QuoteMalformed());
        uint256 reserved = _word(report, 20) >> 32 | _word(report, 96) | _word(report, 160) | _word(report, 192)
            | _word(report, 224) | _word(report, 260) | _word(report, 288);
        require(reserved == 0, QEReportMalformed());
        require(bytes32(_word(report, 320)) == bound && _word(report, 352) == 0, QEBindingMismatch());
    }

    /// A number of `size` bytes in little-endian, which the caller knows to be there.
    function _little(bytes calldata data, uint256 pos, uint256 size) private pure returns (uint256 value) {
        for (uint256 i = size; i > 0; i--) {
            value = value << 8 | uint8(data[pos + i - 1]);
        }
    }

    /// 32 bytes, which the caller knows to be there.
    function _word(bytes calldata data, uint256 pos) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(data.offset, pos))
        }
    }
}
