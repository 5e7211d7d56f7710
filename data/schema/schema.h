/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The migrations of data/schema as text, generated at build. */
#ifndef RL_DATA_SCHEMA_SCHEMA_H
#define RL_DATA_SCHEMA_SCHEMA_H

/* rl_schema[v] takes user_version v to v + 1; ends with a null pointer. */
extern const char *const rl_schema[];

/* The views; @METRICS@ is where a column a metric goes. */
extern const char rl_schema_views[];

#endif
