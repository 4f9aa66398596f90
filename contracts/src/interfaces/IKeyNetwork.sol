// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The bulletin board of a key network
/// @notice A network's key is made, and handed on to other members, in sessions that all can read here: members post
/// dealings, complaints and justifications, and the contract keeps their digests and the order they came in. A session
/// ends with a certificate: the group key's own signature, and the word of at least a threshold of members. From the
/// second session on the group key stays the same; until the certificate is there, the epoch before stays active.
/// @dev Warning: readers take messages from events of this very address in finalized blocks, and hold them against
/// `epochOf(...).transcript` (CT-16). contracts/SPEC.md has the exact bytes.
/// @dev The contract reads no message. Whether a dealing has the right degree (KR-05) or a complaint is just, every
/// member decides alike from what was posted here, which is all of it.
interface IKeyNetwork {
    /// Where an epoch stands. The first four phases last `phaseBlocks` blocks each, from `startBlock` on.
    enum Phase {
        None,
        Dealing,
        Complaints,
        Justifications,
        Certification,
        Failed,
        Active,
        Retired
    }

    /// @param account who the member is; nothing is ever asked of it
    /// @param signer the account that sends the member's messages; the member's machine has its key
    /// @param encryptionKey keccak256 of the public key that sub-shares are encrypted to
    struct Member {
        address account;
        address signer;
        bytes32 encryptionKey;
    }

    /// @param sessionId what every message of the session must be bound to (KR-09)
    /// @param transcript digest of all that was posted, in order; final once certification begins
    /// @param commitments digest of the public shares, as the members compute it; zero until certified
    /// @param startBlock number of the block in which dealing began
    /// @param phaseBlocks blocks that a phase lasts; zero if the session was aborted
    /// @param previous the epoch whose members deal; zero if a new key is made, by the members themselves
    /// @param threshold members who can use the key together
    /// @param size number of members; their indexes go from 1 to it
    struct Epoch {
        bytes32 sessionId;
        bytes32 transcript;
        bytes32 commitments;
        uint64 startBlock;
        uint64 previous;
        uint32 phaseBlocks;
        uint8 threshold;
        uint8 size;
    }

    event EpochStarted(
        uint64 indexed epoch, uint64 indexed previous, bytes32 sessionId, uint8 threshold, Member[] members
    );
    event Dealt(uint64 indexed epoch, uint256 indexed dealer, bytes dealing);
    event Complained(uint64 indexed epoch, uint256 indexed member, bytes complaint);
    event Justified(uint64 indexed epoch, uint256 indexed dealer, bytes justification);
    event Confirmed(uint64 indexed epoch, uint256 indexed member, bytes32 digest);
    event EpochAborted(uint64 indexed epoch);
    event EpochCertified(uint64 indexed epoch, bytes32 groupKeyDigest, bytes32 commitments, bytes32 transcript);

    /// The caller is not the governor, or not a member with a say in this phase.
    error Unauthorized();
    /// A threshold is more than half of the members and at most all of them, and members are at most 128 (KR-11).
    error ThresholdUnfit(uint256 threshold, uint256 members);
    /// Members come by ascending accounts, each with a signer of its own and an encryption key (KR-06).
    error MemberUnfit(uint256 index);
    /// A phase lasts between 2 and 50,400 blocks.
    error PhaseUnfit(uint256 phaseBlocks);
    /// There is one session at a time.
    error SessionRunning(uint64 epoch);
    /// The call belongs to another phase.
    error PhaseIs(uint64 epoch, Phase phase);
    /// One message for each member and phase.
    error AlreadyPosted(uint64 epoch, Phase phase, uint256 index);
    /// A message is neither empty nor longer than `MAX_MESSAGE` bytes.
    error MessageUnfit(uint256 size);
    /// Who did not deal has nothing to justify.
    error DealingMissing(uint64 epoch, uint256 dealer);
    /// Fewer members than the threshold confirmed just this.
    error QuorumNotReached(uint256 confirmations, uint256 threshold);
    /// The key is not a point of G2 other than infinity, or not the network's.
    error GroupKeyInvalid();
    /// The group key did not sign this completion, or the commitments' digest is zero; or a zero digest was confirmed.
    error CertificateInvalid();
    /// The chain lacks a precompile for BLS12-381 (EIP-2537).
    error PrecompileUnavailable();

