// SPDX-License-Identifier: Apache-2.0

/*
 * Release, rollback and resharing of a key network, every state of which model_test.go
 * has spin visit. N holders, T of whom can use the key together, in epochs 1 and 2. One
 * attempt, for which two clones of one machine ask: the chain's claim does not tell
 * them apart, the holders' records alone must. Cryptography is perfect: a share is a
 * number of an epoch. At most one machine's disk is put back to the state at the
 * beginning, and the others know what it told them (keyholder/SPEC.md, section 11).
 *
 * -DN= -DT=     sizes
 * -DMUTANT=     the rule to break: one of those below
 */

#ifndef N
#define N 3
#define T 2
#endif

#define NONE 0
#define SKIPS_RECORD 1         /* answers without a record */
#define RECORDS_LATER 2        /* answers before the record is on the disk */
#define SERVES_RESTORED 3      /* serves the epoch in which its disk was put back */
#define DESTROYS_AT_CONFIRM 4  /* does not wait for the certificate */
#define DESTROYS_NOT_FINAL 5   /* does not wait until the certificate is final */
#define CONFIRMS_FIRST 6       /* confirms before the share is on the disk */
#define CERTIFIES_FEWER 7      /* T - 1 confirmations are enough */
#define MIXES_EPOCHS 8         /* clones can add up shares of two epochs */
#define KNOWS_ALL_EPOCHS 9     /* no rule: asks for more than the records of members promise */
#ifndef MUTANT
#define MUTANT NONE
#endif

/* the chain: the certificate of epoch 2 is in the newest block, or in a final one */
bool certified, final;
bool confirmed[N];

/* disks */
bool share1[N], share2[N];
byte record[N];                /* the clone that was served: 1, 2, or 0 */
bool barred1[N], barred2[N];   /* epochs that it must not serve */

/* memory, which a crash clears */
bool sees[N];                  /* that epoch 2 is final */
byte unsynced[N];              /* a record */
bool volatile2[N];             /* a share */

bool restored;                 /* one machine was put back */
bool has11[N], has12[N], has21[N], has22[N]; /* what holders gave, by epoch and clone */

#if N == 3
#define ALL(x) (x[0] + x[1] + x[2])
#define EITHER(x, y) ((x[0] || y[0]) + (x[1] || y[1]) + (x[2] || y[2]))
#else
#define ALL(x) (x[0] + x[1] + x[2] + x[3])
#define EITHER(x, y) ((x[0] || y[0]) + (x[1] || y[1]) + (x[2] || y[2]) + (x[3] || y[3]))
#endif

#define SERVES1(i) (share1[i] && !sees[i] && (!barred1[i] || MUTANT == SERVES_RESTORED))
#define SERVES2(i) ((share2[i] || volatile2[i]) && sees[i] && (!barred2[i] || MUTANT == SERVES_RESTORED))
#define FREE(i, c) (MUTANT == SKIPS_RECORD || ((record[i] == 0 || record[i] == c) && (unsynced[i] == 0 || unsynced[i] == c)))

/* The invariants, after every step that can break them. */
inline check() {
	/* no two clones have the key: in one epoch */
	assert(ALL(has11) < T || ALL(has12) < T);
	assert(ALL(has21) < T || ALL(has22) < T);
#if MUTANT == KNOWS_ALL_EPOCHS
	assert(ALL(has11) < T || ALL(has22) < T);
#endif
#if MUTANT == MIXES_EPOCHS
	assert(EITHER(has11, has21) < T || ALL(has11) >= T || ALL(has21) >= T);
#endif
	/* the key is never lost: until epoch 2 is final for all, epoch 1 is there */
	assert(final || ALL(share1) >= T);
	assert(!final || ALL(share2) + restored >= T)
}

/* Holders are alike, and have no state but these variables: so their names can be chosen anew after each step, and
   states that differ in names alone are one. The one whose disk is put back is holder 0; the others are sorted. */
