// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "./BLS.sol";
import {IKeyNetwork} from "./interfaces/IKeyNetwork.sol";

/// @title The bulletin board of a key network
/// @dev Storage: slot 0 {activeEpoch 64, latestEpoch 64}, slots 1 to 8 the group key, slot 9 the epochs (4 slots
/// each), slot 10 the members (3 slots each), slot 11 indexes, slot 12 posts (digests alone), slot 13 confirmations.
/// Trust: the governor chooses members and thresholds; it learns nothing and cannot change the key. A threshold of
/// members can use the key, and can certify what they like about it; fewer can neither. But a certificate needs a threshold
/// t of n members: n - t + 1 that stay silent keep the others from it, and cost them the session, not the key. Starting
/// one costs the governor about 90,000 gas for each member. Nothing can be upgraded. Reentrancy: only precompiles are called.
/// @dev Warning: phases are counted in `block.number`; on chains where that is not the chain's own block, choose
/// `phaseBlocks` for the blocks that are counted.
contract KeyNetwork is IKeyNetwork {
    /// The most members that an epoch can have.
    uint256 public constant MAX_MEMBERS = 128;
    /// The most bytes that a message can have; a transaction has room for no more.
    uint256 public constant MAX_MESSAGE = 120_000;
    /// The fewest and the most blocks that a phase can last.
    uint256 public constant MIN_PHASE = 2;
    uint256 public constant MAX_PHASE = 50_400;

    bytes32 private constant SESSION_V1 = keccak256("escrin.session.v1");
    bytes32 private constant COMPLETION_V1 = keccak256("escrin.completion.v1");
    bytes private constant DST = "ESCRIN-V1-COMPLETION-BLS12381G1_XMD:SHA-256_SSWU_RO_";

    /// Digest of the point that keccak256("escrin") hashes to.
    bytes32 private constant KNOWN_HASH = 0x5425ae280c488abc0f53e05273d469232dbf35d1a78615b519d3ec0e5468de06;

    /// @inheritdoc IKeyNetwork
    address public immutable governor;

    /// @inheritdoc IKeyNetwork
    uint64 public activeEpoch;
    /// @inheritdoc IKeyNetwork
    uint64 public latestEpoch;
    bytes32[8] private _groupKey;
    mapping(uint64 epoch => Epoch) private _epochs;
    mapping(uint64 epoch => mapping(uint256 index => Member)) private _members;
    mapping(uint64 epoch => mapping(address signer => uint256 index)) private _indexes;
    mapping(uint64 epoch => mapping(Phase => mapping(uint256 index => bytes32 digest))) private _posts;
    mapping(uint64 epoch => mapping(bytes32 digest => uint256 count)) private _confirmations;

    /// @param governor_ who starts sessions: a timelock or a multisig
    constructor(address governor_) {
        require(governor_ != address(0), Unauthorized());
        _checkPrecompiles();
        governor = governor_;
    }

    /* SESSIONS */

    /// @inheritdoc IKeyNetwork
    function startEpoch(Member[] calldata members, uint8 threshold_, uint32 phaseBlocks)
        external
        returns (uint64 epoch)
    {
        require(msg.sender == governor, Unauthorized());
        uint256 size = members.length;
        require(
            size <= MAX_MEMBERS && threshold_ <= size && 2 * uint256(threshold_) > size,
            ThresholdUnfit(threshold_, size)
        );
        require(phaseBlocks >= MIN_PHASE && phaseBlocks <= MAX_PHASE, PhaseUnfit(phaseBlocks));
        require(!_isRunning(latestEpoch), SessionRunning(latestEpoch));

        epoch = ++latestEpoch;
        _enroll(epoch, members);
        bytes32 sessionId = keccak256(
            abi.encode(
                SESSION_V1,
                block.chainid,
                address(this),
                epoch,
                activeEpoch,
                keccak256(abi.encode(members)),
                threshold_,
                phaseBlocks,
                block.number,
                blockhash(block.number - 1)
            )
        );
        _epochs[epoch] = Epoch({
            sessionId: sessionId,
            transcript: sessionId,
            commitments: 0,
            startBlock: uint64(block.number),
            previous: activeEpoch,
            phaseBlocks: phaseBlocks,
            threshold: threshold_,
            size: uint8(size)
        });
        emit EpochStarted(epoch, activeEpoch, sessionId, threshold_, members);
    }

    /// @inheritdoc IKeyNetwork
    function abortEpoch(uint64 epoch) external {
        require(msg.sender == governor, Unauthorized());
        require(_isRunning(epoch), PhaseIs(epoch, phaseOf(epoch)));
        _epochs[epoch].phaseBlocks = 0;
        emit EpochAborted(epoch);
    }

    /// @inheritdoc IKeyNetwork
    function deal(uint64 epoch, bytes calldata dealing) external {
        uint256 dealer = _dealer(epoch);
        _postMessage(epoch, Phase.Dealing, dealer, dealing);
        emit Dealt(epoch, dealer, dealing);
    }

    /// @inheritdoc IKeyNetwork
    function complain(uint64 epoch, bytes calldata complaint) external {
        uint256 member = _member(epoch);
        _postMessage(epoch, Phase.Complaints, member, complaint);
        emit Complained(epoch, member, complaint);
    }

    /// @inheritdoc IKeyNetwork
    function justify(uint64 epoch, bytes calldata justification) external {
        uint256 dealer = _dealer(epoch);
        require(_posts[epoch][Phase.Dealing][dealer] != 0, DealingMissing(epoch, dealer));
        _postMessage(epoch, Phase.Justifications, dealer, justification);
        emit Justified(epoch, dealer, justification);
    }

    /// @inheritdoc IKeyNetwork
    function confirm(uint64 epoch, bytes32 digest) external {
        uint256 member = _member(epoch);
        require(digest != 0, CertificateInvalid());
        _post(epoch, Phase.Certification, member, digest);
        ++_confirmations[epoch][digest];
        emit Confirmed(epoch, member, digest);
    }

    /// @inheritdoc IKeyNetwork
    function certify(uint64 epoch, bytes calldata groupKey_, bytes32 commitments, bytes calldata signature) external {
        _requirePhase(epoch, Phase.Certification);
        Epoch storage record = _epochs[epoch];
        bytes32 groupKeyDigest = keccak256(groupKey_);
        bytes32 digest = completionDigest(epoch, groupKeyDigest, commitments);
        uint256 count = _confirmations[epoch][digest];
        require(count >= record.threshold, QuorumNotReached(count, record.threshold));

        if (record.previous == 0) _setGroupKey(groupKey_);
        else require(groupKeyDigest == keccak256(groupKey()), GroupKeyInvalid());
        // The key has 256 bytes, so that the signature must have 128.
        bytes memory pairs = bytes.concat(signature, BLS.negatedG2(), new bytes(128), groupKey_);
        require(commitments != 0 && BLS.verify(pairs, digest, DST), CertificateInvalid());

        record.commitments = commitments;
        activeEpoch = epoch;
        emit EpochCertified(epoch, groupKeyDigest, commitments, record.transcript);
    }

    /* VIEWS */

    /// @inheritdoc IKeyNetwork
    function groupKey() public view returns (bytes memory) {
        return activeEpoch == 0 ? bytes("") : abi.encode(_groupKey);
    }

    /// @inheritdoc IKeyNetwork
    function phaseOf(uint64 epoch) public view returns (Phase phase) {
        Epoch storage record = _epochs[epoch];
        if (record.sessionId == 0) return Phase.None;
        if (record.commitments != 0) return epoch == activeEpoch ? Phase.Active : Phase.Retired;
        if (record.phaseBlocks == 0) return Phase.Failed; // aborted
        uint256 passed = (block.number - record.startBlock) / record.phaseBlocks;
        return passed < 4 ? Phase(uint256(Phase.Dealing) + passed) : Phase.Failed;
    }

    /// @inheritdoc IKeyNetwork
    function epochOf(uint64 epoch) external view returns (Epoch memory record) {
        return _epochs[epoch];
    }

    /// @inheritdoc IKeyNetwork
    function membersOf(uint64 epoch) external view returns (Member[] memory members) {
        members = new Member[](_epochs[epoch].size);
        for (uint256 i = 0; i < members.length; ++i) {
            members[i] = _members[epoch][i + 1];
        }
    }

    /// @inheritdoc IKeyNetwork
    function indexOf(uint64 epoch, address signer) external view returns (uint256 index) {
        return _indexes[epoch][signer];
    }

    /// @inheritdoc IKeyNetwork
    function threshold(uint64 epoch) external view returns (uint256) {
        return _epochs[epoch].threshold;
    }

    /// @inheritdoc IKeyNetwork
    function postOf(uint64 epoch, Phase phase, uint256 index) external view returns (bytes32 digest) {
        return _posts[epoch][phase][index];
    }

    /// @inheritdoc IKeyNetwork
    function confirmationsOf(uint64 epoch, bytes32 digest) external view returns (uint256 count) {
        return _confirmations[epoch][digest];
    }

    /// @inheritdoc IKeyNetwork
    function completionDigest(uint64 epoch, bytes32 groupKeyDigest, bytes32 commitments)
        public
        view
        returns (bytes32 digest)
    {
        Epoch storage record = _epochs[epoch];
        return keccak256(abi.encode(COMPLETION_V1, record.sessionId, groupKeyDigest, commitments, record.transcript));
    }

    /* INTERNAL */

    /// Accounts ascend and signers are new, so that all are different; an index is never zero (KR-06).
    function _enroll(uint64 epoch, Member[] calldata members) private {
        address last;
        for (uint256 i = 0; i < members.length; ++i) {
            Member calldata member = members[i];
            bool whole = member.account > last && member.signer != address(0) && member.encryptionKey != 0;
            require(whole && _indexes[epoch][member.signer] == 0, MemberUnfit(i + 1));
            last = member.account;
            _indexes[epoch][member.signer] = i + 1;
            _members[epoch][i + 1] = member;
        }
    }

    /// The index of the caller among the members.
    function _member(uint64 epoch) private view returns (uint256 index) {
        index = _indexes[epoch][msg.sender];
        require(index != 0, Unauthorized());
    }

    /// The index of the caller among those who deal.
    function _dealer(uint64 epoch) private view returns (uint256 index) {
        uint64 previous = _epochs[epoch].previous;
        return _member(previous == 0 ? epoch : previous);
    }

    function _requirePhase(uint64 epoch, Phase phase) private view {
        Phase now_ = phaseOf(epoch);
        require(now_ == phase, PhaseIs(epoch, now_));
    }

    function _isRunning(uint64 epoch) private view returns (bool) {
        Phase phase = phaseOf(epoch);
        return phase >= Phase.Dealing && phase <= Phase.Certification;
    }

    function _post(uint64 epoch, Phase phase, uint256 index, bytes32 digest) private {
        _requirePhase(epoch, phase);
        require(_posts[epoch][phase][index] == 0, AlreadyPosted(epoch, phase, index));
        _posts[epoch][phase][index] = digest;
    }

    function _postMessage(uint64 epoch, Phase phase, uint256 index, bytes calldata message) private {
        require(message.length > 0 && message.length <= MAX_MESSAGE, MessageUnfit(message.length));
        bytes32 digest = keccak256(message);
        _post(epoch, phase, index, digest);
        Epoch storage record = _epochs[epoch];
        record.transcript = keccak256(abi.encode(record.transcript, phase, index, digest));
    }

    /// Pairing infinity with the key succeeds exactly if the key is on its curve and in its subgroup (KR-07).
    function _setGroupKey(bytes calldata key) private {
        require(key.length == 256 && keccak256(key) != keccak256(new bytes(256)), GroupKeyInvalid());
        require(BLS.pairingIsOne(bytes.concat(new bytes(128), key)), GroupKeyInvalid());
        _groupKey = abi.decode(key, (bytes32[8]));
    }

    /// Known answers, so that a chain that cannot check certificates never has a network (CT-01).
    function _checkPrecompiles() private view {
        bytes memory hashed = BLS.hashToG1(keccak256("escrin"), DST);
        require(keccak256(hashed) == KNOWN_HASH, PrecompileUnavailable());
        require(!BLS.pairingIsOne(bytes.concat(hashed, BLS.negatedG2())), PrecompileUnavailable());
        require(BLS.pairingIsOne(bytes.concat(new bytes(128), BLS.negatedG2())), PrecompileUnavailable());
    }
}
