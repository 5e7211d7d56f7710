/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rings of a scenario: one a queue of each guest's disk, and who serves their ends. */
#include "sim/core/world.h"

rl_ps rl_blk_line_cost(const struct rl_blk *b, uint32_t n)
{
	return n * rl_line(b->w, b->guest->cpu, b->driver->cpu);
}

static void ring_init(struct rl_blk *b, uint32_t pages)
{
	rl_u32 bytes = pages * RL_PAGE_BYTES;
	uint8_t *mem = rl_world_alloc(b->w, bytes);

	rl_ring_init_shared((struct rl_ring_shared *)mem);
	rl_front_attach(&b->front, mem, bytes, RL_BLKIF_SLOT_BYTES);
	rl_back_attach(&b->back, mem, bytes, RL_BLKIF_SLOT_BYTES);
	b->tag = rl_world_alloc(b->w, b->front.size * sizeof(*b->tag));
	b->free_tag = rl_world_alloc(b->w, b->front.size * sizeof(*b->free_tag));
	b->publication = rl_world_alloc(b->w, b->front.size * sizeof(*b->publication));
	for (b->nfree = 0; b->nfree < b->front.size; b->nfree++)
		b->free_tag[b->nfree] = b->nfree;
}

/* Guests are dealt to driver domains in turn, and a domain's rings to its vCPUs. */
void rl_blk_create(struct rl_world *w, const struct rl_scenario *s)
{
	uint32_t queues = s->disk.queues;

	w->nblk = w->nguests * queues;
	w->blk = rl_world_alloc(w, w->nblk * sizeof(*w->blk));
	for (uint32_t i = 0; i < w->nblk; i++) {
		uint32_t guest = i / queues, queue = i % queues;
		uint32_t nth = guest / w->ndrivers * queues + queue; /* of its driver domain */

		w->blk[i].w = w;
		w->blk[i].id = i;
		w->blk[i].guest = rl_world_guest(w, guest, queue);
		w->blk[i].driver = rl_world_driver(w, guest % w->ndrivers, nth % w->driver_vcpus);
	}
}

void rl_blk_init(struct rl_blk *b, const struct rl_scenario *s, struct rl_vbd *vbd)
{
	b->persistent = s->disk.persistent;
	b->vbd = vbd;
	ring_init(b, s->disk.ring_pages);
	rl_waiter_init(&b->fw, b, &rl_front_waiter_ops, b->guest, s->front_policy);
	rl_waiter_init(&b->bw, b, &rl_back_waiter_ops, b->driver, s->back_policy);
}
