/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Replaces a file as a whole: the new version is written beside it and renamed, so that a reader, or the
 * next usherd after a crash, sees the old version or the new one. */

#include <stdio.h>
#include <stdbool.h>
#include <sys/types.h>

/* Creates NAME.new in the directory. A file of that name is removed first, so nothing is ever written
 * through a link or into somebody else's file. Returns a negative errno on failure. */
int file_replace_open(int directory, const char *name, mode_t mode, FILE **ret);

/* Closes f and renames it to NAME; with sync the data reaches the disk first. On failure NAME is unchanged,
 * NAME.new is removed, and a negative errno is returned. f is closed in any case. */
int file_replace_commit(int directory, const char *name, FILE *f, bool sync);

/* Closes f and removes NAME.new. */
void file_replace_abort(int directory, const char *name, FILE *f);

/* Renames NAME, whatever it is, to NAME.bad in the place of an earlier one. Returns a negative errno on
 * failure. */
int file_set_aside(int directory, const char *name);
