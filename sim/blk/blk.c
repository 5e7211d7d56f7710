/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rings of a scenario: one a queue of each guest's disk, and who serves their ends. */
#include "sim/core/world.h"

rl_ps rl_blk_line_cost(const struct rl_blk *b, uint32_t n)
{
	rl_ps line = rl_line(b->w, b->guest->cpu, b->driver->cpu);

	if (n < 2)
		return n * line;
	return line + line * (n - 1) * rl_cost(b->w, slot_next_lines) / RL_PS_PER_NS;
}

/* Rings of driver domain @d, to which guests are dealt in turn. */
static uint32_t rings_of(const struct rl_scenario *s, uint32_t d)
{
	uint32_t rest = s->guest.count % s->driver.count;

	return (s->guest.count / s->driver.count + (d < rest)) * s->disk.queues;
}

/* The threads of its backend that serve them. */
static uint32_t servers_of(const struct rl_scenario *s, uint32_t d)
{
	uint32_t rings = rings_of(s, d), threads = s->driver.threads;

	return threads && threads < rings ? threads : rings;
}

static uint32_t servers(const struct rl_scenario *s)
{
	uint32_t n = 0;

	for (uint32_t d = 0; d < s->driver.count; d++)
		n += servers_of(s, d);
	return n;
}

uint32_t rl_blk_timers(const struct rl_scenario *s)
{
	return s->guest.count * s->disk.queues + servers(s);
}

/* The @nth ring of driver domain @d, whose guests are the d-th and those one round further. */
static struct rl_blk *ring_of(
	const struct rl_world *w, const struct rl_scenario *s, uint32_t d, uint32_t nth)
{
	uint32_t queues = s->disk.queues, guest = d + nth / queues * w->ndrivers;

	return &w->blk[guest * queues + nth % queues];
}

/* A domain's rings are dealt to its threads, and those to its vCPUs. */
static void deal(struct rl_world *w, const struct rl_scenario *s, uint32_t d, struct rl_server *to)
{
	uint32_t rings = rings_of(s, d), n = servers_of(s, d);

	for (uint32_t i = 0; i < n; i++)
		to[i].ring = rl_world_alloc(w, (rings / n + 1) * sizeof(*to[i].ring));
	for (uint32_t nth = 0; nth < rings; nth++) {
		struct rl_blk *b = ring_of(w, s, d, nth);
		struct rl_server *server = &to[nth % n];

		b->server = server;
		b->driver = rl_world_driver(w, d, nth % n % w->driver_vcpus);
		b->line = server->n;
		server->ring[server->n++] = b;
	}
}

void rl_blk_create(struct rl_world *w, const struct rl_scenario *s)
{
	struct rl_server *to;

	w->nblk = w->nguests * s->disk.queues;
	w->blk = rl_world_alloc(w, w->nblk * sizeof(*w->blk));
	w->server = to = rl_world_alloc(w, servers(s) * sizeof(*w->server));
	for (uint32_t i = 0; i < w->nblk; i++) {
		w->blk[i].w = w;
		w->blk[i].id = i;
		w->blk[i].queue = i % s->disk.queues;
		w->blk[i].shared = s->guest.vcpus > s->disk.queues;
		w->blk[i].guest = rl_world_guest(w, i / s->disk.queues, i % s->disk.queues);
	}
	for (uint32_t d = 0; d < w->ndrivers; to += servers_of(s, d++))
		deal(w, s, d, to);
}

/*
 * As many slots as the pages hold, but only the head of each, for nobody reads its list of
 * segments: a page has four times as many lines, and with thousands of rings none stays in a cache.
 */
static void ring_init(struct rl_blk *b, uint32_t pages)
{
	rl_u32 slots = rl_ring_slots(pages * RL_PAGE_BYTES, RL_BLKIF_SLOT_BYTES);
	rl_u32 bytes = RL_RING_HEADER_BYTES + slots * RL_SLOT_HEAD_BYTES;
	uint8_t *mem = rl_world_alloc(b->w, bytes);

	rl_ring_init_shared((struct rl_ring_shared *)mem);
	rl_front_attach(&b->front, mem, bytes, RL_SLOT_HEAD_BYTES);
	rl_back_attach(&b->back, mem, bytes, RL_SLOT_HEAD_BYTES);
	b->tag = rl_world_alloc(b->w, b->front.size * sizeof(*b->tag));
	b->free_tag = rl_world_alloc(b->w, b->front.size * sizeof(*b->free_tag));
	b->publication = rl_world_alloc(b->w, b->front.size * sizeof(*b->publication));
	for (b->nfree = 0; b->nfree < b->front.size; b->nfree++)
		b->free_tag[b->nfree] = b->nfree;
	rl_back_forget(&b->done[0]);
	rl_back_forget(&b->done[1]);
}

void rl_blk_init(struct rl_blk *b, const struct rl_scenario *s, struct rl_vbd *vbd)
{
	b->grants = s->disk.grants;
	b->mapped_free = b->grants == RL_GRANTS_PERSISTENT ? s->disk.persistent_grants : 0;
	b->vbd = vbd;
	ring_init(b, s->disk.ring_pages);
	rl_waiter_init(&b->fw, b->w, b->w->hosted ? &rl_front_called_ops : &rl_front_waiter_ops,
		b->guest, s->front_policy, 1);
	if (!b->line)
		rl_waiter_init(&b->server->wt, b->w, &rl_server_waiter_ops, b->driver,
			s->back_policy, b->server->n);
}
