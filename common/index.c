/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/index.h"
#include "common/macro.h"

#define BUCKETS_MIN 64U

/* FNV-1a, 32 bits. The keys are ids that logind and usherd give, so nobody can make them collide. */
static uint32_t hash_string(const char *s) {
        uint32_t hash = UINT32_C(2166136261);

        for (; *s; s++)
                hash = (hash ^ (unsigned char) *s) * UINT32_C(16777619);

        return hash;
}

static IndexEntry **bucket_of(const Index *x, uint32_t hash) {
        return x->buckets + hash % x->n_buckets;
}

/* At the end, so that equal keys keep their order. */
static void append(Index *x, IndexEntry *e) {
        IndexEntry **p = bucket_of(x, e->hash);

        while (*p)
                p = &(*p)->next;
        e->next = NULL;
        *p = e;
}

static int grow(Index *x) {
        Index larger = { .n_buckets = MAX_OF(2 * x->n_buckets, BUCKETS_MIN), .n_entries = x->n_entries };

        larger.buckets = calloc(larger.n_buckets, sizeof(*larger.buckets));
        if (!larger.buckets)
                return -ENOMEM;

        for (size_t i = 0; i < x->n_buckets; i++)
                for (IndexEntry *e = x->buckets[i], *next; e; e = next) {
                        next = e->next;
                        append(&larger, e);
                }

        free(x->buckets);
        *x = larger;
        return 0;
}

int index_add(Index *x, IndexEntry *e, const char *key, void *item) {
        int r;

        assert(!e->item && item);

        if (x->n_entries >= x->n_buckets) {
                r = grow(x);
                if (r < 0 && x->n_buckets == 0)
                        return r;
        }

        *e = (IndexEntry) { .key = key, .item = item, .hash = hash_string(key) };
        append(x, e);
        x->n_entries++;
        return 0;
}

void index_remove(Index *x, IndexEntry *e) {
        if (!e->item)
                return;

        for (IndexEntry **p = bucket_of(x, e->hash); *p; p = &(*p)->next)
                if (*p == e) {
                        *p = e->next;
                        x->n_entries--;
                        break;
                }

        *e = (IndexEntry) {};
}

void index_move_key(IndexEntry *e, const char *key) {
        assert(streq(e->key, key));
        e->key = key;
}

static IndexEntry *find_from(IndexEntry *e, const char *key, uint32_t hash) {
        for (; e; e = e->next)
                if (e->hash == hash && streq(e->key, key))
                        return e;

        return NULL;
}

IndexEntry *index_first(const Index *x, const char *key) {
        uint32_t hash = hash_string(key);

        return x->n_buckets > 0 ? find_from(*bucket_of(x, hash), key, hash) : NULL;
}

IndexEntry *index_next(const IndexEntry *e) {
        return find_from(e->next, e->key, e->hash);
}

void *index_find(const Index *x, const char *key) {
        const IndexEntry *e = index_first(x, key);

        return e ? e->item : NULL;
}

void index_done(Index *x) {
        free(x->buckets);
        *x = (Index) {};
}
