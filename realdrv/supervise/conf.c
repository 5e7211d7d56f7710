// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The configuration: a word and its values a line, # begins a comment. `domain NAME` begins a
 * section, all other words belong to the last one. A command is the rest of its line.
 */
#include "supervise.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS	     " \t\r\n"
#define WAIT_S	     30
#define WAIT_MAX_S   3600
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"

struct reader {
	struct rl_supervise_conf *conf;
	struct rl_supervise_domain *at; /* the section */
	const char *path;
	FILE *complain;
	const char *text; /* the line */
	unsigned int line;
};

static bool complain(struct reader *r, const char *at, const char *what, ...)
	__attribute__((format(printf, 3, 4)));

/* Always false, for the caller to return. */
static bool complain(struct reader *r, const char *at, const char *what, ...)
{
	va_list args;

	fprintf(r->complain, "%s:%u:%zu: error: ", r->path, r->line,
		at ? (size_t)(at - r->text) + 1 : 1);
	va_start(args, what);
	vfprintf(r->complain, what, args);
	va_end(args);
	fputc('\n', r->complain);
	return false;
}

/* ---- values -------------------------------------------------------------------------------- */

/* The next word of a line and where it ends; null when there is none. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS);

	if (!*word)
		return NULL;
	*rest = word + strcspn(word, BLANKS);
	if (**rest)
		*(*rest)++ = 0;
	return word;
}

static bool is_taken(const struct rl_supervise_conf *conf, const char *name)
{
	for (unsigned int i = 0; i < conf->domains; i++) {
		const struct rl_supervise_domain *d = &conf->domain[i];

		if (!strcmp(d->name, name))
			return true;
		for (unsigned int k = 0; k < d->standbys; k++)
			if (!strcmp(d->standby[k], name))
				return true;
	}
	return false;
}

static bool take_name(struct reader *r, char *into, const char *word)
{
	size_t n = strlen(word);

	if (n >= RL_SUPERVISE_NAME_BYTES || strspn(word, NAME_LETTERS) != n)
		return complain(r, word,
			"bad name '%s' of a domain (expected up to 63 letters, digits, . _ + -)",
			word);
	if (is_taken(r->conf, word))
		return complain(r, word, "domain '%s' stands twice (expected once in all)", word);
	strcpy(into, word);
	return true;
}

static bool take_domain(struct reader *r, char *rest)
{
	char *word = next_word(&rest);

	if (!word || next_word(&rest))
		return complain(r, word, "domain without one name (expected domain NAME)");
	if (r->conf->domains == RL_SUPERVISE_DOMAINS)
		return complain(
			r, word, "too many domains (expected at most %d)", RL_SUPERVISE_DOMAINS);
	r->at = &r->conf->domain[r->conf->domains];
	if (!take_name(r, r->at->name, word))
		return false;
	r->conf->domains++;
	r->at->line = r->line;
	return true;
}

static bool take_standby(struct reader *r, char *rest)
{
	char *word = next_word(&rest);

	if (!word)
		return complain(r, NULL, "no name (expected standby NAME..)");
	for (; word; word = next_word(&rest)) {
		if (r->at->standbys == RL_SUPERVISE_STANDBYS)
			return complain(r, word, "too many standbys (expected at most %d)",
				RL_SUPERVISE_STANDBYS);
		if (!take_name(r, r->at->standby[r->at->standbys], word))
			return false;
		r->at->standbys++;
	}
	return true;
}

static bool is_function(const char *word)
{
	static const char form[] = "xxxx:xx:xx.x";

	for (size_t i = 0; i < sizeof(form); i++) {
		bool hex = word[i] && strchr("0123456789abcdef", word[i]);

		if (form[i] == 'x' ? !hex : word[i] != form[i])
			return false;
	}
	return true;
}

static bool take_pci(struct reader *r, char *rest)
{
	char *word = next_word(&rest);

	if (!word)
		return complain(r, NULL, "no function (expected pci 0000:00:00.0 ..)");
	for (; word; word = next_word(&rest)) {
		if (!is_function(word))
			return complain(
				r, word, "bad PCI function '%s' (expected 0000:00:00.0)", word);
		if (r->at->pcis == RL_SUPERVISE_FUNCTIONS)
			return complain(r, word, "too many PCI functions (expected at most %d)",
				RL_SUPERVISE_FUNCTIONS);
		strcpy(r->at->pci[r->at->pcis++], word);
	}
	return true;
}

static bool take_wait(struct reader *r, char *rest)
{
	char *word = next_word(&rest), *end;
	long value = word ? strtol(word, &end, 10) : 0;

	if (!word || *end || value < 1 || value > WAIT_MAX_S || next_word(&rest))
		return complain(
			r, word, "bad wait (expected whole seconds from 1 to %d)", WAIT_MAX_S);
	r->at->wait_s = value;
	return true;
}

static bool take_command(struct reader *r, char **into, char *rest)
{
	size_t n;

	rest += strspn(rest, BLANKS);
	n = strlen(rest);
	while (n && strchr(BLANKS, rest[n - 1]))
		n--;
	if (!n)
		return complain(r, NULL, "no command (expected one for /bin/sh)");
	*into = strndup(rest, n);
	return *into || complain(r, rest, "no memory");
}

/* ---- lines --------------------------------------------------------------------------------- */

