// SPDX-License-Identifier: Apache-2.0

#include "textflag.h"

// SHA-256 of two messages at a time. The instructions for it wait for one another within a message: one message leaves
// half of the processor idle. Registers of the two: state X1 X2 and X7 X8, message X3–X6 and X9–X12. X0 is what
// SHA256RNDS2 reads the round's words from, X13 is scratch, X14 the byte order.

DATA constants<>+0x00(SB)/8, $0x71374491428a2f98
DATA constants<>+0x08(SB)/8, $0xe9b5dba5b5c0fbcf
DATA constants<>+0x10(SB)/8, $0x59f111f13956c25b
DATA constants<>+0x18(SB)/8, $0xab1c5ed5923f82a4
DATA constants<>+0x20(SB)/8, $0x12835b01d807aa98
DATA constants<>+0x28(SB)/8, $0x550c7dc3243185be
DATA constants<>+0x30(SB)/8, $0x80deb1fe72be5d74
DATA constants<>+0x38(SB)/8, $0xc19bf1749bdc06a7
DATA constants<>+0x40(SB)/8, $0xefbe4786e49b69c1
DATA constants<>+0x48(SB)/8, $0x240ca1cc0fc19dc6
DATA constants<>+0x50(SB)/8, $0x4a7484aa2de92c6f
DATA constants<>+0x58(SB)/8, $0x76f988da5cb0a9dc
DATA constants<>+0x60(SB)/8, $0xa831c66d983e5152
DATA constants<>+0x68(SB)/8, $0xbf597fc7b00327c8
DATA constants<>+0x70(SB)/8, $0xd5a79147c6e00bf3
DATA constants<>+0x78(SB)/8, $0x1429296706ca6351
DATA constants<>+0x80(SB)/8, $0x2e1b213827b70a85
DATA constants<>+0x88(SB)/8, $0x53380d134d2c6dfc
DATA constants<>+0x90(SB)/8, $0x766a0abb650a7354
DATA constants<>+0x98(SB)/8, $0x92722c8581c2c92e
DATA constants<>+0xa0(SB)/8, $0xa81a664ba2bfe8a1
DATA constants<>+0xa8(SB)/8, $0xc76c51a3c24b8b70
DATA constants<>+0xb0(SB)/8, $0xd6990624d192e819
DATA constants<>+0xb8(SB)/8, $0x106aa070f40e3585
DATA constants<>+0xc0(SB)/8, $0x1e376c0819a4c116
DATA constants<>+0xc8(SB)/8, $0x34b0bcb52748774c
DATA constants<>+0xd0(SB)/8, $0x4ed8aa4a391c0cb3
DATA constants<>+0xd8(SB)/8, $0x682e6ff35b9cca4f
DATA constants<>+0xe0(SB)/8, $0x78a5636f748f82ee
DATA constants<>+0xe8(SB)/8, $0x8cc7020884c87814
DATA constants<>+0xf0(SB)/8, $0xa4506ceb90befffa
DATA constants<>+0xf8(SB)/8, $0xc67178f2bef9a3f7
GLOBL constants<>(SB), RODATA|NOPTR, $256

DATA order<>+0x00(SB)/8, $0x0405060700010203
DATA order<>+0x08(SB)/8, $0x0c0d0e0f08090a0b
GLOBL order<>(SB), RODATA|NOPTR, $16

// Load four words of both messages.
#define LOAD(at, a, b) \
	MOVOU  at(SI), a \
	MOVOU  at(BX), b \
	PSHUFB X14, a \
	PSHUFB X14, b

// Four rounds of one message: round constants at k, message words in m, state in s0 and s1.
#define FIRST(k, m, s0, s1) \
	MOVOU       (k*16)(AX), X0 \
	PADDD       m, X0 \
	SHA256RNDS2 X0, s0, s1 \
	PSHUFD      $0x0e, X0, X0 \
	SHA256RNDS2 X0, s1, s0

#define ROUNDS(k, a, b) \
	FIRST(k, a, X1, X2) \
	FIRST(k, b, X7, X8)

// The words after next: from the last four, the four before, and the first of them.
#define EXTEND(m, before, next) \
	MOVO       m, X13 \
	PALIGNR    $4, before, X13 \
	PADDD      X13, next \
	SHA256MSG2 m, next

