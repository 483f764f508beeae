/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/item.h"

typedef struct UsherItemPrivate {
        GDBusProxy *proxy;
} UsherItemPrivate;

G_DEFINE_TYPE_WITH_PRIVATE(UsherItem, usher_item, G_TYPE_OBJECT)

enum {
        PROP_PROXY = 1,
        N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum {
        CHANGED,
        N_SIGNALS,
};
static guint signals[N_SIGNALS];

GDBusProxy *usher_item_get_proxy(UsherItem *item) {
        UsherItemPrivate *p = usher_item_get_instance_private(item);

        return p->proxy;
}

const char *usher_item_get_path(UsherItem *item) {
        return g_dbus_proxy_get_object_path(usher_item_get_proxy(item));
}

GVariant *usher_item_get_value(UsherItem *item, const char *property, const char *type) {
        g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property(usher_item_get_proxy(item), property);

        if (!value || !g_variant_is_of_type(value, G_VARIANT_TYPE(type)))
                return NULL;

        return g_steal_pointer(&value);
}

gboolean usher_item_has(UsherItem *item, const char *property) {
        g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property(usher_item_get_proxy(item), property);

        return value != NULL;
}

/* The proxy has another reference to the value. */
const char *usher_item_get_string(UsherItem *item, const char *property) {
        g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property(usher_item_get_proxy(item), property);

        if (!value ||
                        !(g_variant_is_of_type(value, G_VARIANT_TYPE_STRING) ||
                                        g_variant_is_of_type(value, G_VARIANT_TYPE_OBJECT_PATH)))
                return "";

        return g_variant_get_string(value, NULL);
}

guint64 usher_item_get_number(UsherItem *item, const char *property) {
        g_autoptr(GVariant) value = g_dbus_proxy_get_cached_property(usher_item_get_proxy(item), property);

        if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64))
                return g_variant_get_uint64(value);
        if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
                return g_variant_get_uint32(value);

        return 0;
}

const char *usher_item_get_user(UsherItem *item, const char *property, guint32 *ret_uid) {
        g_autoptr(GVariant) value = usher_item_get_value(item, property, "(us)");
        const char *name = "";
        guint32 uid = 0;

        if (value)
                g_variant_get(value, "(u&s)", &uid, &name);
        if (ret_uid)
                *ret_uid = uid;

        return name;
}

void usher_item_changed(UsherItem *item) {
        g_signal_emit(item, signals[CHANGED], 0);
}

static void on_properties_changed(UsherItem *item) {
        UsherItemClass *class = USHER_ITEM_GET_CLASS(item);

        if (class->update)
                class->update(item);
        usher_item_changed(item);
}

static void usher_item_constructed(GObject *object) {
        UsherItem *item = USHER_ITEM(object);
        UsherItemClass *class = USHER_ITEM_GET_CLASS(item);

        G_OBJECT_CLASS(usher_item_parent_class)->constructed(object);
        g_signal_connect_object(usher_item_get_proxy(item), "g-properties-changed",
                        G_CALLBACK(on_properties_changed), item, G_CONNECT_SWAPPED);
        if (class->update)
                class->update(item);
}

static void usher_item_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec) {
        UsherItemPrivate *p = usher_item_get_instance_private(USHER_ITEM(object));

        p->proxy = g_value_dup_object(value);
}

static void usher_item_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec) {
        g_value_set_object(value, usher_item_get_proxy(USHER_ITEM(object)));
}

static void usher_item_finalize(GObject *object) {
        UsherItemPrivate *p = usher_item_get_instance_private(USHER_ITEM(object));

        g_clear_object(&p->proxy);
        G_OBJECT_CLASS(usher_item_parent_class)->finalize(object);
}

static void usher_item_class_init(UsherItemClass *class) {
        GObjectClass *object = G_OBJECT_CLASS(class);

        object->constructed = usher_item_constructed;
        object->set_property = usher_item_set_property;
        object->get_property = usher_item_get_property;
        object->finalize = usher_item_finalize;

        props[PROP_PROXY] = g_param_spec_object("proxy", NULL, NULL, G_TYPE_DBUS_PROXY,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
        g_object_class_install_properties(object, N_PROPS, props);
        signals[CHANGED] = g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                        NULL, NULL, G_TYPE_NONE, 0);
}

static void usher_item_init(UsherItem *item) {
}
