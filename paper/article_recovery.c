/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of the paper about driver domains that die: what the sentences say turns on the store.
 */
#include "paper/article_private.h"
#include "paper/latex.h"

#include <stddef.h>
#include <string.h>

#define OWN_FAULTS "FROM told WHERE pair = 'own' AND kind = 'fault'"
#define STOCK	   "FROM told WHERE pair = 'stock' AND outcome <> 'beside'"
#define BAD	   " AND outcome NOT IN ('verified', 'beside')"

/* What is told of a job stands in each of its lines. */
#define A_JOB(what)                                                                                \
	"SELECT ifnull(sum(v), 0) FROM (SELECT DISTINCT campaign, job, " what                      \
	" AS v " RL_OWN_DEATHS ")"

#define INTO(field) offsetof(struct rl_told, field)
#define NOWHERE	    sizeof(struct rl_told)

static const struct {
	const char *key, *sql;
	size_t into; /* struct rl_told */
} asked[] = {
	{"told-deaths", "SELECT count(*) " RL_OWN_DEATHS, INTO(deaths)},
	{"told-jobs", "SELECT count(DISTINCT campaign || job) " RL_OWN_DEATHS, NOWHERE},
	{"told-destroyed", "SELECT count(*) " RL_OWN_DEATHS " AND cause = 'destroy'", NOWHERE},
	{"told-crashed", "SELECT count(*) " RL_OWN_DEATHS " AND cause = 'crash'", NOWHERE},
	{"told-inflight", "SELECT count(*) " RL_OWN_DEATHS " AND in_flight > 0", NOWHERE},
	{"told-most", "SELECT max(in_flight) " RL_OWN_DEATHS, NOWHERE},
	{"told-badjobs", "SELECT count(DISTINCT campaign || job) " RL_OWN_DEATHS BAD,
		INTO(badjobs)},
	{"told-judged", A_JOB("judged"), NOWHERE},
	{"told-wrong", A_JOB("wrong"), INTO(wrong)},
	{"told-median", RL_SERVED_WITHIN(50, RL_OWN_DEATHS), NOWHERE},
	{"told-ninety", RL_SERVED_WITHIN(90, RL_OWN_DEATHS), NOWHERE},
	{"told-longest", RL_SERVED_WITHIN(100, RL_OWN_DEATHS), NOWHERE},
	{"told-median-destroyed", RL_SERVED_WITHIN(50, RL_OWN_DEATHS " AND cause = 'destroy'"),
		NOWHERE},
	{"told-median-crashed", RL_SERVED_WITHIN(50, RL_OWN_DEATHS " AND cause = 'crash'"),
		NOWHERE},
	{"told-faults", "SELECT count(*) " OWN_FAULTS, INTO(faults)},
	{"told-kinds", "SELECT count(DISTINCT cause) " OWN_FAULTS, NOWHERE},
	{"told-badfaults", "SELECT count(*) " OWN_FAULTS BAD, INTO(badfaults)},
	{"told-beside", "SELECT count(*) " OWN_FAULTS " AND outcome = 'beside'", NOWHERE},
	{"told-pause",
		"SELECT CASE WHEN count(*) THEN printf('%.1f', max(longest_us) / 1e6) "
		"END " OWN_FAULTS,
		NOWHERE},
	{"told-stock", "SELECT count(*) " STOCK, INTO(stock)},
	{"told-stockended", "SELECT count(*) " STOCK " AND outcome = 'ended'", INTO(stockended)},
	{"told-stockhung", "SELECT count(*) " STOCK " AND outcome = 'hung'", NOWHERE},
	{"told-stockanew", "SELECT count(*) " STOCK " AND anew LIKE 'served%'", NOWHERE},
};

static int ask_platform(struct rl_article *a)
{
	json_t *rows = rl_article_rows(a, "SELECT platform FROM told LIMIT 1");
	const char *name = json_string_value(json_array_get(json_array_get(rows, 0), 0));

	snprintf(a->told.platform, sizeof(a->told.platform), "%s", name ? name : "");
	json_decref(rows);
	return rows ? 0 : -1;
}

int rl_recovery_ask(struct rl_article *a)
{
	int code = ask_platform(a);

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]) && !code; i++) {
		int64_t n;

		code = rl_article_ask(a, asked[i].key, asked[i].sql, &n);
		if (asked[i].into != NOWHERE)
			*(int64_t *)((char *)&a->told + asked[i].into) = n;
	}
	return code;
}

