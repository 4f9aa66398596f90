// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {SealedInputs} from "@escrin/contracts/src/client/SealedInputs.sol";
import {IdentityId} from "@escrin/contracts/src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "@escrin/contracts/src/interfaces/ITaskHub.sol";

/// @title A private ballot
/// @notice Ballots are sealed to one task of one enclave, which runs ../ballot.py. All that ever comes out of it is one
/// word: whether the quorum was reached and, if it was, how many votes each choice has. Who voted is public, what they
/// voted is not.
/// @dev Storage: the outcome, beside SealedInputs'. Trust: the enclave, for the tally; the organizer can only close the
/// ballot or let it lapse. Reentrancy: nothing but the hub is called, and last.
contract PrivateBallot is SealedInputs {
    enum Outcome {
        Undecided,
        Failed,
        QuorumMissed,
        Decided
    }

    address public immutable organizer;
    /// Merkle root of the voters' addresses (OpenZeppelin's StandardMerkleTree of ["address"]).
    bytes32 public immutable electorate;
    /// From this second on, there are no more ballots.
    uint64 public immutable votingEnds;

    Outcome public outcome;
    /// The enclave's word: 16 fields of 16 bits. The first is 2 if the quorum was reached and 1 if not; the others count
    /// the votes of choices 1 to 15, and are zero without a quorum.
    bytes32 public tally;

    event BallotCounted(Outcome outcome, bytes32 tally);

    /// Too early or too late for this.
    error BallotNotThere();
    error NotEligible();
    error Unauthorized();

    /// @param policy_ measurement root of the enclave that ballots are sealed for; the quorum is one of the arguments that
    /// are measured in it
    constructor(
        ITaskLifecycle hub_,
        IdentityId identity_,
        bytes32 policy_,
        bytes32 electorate_,
        uint64 votingEnds_,
        uint64 deadline_
    ) SealedInputs(hub_, identity_, policy_, deadline_) {
        organizer = msg.sender;
        electorate = electorate_;
        votingEnds = votingEnds_;
    }

    /// @notice Hands in a sealed ballot. One for each voter.
    /// @param proof that the caller is of the electorate
    function cast(bytes32 digest, uint32 size, bytes32[] calldata proof) external {
        require(block.timestamp < votingEnds, BallotNotThere());
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(msg.sender))));
        require(MerkleProof.verifyCalldata(proof, electorate, leaf), NotEligible());
        _register(digest, size);
    }

    /// @notice Gives all ballots to the enclave. The value sent is the runner's fee.
    function close(address[] calldata voters, bytes calldata resultKey, bytes calldata groupKey) external payable {
        require(msg.sender == organizer, Unauthorized());
        require(block.timestamp >= votingEnds, BallotNotThere());
        _close(voters, resultKey, groupKey, organizer);
    }

    /// @notice Votes of a choice, 1 to 15.
    function votesFor(uint256 choice) external view returns (uint256) {
        return choice == 0 || choice > 15 ? 0 : uint16(uint256(tally) >> (240 - 16 * choice));
    }

    function _onResult(uint32 exitStatus, bytes32 publicOutput) internal override {
        uint256 quorum = uint256(publicOutput) >> 240;
        outcome = exitStatus != 0 || quorum == 0 || quorum > 2
            ? Outcome.Failed
            : quorum == 1 ? Outcome.QuorumMissed : Outcome.Decided;
        if (outcome == Outcome.Decided) tally = publicOutput;
        emit BallotCounted(outcome, tally);
    }
}
