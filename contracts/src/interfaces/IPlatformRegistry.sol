// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Which families of processors are trusted, and from which TCB on
/// @notice The answer to a break of a whole family, or of a vendor's keys: one transaction, after which no keyholder
/// signs certificates or releases keys for it once the transaction is final. A *platform* is the word that
/// contracts/SPEC.md describes; a *family* is the TEE (1 TDX, 2 SNP) followed by the platform's six bytes of family. The
/// family whose six bytes are zero stands for the TEE as a whole, and its rule holds for every family of it as well.
interface IPlatformRegistry {
    /// @notice What becomes of a family. For a TEE as a whole, `Unlisted` refuses all of it, `Listed` leaves only the
    /// families that are `Allowed`, and `Allowed` all that are not `Denied`. For one family, `Unlisted` and `Listed`
    /// leave it to the rule of its TEE.
    enum Access {
        Unlisted,
        Denied,
        Listed,
        Allowed
    }

    /// @param access whether platforms of the family are trusted at all
    /// @param floor the least TCB: TDX: date of the TCB level, in seconds since the epoch; SNP: eight SPL bytes, each a
    /// floor of its own; zero is no floor
    struct Rule {
        Access access;
        uint64 floor;
    }

    /// @param epoch number of the change; counts from 1
    event RuleChanged(bytes7 indexed family, Rule rule, uint64 epoch, address indexed by);
    event GuardianChanged(address indexed guardian, bool isGuardian);

    /// Only the owner and guardians tighten.
    error Unauthorized();
    /// The first byte of a family is a TEE: 1 TDX, 2 SNP.
    error FamilyUnknown(bytes7 family);
    /// A floor can only be raised by this call.
    error FloorLowered(bytes7 family, uint64 floor);

    /// @notice Denies a family, or a TEE as a whole, at once. Guardians and owner.
    function deny(bytes7 family) external;

    /// @notice Raises the floor of a family, or of a TEE as a whole, at once. Guardians and owner.
    /// @param floor not lower than the present one; for SNP, in no byte
    function raiseFloor(bytes7 family, uint64 floor) external;

    /// @notice Sets the rule of a family, or of a TEE as a whole. Owner only.
    function setRule(bytes7 family, Rule calldata rule) external;

    /// @notice Names a guardian or dismisses one. Owner only.
    function setGuardian(address guardian, bool isGuardian_) external;

    /// @notice Whether evidence of a platform is to be trusted. False for unknown TEEs and statuses.
    function allows(bytes32 platform) external view returns (bool);

    /// @notice The rule of a family, or of a TEE as a whole.
    function ruleOf(bytes7 family) external view returns (Rule memory rule);

    /// @notice Number of changes of rules so far: what was decided under an older number must be decided anew.
    function epoch() external view returns (uint64);

    /// @notice Whether an account may deny and raise floors.
    function isGuardian(address account) external view returns (bool);
}
