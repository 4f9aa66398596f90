// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {IMultisig} from "../../src/interfaces/IMultisig.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {Multisig} from "../../src/permitters/Multisig.sol";
import {AllOf} from "../../src/permitters/AllOf.sol";
import {CombinatorFixture} from "./CombinatorFixture.sol";

contract MultisigTest is CombinatorFixture {
    /// What is signed; the test changes one field or another.
    struct Permit {
        address registry;
        address multisig;
        uint256 chainId;
        IdentityId identity;
        address recipient;
        bool grant;
        uint64 duration;
        bytes nonce;
        bytes pk;
        uint256 baseBlock;
        bytes32 baseHash;
        bytes32 policyHash;
        uint64 deadline;
    }

    uint64 private constant CAP = 5000;
    bytes32 private constant POLICY = keccak256("policy");
    uint256 private constant THRESHOLD = 3;
    uint256 private constant SIGNERS = 5;
    /// The order of secp256k1.
    uint256 private constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    Multisig private multisig;
    /// By ascending leaf, as in the tree.
    uint256[] private keys;
    bytes32[] private tree;
    Permit private permit;

    function setUp() public {
        multisig = new Multisig(address(registry), CAP);
        create(address(multisig));
        plant();
        multisig.setPolicyHash(id, POLICY);
        multisig.setApproversRoot(id, tree[0], THRESHOLD);
        vm.roll(1010);
        vm.setBlockhash(1005, keccak256("1005"));
        permit = Permit({
            registry: address(registry),
            multisig: address(multisig),
            chainId: 31337,
            identity: id,
            recipient: REQUESTER,
            grant: true,
            duration: 1000,
            nonce: "nonce",
            pk: "pk",
            baseBlock: 1005,
            baseHash: keccak256("1005"),
            policyHash: POLICY,
            deadline: START + 50
        });
    }

    /* GRANTED */

    function testSelectorsAndErrorsAreV1s() public view {
        ok(IMultisig.setPolicyHash.selector == 0xaf637399, "setPolicyHash");
        ok(IMultisig.setApproversRoot.selector == 0x002eb29e, "setApproversRoot");
        ok(IMultisig.policyHashes.selector == 0x1ba93dd3, "policyHashes");
        ok(IMultisig.approverRoots.selector == 0x1eb70eb2, "approverRoots");
        ok(multisig.eip712Domain.selector == 0x84b0196e, "eip712Domain");
        ok(IMultisig.InvalidSsssSignature.selector == 0xc705e854, "InvalidSsssSignature");
        ok(IMultisig.InvalidProof.selector == 0x09bde339, "InvalidProof");
        ok(IMultisig.QuorumNotReached.selector == 0xaa26a693, "QuorumNotReached");
        ok(IMultisig.NonceUsed.selector == 0x1f6d5aef, "NonceUsed");
        eq(multisig.approverRoots(id), keccak256(abi.encode(tree[0], THRESHOLD)));
    }

    /// Any subset of the approvers, by the tree's own multiproof.
    function testFuzzAThresholdGrants(uint8 subset) public {
        uint256 signers = countOf(subset % 32);
        if (signers < THRESHOLD) expectRefused(subset % 32, IMultisig.QuorumNotReached.selector);
        else acquire(subset % 32);
        eq(expiry(), signers < THRESHOLD ? 0 : START + 1000);
    }

    /// v1 took the duration for the expiry, and knew no cap.
    function testFuzzPermitsAreCapped(uint64 duration) public {
        vm.assume(duration > 0);
        permit.duration = duration;
        acquire(7);
        eq(expiry(), START + (duration < CAP ? duration : CAP));
    }

    /* REFUSED */

    function testNothingIsRefused() public {
        permit.duration = 0;
        expectRefused(7, IPermitter.Unauthorized.selector);
    }

    /// Every field is signed: whichever is another, nothing is granted.
    function testFuzzEveryFieldIsSigned(uint8 field) public {
        (bytes memory context, bytes memory authorization) = (contextOf(), authorizationOf(7));
        field %= 8;
        if (field == 0) permit.duration = 1001;
        if (field == 1) permit.nonce = "other";
        if (field == 2) permit.pk = "other";
        if (field == 3) permit.baseBlock = 1006;
        if (field == 4) permit.deadline = START + 51;
        if (field == 5) multisig.setPolicyHash(id, "other");
        if (field == 6) permit.recipient = STRANGER;
        if (field == 7) vm.setBlockhash(1005, "other");
        if (field != 0 && field != 6) context = contextOf();
        vm.setBlockhash(1006, "1006");
        if (field == 5) vm.expectRevert(abi.encodeWithSelector(IMultisig.BaseBlockUnfit.selector, 1005));
        else vm.expectRevert(IMultisig.InvalidSsssSignature.selector);
        multisig.acquireIdentity(id, permit.recipient, permit.duration, context, authorization);
    }

    function testDeadlinesPass() public {
        vm.warp(START + 51);
        expectRefusedWith(7, abi.encodeWithSelector(IMultisig.DeadlinePassed.selector, START + 50));
        vm.warp(START + 50);
        acquire(7);
    }

    /// The base block is of this chain, known to it, and not from before a revocation.
    function testFuzzBaseBlocksAreRecent(uint64 baseBlock) public {
        vm.roll(20_000);
        vm.assume(baseBlock < 20_000 - 256 || baseBlock >= 20_000);
        permit.baseBlock = baseBlock;
        expectRefusedWith(7, abi.encodeWithSelector(IMultisig.BaseBlockUnfit.selector, baseBlock));
    }

    function testFuzzPermitsDoNotOutliveRevocations(bool all) public {
        if (all) registry.revokeAllPermits(id);
        else registry.revokeIdentity(id, REQUESTER);
        expectRefusedWith(7, abi.encodeWithSelector(IMultisig.BaseBlockUnfit.selector, 1005));
    }

    function testPermitsServeOnce() public {
        acquire(7);
        expectRefusedWith(7, abi.encodeWithSelector(IMultisig.BaseBlockUnfit.selector, 1005));
        // A permit of another's upstream, where the registry has not changed.
        AllOf all = new AllOf(address(registry));
        multisig = new Multisig(address(all), CAP);
        registry.setPermitter(id, address(all));
        address[] memory subs = subsOf(address(all), 2);
        subs[0] = address(multisig);
        sort(subs);
        all.setSubPermitters(id, subs);
        multisig.setPolicyHash(id, POLICY);
        multisig.setApproversRoot(id, tree[0], THRESHOLD);
        vm.roll(1020);
        vm.setBlockhash(1015, "1015");
        (permit.multisig, permit.baseBlock, permit.baseHash) = (address(multisig), 1015, "1015");
        acquire(7);
        expectRefused(7, IMultisig.NonceUsed.selector);
        expectRefused(28, IMultisig.NonceUsed.selector);
    }

    function testFuzzStrangersSignNothing(uint256 key, uint8 place) public {
        key = 100 + key % 1e18;
        keys[place % 3] = key;
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(7);
        bytes memory context = contextOf();
        vm.expectRevert();
        multisig.acquireIdentity(id, REQUESTER, 1000, context, abi.encode(proof, flags, signatures));
    }

    function testSignaturesAreOfTheirSigners() public {
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(7);
        (signatures[0].r, signatures[0].vs) = (signatures[1].r, signatures[1].vs);
        expectRefusedAs(proof, flags, signatures, IMultisig.InvalidSsssSignature.selector);
    }

    /// What no key signed is by nobody, and nobody is no approver.
    function testNobodySigns() public {
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(7);
        signatures[0] = IMultisig.Signature(address(0), 0, 0);
        expectRefusedAs(proof, flags, signatures, IMultisig.InvalidSsssSignature.selector);
    }

    /// One approver, in all the places.
    function testNobodySignsTwice() public {
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(7);
        (signatures[1], signatures[2]) = (signatures[0], signatures[0]);
        expectRefusedAs(proof, flags, signatures, IMultisig.InvalidProof.selector);
        (proof, flags, signatures) = partsOf(7);
        (signatures[0], signatures[1]) = (signatures[1], signatures[0]);
        expectRefusedAs(proof, flags, signatures, IMultisig.InvalidProof.selector);
    }

    /// The threshold of the context must be the identity's.
    function testFuzzThresholdsAreTheIdentitys(uint8 threshold) public {
        vm.assume(threshold != THRESHOLD);
        bytes memory context =
            abi.encode(uint256(threshold), permit.nonce, permit.pk, permit.baseBlock, permit.deadline);
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(31);
        vm.expectRevert(threshold > SIGNERS ? IMultisig.QuorumNotReached.selector : IMultisig.InvalidProof.selector);
        multisig.acquireIdentity(id, REQUESTER, 1000, context, abi.encode(proof, flags, signatures));
    }

    /// No signature, and the root itself as the proof.
    function testEmptyProofs() public {
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = tree[0];
        bytes memory context = abi.encode(uint256(0), permit.nonce, permit.pk, permit.baseBlock, permit.deadline);
        bytes memory authorization = abi.encode(proof, new bool[](0), new IMultisig.Signature[](0));
        vm.expectRevert(IMultisig.InvalidProof.selector);
        multisig.acquireIdentity(id, REQUESTER, 1000, context, authorization);
        vm.expectRevert(IMultisig.QuorumNotReached.selector);
        multisig.setApproversRoot(id, tree[0], 0);
    }

    function testTooManySignatures() public {
        bytes memory context = contextOf();
        bytes memory authorization = abi.encode(new bytes32[](0), new bool[](0), new IMultisig.Signature[](65));
        vm.expectRevert(IMultisig.QuorumNotReached.selector);
        multisig.acquireIdentity(id, REQUESTER, 1000, context, authorization);
    }

    function testWithoutPolicyOrApproversNothingIsGranted() public {
        multisig.setPolicyHash(id, 0);
        expectRefused(7, IPermitter.Unauthorized.selector);
        multisig.setPolicyHash(id, POLICY);
        multisig.setApproversRoot(id, 0, 0);
        eq(multisig.approverRoots(id), bytes32(0));
        rebase(1020);
        expectRefused(7, IMultisig.InvalidProof.selector);
    }

    /// What was signed before the policy, the approvers or the threshold changed is void, even if all were changed back.
    function testFuzzChangesVoidWhatWasSigned(uint8 how) public {
        if (how % 3 == 0) multisig.setPolicyHash(id, POLICY);
        if (how % 3 == 1) multisig.setApproversRoot(id, tree[0], THRESHOLD);
        if (how % 3 == 2) {
            multisig.setApproversRoot(id, tree[0], THRESHOLD - 1);
            multisig.setApproversRoot(id, tree[0], THRESHOLD);
        }
        expectRefusedWith(7, abi.encodeWithSelector(IMultisig.BaseBlockUnfit.selector, 1005));
        rebase(1010); // the block of the change, whose hash nobody knew before
        acquire(7);
        eq(expiry(), START + 1000);
    }

    function testThePolicyIsSigned() public {
        multisig.setPolicyHash(id, "other");
        rebase(1020);
        expectRefused(7, IMultisig.InvalidSsssSignature.selector);
        permit.policyHash = "other";
        acquire(7);
    }

    /// Changes of one identity void nothing of another.
    function testChangesOfOthersVoidNothing() public {
        IdentityId other = registry.createIdentity(address(multisig), "other");
        multisig.setPolicyHash(other, "other");
        multisig.setApproversRoot(other, tree[0], 1);
        acquire(7);
    }

    /// CT-03: (r, n - s) of a used permit is the same permit; and no signature at all, in ERC-2098 or out of it.
    function testCT03MalleableSignatures() public {
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(7);
        uint256 vs = uint256(signatures[0].vs);
        uint256 s = N - (vs << 1 >> 1);
        signatures[0].vs = bytes32(s | ((vs >> 255) ^ 1) << 255);
        expectRefusedAs(proof, flags, signatures, IMultisig.InvalidSsssSignature.selector);
    }

    /// CT-04: for one registry, contract and chain.
    function testFuzzCT04ReplayElsewhere(uint8 how) public {
        how %= 3;
        if (how == 0) permit.registry = STRANGER;
        if (how == 1) permit.multisig = STRANGER;
        if (how == 2) permit.chainId = 1;
        expectRefused(7, IMultisig.InvalidSsssSignature.selector);
    }

    function testCT04AfterAFork() public {
        (bytes memory context, bytes memory authorization) = (contextOf(), authorizationOf(7));
        vm.chainId(1057);
        vm.expectRevert(IMultisig.InvalidSsssSignature.selector);
        multisig.acquireIdentity(id, REQUESTER, 1000, context, authorization);
        vm.chainId(31337);
        multisig.acquireIdentity(id, REQUESTER, 1000, context, authorization);
    }

    /* REGISTRANT */

    function testFuzzOnlyTheRegistrantSetsPolicyAndApprovers(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        multisig.setPolicyHash(id, POLICY);
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        multisig.setApproversRoot(id, POLICY, 1);
    }

    function testChangesWaitButForRemovals() public {
        registry.setDelay(id, 1);
        multisig.setPolicyHash(id, "other");
        multisig.setApproversRoot(id, "other", 1);
        eq(multisig.policyHashes(id), POLICY);
        eq(multisig.approverRoots(id), keccak256(abi.encode(tree[0], THRESHOLD)));
        vm.warp(START + 1 hours);
        multisig.setPolicyHash(id, "other");
        multisig.setApproversRoot(id, "other", 1);
        eq(multisig.policyHashes(id), "other");
        eq(multisig.approverRoots(id), keccak256(abi.encode(bytes32("other"), 1)));
        multisig.setPolicyHash(id, 0);
        multisig.setApproversRoot(id, 0, 0);
        eq(multisig.policyHashes(id), bytes32(0));
        eq(multisig.approverRoots(id), bytes32(0));
    }

    /* RELEASE */

    function testReleases() public {
        acquire(7);
        vm.roll(1020);
        vm.setBlockhash(1015, "1015");
        (permit.baseBlock, permit.baseHash) = (1015, "1015");
        bytes memory context = contextOf();
        bytes memory authorization = authorizationOf(7);
        vm.expectRevert(IMultisig.InvalidSsssSignature.selector);
        multisig.releaseIdentity(id, REQUESTER, context, authorization);
        (permit.grant, permit.duration) = (false, 0);
        authorization = authorizationOf(7);
        multisig.releaseIdentity(id, REQUESTER, context, authorization);
        eq(expiry(), 0);
        vm.prank(REQUESTER);
        multisig.releaseIdentity(id, REQUESTER, "", "");
    }

    /* HELPERS */

    /// Permits signed from now on name this block.
    function rebase(uint256 baseBlock) private {
        vm.roll(baseBlock + 1);
        vm.setBlockhash(baseBlock, keccak256("rebased"));
        (permit.baseBlock, permit.baseHash) = (baseBlock, keccak256("rebased"));
    }

    function acquire(uint256 subset) private {
        multisig.acquireIdentity(id, REQUESTER, permit.duration, contextOf(), authorizationOf(subset));
    }

    function expectRefused(uint256 subset, bytes4 refusal) private {
        expectRefusedWith(subset, abi.encodeWithSelector(refusal));
    }

    function expectRefusedWith(uint256 subset, bytes memory refusal) private {
        (bytes memory context, bytes memory authorization) = (contextOf(), authorizationOf(subset));
        vm.expectRevert(refusal);
        multisig.acquireIdentity(id, REQUESTER, permit.duration, context, authorization);
    }

    function expectRefusedAs(
        bytes32[] memory proof,
        bool[] memory flags,
        IMultisig.Signature[] memory signatures,
        bytes4 refusal
    ) private {
        bytes memory context = contextOf();
        vm.expectRevert(refusal);
        multisig.acquireIdentity(id, REQUESTER, permit.duration, context, abi.encode(proof, flags, signatures));
    }

    function contextOf() private view returns (bytes memory) {
        return abi.encode(THRESHOLD, permit.nonce, permit.pk, permit.baseBlock, permit.deadline);
    }

    function authorizationOf(uint256 subset) private view returns (bytes memory) {
        (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures) = partsOf(subset);
        return abi.encode(proof, flags, signatures);
    }

    /// The tree of OpenZeppelin's merkle-tree: leaves ascend from its end backwards.
    function plant() private {
        for (uint256 i = 0; i < SIGNERS; ++i) {
            keys.push(i + 1);
        }
        for (uint256 i = 1; i < SIGNERS; ++i) {
            for (uint256 j = i; j > 0 && leafOf(keys[j]) < leafOf(keys[j - 1]); --j) {
                (keys[j], keys[j - 1]) = (keys[j - 1], keys[j]);
            }
        }
        tree = new bytes32[](2 * SIGNERS - 1);
        for (uint256 i = 0; i < SIGNERS; ++i) {
            tree[tree.length - 1 - i] = leafOf(keys[i]);
        }
        for (uint256 i = SIGNERS - 1; i > 0; --i) {
            (bytes32 a, bytes32 b) = (tree[2 * i - 1], tree[2 * i]);
            tree[i - 1] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
    }

    /// Its multiproof of the leaves whose bits are set, and their signatures.
    function partsOf(uint256 subset)
        private
        view
        returns (bytes32[] memory proof, bool[] memory flags, IMultisig.Signature[] memory signatures)
    {
        uint256[] memory queue = new uint256[](20);
        (uint256 head, uint256 tail, uint256 proofs, uint256 steps) = (0, 0, 0, 0);
        signatures = new IMultisig.Signature[](countOf(subset));
        for (uint256 i = 0; i < SIGNERS; ++i) {
            if (subset >> i & 1 == 0) continue;
            signatures[tail] = signatureOf(keys[i]);
            queue[tail++] = tree.length - 1 - i;
        }
        (proof, flags) = (new bytes32[](20), new bool[](20));
        while (head < tail && queue[head] > 0) {
            uint256 node = queue[head++];
            uint256 sibling = node % 2 == 1 ? node + 1 : node - 1;
            if (head < tail && queue[head] == sibling) {
                flags[steps] = true;
                ++head;
            } else {
                proof[proofs++] = tree[sibling];
            }
            ++steps;
            queue[tail++] = (node - 1) / 2;
        }
        if (subset == 0) proof[proofs++] = tree[0];
        assembly {
            mstore(proof, proofs)
            mstore(flags, steps)
        }
    }

    function signatureOf(uint256 key) private view returns (IMultisig.Signature memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("SsssPermitter"),
                keccak256("2"),
                permit.chainId,
                permit.multisig
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash())));
        return IMultisig.Signature(vm.addr(key), r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }

    function structHash() private view returns (bytes32) {
        bytes32 type_ = keccak256(
            "SsssPermit(address registry,bytes32 identity,address recipient,bool grant,uint64 duration,bytes nonce,bytes pk,uint256 baseblock,bytes32 baseblockHash,bytes32 policyHash,uint64 deadline)"
        );
        return keccak256(
            bytes.concat(
                abi.encode(type_, permit.registry, permit.identity, permit.recipient, permit.grant, permit.duration),
                abi.encode(keccak256(permit.nonce), keccak256(permit.pk)),
                abi.encode(permit.baseBlock, permit.baseHash, permit.policyHash, permit.deadline)
            )
        );
    }

    function leafOf(uint256 key) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(vm.addr(key)))));
    }

    function countOf(uint256 subset) private pure returns (uint256 count) {
        for (; subset > 0; subset &= subset - 1) {
            ++count;
        }
    }
}
