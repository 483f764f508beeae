/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "awkward.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 4U

gboolean awkward_chance(gint percent) {
        return g_test_rand_int_range(0, 100) < percent;
}

const char *awkward_pick(const char *const *list) {
        return list[g_test_rand_int_range(0, (gint32) g_strv_length((char **) list))];
}

static const char *const words[] = { "", "seat0", "seat-left", "seat-right", "seat-none", "3", "4", "5",
        "c9", "1-1", "../../etc/shadow", "seat0/..", "%2e", "%n%s%1000000$s", "\x1b]0;x\x07\x1b[2J",
        "\xe2\x80\xae", "\xc2\x9b", "a\nb", "<a href='x'>&", "-1", "4294967296", "none", "desktop",
        "terminal", "screen", "requested", "console", "station", "user", "greeter", "closing", "active",
        "online", "x11", "tty", "org.usher1.Manager", "org.usher1.Station", "Label", "LogLevel", "yes",
        "replace", NULL };

static const char *const paths[] = { "/", "/org/usher1", "/org/usher1/station/seat0", "/org/usher1/job/1",
        "/org/usher1/job/4294967297", "/org/usher1/hub/_31_2d1", "/org/freedesktop/login1/session/_33",
        "/org/freedesktop/login1/session/_34", "/org/freedesktop/login1/seat/seat0", "/_", NULL };

static const char *const options[] = { "grace", "message", "reason", "include-caller", "include-seatless",
        "block-logins", "", "Grace", NULL };

static const char *const types[] = { "s", "u", "b", "as", "a{sv}", "v", "t", "i", "x", "d", "y", "o", "g",
        "(us)", "a(susso)", "ay", NULL };

/* Up to 60 kB of path, which is nearly what D-Bus allows. */
static GVariant *long_path(void) {
        GString *path = g_string_new(NULL);

        for (gint n = g_test_rand_int_range(1, 30000); n > 0; n--)
                g_string_append(path, "/a");
        return g_variant_new_take_string(g_string_free(path, FALSE));
}

static GVariant *text(void) {
        if (awkward_chance(10))
                return g_variant_new_take_string(g_strnfill((gsize) g_test_rand_int_range(1, 1 << 14), 'x'));

        return g_variant_new_string(awkward_pick(words));
}

static GVariant *object_path(void) {
        g_autoptr(GVariant) path = NULL;

        if (!awkward_chance(5))
                return g_variant_new_object_path(awkward_pick(paths));

        path = g_variant_ref_sink(long_path());
        return g_variant_new_object_path(g_variant_get_string(path, NULL));
}

static guint64 number(void) {
        static const guint64 numbers[] = { 0, 1, 2, 3, 60, 3600, 61001, 61005, G_MAXINT16, G_MAXUINT16,
                G_MAXINT32, (guint64) G_MAXINT32 + 1, 4000000000, G_MAXUINT32 - 1, G_MAXUINT32, G_MAXINT64,
                (guint64) G_MAXINT64 + 1, G_MAXUINT64 };

        return numbers[g_test_rand_int_range(0, G_N_ELEMENTS(numbers))];
}

static double real(void) {
        static const double numbers[] = { 0, -0.5, 1e308, NAN, INFINITY };

        return numbers[g_test_rand_int_range(0, G_N_ELEMENTS(numbers))];
}

static GVariant *basic(char type) {
        switch (type) {
        case 'y':
                return g_variant_new_byte((guchar) number());
        case 'b':
                return g_variant_new_boolean(awkward_chance(50));
        case 'n':
                return g_variant_new_int16((gint16) number());
        case 'q':
                return g_variant_new_uint16((guint16) number());
        case 'i':
                return g_variant_new_int32((gint32) number());
        case 'u':
                return g_variant_new_uint32((guint32) number());
        case 'x':
                return g_variant_new_int64((gint64) number());
        case 't':
                return g_variant_new_uint64(number());
        case 'd':
                return g_variant_new_double(real());
        case 'o':
                return object_path();
        case 'g':
                return g_variant_new_signature(awkward_pick(types));
        default:
                return text();
        }
}

static GVariant *value(const GVariantType *type, guint depth);

static GVariant *option(guint depth) {
        static const char *const right[] = { "u", "s", "s", "b", "b", "b", "u", "u" };
        gint i = g_test_rand_int_range(0, G_N_ELEMENTS(right));
        const char *type = awkward_chance(80) ? right[i] : awkward_pick(types);

        return g_variant_new_dict_entry(g_variant_new_string(options[i]),
                        g_variant_new_variant(value(G_VARIANT_TYPE(type), depth)));
}

static GVariant *array(const GVariantType *type, guint depth) {
        GVariantBuilder builder;
        gint n = depth > DEPTH_MAX ? 0 : awkward_chance(2) ? 300 : g_test_rand_int_range(0, 4);

        g_variant_builder_init(&builder, type);
        for (; n > 0; n--)
                g_variant_builder_add_value(&builder,
                                g_variant_type_equal(type, G_VARIANT_TYPE_VARDICT) && awkward_chance(80) ?
                                                option(depth + 1) :
                                                value(g_variant_type_element(type), depth + 1));

        return g_variant_builder_end(&builder);
}

static GVariant *value(const GVariantType *type, guint depth) {
        GVariantBuilder builder;

        if (g_variant_type_is_variant(type))
                return g_variant_new_variant(value(
                                G_VARIANT_TYPE(depth > DEPTH_MAX ? "u" : awkward_pick(types)), depth + 1));
        if (g_variant_type_is_array(type))
                return array(type, depth);
        if (!g_variant_type_is_tuple(type) && !g_variant_type_is_dict_entry(type))
                return basic(g_variant_type_peek_string(type)[0]);

        g_variant_builder_init(&builder, type);
        for (const GVariantType *t = g_variant_type_first(type); t; t = g_variant_type_next(t))
                g_variant_builder_add_value(&builder, value(t, depth));
        return g_variant_builder_end(&builder);
}

GVariant *awkward_value(const char *type) {
        return value(G_VARIANT_TYPE(type), 0);
}

GVariant *awkward_arguments(const char *right) {
        g_autofree char *wrong = NULL;

        if (awkward_chance(90))
                return awkward_value(right);

        wrong = g_strdup_printf(
                        "(%s%s)", awkward_pick(types), awkward_chance(50) ? awkward_pick(types) : "");
        return awkward_value(wrong);
}
