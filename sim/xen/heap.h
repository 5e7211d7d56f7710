/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whoever has the highest key comes first, equal keys in the order of insertion: a pairing heap
 * whose nodes lie in what they order. Nothing is allocated; inserting is O(1), taking any node
 * out O(log n) on average. The order is total, so the heap's shape never shows.
 */
#ifndef RL_SIM_XEN_HEAP_H
#define RL_SIM_XEN_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rl_heap_node {
	struct rl_heap_node *child, *next, *prev; /* prev: the parent of a first child */
	int64_t key;
	uint64_t seq;
};

struct rl_heap {
	struct rl_heap_node *root; /* the first; null: empty */
};

static inline bool rl_heap_before(const struct rl_heap_node *a, const struct rl_heap_node *b)
{
	return a->key > b->key || (a->key == b->key && a->seq < b->seq);
}

/* Joins two heaps; neither root has siblings. */
static inline struct rl_heap_node *rl_heap_meld(struct rl_heap_node *a, struct rl_heap_node *b)
{
	if (!a || !b)
		return a ? a : b;
	if (rl_heap_before(b, a)) {
		struct rl_heap_node *t = a;

		a = b;
		b = t;
	}
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	b->prev = a;
	a->child = b;
	return a;
}

/* Makes one heap of a row of siblings: in pairs, then the pairs from the last to the first. */
static inline struct rl_heap_node *rl_heap_gather(struct rl_heap_node *row)
{
	struct rl_heap_node *pairs = NULL, *all = NULL;

	while (row) {
		struct rl_heap_node *a = row, *b = row->next;

		row = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = rl_heap_meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct rl_heap_node *a = pairs;

		pairs = a->next;
		a->next = NULL;
		all = rl_heap_meld(all, a);
	}
	return all;
}

/** rl_heap_insert - @seq: unique, growing with every insertion. */
static inline void rl_heap_insert(
	struct rl_heap *h, struct rl_heap_node *n, int64_t key, uint64_t seq)
{
	*n = (struct rl_heap_node){.key = key, .seq = seq};
	h->root = rl_heap_meld(h->root, n);
}

/** rl_heap_remove - @n is in @h. */
static inline void rl_heap_remove(struct rl_heap *h, struct rl_heap_node *n)
{
	struct rl_heap_node *below = rl_heap_gather(n->child);

	n->child = NULL;
	if (h->root == n) {
		h->root = below;
		return;
	}
	if (n->prev->child == n)
		n->prev->child = n->next;
	else
		n->prev->next = n->next;
	if (n->next)
		n->next->prev = n->prev;
	h->root = rl_heap_meld(h->root, below);
}

#endif
