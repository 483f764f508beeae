/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The installed interface descriptions match usherd's introspection, down to the names of the arguments, and
 * the bus policy names exactly those members. */

#include "fixture.h"

#include <string.h>

#include "common/names.h"
#include "hubs.h"

static void add_arguments(GString *text, GDBusArgInfo **arguments, const char *direction) {
        for (; arguments && *arguments; arguments++)
                g_string_append_printf(text, " %s%s:%s", direction, (*arguments)->signature,
                                (*arguments)->name ? (*arguments)->name : "");
}

static const char *emits_changed(const GDBusPropertyInfo *property) {
        const char *value = g_dbus_annotation_info_lookup(
                        property->annotations, "org.freedesktop.DBus.Property.EmitsChangedSignal");

        return value ? value : "true";
}

static int compare_lines(gconstpointer a, gconstpointer b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* One line for each member, sorted, so that two descriptions of the same interface give the same text. */
static char *describe(const GDBusInterfaceInfo *info) {
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; info->methods && info->methods[i]; i++) {
                GString *line = g_string_new("method ");

                g_string_append(line, info->methods[i]->name);
                add_arguments(line, info->methods[i]->in_args, "<");
                add_arguments(line, info->methods[i]->out_args, ">");
                g_ptr_array_add(lines, g_string_free(line, FALSE));
        }

        for (guint i = 0; info->signals && info->signals[i]; i++) {
                GString *line = g_string_new("signal ");

                g_string_append(line, info->signals[i]->name);
                add_arguments(line, info->signals[i]->args, "");
                g_ptr_array_add(lines, g_string_free(line, FALSE));
        }

        for (guint i = 0; info->properties && info->properties[i]; i++)
                g_ptr_array_add(lines,
                                g_strdup_printf("property %s %s %s%s%s", info->properties[i]->name,
                                                info->properties[i]->signature,
                                                emits_changed(info->properties[i]),
                                                info->properties[i]->flags & G_DBUS_PROPERTY_INFO_FLAGS_READABLE ?
                                                                " read" :
                                                                "",
                                                info->properties[i]->flags & G_DBUS_PROPERTY_INFO_FLAGS_WRITABLE ?
                                                                " write" :
                                                                ""));

        g_ptr_array_sort(lines, compare_lines);
        g_ptr_array_add(lines, NULL);
        return g_strjoinv("\n", (char **) lines->pdata);
}

static GDBusNodeInfo *introspect(Fixture *f, const char *path) {
        g_autoptr(Call) call = call_send(f->root, USHER_BUS_NAME, path,
                        "org.freedesktop.DBus.Introspectable", "Introspect", NULL, FALSE);
        g_autoptr(GError) error = NULL;
        GDBusNodeInfo *node;
        const char *xml;

        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_variant_get(call->reply, "(&s)", &xml);
        node = g_dbus_node_info_new_for_xml(xml, &error);
        g_assert_no_error(error);
        return node;
}

/* The installed file, from the source tree. */
static GDBusNodeInfo *read_file(const char *interface) {
        g_autofree char *name = g_strdup_printf("%s.xml", interface);
        g_autofree char *path = g_build_filename(g_getenv("USHER_INTERFACES"), name, NULL), *xml = NULL;
        g_autoptr(GError) error = NULL;
        GDBusNodeInfo *node;

        g_file_get_contents(path, &xml, NULL, &error);
        g_assert_no_error(error);
        node = g_dbus_node_info_new_for_xml(xml, &error);
        g_assert_no_error(error);
        return node;
}

static void compare(Fixture *f, const char *path, const char *interface) {
        g_autoptr(GDBusNodeInfo) file = read_file(interface), live = introspect(f, path);
        GDBusInterfaceInfo *in_file, *in_life;
        g_autofree char *says = NULL, *is = NULL;

        in_file = g_dbus_node_info_lookup_interface(file, interface);
        g_assert_nonnull(in_file);
        in_life = g_dbus_node_info_lookup_interface(live, interface);
        g_assert_nonnull(in_life);
        says = describe(in_file);
        is = describe(in_life);
        g_assert_cmpstr(is, ==, says);
}

