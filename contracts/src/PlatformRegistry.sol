// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IPlatformRegistry} from "./interfaces/IPlatformRegistry.sol";
import {Platforms} from "./permitters/Platforms.sol";

/// @title The platforms that a network trusts
/// @notice Keyholders ask at their finality, for every certificate and every release; permitters that verify evidence on
/// chain ask in the transaction. Without rules, nothing is trusted.
/// @dev Storage: owner and offered owner (two slots), the epoch (one), one for each rule and one for each guardian.
/// Trust: the owner can trust anything, and should be a timelock, so that whoever relies on this sees it coming; guardians
/// can at worst deny everything. An owner who renounces leaves rules that can only be tightened. Makes no calls.
contract PlatformRegistry is IPlatformRegistry, Ownable2Step {
    /// @inheritdoc IPlatformRegistry
    uint64 public epoch;
    /// @inheritdoc IPlatformRegistry
    mapping(address account => bool) public isGuardian;

    mapping(bytes7 family => Rule) private _rules;

    constructor(address owner_) Ownable(owner_) {}

    modifier onlyGuardians() {
        require(isGuardian[msg.sender] || msg.sender == owner(), Unauthorized());
        _;
    }

    /* TIGHTER */

    /// @inheritdoc IPlatformRegistry
    function deny(bytes7 family) external onlyGuardians {
        _setRule(family, Rule({access: Access.Denied, floor: _rules[family].floor}));
    }

    /// @inheritdoc IPlatformRegistry
    function raiseFloor(bytes7 family, uint64 floor) external onlyGuardians {
        Rule memory rule = _rules[family];
        _requireKnown(family);
        require(Platforms.meets(_teeOf(family), floor, rule.floor), FloorLowered(family, rule.floor));
        _setRule(family, Rule({access: rule.access, floor: floor}));
    }

    /* LOOSER */

    /// @inheritdoc IPlatformRegistry
    function setRule(bytes7 family, Rule calldata rule) external onlyOwner {
        _setRule(family, rule);
    }

    /// @inheritdoc IPlatformRegistry
    function setGuardian(address guardian, bool isGuardian_) external onlyOwner {
        isGuardian[guardian] = isGuardian_;
        emit GuardianChanged(guardian, isGuardian_);
    }

    /* VIEWS */

    /// @inheritdoc IPlatformRegistry
    function allows(bytes32 platform) external view returns (bool) {
        uint256 kind = Platforms.tee(platform);
        bytes7 family = Platforms.family(platform);
        Rule memory ofTEE = _rules[bytes7(bytes1(family))];
        Rule memory ofFamily = _rules[family];
        if (ofFamily.access == Access.Denied) return false;
        bool listed = ofFamily.access == Access.Allowed && ofTEE.access == Access.Listed;
        if (ofTEE.access != Access.Allowed && !listed) return false;
        uint64 tcb = Platforms.tcb(platform);
        return Platforms.hasGoodStatus(platform) && Platforms.meets(kind, tcb, ofTEE.floor)
            && Platforms.meets(kind, tcb, ofFamily.floor);
    }

    /// @inheritdoc IPlatformRegistry
    function ruleOf(bytes7 family) external view returns (Rule memory rule) {
        return _rules[family];
    }

    function _setRule(bytes7 family, Rule memory rule) private {
        _requireKnown(family);
        _rules[family] = rule;
        emit RuleChanged(family, rule, ++epoch, msg.sender);
    }

    function _requireKnown(bytes7 family) private pure {
        uint256 kind = _teeOf(family);
        require(kind == Platforms.TDX || kind == Platforms.SNP, FamilyUnknown(family));
    }

    function _teeOf(bytes7 family) private pure returns (uint256) {
        return uint8(family[0]);
    }
}
