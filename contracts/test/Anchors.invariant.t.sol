// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Anchors} from "../src/Anchors.sol";
import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {IAnchors} from "../src/interfaces/IAnchors.sol";
import {IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {Test} from "./Test.sol";

/// Registrants and enclaves of two identities, who announce, sign, bring, and bring again, in any order, in time and late; and
/// a book of it all.
contract Keepers is Test {
    uint256 private constant CHAIN = 31337; // block.chainid is taken for constant within a call
    uint64 private constant START = 1_800_000_000;
    uint256 private constant IDENTITIES = 2;
    uint256 private constant NAMES = 2;
    uint256 private constant ENCLAVES = 3;
    uint256 private constant SIGNED = 16;

    /// What was signed, and by whom; kept to be brought at any time.
    struct Cheque {
        uint256 identity;
        uint256 name;
        uint256 enclave;
        uint64 version;
        uint64 deadline;
        bytes32 previous;
        bytes32 digest;
        bytes signature;
    }

    /// One of the two sets of an identity.
    struct Book {
        uint64 version;
        mapping(uint64 version => bytes32) digests;
    }

    IdentityRegistry public immutable registry = new IdentityRegistry();
    Anchors public immutable anchors = new Anchors(registry);

    uint64 public now_ = START;
    uint256 public surprises;
    uint256 public late;
    uint256 public advanced;
    uint256 public lapsed;
    bool private _begun;
    Cheque[] private _cheques;
    mapping(uint256 enclave => mapping(uint256 identity => uint64)) private _permits;
    mapping(uint256 set => mapping(uint256 identity => mapping(uint256 name => Book))) private _books;

    constructor() {
        vm.chainId(CHAIN);
        vm.warp(now_);
    }

    /// Not in the constructor: the registry asks the permitter what it is.
    function begin() external {
        for (uint256 i = 0; i < IDENTITIES && !_begun; ++i) registry.createIdentity(address(this), abi.encode(i));
        _begun = true;
    }

    /// This contract stands in for a permitter, and is the registrant.
    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function idOf(uint256 identity) public view returns (IdentityId) {
        return IdentityId.wrap(
            keccak256(abi.encode(CHAIN, registry, address(this), keccak256(abi.encode(identity % IDENTITIES))))
        );
    }

    /* WHAT THEY DO */

    function pass(uint8 time) external {
        now_ += time % 20;
        vm.warp(now_);
    }

    function permit(uint8 identity, uint8 enclave, uint8 time) external {
        (identity, enclave) = (identity % 2, enclave % 3);
        _permits[enclave][identity] = now_ + 1 + time;
        registry.grantIdentity(idOf(identity), vm.addr(1 + enclave), now_ + 1 + time);
    }

    function announce(uint8 identity, uint8 name, uint8 step, bytes32 digest, bool stranger) external {
        Book storage book = _books[0][identity % IDENTITIES][name % NAMES];
        uint64 version = book.version + step % 3;
        if (stranger) vm.prank(address(0x57));
        try anchors.announce(idOf(identity), nameOf(name), version, digest) {
            if (stranger || version != book.version + 1) ++surprises;
            _write(book, version, digest);
        } catch {
            if (!stranger && version == book.version + 1) ++surprises;
        }
    }

    /// An enclave signs what follows upon what it takes for the newest version: it may be wrong.
    function sign(uint8 identity, uint8 name, uint8 enclave, uint8 behind, uint8 time, bytes32 digest) external {
        Book storage book = _books[1][identity % IDENTITIES][name % NAMES];
        uint64 from = behind % 4 == 0 && book.version > 0 ? book.version - 1 : book.version;
        Cheque memory c = Cheque(
            identity % IDENTITIES, name % NAMES, enclave % ENCLAVES, from + 1, now_ + time % 40, book.digests[from], digest, ""
        );
        c.signature = _signature(c);
        if (_cheques.length < SIGNED) _cheques.push(c);
        else _cheques[uint256(digest) % SIGNED] = c;
    }

    /// Anyone brings what was signed: of late or long ago, and now and then for another deadline.
    function bring(uint256 which, bool longer) external {
        if (_cheques.length == 0) return;
        Cheque storage c = _cheques[which % _cheques.length];
        Book storage book = _books[1][c.identity][c.name];
        uint64 deadline = longer ? c.deadline + 1000 : c.deadline;
        bool inTime = now_ <= c.deadline;
        bool fits = c.version == book.version + 1 && c.previous == book.digests[book.version];
        bool fit = fits && inTime && !longer && _permits[c.enclave][c.identity] > now_;
        vm.prank(address(0x57));
        try anchors.advance(
            idOf(c.identity), nameOf(c.name), c.version, c.digest, deadline, vm.addr(1 + c.enclave), c.signature
        ) {
            if (!fit) ++surprises;
            if (now_ > c.deadline) ++late;
            ++advanced;
            _write(book, c.version, c.digest);
        } catch {
            if (fit) ++surprises;
            if (fits && !inTime) ++lapsed;
        }
    }

    function _write(Book storage book, uint64 version, bytes32 digest) private {
        book.version = version;
        book.digests[version] = digest;
    }

    /* THE BOOK */

    /// Whether the contract has what the book says, of each set.
    function same(uint256 set) external view returns (bool) {
        for (uint256 i = 0; i < IDENTITIES; ++i) {
            for (uint256 n = 0; n < NAMES; ++n) {
                Book storage book = _books[set][i][n];
                IAnchors.Anchor memory got =
                    set == 0 ? anchors.announced(idOf(i), nameOf(n)) : anchors.advanced(idOf(i), nameOf(n));
                if (got.version != book.version || got.digest != book.digests[book.version]) return false;
            }
        }
        return true;
    }

    function nameOf(uint256 name) public pure returns (bytes32) {
        return bytes32(1 + name % NAMES);
    }

    function _signature(Cheque memory c) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("escrin Anchors"),
                keccak256("1"),
                CHAIN,
                anchors
            )
        );
        bytes32 kind = keccak256(
            "Advance(bytes32 identity,bytes32 name,uint64 version,bytes32 previous,bytes32 digest,uint64 deadline)"
        );
        bytes32 message = keccak256(
            abi.encode(kind, idOf(c.identity), nameOf(c.name), c.version, c.previous, c.digest, c.deadline)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1 + c.enclave, keccak256(bytes.concat(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }
}

contract AnchorsInvariantTest is Test {
    Keepers private _keepers;

    function setUp() public {
        _keepers = new Keepers();
        _keepers.begin();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_keepers);
    }

    function invariant_MB15AdvancedIsWhatTheBookSays() external view {
        ok(_keepers.same(1), "advanced");
    }

    function invariant_MB15AnnouncedIsWhatTheBookSays() external view {
        ok(_keepers.same(0), "announced");
    }

    function invariant_CallsDoWhatTheBookForetells() external view {
        eq(_keepers.surprises(), 0);
    }

    function invariant_MB14NothingIsAdvancedAfterItsDeadline() external view {
        eq(_keepers.late(), 0);
    }
}
