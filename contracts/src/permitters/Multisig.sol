// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {IMultisig} from "../interfaces/IMultisig.sol";
import {Combinator} from "./Combinator.sol";

/// @title Grants what a threshold of approvers signed
/// @dev Storage: after `Scheduled`'s and EIP712's (unused) slots, policies, approvers, when either last
/// changed, and used permits, one slot each.
/// Trust: a threshold of the approvers. Reentrancy: a permit is used up before it is granted.
contract Multisig is IMultisig, Combinator, EIP712 {
    uint256 public constant MAX_SIGNATURES = 64;

    bytes32 private constant PERMIT = keccak256(
        "SsssPermit(address registry,bytes32 identity,address recipient,bool grant,uint64 duration,bytes nonce,bytes pk,uint256 baseblock,bytes32 baseblockHash,bytes32 policyHash,uint64 deadline)"
    );

    /// @inheritdoc IMultisig
    uint64 public immutable maxDuration;
    /// @inheritdoc IMultisig
    mapping(IdentityId => bytes32) public policyHashes;
    /// @inheritdoc IMultisig
    mapping(IdentityId => bytes32) public approverRoots;
    mapping(IdentityId => uint256 blockNumber) private _ruleChangedAt;
    mapping(bytes32 digest => bool) private _used;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    /// @param maxDuration_ seconds that a permit lasts at most
    constructor(address upstream_, uint64 maxDuration_) Combinator(upstream_) EIP712("SsssPermitter", "2") {
        maxDuration = maxDuration_;
    }

    /// @inheritdoc IMultisig
    function setPolicyHash(IdentityId identity, bytes32 policyHash) external onlyRegistrant(identity) {
        bytes memory call = abi.encodeCall(IMultisig.setPolicyHash, (identity, policyHash));
        if (policyHash != 0 && !_isDue(identity, call)) return;
        policyHashes[identity] = policyHash;
        _ruleChangedAt[identity] = block.number;
        emit PolicyChange(identity);
    }

    /// @inheritdoc IMultisig
    function setApproversRoot(IdentityId identity, bytes32 signersRoot, uint256 threshold)
        external
        onlyRegistrant(identity)
    {
        bytes memory call = abi.encodeCall(IMultisig.setApproversRoot, (identity, signersRoot, threshold));
        if (signersRoot != 0 && !_isDue(identity, call)) return;
        require(signersRoot == 0 || threshold > 0, QuorumNotReached());
        approverRoots[identity] = signersRoot == 0 ? bytes32(0) : keccak256(abi.encode(signersRoot, threshold));
        _ruleChangedAt[identity] = block.number;
        emit ApproverChange(identity);
    }

    /// @dev Signed with grant = true.
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal override returns (uint64 granted) {
        granted = duration < maxDuration ? duration : maxDuration;
        require(granted > 0, Unauthorized());
        _use(identity, requester, true, duration, context, authorization);
    }

    /// @dev The possessor, or signed with grant = false and duration = 0.
    function _release(IdentityId identity, address possessor, bytes calldata context, bytes calldata authorization)
        internal
        override
    {
        if (msg.sender != possessor) _use(identity, possessor, false, 0, context, authorization);
    }

    /// Uses up a permit that enough approvers signed.
    function _use(
        IdentityId identity,
        address recipient,
        bool grant,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) private {
        (uint256 threshold, bytes memory nonce, bytes memory pk, uint256 baseBlock, uint64 deadline) =
            abi.decode(context, (uint256, bytes, bytes, uint256, uint64));
        bytes32 policyHash = policyHashes[identity];
        bytes32 baseHash = Blockhash.blockHash(baseBlock);
        require(policyHash != 0, Unauthorized());
        require(block.timestamp <= deadline, DeadlinePassed(deadline));
        bool recent = baseBlock >= _changedAt(identity, recipient) && baseBlock >= _ruleChangedAt[identity];
        require(baseHash != 0 && recent, BaseBlockUnfit(baseBlock));

        bytes memory permit = bytes.concat(
            abi.encode(PERMIT, registry, identity, recipient, grant, duration, keccak256(nonce), keccak256(pk)),
            abi.encode(baseBlock, baseHash, policyHash, deadline)
        );
        bytes32 digest = _hashTypedDataV4(keccak256(permit));
        require(!_used[digest], NonceUsed());
        _used[digest] = true;
        _checkSignatures(approverRoots[identity], threshold, digest, authorization);
    }

    /// Leaves ascend, as they do in the tree: nobody signs twice. A threshold is never zero where there are approvers.
    function _checkSignatures(bytes32 approvers, uint256 threshold, bytes32 digest, bytes calldata authorization)
        private
        pure
    {
        (bytes32[] memory proof, bool[] memory flags, Signature[] memory signatures) =
            abi.decode(authorization, (bytes32[], bool[], Signature[]));
        require(signatures.length >= threshold && signatures.length <= MAX_SIGNATURES, QuorumNotReached());

        bytes32[] memory leaves = new bytes32[](signatures.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            address signer = signatures[i].signer;
            (address recovered, ECDSA.RecoverError flaw,) = ECDSA.tryRecover(digest, signatures[i].r, signatures[i].vs);
            require(flaw == ECDSA.RecoverError.NoError && recovered == signer, InvalidSsssSignature());
            leaves[i] = keccak256(abi.encode(keccak256(abi.encode(signer))));
            require(i == 0 || leaves[i] > leaves[i - 1], InvalidProof());
        }
        bytes32 root = MerkleProof.processMultiProof(proof, flags, leaves);
        require(approvers != 0 && keccak256(abi.encode(root, threshold)) == approvers, InvalidProof());
    }
}