#define SCHEDULE(a, abefore, anext, b, bbefore, bnext) \
	EXTEND(a, abefore, anext) \
	EXTEND(b, bbefore, bnext) \
	SHA256MSG1 a, abefore \
	SHA256MSG1 b, bbefore

// The order of words of a state in memory, and in which SHA256RNDS2 has them.
#define ARRANGE(low, high) \
	PSHUFD  $0xb1, low, low \
	PSHUFD  $0x1b, high, high \
	MOVO    low, X13 \
	PALIGNR $8, high, low \
	PBLENDW $0xf0, X13, high

#define RESTORE(low, high) \
	PSHUFD  $0x1b, low, low \
	PSHUFD  $0xb1, high, high \
	MOVO    low, X13 \
	PBLENDW $0xf0, high, low \
	PALIGNR $8, X13, high

// func pairBlocks(one, two *[8]uint32, p, q *byte, blocks int)
TEXT ·pairBlocks(SB), NOSPLIT, $64-40
	MOVQ  one+0(FP), DI
	MOVQ  two+8(FP), DX
	MOVQ  p+16(FP), SI
	MOVQ  q+24(FP), BX
	MOVQ  blocks+32(FP), CX
	LEAQ  constants<>(SB), AX
	MOVOU order<>(SB), X14
	MOVOU 0(DI), X1
	MOVOU 16(DI), X2
	MOVOU 0(DX), X7
	MOVOU 16(DX), X8
	ARRANGE(X1, X2)
	ARRANGE(X7, X8)
	TESTQ CX, CX
	JEQ   done

next:
	MOVOU X1, 0(SP)
	MOVOU X2, 16(SP)
	MOVOU X7, 32(SP)
	MOVOU X8, 48(SP)

	LOAD(0, X3, X9)
	ROUNDS(0, X3, X9)
	LOAD(16, X4, X10)
	ROUNDS(1, X4, X10)
	SHA256MSG1 X4, X3
	SHA256MSG1 X10, X9
	LOAD(32, X5, X11)
	ROUNDS(2, X5, X11)
	SHA256MSG1 X5, X4
	SHA256MSG1 X11, X10
	LOAD(48, X6, X12)
	ROUNDS(3, X6, X12)
	SCHEDULE(X6, X5, X3, X12, X11, X9)
	ROUNDS(4, X3, X9)
	SCHEDULE(X3, X6, X4, X9, X12, X10)
	ROUNDS(5, X4, X10)
	SCHEDULE(X4, X3, X5, X10, X9, X11)
	ROUNDS(6, X5, X11)
	SCHEDULE(X5, X4, X6, X11, X10, X12)
	ROUNDS(7, X6, X12)
	SCHEDULE(X6, X5, X3, X12, X11, X9)
	ROUNDS(8, X3, X9)
	SCHEDULE(X3, X6, X4, X9, X12, X10)
	ROUNDS(9, X4, X10)
	SCHEDULE(X4, X3, X5, X10, X9, X11)
	ROUNDS(10, X5, X11)
	SCHEDULE(X5, X4, X6, X11, X10, X12)
	ROUNDS(11, X6, X12)
	SCHEDULE(X6, X5, X3, X12, X11, X9)
	ROUNDS(12, X3, X9)
	SCHEDULE(X3, X6, X4, X9, X12, X10)
	ROUNDS(13, X4, X10)
	EXTEND(X4, X3, X5)
	EXTEND(X10, X9, X11)
	ROUNDS(14, X5, X11)
	EXTEND(X5, X4, X6)
	EXTEND(X11, X10, X12)
	ROUNDS(15, X6, X12)

	MOVOU 0(SP), X3
	MOVOU 16(SP), X4
	MOVOU 32(SP), X5
	MOVOU 48(SP), X6
	PADDD X3, X1
	PADDD X4, X2
	PADDD X5, X7
	PADDD X6, X8
	ADDQ  $64, SI
	ADDQ  $64, BX
	DECQ  CX
	JNE   next

done:
	RESTORE(X1, X2)
	RESTORE(X7, X8)
	MOVOU X1, 0(DI)
	MOVOU X2, 16(DI)
	MOVOU X7, 0(DX)
	MOVOU X8, 16(DX)
	RET

// func cpuid(leaf uint32) (eax, ebx, ecx uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-20
	MOVL leaf+0(FP), AX
	XORL CX, CX
	CPUID
	MOVL AX, eax+8(FP)
	MOVL BX, ebx+12(FP)
	MOVL CX, ecx+16(FP)
	RET
