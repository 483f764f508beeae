/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The labels on disk, kept across boots by the stations' ids: lines of "ID LABEL", to be read by people too.
 */

#include "common/macro.h"

/* More stations than one machine ever had. */
#define LABELS_MAX 1024U

typedef struct Labels Labels;

/* directory: the state directory, "/var/lib/usher". It is opened anew each time, and need not be there so
 * far. */
int labels_new(Labels **ret, const char *directory);
Labels *labels_free(Labels *l);
DEFINE_CLEANUP(Labels *, labels_free);

typedef void (*LabelsHandler)(const char *station, const char *label, void *userdata);

/* Gives one label after the other; no label comes twice, and no station. A file that is missing is no error;
 * a line that cannot be read is logged and left out, the others stand. -ELOOP, -EPERM, -EISDIR, -ENOTDIR,
 * -EBADFD: the directory or the file is not one that only we can have written. */
int labels_load(Labels *l, LabelsHandler handler, void *userdata);

/* The same of a file that is open; the directory is for the log. */
void labels_read_stream(FILE *f, const char *directory, LabelsHandler handler, void *userdata);

/* Writes all labels: begin, one add for each, commit. The file is written whole, reaches the disk and is
 * renamed; on any error what was there stays. Errors as above. */
int labels_begin(Labels *l);
int labels_add(Labels *l, const char *station, const char *label);
int labels_commit(Labels *l);

/* What an error of these is, in words for people. */
const char *labels_problem(int r);
