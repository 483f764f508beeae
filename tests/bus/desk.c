/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "desk.h"

static void let_usherd_read(gpointer data) {
        Desk *d = data;

        if (d->f.pid > 0 && (d->hurry == 0 || ++d->events % d->hurry == 0))
                fixture_wait_asleep(&d->f);
}

void desk_set_up(Desk *d, gconstpointer data) {
        d->hubs = hubs_new(let_usherd_read, d);
        d->root = hubs_add_root_hub(d->hubs, "usb1");
        hubs_add_card(d->hubs, "card1", "seat-left");
        hubs_add_card(d->hubs, "card2", "seat-right");
        d->left = hubs_add_hub(d->hubs, d->root, "1-3", "Four Ports", "seat-left");
        hubs_add_keyboard(d->hubs, d->left, "1-3.1", NULL);
        hubs_add_mouse(d->hubs, d->left, "1-3.2", NULL);
        d->right = hubs_add_hub(d->hubs, d->root, "1-4", "Four Ports", "seat-right");
        hubs_add_keyboard(d->hubs, d->right, "1-4.1", NULL);
        hubs_add_mouse(d->hubs, d->right, "1-4.2", NULL);
        fixture_set_up(&d->f, NULL);
}

void desk_tear_down(Desk *d, gconstpointer data) {
        fixture_tear_down(&d->f, NULL);
        hubs_free(d->hubs);
}

void desk_attach(Desk *d, const char *hub, const char *station) {
        g_variant_unref(usher_call(d->f.root, MANAGER, "Manager.AttachHub", ARGS("(%s, %s)", hub, station)));
}