static bool take_of_section(struct reader *r, const char *word, char *rest)
{
	struct rl_supervise_domain *d = r->at;
	const struct {
		const char *word;
		char **command;
	} commands[] = {{"start", &d->start}, {"prepare", &d->prepare}, {"destroy", &d->destroy}};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(word, commands[i].word))
			continue;
		if (*commands[i].command)
			return complain(r, word, "%s stands twice (expected once a domain)", word);
		return take_command(r, commands[i].command, rest);
	}
	if (!strcmp(word, "standby"))
		return take_standby(r, rest);
	if (!strcmp(word, "pci"))
		return take_pci(r, rest);
	if (!strcmp(word, "wait") && d->wait_s)
		return complain(r, word, "wait stands twice (expected once a domain)");
	if (!strcmp(word, "wait"))
		return take_wait(r, rest);
	return complain(r, word,
		"unknown word '%s' (expected domain, standby, start, prepare, destroy, pci or "
		"wait)",
		word);
}

static bool take_line(struct reader *r, char *text)
{
	char *rest = text, *word;

	r->text = text;
	if (strspn(text, BLANKS) == strlen(text) || text[strspn(text, BLANKS)] == '#')
		return true;
	word = next_word(&rest);
	if (!strcmp(word, "domain"))
		return take_domain(r, rest);
	if (!r->at)
		return complain(r, word, "'%s' before any domain (expected domain NAME)", word);
	return take_of_section(r, word, rest);
}

static bool finish(struct reader *r)
{
	if (!r->conf->domains)
		return complain(r, NULL, "no domain (expected domain NAME)");
	for (unsigned int i = 0; i < r->conf->domains; i++) {
		struct rl_supervise_domain *d = &r->conf->domain[i];

		r->line = d->line;
		if (!d->standbys && !d->start)
			return complain(r, NULL,
				"nobody replaces domain '%s' (expected standby or start)", d->name);
		if (!d->wait_s)
			d->wait_s = WAIT_S;
		if (!d->destroy)
			d->destroy = strdup("xl destroy \"$RL_DOMID\"");
		if (!d->destroy)
			return complain(r, NULL, "no memory");
	}
	return true;
}

bool rl_supervise_conf_read(
	struct rl_supervise_conf *conf, FILE *from, const char *path, FILE *complain_to)
{
	struct reader r = {.conf = conf, .path = path, .complain = complain_to};
	char *text = NULL;
	size_t bytes = 0;
	ssize_t n;
	bool good = true;

	memset(conf, 0, sizeof(*conf));
	while (good && (n = getline(&text, &bytes, from)) >= 0) {
		r.line++;
		r.text = text;
		good = strlen(text) == (size_t)n
			       ? take_line(&r, text)
			       : complain(&r, text + strlen(text), "a zero byte (expected text)");
	}
	if (good && ferror(from))
		good = complain(&r, NULL, "cannot read it (expected a file)");
	if (good) {
		r.text = text;
		good = finish(&r);
	}
	free(text);
	return good;
}

void rl_supervise_conf_free(struct rl_supervise_conf *conf)
{
	for (unsigned int i = 0; i < conf->domains; i++) {
		free(conf->domain[i].start);
		free(conf->domain[i].prepare);
		free(conf->domain[i].destroy);
	}
	memset(conf, 0, sizeof(*conf));
}
