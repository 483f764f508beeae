/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What outlives a restart of usherd: records of live jobs and of the features, in one private file in the
 * runtime directory, which is gone with the boot whose clock the deadlines are on. A record is a type and
 * fields of text. */

#include <stdio.h>

#include "common/macro.h"

/* A record has at most so many fields, and the file so many bytes: what is larger is not usherd's. */
#define STORE_FIELDS_MAX 40U
#define STORE_SIZE_MAX (8U * 1024 * 1024)

typedef struct Store Store;
typedef struct StoreWriter StoreWriter;

typedef struct StoreRecord {
        const char *type; /* "Job", or the name of a feature */
        struct {
                char *name;
                char *value;
        } fields[STORE_FIELDS_MAX];
        size_t n_fields;
} StoreRecord;

/* directory: the runtime directory, "/run/usher". Returns a negative errno if it cannot be opened. */
int store_new(Store **ret, const char *directory);
Store *store_free(Store *s);
DEFINE_CLEANUP(Store *, store_free);

/* Starts a new version of the file, which store_commit() puts in the place of the old one. Both return a
 * negative errno on failure; the old version stands then. */
int store_begin(Store *s, StoreWriter **ret);
int store_commit(StoreWriter *w);

void store_write_record(StoreWriter *w, const char *type);
void store_write_text(StoreWriter *w, const char *name, const char *value);
void store_write_number(StoreWriter *w, const char *name, uint64_t value);

typedef void (*StoreHandler)(const StoreRecord *record, void *userdata);

/* Reads each record of the file. A file that is missing is no error. A record that is malformed is left out;
 * the others stand. Returns the number of malformed ones, or a negative errno: -EPERM if somebody else owns
 * the file or can write to it, -EBADFD if it is no regular file, -EFBIG if it is larger than
 * usherd writes it. */
int store_read(Store *s, StoreHandler handler, void *userdata);

/* Renames the file, so that the next version can be written, and an administrator can look at this one. */
int store_set_aside(Store *s);

/* The value of a field, or NULL. */
const char *store_record_text(const StoreRecord *r, const char *name);

/* The number of a field. Returns -ENOENT if there is no such field, -EBADMSG if it is no number. */
int store_record_number(const StoreRecord *r, const char *name, uint64_t *ret);

/* Returns 1 when it is called for the first time since the machine was started, 0 later, or a negative
 * errno. */
int store_mark_boot(Store *s);
