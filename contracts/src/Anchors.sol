// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IAnchors} from "./interfaces/IAnchors.sol";
import {IdentityId, IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";

/// @title Anchors of what is kept elsewhere
/// @notice Nobody owns it and nothing in it can be upgraded.
/// @dev Storage: slots 0 and 1 are EIP712's, and empty; slot 2 maps an identity and a name to the two slots of what was
/// announced, slot 3 to those of what was advanced. Trust: the registry, for permits and registrants. An identity's registrant
/// decides by its permitter who holds permits, and so who advances; what was advanced cannot be taken back by anybody.
/// Reentrancy: the only calls are static ones to the registry.
contract Anchors is IAnchors, IERC165, EIP712("escrin Anchors", "1") {
    bytes32 private constant ADVANCE_TYPE = keccak256(
        "Advance(bytes32 identity,bytes32 name,uint64 version,bytes32 previous,bytes32 digest,uint64 deadline)"
    );

    /// The registry whose registrants and permits count.
    IIdentityRegistry public immutable registry;

    mapping(IdentityId identity => mapping(bytes32 name => Anchor)) private _announced;
    mapping(IdentityId identity => mapping(bytes32 name => Anchor)) private _advanced;

    constructor(IIdentityRegistry registry_) {
        require(address(registry_).code.length != 0, ConstructionUnfit());
        registry = registry_;
    }

    /// @inheritdoc IAnchors
    function announce(IdentityId identity, bytes32 name, uint64 version, bytes32 digest) external {
        (address registrant,) = registry.getRegistrant(identity);
        require(msg.sender == registrant, Unauthorized());
        _follow(_announced[identity][name], version, digest);
        emit Announced(identity, name, version, digest);
    }

    /// @inheritdoc IAnchors
    function advance(
        IdentityId identity,
        bytes32 name,
        uint64 version,
        bytes32 digest,
        uint64 deadline,
        address requester,
        bytes calldata signature
    ) external {
        require(block.timestamp <= deadline, AdvanceExpired(deadline));
        require(
            registry.readPermit(requester, identity).expiry > block.timestamp, PermitMissing(identity, requester)
        );
        bytes32 previous = _follow(_advanced[identity][name], version, digest);
        _requireSigned(
            requester,
            keccak256(abi.encode(ADVANCE_TYPE, identity, name, version, previous, digest, deadline)),
            signature
        );
        emit Advanced(identity, name, version, digest, requester);
    }

    /// @inheritdoc IAnchors
    function announced(IdentityId identity, bytes32 name) external view returns (Anchor memory anchor) {
        return _announced[identity][name];
    }

    /// @inheritdoc IAnchors
    function advanced(IdentityId identity, bytes32 name) external view returns (Anchor memory anchor) {
        return _advanced[identity][name];
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IAnchors).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// Writes the next version, and returns the digest of the one before.
    function _follow(Anchor storage anchor, uint64 version, bytes32 digest) private returns (bytes32 previous) {
        uint64 present = anchor.version;
        require(version != 0 && version - 1 == present, VersionUnfit(present));
        previous = anchor.digest;
        anchor.version = version;
        anchor.digest = digest;
    }

    /// @dev 65 bytes with a low s (CT-03); the domain has the chain's id of now (CT-04).
    function _requireSigned(address requester, bytes32 structHash, bytes calldata signature) private view {
        (address signer, ECDSA.RecoverError problem,) =
            ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        require(problem == ECDSA.RecoverError.NoError && signer == requester, SignatureInvalid());
    }
}
