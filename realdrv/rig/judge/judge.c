// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * judge - holds a disk, read without the drivers, against the ledger of the writes that were
 *answered.
 *
 *	judge LEDGER IMAGE
 *
 * LEDGER is fio's log of what was completed, in that order (write_bw_log with log_offset=1: ms,
 *rate, 0 a read or 1 a write, bytes, offset). It lies in the guest's memory: no death of a driver
 *domain reaches it. IMAGE is the disk's beginning as its owner has it. fio wrote with verify=crc32c
 *and a random map: in one pass over its file no block is written twice, then all is read, then
 *another pass follows. Each 4 KiB carry fio's header (struct verify_header of fio 3.33, read from
 *its documentation and from disks): which offset they are of, of which write (numbered over all
 *passes) and a checksum of the rest.
 *
 * So for each 4 KiB that an answered write covers, the disk must hold a whole block of that place,
 * written in the pass of the last one that covers it. A write that was lost leaves an older block
 *or none; one that was sent again after its successor was answered leaves an older block.
 *
 * Prints "judged N, wrong M" and the first wrong ones. Exit: 0 all right, 1 not, 2 usage, 3 bad
 *input.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK	     4096u
#define BLOCKS_MAX   (1u << 16)
#define PASSES_MAX   64u
#define MAGIC	     0xaccau
#define TYPE_CRC32C  5u
#define HEADER_BYTES 40u
#define SAID_MAX     5u
#define CRC32C	     0x82f63b78u

struct header {
	uint16_t magic, type;
	uint32_t len;
	uint64_t seed, offset;
	uint32_t sec, nsec;
	uint16_t thread, number;
	uint32_t crc;
};

_Static_assert(sizeof(struct header) == HEADER_BYTES, "fio's header");

static unsigned int pass_of[BLOCKS_MAX];    /* of the last answered write; 0: none */
static unsigned long writes_to[PASSES_MAX]; /* writes up to the end of each pass */
static unsigned int passes;

static uint32_t crc32c(const uint8_t *at, size_t n)
{
	uint32_t crc = ~0u;

	while (n--) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ CRC32C : crc >> 1;
	}
	return crc;
}

static bool take_write(unsigned long offset, unsigned long bytes)
{
	if (offset % BLOCK || bytes % BLOCK || (offset + bytes) / BLOCK > BLOCKS_MAX)
		return false;
	writes_to[passes]++;
	for (unsigned long b = offset / BLOCK; b < (offset + bytes) / BLOCK; b++)
		pass_of[b] = passes;
	return true;
}

static bool read_ledger(const char *path)
{
	unsigned long ms, rate, way, bytes, offset, line = 0;
	FILE *file = fopen(path, "r");
	bool reading = true;
	char text[160];

	if (!file) {
		fprintf(stderr, "%s:1:1: error: cannot read it: %s (expected fio's log)\n", path,
			strerror(errno));
		return false;
	}
	while (fgets(text, sizeof(text), file)) {
		line++;
		if (sscanf(text, "%lu, %lu, %lu, %lu, %lu", &ms, &rate, &way, &bytes, &offset) != 5)
			goto bad;
		if (way == 1 && reading) {
			if (++passes == PASSES_MAX)
				goto bad;
			writes_to[passes] = writes_to[passes - 1];
		}
		reading = way == 0;
		if (way == 1 && !take_write(offset, bytes))
			goto bad;
	}
	fclose(file);
	return true;
bad:
	fprintf(stderr,
		"%s:%lu:1: error: cannot judge this (expected ms, rate, way, bytes, offset)\n",
		path, line);
	fclose(file);
	return false;
}

/* Returns: null, or what is wrong with a block. */
static const char *fault_of(const uint8_t *data, unsigned long block)
{
	unsigned int pass = pass_of[block];
	struct header h;
	uint32_t sum;

	memcpy(&h, data, sizeof(h));
	memcpy(&sum, data + sizeof(h), sizeof(sum));
	if (h.magic != MAGIC || h.type != TYPE_CRC32C || h.len != BLOCK)
		return "holds nothing that was written";
	if (h.offset != block * BLOCK)
		return "holds another place's";
	if (h.crc != crc32c(data, sizeof(h) - sizeof(h.crc)) ||
		sum != crc32c(data + sizeof(h) + sizeof(sum), BLOCK - sizeof(h) - sizeof(sum)))
		return "is torn";
	/* fio numbers its writes from 0 */
	if (h.number >= writes_to[pass] || h.number < writes_to[pass - 1])
		return "is of another pass than the last write that was answered";
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long judged = 0, wrong = 0;
	uint8_t data[BLOCK];
	FILE *image;

	if (argc != 3) {
		fputs("usage: judge LEDGER IMAGE\n", stderr);
		return 2;
	}
	if (!read_ledger(argv[1]))
		return 3;
	image = fopen(argv[2], "r");
	for (unsigned long b = 0; b < BLOCKS_MAX; b++) {
		const char *fault;

		if (!pass_of[b])
			continue;
		if (!image || fseek(image, b * BLOCK, SEEK_SET) ||
			fread(data, BLOCK, 1, image) != 1) {
			fprintf(stderr, "%s:1:1: error: no block %lu (expected the disk)\n",
				argv[2], b);
			return 3;
		}
		judged++;
		fault = fault_of(data, b);
		if (fault && wrong++ < SAID_MAX)
			printf("block %lu, pass %u of %u: %s\n", b, pass_of[b], passes, fault);
	}
	printf("judged %lu, wrong %lu\n", judged, wrong);
	return wrong || !judged;
}
