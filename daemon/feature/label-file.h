/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The labels on disk, by the ids of the stations: lines of "ID LABEL", which people can read too. They
 * outlive a boot. */

#include "common/macro.h"

/* More stations than a machine has. */
#define LABELS_MAX 1024U

typedef struct Labels Labels;

/* directory: the state directory, "/var/lib/usher". It is opened for each operation and need not exist yet.
 */
int labels_new(Labels **ret, const char *directory);
Labels *labels_free(Labels *l);
DEFINE_CLEANUP(Labels *, labels_free);

typedef void (*LabelsHandler)(const char *station, const char *label, void *userdata);

/* Calls the handler for each label; no label and no station comes twice. A missing file is no error. A
 * malformed line is logged and ignored. Returns -ELOOP, -EPERM, -EISDIR, -ENOTDIR, -EBADFD or -EFBIG if the
 * directory or the file is not one that only usherd can have written, -EIO if it cannot be read to its end.
 * The handler has not been called then. */
int labels_load(Labels *l, LabelsHandler handler, void *userdata);

/* The same for an open file; the directory is for the log. */
int labels_read_stream(FILE *f, const char *directory, LabelsHandler handler, void *userdata);

/* Writes all labels: begin, add for each, then commit or abort. The whole file reaches the disk before it
 * replaces the old one; on any error the old one stands. Errors as above. */
int labels_begin(Labels *l);
int labels_add(Labels *l, const char *station, const char *label);
int labels_commit(Labels *l);
void labels_abort(Labels *l);

/* Describes an error of these functions for people. */
const char *labels_problem(int r);