#define KEY(i) (share1[i] + 2*share2[i] + 4*volatile2[i] + 8*confirmed[i] + 16*sees[i] + 32*has11[i] + 64*has12[i] + 128*has21[i] + 256*has22[i] + 512*record[i] + 2048*unsynced[i])

hidden byte kept;

#define EXCHANGE(x, i) kept = x[i]; x[i] = x[i + 1]; x[i + 1] = kept

inline order(i) {
	if
	:: KEY(i) < KEY(i + 1) ->
		EXCHANGE(share1, i); EXCHANGE(share2, i); EXCHANGE(volatile2, i); EXCHANGE(confirmed, i); EXCHANGE(sees, i);
		EXCHANGE(has11, i); EXCHANGE(has12, i); EXCHANGE(has21, i); EXCHANGE(has22, i); EXCHANGE(record, i); EXCHANGE(unsynced, i)
	:: else
	fi
}

#if N == 3
#define SORT order(1)
#else
#define SORT order(1); order(2); order(1)
#endif

inline give(i, c) {
	if
	:: SERVES1(i) && c == 1 -> has11[i] = true
	:: SERVES1(i) && c == 2 -> has12[i] = true
	:: SERVES2(i) && c == 1 -> has21[i] = true
	:: SERVES2(i) && c == 2 -> has22[i] = true
	fi;
	if
	:: MUTANT == SKIPS_RECORD
	:: MUTANT == RECORDS_LATER && record[i] == 0 -> unsynced[i] = c
	:: else -> record[i] = c
	fi
}

proctype Holder(byte i) {
	do
	/* It answers: nothing leaves the machine between the record and the answer. Who is
	   served first is called clone 1. */
	:: atomic { (SERVES1(i) || SERVES2(i)) && FREE(i, 1) -> give(i, 1); check(); SORT }
	:: atomic { (SERVES1(i) || SERVES2(i)) && FREE(i, 2) && EITHER(has11, has21) > 0 -> give(i, 2); check(); SORT }

	/* It computes its share of epoch 2, from the chain, and confirms. */
	:: atomic { !share2[i] && !volatile2[i] ->
		if
		:: MUTANT == CONFIRMS_FIRST -> volatile2[i] = true
		:: else -> share2[i] = true
		fi;
		SORT }
	:: atomic { volatile2[i] && confirmed[i] -> volatile2[i] = false; share2[i] = true; SORT }
	:: atomic { (share2[i] || volatile2[i]) && !confirmed[i] && !final ->
		confirmed[i] = true;
		if
		:: MUTANT == DESTROYS_AT_CONFIRM -> share1[i] = false
		:: else
		fi;
		check(); SORT }

	/* It sees the certificate: serves epoch 2, then destroys its share of epoch 1. */
	:: atomic { final && !sees[i] -> sees[i] = true; SORT }
	:: atomic { share1[i] && (sees[i] || (MUTANT == DESTROYS_NOT_FINAL && certified)) -> share1[i] = false; check(); SORT }

	/* Power fails; it starts again. */
	:: atomic { sees[i] || unsynced[i] != 0 || volatile2[i] -> sees[i] = false; unsynced[i] = 0; volatile2[i] = false; check(); SORT }

	/* Its disk is put back, which it learns from the others when it starts. */
	:: atomic { i == 0 && !restored ->
		restored = true; record[i] = 0; share1[i] = true; share2[i] = false;
		sees[i] = false; unsynced[i] = 0; volatile2[i] = false;
		barred1[i] = true; barred2[i] = final }
	od
}

proctype Chain() {
	do
	:: atomic { !certified && ALL(confirmed) >= (MUTANT == CERTIFIES_FEWER -> T - 1 : T) -> certified = true }
	:: atomic { certified && !final -> certified = false } /* blocks are undone */
	:: atomic { certified && !final -> final = true; check() }
	od
}

init {
	atomic {
		byte i = 0;
		do
		:: i < N -> share1[i] = true; run Holder(i); i++
		:: else -> break
		od;
		run Chain()
	}
}
