/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One object of usherd as the bus shows it: its properties, and the signal "changed" when one of them, or
 * what belongs to it, is another. What the getters return is valid until the main loop runs again. A
 * property that this usherd does not have, or that has another type, is empty. */

#include <gio/gio.h>

#define USHER_TYPE_ITEM (usher_item_get_type())
G_DECLARE_DERIVABLE_TYPE(UsherItem, usher_item, USHER, ITEM, GObject)

struct _UsherItemClass {
        GObjectClass parent_class;

        /* A property has changed; "changed" follows. */
        void (*update)(UsherItem *item);
};

GDBusProxy *usher_item_get_proxy(UsherItem *item);
const char *usher_item_get_path(UsherItem *item);

/* Whether this usherd has the property. */
gboolean usher_item_has(UsherItem *item, const char *property);

const char *usher_item_get_string(UsherItem *item, const char *property);
guint64 usher_item_get_number(UsherItem *item, const char *property);

/* A new reference, or NULL. */
GVariant *usher_item_get_value(UsherItem *item, const char *property, const char *type);

/* A property of the type (us): a user. The name is "" if there is none. */
const char *usher_item_get_user(UsherItem *item, const char *property, guint32 *ret_uid);

/* Emits "changed". */
void usher_item_changed(UsherItem *item);
