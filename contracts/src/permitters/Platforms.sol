// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The platform word
/// @notice What one word says of the processor that made evidence; contracts/SPEC.md describes its bytes.
/// @dev Unknown TEEs and statuses satisfy nothing.
library Platforms {
    uint256 internal constant TDX = 1;
    uint256 internal constant SNP = 2;

    /// UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded: 1 to 4.
    uint256 private constant LAST_GOOD_STATUS = 4;

    /// @notice Whether a platform's status is good and its TCB not below the floor of its TEE. Zero refuses the TEE.
    /// @param tdxFloor date of the TCB level, in seconds since the epoch
    /// @param snpFloor eight SPL bytes
    function satisfies(bytes32 platform, uint64 tdxFloor, uint64 snpFloor) internal pure returns (bool) {
        if (!hasGoodStatus(platform)) return false;
        uint256 kind = tee(platform);
        if (kind == TDX) return tdxFloor != 0 && tcb(platform) >= tdxFloor;
        if (kind == SNP) return snpFloor != 0 && reaches(tcb(platform), snpFloor);
        return false;
    }

    /// @notice Whether a TCB of a TEE is not below a floor, for which zero is none. False for unknown TEEs.
    function meets(uint256 kind, uint64 value, uint64 floor) internal pure returns (bool) {
        if (kind == TDX) return value >= floor;
        return kind == SNP && reaches(value, floor);
    }

    /// @notice 1 TDX, 2 SNP.
    function tee(bytes32 platform) internal pure returns (uint256) {
        return uint8(platform[0]);
    }

    /// @notice The TEE and the six bytes of the family.
    function family(bytes32 platform) internal pure returns (bytes7) {
        return bytes7(bytes1(platform)) | (bytes7(bytes6(platform << 16)) >> 8);
    }

    /// @notice Whether the status is one of those that need not be refused.
    function hasGoodStatus(bytes32 platform) internal pure returns (bool) {
        uint256 status = uint8(platform[1]);
        return status != 0 && status <= LAST_GOOD_STATUS;
    }

    /// @notice TDX: date of the TCB level, in seconds since the epoch. SNP: the eight SPL bytes.
    function tcb(bytes32 platform) internal pure returns (uint64) {
        return uint64(uint256(platform) >> 128);
    }

    /// @notice Guest SVN of SNP; zero for TDX.
    function guestSVN(bytes32 platform) internal pure returns (uint64) {
        return uint64(uint256(platform));
    }

    /// @notice Whether each of eight bytes is at least that of the floor.
    function reaches(uint64 spl, uint64 floor) internal pure returns (bool) {
        return _lanesReach(spl, floor) && _lanesReach(spl >> 8, floor >> 8);
    }

    /// Compares every other byte. Each is put under a ninth bit, which is still there after the subtraction exactly if the
    /// byte is not less.
    function _lanesReach(uint256 spl, uint256 floor) private pure returns (bool) {
        uint256 bytes_ = 0x00ff00ff00ff00ff;
        uint256 ninthBits = 0x0100010001000100;
        return ((spl & bytes_) | ninthBits) - (floor & bytes_) & ninthBits == ninthBits;
    }
}
