/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/hub.h"

struct _UsherHub {
        UsherItem parent_instance;
};

G_DEFINE_FINAL_TYPE(UsherHub, usher_hub, USHER_TYPE_ITEM)

const char *usher_hub_get_id(UsherHub *hub) {
        return usher_item_get_string(USHER_ITEM(hub), "Id");
}

const char *usher_hub_get_role(UsherHub *hub) {
        return usher_item_get_string(USHER_ITEM(hub), "Role");
}

const char *usher_hub_get_product(UsherHub *hub) {
        return usher_item_get_string(USHER_ITEM(hub), "Product");
}

const char *usher_hub_get_vendor(UsherHub *hub) {
        return usher_item_get_string(USHER_ITEM(hub), "Vendor");
}

const char *usher_hub_get_parent(UsherHub *hub) {
        return usher_item_get_string(USHER_ITEM(hub), "Parent");
}

const char *usher_hub_get_station(UsherHub *hub) {
        return usher_item_get_string(USHER_ITEM(hub), "Station");
}

guint usher_hub_count_devices(UsherHub *hub, const char *kind) {
        g_autoptr(GVariant) devices = usher_item_get_value(USHER_ITEM(hub), "Devices", "a(ss)");
        GVariantIter iter;
        const char *is;
        guint n = 0;

        if (!devices)
                return 0;

        g_variant_iter_init(&iter, devices);
        while (g_variant_iter_next(&iter, "(&s&s)", &is, NULL))
                n += !kind || g_str_equal(is, kind);

        return n;
}

static void usher_hub_class_init(UsherHubClass *class) {
}

static void usher_hub_init(UsherHub *hub) {
}
