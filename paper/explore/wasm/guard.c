/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What Debian's compiler-rt for WebAssembly asks for and its C library has not: the guard of the
 * stack, with which the compiler's own 128-bit arithmetic was built.
 */
#include <stdint.h>
#include <stdlib.h>

extern uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

uintptr_t __stack_chk_guard = 0xd00dfeed;

void __stack_chk_fail(void)
{
	abort();
}
