// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * judge - holds a disk, read without the drivers, against the ledger of the writes that were
 * answered.
 *
 *	judge LEDGER IMAGE [ISSUED]
 *
 * LEDGER is fio's log of what was completed, in that order (write_bw_log with log_offset=1: ms,
 * rate, 0 a read or 1 a write, bytes, offset), ISSUED its log of what was issued (write_iolog).
 * Both lie in the guest's memory: no death of a driver domain reaches them. IMAGE is the disk's
 * beginning as its owner has it. fio wrote with verify=crc32c and serialize_overlap=1. Each 4 KiB
 * carry fio's header (struct verify_header of fio 3.33, read from its documentation and from
 * disks): which offset they are of, of which write (numbered as they were issued) and a checksum
 * of the rest.
 *
 * So for each 4 KiB that an answered write covers, the disk must hold a whole block of that
 * place, of the last write that covers it. Of writes that overlap fio has one under way at a
 * time: the n-th that was answered there is the n-th that was issued there, which tells its
 * number. The one after it, issued and never answered, may have come too. Without ISSUED only the
 * pass is known: with a random map no block is written twice in one pass over the file, then all
 * is read, then another pass follows. A write that was lost leaves an older block or none; one
 * that was sent again after its successor was answered leaves an older block.
 *
 * Prints "judged N, wrong M" and the first wrong ones. Exit: 0 all right, 1 not, 2 usage, 3 bad
 * input.
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
#define NUMBER_MASK  0xffffu /* what of a write's number is in the header */

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
static unsigned int answered[BLOCKS_MAX]; /* writes that cover a block */
static unsigned int issued[BLOCKS_MAX];	  /* the same, of those that were issued */
static uint32_t number_of[BLOCKS_MAX];	  /* of the last one that was answered */
static uint32_t next_of[BLOCKS_MAX];	  /* of the one after it, or the same */
static bool exact;			  /* the numbers are known */

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

static bool is_sound(unsigned long offset, unsigned long bytes)
{
	return offset % BLOCK == 0 && bytes % BLOCK == 0 && offset / BLOCK <= BLOCKS_MAX &&
	       bytes / BLOCK <= BLOCKS_MAX - offset / BLOCK;
}

static bool take_write(unsigned long offset, unsigned long bytes)
{
	if (!is_sound(offset, bytes))
		return false;
	writes_to[passes]++;
	for (unsigned long b = offset / BLOCK; b < (offset + bytes) / BLOCK; b++) {
		pass_of[b] = passes;
		answered[b]++;
	}
	return true;
}

/* After the ledger: which write the last answered one of each block was. */
static bool take_issued(unsigned long offset, unsigned long bytes, uint32_t number)
{
	if (!is_sound(offset, bytes))
		return false;
	for (unsigned long b = offset / BLOCK; b < (offset + bytes) / BLOCK; b++) {
		issued[b]++;
		if (issued[b] == answered[b])
			number_of[b] = next_of[b] = number;
		if (issued[b] == answered[b] + 1)
			next_of[b] = number;
	}
	return true;
}

static bool read_issued(const char *path)
{
	unsigned long ms, offset, bytes, line = 0;
	FILE *file = fopen(path, "r");
	uint32_t number = 0;
	char text[160];

	if (!file) {
		fprintf(stderr, "%s:1:1: error: cannot read it: %s (expected fio's log)\n", path,
			strerror(errno));
		return false;
	}
	while (fgets(text, sizeof(text), file)) {
		line++;
		/* "version 3", files that are opened, reads: not of interest */
		if (sscanf(text, "%lu %*s write %lu %lu", &ms, &offset, &bytes) == 3 &&
			!take_issued(offset, bytes, number++))
			goto bad;
	}
	for (unsigned long b = 0; b < BLOCKS_MAX; b++)
		if (issued[b] < answered[b])
			goto bad;
	fclose(file);
	return exact = true;
bad:
	fprintf(stderr,
		"%s:%lu:1: error: cannot judge this (expected all writes that were issued)\n", path,
		line);
	fclose(file);
	return false;
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
	if (exact)
		return h.number == (number_of[block] & NUMBER_MASK) ||
				       h.number == (next_of[block] & NUMBER_MASK)
			       ? NULL
			       : "is of another write than the last one that was answered";
	if (h.number >= writes_to[pass] || h.number < writes_to[pass - 1])
		return "is of another pass than the last write that was answered";
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long judged = 0, wrong = 0;
	uint8_t data[BLOCK];
	FILE *image;

	if (argc != 3 && argc != 4) {
		fputs("usage: judge LEDGER IMAGE [ISSUED]\n", stderr);
		return 2;
	}
	if (!read_ledger(argv[1]) || (argc == 4 && !read_issued(argv[3])))
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