    /// @notice Starts a session. Governor only. The first makes a key; later ones hand it on from the active epoch's
    /// members to these (who may be the same: a refresh).
    /// @param members by ascending account; a member's index is its place, counted from 1
    /// @param threshold how many of them can use the key together
    /// @param phaseBlocks blocks for each of the four phases
    function startEpoch(Member[] calldata members, uint8 threshold, uint32 phaseBlocks) external returns (uint64 epoch);

    /// @notice Gives up a session that has not been certified, so that another can be started at once. Governor only.
    function abortEpoch(uint64 epoch) external;

    /// @notice Posts the caller's dealing. Members of the previous epoch; if there is none, of this one.
    function deal(uint64 epoch, bytes calldata dealing) external;

    /// @notice Posts the caller's complaint about one or more dealings. Members of this epoch.
    function complain(uint64 epoch, bytes calldata complaint) external;

    /// @notice Answers complaints about the caller's dealing. Members who dealt.
    function justify(uint64 epoch, bytes calldata justification) external;

    /// @notice Confirms that the caller computed this completion from what was posted, and holds a share that fits it.
    /// Members of this epoch.
    /// @param digest `completionDigest` of the epoch
    function confirm(uint64 epoch, bytes32 digest) external;

    /// @notice Ends a session with success; the epoch becomes active. Anyone may call.
    /// @dev Warning: only after this may members of the epoch before destroy their shares.
    /// @param groupKey_ 256 bytes, in EIP-2537 form
    /// @param commitments digest of the public shares
    /// @param signature the group key's on `completionDigest`, 128 bytes in EIP-2537 form
    function certify(uint64 epoch, bytes calldata groupKey_, bytes32 commitments, bytes calldata signature) external;

    /// @notice Who may start sessions, for good. Should be a timelock or a multisig: it chooses who holds the key next,
    /// though a hand-over also needs a threshold of those who hold it now.
    function governor() external view returns (address);

    /// @notice The epoch whose members hold the key; zero if there is none.
    function activeEpoch() external view returns (uint64 epoch);

    /// @notice The epoch that was started last; zero if there is none.
    function latestEpoch() external view returns (uint64 epoch);

    /// @notice The network's public key, a point of G2, 256 bytes in EIP-2537 form; empty until the first certificate.
    function groupKey() external view returns (bytes memory);

    /// @notice Where an epoch stands now.
    function phaseOf(uint64 epoch) external view returns (Phase phase);

    /// @notice An epoch; all zero if there is none.
    function epochOf(uint64 epoch) external view returns (Epoch memory record);

    /// @notice The members of an epoch, by index; the first has index 1.
    function membersOf(uint64 epoch) external view returns (Member[] memory members);

    /// @notice The index of a signer in an epoch; zero if it is not a member's.
    function indexOf(uint64 epoch, address signer) external view returns (uint256 index);

    /// @notice The threshold of an epoch.
    function threshold(uint64 epoch) external view returns (uint256);

    /// @notice Digest of what a member posted in a phase; zero if nothing.
    function postOf(uint64 epoch, Phase phase, uint256 index) external view returns (bytes32 digest);

    /// @notice How many members confirmed a completion.
    function confirmationsOf(uint64 epoch, bytes32 digest) external view returns (uint256 count);

    /// @notice What members confirm, and what the group key signs (domain
    /// ESCRIN-V1-COMPLETION-BLS12381G1_XMD:SHA-256_SSWU_RO_), when a session has succeeded.
    /// @dev keccak256(abi.encode(keccak256("escrin.completion.v1"), session id, group key digest, commitments,
    /// transcript).
    function completionDigest(uint64 epoch, bytes32 groupKeyDigest, bytes32 commitments)
        external
        view
        returns (bytes32 digest);
}
