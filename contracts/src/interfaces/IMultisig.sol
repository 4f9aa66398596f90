// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits that a threshold of approvers signs
/// @notice The interface of Escrin v1's SsssPermitter. Approvers sign EIP-712 typed data of the domain
/// ("SsssPermitter", "2"), with chain and contract:
/// `SsssPermit(address registry,bytes32 identity,address recipient,bool grant,uint64 duration,bytes nonce,bytes pk,uint256 baseblock,bytes32 baseblockHash,bytes32 policyHash,uint64 deadline)`.
/// context = abi.encode(uint256 threshold, bytes nonce, bytes pk, uint256 baseBlock, uint64 deadline): v1's, and the
/// deadline; authorization = abi.encode(bytes32[] proof, bool[] proofFlags, (address signer, bytes32 r, bytes32 vs)[]),
/// as v1's: a multiproof of OpenZeppelin's StandardMerkleTree(["address"]), with signatures in the order of its leaves.
/// @dev What v1 lacked: a deadline; a base block that is compared with the chain; the policy in what is signed; an expiry
/// that is a time; replay protection by what was signed, not by the nonce alone or the signature's bytes.
interface IMultisig {
    /// @param r and
    /// @param vs the signature (ERC-2098)
    struct Signature {
        address signer;
        bytes32 r;
        bytes32 vs;
    }

    event PolicyChange(IdentityId identity);
    event ApproverChange(IdentityId identity);

    /// A signature is not by its signer over this permit.
    error InvalidSsssSignature();
    /// The signers are not the identity's approvers, not in the tree's order, or twice the same.
    error InvalidProof();
    /// Fewer signatures than the threshold; or more than `MAX_SIGNATURES`.
    error QuorumNotReached();
    /// This very permit was used.
    error NonceUsed();
    /// The deadline has passed.
    error DeadlinePassed(uint64 deadline);
    /// The base block is not one of the last 8,191 of this chain, or from before the recipient's last grant or
    /// revocation, or before the identity's policy or approvers last changed: what was signed under others is void.
    error BaseBlockUnfit(uint256 baseBlock);

    /// @notice Sets the hash of the policy that approvers hold requests against. Registrant only; the identity's delay
    /// applies, but not to zero, under which nothing is granted.
    function setPolicyHash(IdentityId identity, bytes32 policyHash) external;

    /// @notice Sets the approvers. Registrant only; the identity's delay applies.
    /// @param signersRoot root of OpenZeppelin's StandardMerkleTree of their addresses; zero removes all, at once
    /// @param threshold how many must sign
    function setApproversRoot(IdentityId identity, bytes32 signersRoot, uint256 threshold) external;

    /// @notice The policy's hash; zero if there is none.
    function policyHashes(IdentityId identity) external view returns (bytes32 policyHash);

    /// @notice keccak256(abi.encode(signersRoot, threshold)); zero if there are no approvers.
    function approverRoots(IdentityId identity) external view returns (bytes32 approversRoot);

    /// @notice Seconds that a permit lasts at most.
    function maxDuration() external view returns (uint64);
}
