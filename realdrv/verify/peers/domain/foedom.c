// SPDX-License-Identifier: GPL-2.0-only
/*
 * foedom - a fault in the kernel of a driver domain, as a bad driver there makes one. The domain is
 * not expected to live on: the question is what becomes of its guests.
 *
 *	insmod foedom.ko fault=NAME [at=SYMBOL] [seed=N] [of=MODULE]
 *
 *	null    a write through a null pointer
 *	call    a call of something that is no function
 *	bug     an assertion that fails
 *	stack   a recursion without end
 *	wild    64 words written anywhere into the kernel's memory
 *	loop    an endless loop
 *	deaf    the same with interrupts off
 *	lock    a lock that is never released: that of the free pages
 *	frozen  the disk takes no request any more: each one waits for ever (/dev/xvdb)
 *	memory  all memory is taken and kept
 *	code    five bits anywhere in a module's code (of) are turned over: what comes of it is that
 *		driver's own doing
 *
 * at: the fault happens in whoever calls this function next (rlb_drain: the backend's own thread);
 * without it in a thread of its own.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/vmalloc.h>

#define WILD_WRITES 64
#define CODE_BITS   5
#define DISK	    "/dev/xvdb"

static char *fault = "";
module_param(fault, charp, 0444);
static char *at = "";
module_param(at, charp, 0444);
static char *of = "";
module_param(of, charp, 0444);
static unsigned int seed = 1;
module_param(seed, uint, 0444);

static void foe_null(void)
{
	int *nothing = NULL;

	OPTIMIZER_HIDE_VAR(nothing); /* what the compiler knows to be null it drops */
	WRITE_ONCE(*nothing, 1);
}

static void (*nowhere)(void);

static void foe_call(void)
{
	WRITE_ONCE(nowhere, (void *)(PAGE_OFFSET + 64));
	READ_ONCE(nowhere)();
}

static void foe_bug(void)
{
	BUG();
}

static noinline unsigned long foe_deeper(unsigned long n)
{
	char much[1024];

	WRITE_ONCE(much[n % sizeof(much)], n);
	OPTIMIZER_HIDE_VAR(n); /* else the compiler sees that it has no end */
	return n ? foe_deeper(n + 1) + READ_ONCE(much[n % sizeof(much)]) : 0;
}

static void foe_stack(void)
{
	foe_deeper(1);
}

static void foe_wild(void)
{
	struct rnd_state random;
	int i;

	prandom_seed_state(&random, seed);
	for (i = 0; i < WILD_WRITES; i++) {
		unsigned long pfn = prandom_u32_state(&random) % totalram_pages();
		unsigned long word = prandom_u32_state(&random) % (PAGE_SIZE / sizeof(word));

		((unsigned long *)pfn_to_kaddr(pfn))[word] = prandom_u32_state(&random);
	}
}

/* No cpu_relax(): an emulator leaves its translated code at each one, and three seconds of a domain
 * become minutes of its host.
 */
static void foe_loop(void)
{
	preempt_disable();
	for (;;)
		barrier();
}

static void foe_deaf(void)
{
	local_irq_disable();
	for (;;)
		barrier();
}

static void foe_lock(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (page)
		spin_lock(&page_zone(page)->lock);
}

static void foe_frozen(void)
{
	struct block_device *bdev = blkdev_get_by_path(DISK, FMODE_READ, NULL);

	if (IS_ERR(bdev))
		pr_err("foedom: no %s: %ld\n", DISK, PTR_ERR(bdev));
	else
		blk_freeze_queue_start(bdev_get_queue(bdev));
}

static void foe_memory(void)
{
	while (alloc_page(GFP_KERNEL | __GFP_NOWARN))
		;
	while (alloc_page(GFP_ATOMIC | __GFP_NOWARN))
		;
}

/* All modules are in one list, and so is this one. */
static struct module *foe_module(const char *name)
{
	struct module *other;

	list_for_each_entry (other, &THIS_MODULE->list, list)
		if (!strcmp(other->name, name))
			return other;
	return NULL;
}

/* Code is mapped read-only: its page is mapped once more. */
static void foe_turn(void *byte, u8 bits)
{
	struct page *page = vmalloc_to_page(byte);
	u8 *again = page ? vmap(&page, 1, VM_MAP, PAGE_KERNEL) : NULL;

	if (!again)
		return;
	again[offset_in_page(byte)] ^= bits;
	vunmap(again);
}

static void foe_code(void)
{
	struct module *driver = foe_module(of);
	struct rnd_state random;
	int i;

	if (!driver) {
		pr_err("foedom: no module %s\n", of);
		return;
	}
	prandom_seed_state(&random, seed);
	for (i = 0; i < CODE_BITS; i++) {
		u32 byte = prandom_u32_state(&random) % driver->core_layout.text_size;

		foe_turn(driver->core_layout.base + byte, 1 << prandom_u32_state(&random) % 8);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} faults[] = {{"null", foe_null}, {"call", foe_call}, {"bug", foe_bug}, {"stack", foe_stack},
	{"wild", foe_wild}, {"loop", foe_loop}, {"deaf", foe_deaf}, {"lock", foe_lock},
	{"frozen", foe_frozen}, {"memory", foe_memory}, {"code", foe_code}};

static void (*chosen)(void);

static int foe_thread(void *arg)
{
	chosen();
	return 0;
}

/* In place of the function that was called, once: its caller goes on after it, if it can. */
static int foe_divert(void)
{
	chosen();
	return 0;
}

static unsigned long done;

static int foe_probe(struct kprobe *probe, struct pt_regs *regs)
{
	if (test_and_set_bit(0, &done))
		return 0;
	regs->ip = (unsigned long)foe_divert;
	return 1;
}

static struct kprobe probe = {.pre_handler = foe_probe};

static int __init foe_init(void)
{
	struct task_struct *thread;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(fault, faults[i].name))
			chosen = faults[i].run;
	if (!chosen) {
		pr_err("foedom: fault=%s is not known\n", fault);
		return -EINVAL;
	}
	if (*at) {
		probe.symbol_name = at;
		return register_kprobe(&probe);
	}
	thread = kthread_run(foe_thread, NULL, "foedom");
	return PTR_ERR_OR_ZERO(thread);
}

module_init(foe_init);
MODULE_DESCRIPTION("A fault in a driver domain");
MODULE_AUTHOR("The ringlab authors");
MODULE_LICENSE("GPL");
