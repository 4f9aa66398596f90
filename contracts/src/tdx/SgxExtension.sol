// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Der} from "./Der.sol";

/// @title The SGX extension of PCK certificates
/// @notice Intel, "SGX PCK certificate and CRL profile specification", 1.3.5: a SEQUENCE of SEQUENCE { OBJECT
/// IDENTIFIER, value }. Parts must stand in the order of their numbers, as in all of Intel's certificates.
library SgxExtension {
    /// A part is missing, unknown, out of order, or not of its form.
    error SgxExtensionMalformed();

    /// @param fmspc family, model, stepping, platform type and custom SKU
    /// @param pceId of the provisioning certification enclave
    /// @param pceSvn its security version
    /// @param cpuSvn security versions of the 16 components
    /// @param ppid id of the platform
    struct Platform {
        bytes6 fmspc;
        bytes2 pceId;
        uint16 pceSvn;
        bytes16 cpuSvn;
        bytes16 ppid;
    }

    // Parts.
    uint256 private constant PPID = 1;
    uint256 private constant TCB = 2;
    uint256 private constant PCEID = 3;
    uint256 private constant FMSPC = 4;
    uint256 private constant TYPE = 5;
    uint256 private constant INSTANCE = 6;
    uint256 private constant CONFIGURATION = 7;

    // OBJECT IDENTIFIER with 10 bytes: 1.2.840.113741.1.13.1 and one more.
    uint256 private constant PART = 0x060a2a864886f84d010d01;
    // SEQUENCE of 16 bytes: identifier 1.2.840.113741.1.13.1.2 and one more; INTEGER of one byte.
    uint256 private constant COMPONENT = 0x3010060b2a864886f84d010d0102_00_0201_00;
    // The same for values from 128 on.
    uint256 private constant LARGE_COMPONENT = 0x3011060b2a864886f84d010d0102_00_020200_00;

    /// @notice Reads the extension, which is all that stands between two offsets in the calldata.
    function parse(uint256 pos, uint256 end) internal pure returns (Platform memory p) {
        pos = Der.readLast(pos, end, Der.SEQUENCE);
        uint256 value;
        (value, pos) = _readOctets(pos, end, PPID, 16);
        p.ppid = bytes16(bytes32(value));
        (value, pos) = _readPart(pos, end, TCB);
        _readTcb(p, value, pos);
        (value, pos) = _readOctets(pos, end, PCEID, 2);
        p.pceId = bytes2(bytes32(value));
        (value, pos) = _readOctets(pos, end, FMSPC, 6);
        p.fmspc = bytes6(bytes32(value));
        (value, pos) = _readPart(pos, end, TYPE);
        // ENUMERATED: standard, scalable, scalable with integrity.
        bool isType = pos - value == 3 && (Der.word(value) >> 232) ^ 0x0a0100 < 3;
        require(isType, SgxExtensionMalformed());
        if (_partAt(pos, end) == INSTANCE) (, pos) = _readOctets(pos, end, INSTANCE, 16);
        if (_partAt(pos, end) == CONFIGURATION) pos = _readConfiguration(pos, end);
        require(pos == end, SgxExtensionMalformed());
    }

    /// The value of part `number`: from `start` to `next`.
    function _readPart(uint256 pos, uint256 end, uint256 number) private pure returns (uint256 start, uint256 next) {
        (start, next) = Der.read(pos, end, Der.SEQUENCE);
        require(Der.word(start) >> 160 == PART << 8 | number, SgxExtensionMalformed());
        start += 12;
        require(start <= next, SgxExtensionMalformed());
    }

    /// The number of the part at `pos`, whatever it is; zero at the end.
    function _partAt(uint256 pos, uint256 end) private pure returns (uint256) {
        return pos < end ? (Der.word(pos) >> 144) & 0xff : 0; // behind two bytes of SEQUENCE and eleven of PART
    }

    /// A part that is an OCTET STRING of `size` bytes, which are the first of `value`.
    function _readOctets(uint256 pos, uint256 end, uint256 number, uint256 size)
        private
        pure
        returns (uint256 value, uint256 next)
    {
        uint256 start;
        (start, next) = _readPart(pos, end, number);
        start = Der.readLast(start, next, Der.OCTETS);
        require(next - start == size, SgxExtensionMalformed());
        value = Der.word(start);
    }

    /// 16 components, PCESVN, and CPUSVN, which is the processor's raw form of the components and not used.
    function _readTcb(Platform memory p, uint256 pos, uint256 end) private pure {
        pos = Der.readLast(pos, end, Der.SEQUENCE);
        uint256 components;
        for (uint256 i = 1; i <= 16; i++) {
            uint256 svn;
            (svn, pos) = _readComponent(pos, end, i);
            components = components << 8 | svn;
        }
        p.cpuSvn = bytes16(uint128(components));
        (p.pceSvn, pos) = _readPceSvn(pos, end);
        uint256 start;
        (start, pos) = Der.read(pos, end, Der.SEQUENCE);
        require(Der.word(start) >> 152 == (PART + (1 << 72)) << 16 | TCB << 8 | 18, SgxExtensionMalformed());
        start = Der.readLast(start + 13, pos, Der.OCTETS);
        require(pos - start == 16 && pos == end, SgxExtensionMalformed());
    }

    /// One byte, in the one encoding that it has.
    function _readComponent(uint256 pos, uint256 end, uint256 number) private pure returns (uint256 svn, uint256 next) {
        uint256 word = Der.word(pos);
        svn = (word >> 112) ^ (COMPONENT | number << 24);
        next = pos + 18;
        if (svn >= 0x80) {
            svn = (word >> 104) ^ (LARGE_COMPONENT | number << 32);
            next = pos + 19;
            require(svn >= 0x80 && svn < 0x100, SgxExtensionMalformed());
        }
        require(next <= end, SgxExtensionMalformed());
    }

    function _readPceSvn(uint256 pos, uint256 end) private pure returns (uint16 svn, uint256 next) {
        (pos, next) = Der.read(pos, end, Der.SEQUENCE);
        require(Der.word(pos) >> 152 == (PART + (1 << 72)) << 16 | TCB << 8 | 17, SgxExtensionMalformed());
        pos += 13;
        // Zero, too, is a security version.
        if (next - pos == 3 && Der.word(pos) >> 232 == 0x020100) return (0, next);
        (bytes32 value, uint256 rest) = Der.positive(pos, next);
        require(rest == next && uint256(value) <= type(uint16).max, SgxExtensionMalformed());
        svn = uint16(uint256(value));
    }

    /// SEQUENCE OF flags, each at most once and in the order of their numbers: dynamic platform, cached keys, SMT.
    function _readConfiguration(uint256 pos, uint256 end) private pure returns (uint256 next) {
        (pos, next) = _readPart(pos, end, CONFIGURATION);
        pos = Der.readLast(pos, next, Der.SEQUENCE);
        for (uint256 number = 1; number <= 3 && pos < next; number++) {
            // SEQUENCE of 16 bytes: identifier 1.2.840.113741.1.13.1.7 and one more; BOOLEAN.
            uint256 flag = (Der.word(pos) >> 112) ^ (0x3010060b2a864886f84d010d0107_00_0101_00 | number << 24);
            if (flag == 0 || flag == 0xff) pos += 18;
        }
        require(pos == next, SgxExtensionMalformed());
    }
}