static void say_deaths(const struct rl_told *t, FILE *out)
{
	fputs("Of \\RL{told-deaths} deaths of the driver domain under our pair, "
	      "\\RL{told-inflight} met requests in flight. ",
		out);
	if (t->badjobs || t->wrong)
		fputs("\\emph{\\RL{told-badjobs} of the \\RL{told-jobs} jobs did not end "
		      "verified, and \\RL{told-wrong} blocks were not what the guest had been "
		      "told.} ",
			out);
	else
		fputs("All \\RL{told-jobs} jobs went on to their end, and none of "
		      "\\RL{told-judged} blocks that were looked at was another than the guest "
		      "had been told. ",
			out);
	fputs("The disk was served again after \\RL{told-median}\\,ms in the median and after "
	      "\\RL{told-ninety}\\,ms in nine of ten. ",
		out);
}

static void say_faults(const struct rl_told *t, FILE *out)
{
	if (t->badfaults)
		fputs("Of \\RL{told-faults} faults in its kernel, of \\RL{told-kinds} kinds, "
		      "\\emph{\\RL{told-badfaults} cost the guest its job}. ",
			out);
	else
		fputs("Of \\RL{told-faults} faults in its kernel, of \\RL{told-kinds} kinds, none "
		      "cost the guest its job. ",
			out);
}

static void say_stock(const struct rl_told *t, FILE *out)
{
	if (t->stockended == t->stock)
		fputs("Linux's own pair outlived all \\RL{told-stock} of its own. ", out);
	else if (t->stockended)
		fputs("Under Linux's own pair \\RL{told-stockended} jobs of \\RL{told-stock} went "
		      "on after the same. ",
			out);
	else
		fputs("Under Linux's own pair none of \\RL{told-stock} jobs went on after the "
		      "same. ",
			out);
}

static void say_machine(const struct rl_told *t, FILE *out)
{
	char name[96];

	rl_latex_text(out, rl_article_name(t->platform, name));
}

void rl_recovery_verdict(const struct rl_article *a, FILE *out)
{
	const struct rl_told *t = &a->told;

	if (!t->deaths && !t->faults)
		return;
	fputs("On ", out);
	say_machine(t, out);
	fputs(" we ended the driver domain \\RL{told-deaths} times and put "
	      "\\RL{told-faults} faults into its kernel; ",
		out);
	if (t->badjobs || t->wrong || t->badfaults)
		fputs("\\emph{\\RL{told-badjobs} jobs of the guest's did not outlive the deaths, "
		      "\\RL{told-badfaults} did not outlive the faults}. ",
			out);
	else
		fputs("every job of the guest's went on, with all that it had been told was "
		      "written. ",
			out);
	if (t->deaths)
		fputs("The disk was away for \\RL{told-median}\\,ms in the median. ", out);
	if (t->stock)
		say_stock(t, out);
	fputs("\n\n", out);
}

/* Campaigns of code that nobody can look up are left out, and named. */
static int say_left_out(const struct rl_article *a, FILE *out)
{
	json_t *rows = rl_article_rows(
		a, "SELECT campaign, deaths FROM campaigns WHERE NOT committed ORDER BY 1");
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		char text[200];

		snprintf(text, sizeof(text),
			"%.96s is left out: its %" JSON_INTEGER_FORMAT
			" lines are of code that was not committed.",
			json_string_value(json_array_get(row, 0)),
			json_integer_value(json_array_get(row, 1)));
		rl_article_say(out, text);
	}
	json_decref(rows);
	return rows ? 0 : -1;
}

int rl_part_recovery(const struct rl_article *a, FILE *out)
{
	int code = say_left_out(a, out);

	if (!a->told.deaths && !a->told.faults) {
		rl_article_say(out, "The store tells of no driver domain that died.");
		return code;
	}
	fputs("All of it was measured on ", out);
	say_machine(&a->told, out);
	fputs(". ", out);
	if (a->told.deaths)
		say_deaths(&a->told, out);
	if (a->told.faults)
		say_faults(&a->told, out);
	if (a->told.stock)
		say_stock(&a->told, out);
	fputs("\n\n", out);
	code = code ? code : rl_deaths_table(a, out);
	code = code ? code : rl_deaths_figure(a, out);
	return code ? code : rl_deaths_causes(a, out);
}
