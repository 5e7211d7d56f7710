/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The heap of the run queues against a sorted row: whatever goes in and out, the first is the same.
 */
#include "sim/xen/heap.h"

#include "model/base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define N 40

struct item {
	struct rl_heap_node node;
	bool in;
};

static struct item item[N];
static struct rl_heap heap;

static const struct rl_heap_node *first(void)
{
	const struct rl_heap_node *best = NULL;

	for (int i = 0; i < N; i++)
		if (item[i].in &&
			(!best || item[i].node.key > best->key ||
				(item[i].node.key == best->key && item[i].node.seq < best->seq)))
			best = &item[i].node;
	return best;
}

static void as_a_sorted_row(void **state)
{
	struct rl_rng rng;
	uint64_t ties = 0;

	(void)state;
	rl_rng_init(&rng, 1, 0, 0, 0);
	for (uint64_t seq = 0; seq < 200000; seq++) {
		struct item *it = &item[rl_rng_u64(&rng) % N];

		if (it->in)
			rl_heap_remove(&heap, &it->node);
		else
			rl_heap_insert(&heap, &it->node, (int64_t)(rl_rng_u64(&rng) % 7) - 3, seq);
		it->in = !it->in;
		assert_ptr_equal(heap.root, first());
		ties += heap.root && heap.root->child && heap.root->child->key == heap.root->key;
	}
	assert_true(ties > 10000);
}

static void empties_in_order(void **state)
{
	(void)state;
	memset(item, 0, sizeof(item));
	heap.root = NULL;
	for (int i = 0; i < N; i++)
		rl_heap_insert(&heap, &item[i].node, i * 17 % N, (uint64_t)i);
	for (int i = N - 1; i >= 0; i--) {
		assert_int_equal(heap.root->key, i);
		rl_heap_remove(&heap, heap.root);
	}
	assert_null(heap.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_sorted_row),
		cmocka_unit_test(empties_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