static void test_manager(Fixture *f, gconstpointer data) {
        g_autoptr(GDBusNodeInfo) live = NULL;

        fixture_start(f);
        compare(f, MANAGER, USHER_IFACE_MANAGER);

        live = introspect(f, MANAGER);
        g_assert_nonnull(g_dbus_node_info_lookup_interface(live, "org.freedesktop.DBus.ObjectManager"));
        g_assert_nonnull(g_dbus_node_info_lookup_interface(live, "org.freedesktop.LogControl1"));
}

static void test_station(Fixture *f, gconstpointer data) {
        fixture_start(f);
        compare(f, SEAT0, USHER_IFACE_STATION);
}

static void test_job(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        compare(f, job, USHER_IFACE_JOB);
}

typedef struct {
        Fixture f;
        Hubs *hubs;
} HubFixture;

/* usherd does not run yet, so there is nothing to wait for. */
static void no_pace(gpointer data) {
}

static void hub_set_up(HubFixture *h, gconstpointer data) {
        h->hubs = hubs_new(no_pace, NULL);
        (void) hubs_add_root_hub(h->hubs, "usb1");
        fixture_set_up(&h->f, NULL);
}

static void hub_tear_down(HubFixture *h, gconstpointer data) {
        fixture_tear_down(&h->f, NULL);
        hubs_free(h->hubs);
}

static void test_hub(HubFixture *h, gconstpointer data) {
        fixture_start(&h->f);
        compare(&h->f, "/org/usher1/hub/usb1", USHER_IFACE_HUB);
}

/* Exactly the members that exist. A missing line blocks a member; a stale one would allow a future member
 * that nobody has reviewed. */
static void test_policy_names_each_method(Fixture *f, gconstpointer data) {
        static const char *const interfaces[] = { USHER_IFACE_MANAGER, USHER_IFACE_STATION, USHER_IFACE_HUB,
                USHER_IFACE_JOB };
        g_autoptr(GPtrArray) methods = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) named = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *policy = NULL, *expected = NULL, *is = NULL;
        g_autoptr(GMatchInfo) match = NULL;
        g_autoptr(GRegex) regex = NULL;
        g_autoptr(GError) error = NULL;

        for (gsize i = 0; i < G_N_ELEMENTS(interfaces); i++) {
                g_autoptr(GDBusNodeInfo) file = read_file(interfaces[i]);
                GDBusInterfaceInfo *info = g_dbus_node_info_lookup_interface(file, interfaces[i]);

                for (guint k = 0; info->methods && info->methods[k]; k++)
                        g_ptr_array_add(methods,
                                        g_strdup_printf("%s.%s", interfaces[i], info->methods[k]->name));
        }

        g_file_get_contents(g_getenv("USHER_BUS_POLICY"), &policy, NULL, &error);
        g_assert_no_error(error);
        regex = g_regex_new("<allow\\s+send_destination=\"org\\.usher1\"\\s+send_interface=\"(org\\."
                            "usher1\\.[A-Za-z]+)\"\\s+"
                            "send_member=\"([A-Za-z]+)\"\\s*/>",
                        0, 0, &error);
        g_assert_no_error(error);
        for (g_regex_match(regex, policy, 0, &match); g_match_info_matches(match);
                        g_match_info_next(match, NULL)) {
                g_autofree char *interface = g_match_info_fetch(match, 1),
                                *member = g_match_info_fetch(match, 2);

                g_ptr_array_add(named, g_strdup_printf("%s.%s", interface, member));
        }

        g_ptr_array_sort(methods, compare_lines);
        g_ptr_array_sort(named, compare_lines);
        g_ptr_array_add(methods, NULL);
        g_ptr_array_add(named, NULL);
        expected = g_strjoinv("\n", (char **) methods->pdata);
        is = g_strjoinv("\n", (char **) named->pdata);
        g_assert_cmpstr(is, ==, expected);
}

int main(int argc, char *argv[]) {
        hubs_enter(argv);
        fixture_init(&argc, &argv);

        fixture_add("/introspection/manager", test_manager);
        fixture_add("/introspection/station", test_station);
        fixture_add("/introspection/job", test_job);
        g_test_add("/introspection/hub", HubFixture, NULL, hub_set_up, test_hub, hub_tear_down);
        fixture_add("/introspection/policy-names-each-method", test_policy_names_each_method);

        return g_test_run();
}
