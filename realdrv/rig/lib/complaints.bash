# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034 # for those who source it
# A line of a guest's log that nothing should have made its kernel write, as an extended regular expression.
complaints_of='BUG|WARNING|Oops|blocked for more than|soft lockup|is disabled'
