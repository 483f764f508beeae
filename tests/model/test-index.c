/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib.h>

#include "common/index.h"

/* More than the first table has buckets for. */
#define ITEMS 1000U

typedef struct {
        char key[16];
        IndexEntry entry;
} Item;

static void item_add(Index *x, Item *item, const char *key) {
        g_strlcpy(item->key, key, sizeof(item->key));
        g_assert_cmpint(index_add(x, &item->entry, item->key, item), ==, 0);
}

static void test_nothing_is_found_in_an_empty_one(void) {
        Index x = {};
        Item item = {};

        g_assert_null(index_find(&x, "1"));
        index_remove(&x, &item.entry);
        index_done(&x);
}

static void test_items_are_found_until_they_are_removed(void) {
        g_autofree Item *items = g_new0(Item, ITEMS);
        Index x = {};

        for (guint i = 0; i < ITEMS; i++) {
                g_autofree char *key = g_strdup_printf("%u", i);

                item_add(&x, items + i, key);
        }
        for (guint i = 0; i < ITEMS; i += 2)
                index_remove(&x, &items[i].entry);

        g_assert_cmpuint(x.n_entries, ==, ITEMS / 2);
        for (guint i = 0; i < ITEMS; i++)
                g_assert_true(index_find(&x, items[i].key) == (i % 2 == 0 ? NULL : items + i));
        for (guint i = 1; i < ITEMS; i += 2)
                index_remove(&x, &items[i].entry);
        g_assert_cmpuint(x.n_entries, ==, 0);
        index_done(&x);
}

/* Also when the table grows between them. */
static void test_equal_keys_keep_their_order(void) {
        g_autofree Item *others = g_new0(Item, ITEMS);
        Item same[3] = {};
        Index x = {};
        guint n = 0;

        item_add(&x, same, "seat0");
        item_add(&x, same + 1, "seat0");
        for (guint i = 0; i < ITEMS; i++) {
                g_autofree char *key = g_strdup_printf("%u", i);

                item_add(&x, others + i, key);
        }
        item_add(&x, same + 2, "seat0");

        for (IndexEntry *e = index_first(&x, "seat0"); e; e = index_next(e))
                g_assert_true(e->item == same + n++);
        g_assert_cmpuint(n, ==, 3);

        index_remove(&x, &same[0].entry);
        g_assert_true(index_find(&x, "seat0") == same + 1);
        index_done(&x);
}

static void test_a_key_is_at_another_place(void) {
        char elsewhere[] = "seat0";
        Item item = {};
        Index x = {};

        item_add(&x, &item, "seat0");
        index_move_key(&item.entry, elsewhere);
        memset(item.key, 'x', sizeof(item.key) - 1);
        g_assert_true(index_find(&x, "seat0") == &item);

        index_remove(&x, &item.entry);
        item_add(&x, &item, "seat-left");
        g_assert_null(index_find(&x, "seat0"));
        g_assert_true(index_find(&x, "seat-left") == &item);
        index_done(&x);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/index/nothing-is-found-in-an-empty-one", test_nothing_is_found_in_an_empty_one);
        g_test_add_func("/index/items-are-found-until-they-are-removed",
                        test_items_are_found_until_they_are_removed);
        g_test_add_func("/index/equal-keys-keep-their-order", test_equal_keys_keep_their_order);
        g_test_add_func("/index/a-key-is-at-another-place", test_a_key_is_at_another_place);
        return g_test_run();
}
