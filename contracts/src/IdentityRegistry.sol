// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {Scheduled} from "./Scheduled.sol";
import {IIdentityGovernance} from "./interfaces/IIdentityGovernance.sol";
import {IdentityId, IIdentityRegistry, IPermitHistory} from "./interfaces/IIdentityRegistry.sol";
import {IPermitter} from "./interfaces/IPermitter.sol";

/// A permit in one storage slot: the number of the block in which it was last granted or revoked (64 bits), the epoch of
/// the identity while which it counts (32), and its expiry (64).
type PackedPermit is uint256;

using {epochOf, expiryOf, changedAtOf} for PackedPermit;

function packPermit(uint64 expiry, uint32 epoch) view returns (PackedPermit) {
    return PackedPermit.wrap(block.number << 96 | uint256(epoch) << 64 | expiry);
}

function expiryOf(PackedPermit permit) pure returns (uint64) {
    return uint64(PackedPermit.unwrap(permit));
}

function epochOf(PackedPermit permit) pure returns (uint32) {
    return uint32(PackedPermit.unwrap(permit) >> 64);
}

function changedAtOf(PackedPermit permit) pure returns (uint64) {
    return uint64(PackedPermit.unwrap(permit) >> 96);
}

/// @title The registry of identities
/// @notice Nobody owns it and nothing in it can be upgraded.
/// @dev Storage: one slot for an identity, one or two for its registrants, one for each permit, one for each announced
/// change; all of fixed size. Trust: an identity's registrant can do everything to it, but what gives rights away only
/// after its delay; its permitter can grant and revoke permits of it; nobody can do anything to the identities of others.
/// Reentrancy: the only calls are static ones to `supportsInterface` of a new permitter, before anything is written.
contract IdentityRegistry is IIdentityRegistry, IIdentityGovernance, IPermitHistory, Scheduled, IERC165 {
    /// @notice One storage slot. A destroyed identity keeps `destroyed`, so that its id is never used again.
    /// @param epoch grows when all permits die
    /// @param changedAt number of the block in which they last did
    struct Identity {
        address permitter;
        uint32 epoch;
        uint40 changedAt;
        uint16 delayHours;
        bool destroyed;
    }

    /// Two storage slots; the second is empty unless there is an offer.
    struct Registrants {
        address current;
        address proposed;
    }

    struct StoredPermit {
        PackedPermit packed;
    }

    mapping(IdentityId => Identity) private _identities;
    mapping(IdentityId => Registrants) private _registrants;
    mapping(IdentityId => mapping(address holder => StoredPermit)) private _permits;

    modifier onlyRegistrant(IdentityId id) {
        require(msg.sender == _registrants[id].current, Unauthorized());
        _;
    }

    /* REGISTRANTS */

    /// @inheritdoc IIdentityRegistry
    function createIdentity(address permitter, bytes calldata pers) external returns (IdentityId id) {
        _requirePermitter(permitter);
        id = IdentityId.wrap(keccak256(abi.encode(block.chainid, address(this), msg.sender, _digestOf(pers))));
        Identity storage identity = _identities[id];
        require(identity.permitter == address(0) && !identity.destroyed, IdentityExists(id));

        identity.permitter = permitter;
        _registrants[id].current = msg.sender;
        emit IdentityCreated(id);
    }

    /// @inheritdoc IIdentityRegistry
    function destroyIdentity(IdentityId id) external onlyRegistrant(id) {
        delete _registrants[id];
        Identity storage identity = _killPermits(id);
        identity.permitter = address(0);
        identity.delayHours = 0;
        identity.destroyed = true;
        emit IdentityDestroyed(id);
    }

    /// @inheritdoc IIdentityRegistry
    function setPermitter(IdentityId id, address permitter) external onlyRegistrant(id) {
        _requirePermitter(permitter);
        bytes32 change = keccak256(msg.data);
        if (!_due(change, delayOf(id))) {
            emit PermitterScheduled(id, permitter, change);
            return;
        }
        _killPermits(id).permitter = permitter;
        emit PermitterChanged(id);
    }

    /// @inheritdoc IIdentityRegistry
    function proposeRegistrationTransfer(IdentityId id, address to) external onlyRegistrant(id) {
        _registrants[id].proposed = to;
        emit RegistrationTransferProposed(id, to);
    }

    /// @inheritdoc IIdentityRegistry
    function acceptRegistrationTransfer(IdentityId id) external {
        Registrants memory registrants = _registrants[id];
        require(msg.sender == registrants.proposed, Unauthorized());
        _registrants[id] = Registrants({current: msg.sender, proposed: address(0)});
        emit RegistrationTransferred(id, registrants.current, msg.sender);
    }

    /// @inheritdoc IIdentityGovernance
    function revokeAllPermits(IdentityId id) external onlyRegistrant(id) {
        _killPermits(id);
        emit AllPermitsRevoked(id);
    }

    /// @inheritdoc IIdentityGovernance
    function setDelay(IdentityId id, uint16 delayHours) external onlyRegistrant(id) {
        Identity storage identity = _identities[id];
        bytes32 change = keccak256(msg.data);
        uint64 delay = uint64(delayHours) * 1 hours;
        if (delayHours < identity.delayHours && !_due(change, delayOf(id))) {
            emit DelayScheduled(id, delay, change);
            return;
        }
        identity.delayHours = delayHours;
        emit DelayChanged(id, delay);
    }

    /// @inheritdoc IIdentityGovernance
    function cancelChange(IdentityId id, bytes calldata call) external onlyRegistrant(id) {
        require(call.length >= 36 && bytes32(call[4:36]) == IdentityId.unwrap(id), CallUnfit());
        _cancel(keccak256(call));
    }

    /* PERMITS */

    /// @inheritdoc IIdentityRegistry
    function grantIdentity(IdentityId id, address to, uint64 expiry) external {
        Identity storage identity = _identities[id];
        require(msg.sender == identity.permitter, Unauthorized());
        require(expiry > block.timestamp, ExpiryInPast(expiry));

        _permits[id][to].packed = packPermit(expiry, identity.epoch);
        emit IdentityGranted(id, to);
        emit PermitGranted(id, to, expiry, 0, 0);
    }

    /// @inheritdoc IPermitHistory
    function grantOnEvidence(
        IdentityId id,
        address to,
        uint64 duration,
        uint64 since,
        bytes32 evidenceDigest,
        bytes32 policyDigest
    ) external returns (uint64 expiry) {
        Identity storage identity = _identities[id];
        StoredPermit storage permit = _permits[id][to];
        require(msg.sender == identity.permitter, Unauthorized());
        uint64 changedAt = _latest(identity.changedAt, permit.packed.changedAtOf());
        require(changedAt <= since, PermitChanged(changedAt));
        expiry = uint64(block.timestamp + duration);
        require(expiry > block.timestamp, ExpiryInPast(expiry));

        permit.packed = packPermit(expiry, identity.epoch);
        emit PermitGranted(id, to, expiry, evidenceDigest, policyDigest);
    }

    /// @inheritdoc IIdentityRegistry
    function revokeIdentity(IdentityId id, address from) external {
        Identity storage identity = _identities[id];
        require(msg.sender == identity.permitter || msg.sender == _registrants[id].current, Unauthorized());

        _permits[id][from].packed = packPermit(0, identity.epoch);
        emit IdentityRevoked(id, from);
    }

    /* VIEWS */

    /// @inheritdoc IIdentityRegistry
    function getPermitter(IdentityId id) external view returns (IPermitter permitter) {
        return IPermitter(_identities[id].permitter);
    }

    /// @inheritdoc IIdentityRegistry
    function readPermit(address holder, IdentityId identity) external view returns (Permit memory permit) {
        PackedPermit stored = _permits[identity][holder].packed;
        if (stored.epochOf() == _identities[identity].epoch) permit.expiry = stored.expiryOf();
    }

    /// @inheritdoc IIdentityRegistry
    function getRegistrant(IdentityId id) external view returns (address current, address proposed) {
        Registrants memory registrants = _registrants[id];
        return (registrants.current, registrants.proposed);
    }

    /// @inheritdoc IPermitHistory
    function permitChangedAt(address holder, IdentityId identity) external view returns (uint64 blockNumber) {
        return _latest(_identities[identity].changedAt, _permits[identity][holder].packed.changedAtOf());
    }

    /// @inheritdoc IIdentityGovernance
    function delayOf(IdentityId id) public view returns (uint64 delay) {
        return uint64(_identities[id].delayHours) * 1 hours;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IIdentityRegistry).interfaceId || interfaceId == type(IPermitHistory).interfaceId
            || interfaceId == type(IIdentityGovernance).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// keccak256 of calldata, in memory that nobody has.
    function _digestOf(bytes calldata data) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            calldatacopy(scratch, data.offset, data.length)
            digest := keccak256(scratch, data.length)
        }
    }

    function _latest(uint64 one, uint64 other) private pure returns (uint64) {
        return one > other ? one : other;
    }

    /// Ends all permits of an identity, and makes credentials from before this block too old.
    function _killPermits(IdentityId id) private returns (Identity storage identity) {
        identity = _identities[id];
        ++identity.epoch;
        identity.changedAt = uint40(block.number);
    }

    function _requirePermitter(address permitter) private view {
        require(
            ERC165Checker.supportsERC165InterfaceUnchecked(permitter, type(IPermitter).interfaceId),
            InterfaceUnsupported()
        );
    }
}
