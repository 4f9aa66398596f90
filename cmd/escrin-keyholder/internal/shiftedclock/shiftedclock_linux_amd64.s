// SPDX-License-Identifier: Apache-2.0

//go:build linux && amd64

#include "textflag.h"

DATA ·ahead(SB)/8, $0
GLOBL ·ahead(SB), NOPTR, $8
DATA ·vdso(SB)/8, $0
GLOBL ·vdso(SB), NOPTR, $8

// func Set(seconds int64)
TEXT ·Set(SB), NOSPLIT, $0-8
	MOVQ seconds+0(FP), AX
	MOVQ AX, ·ahead(SB)
	MOVQ runtime·vdsoClockgettimeSym(SB), AX
	MOVQ AX, ·vdso(SB)
	LEAQ ·shifted(SB), AX
	MOVQ AX, runtime·vdsoClockgettimeSym(SB)
	RET

// clock_gettime(clock DI, timespec SI) in C's calling convention.
TEXT ·shifted(SB), NOSPLIT|NOFRAME, $0
	PUSHQ DI
	PUSHQ SI
	SUBQ $8, SP
	MOVQ ·vdso(SB), AX
	CALL AX
	ADDQ $8, SP
	POPQ SI
	POPQ DI
	CMPL DI, $0 // CLOCK_REALTIME
	JNE done
	MOVQ ·ahead(SB), CX
	ADDQ CX, (SI)
done:
	RET
