/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A hash table that finds items by a string, in constant time on average. Several items may have the same
 * key: they are found in the order in which they were added. */

#include <stddef.h>
#include <stdint.h>

/* Inside of the item. Zero before it is added. */
typedef struct IndexEntry {
        struct IndexEntry *next;
        const char *key;
        void *item; /* NULL: not in the index */
        uint32_t hash;
} IndexEntry;

/* Zero when it is empty. */
typedef struct Index {
        IndexEntry **buckets;
        size_t n_buckets;
        size_t n_entries;
} Index;

/* The key belongs to the item, and must stay until the entry is removed. Returns 0 or -ENOMEM. */
int index_add(Index *x, IndexEntry *e, const char *key, void *item);

/* Does nothing if the entry is not in the index. The key may be gone already. */
void index_remove(Index *x, IndexEntry *e);

/* The key is the same text at another place. */
void index_move_key(IndexEntry *e, const char *key);

/* The first entry with this key and the next one with the same key, or NULL. */
IndexEntry *index_first(const Index *x, const char *key);
IndexEntry *index_next(const IndexEntry *e);

/* The item of the first entry with this key, or NULL. */
void *index_find(const Index *x, const char *key);

/* Frees the table, not the items. */
void index_done(Index *x);
