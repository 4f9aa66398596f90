// SPDX-License-Identifier: Apache-2.0

#include "textflag.h"

// func call32()
TEXT ·call32(SB), NOSPLIT, $0
	MOVL	$20, AX // getpid of the 32-bit table
	INT	$0x80
	RET

// func callVsyscall()
TEXT ·callVsyscall(SB), NOSPLIT, $0
	XORL	DI, DI
	MOVQ	$0xffffffffff600400, AX // time
	CALL	AX
	RET

// func readPort()
TEXT ·readPort(SB), NOSPLIT, $0
	MOVW	$0x71, DX
	INB
	RET

// func readMSR()
TEXT ·readMSR(SB), NOSPLIT, $0
	MOVL	$0xc0000080, CX
	RDMSR
	RET

// func readCounter()
TEXT ·readCounter(SB), NOSPLIT, $0
	XORL	CX, CX
	RDPMC
	RET

// func halt()
TEXT ·halt(SB), NOSPLIT, $0
	HLT
	RET

// func maskInterrupts()
TEXT ·maskInterrupts(SB), NOSPLIT, $0
	CLI
	RET

// func callX32()
TEXT ·callX32(SB), NOSPLIT, $0
	MOVL	$0x40000027, AX // getpid with the bit of x32
	SYSCALL
	RET
