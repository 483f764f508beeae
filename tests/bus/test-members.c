/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each member of each interface, called by an ordinary user: what everybody may do, what polkit protects,
 * and what the bus rejects. */

#include "common/names.h"
#include "fixture.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

static void sessions(Fixture *f) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
}

/* What an ordinary user gets from each member when polkit denies everything; "" is success. The members
 * that exist must all be listed. */
static const struct {
        const char *path;
        const char *member;
        const char *arguments;
        const char *error;
} members[] = {
        { MANAGER, "Manager.ListStations", NULL, "" },
        { MANAGER, "Manager.ListHubs", NULL, "" },
        { MANAGER, "Manager.ListJobs", NULL, "" },
        { MANAGER, "Manager.GetStation", "('seat0',)", "" },
        { MANAGER, "Manager.GetStationBySession", "('3',)", "" },
        { MANAGER, "Manager.GetStationByHub", "('1-1',)", "org.usher1.Error.NoSuchHub" },
        { MANAGER, "Manager.LogOff", "('seat0', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.LogOffSession", "('3', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.LogOffAll", "(@a{sv} {},)", ACCESS_DENIED },
        { MANAGER, "Manager.DryRun", "('LogOffAll', '', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.CancelAll", NULL, ACCESS_DENIED },
        { MANAGER, "Manager.SendMessage", "('seat0', 'text')", ACCESS_DENIED },
        { MANAGER, "Manager.SendMessageAll", "('text',)", ACCESS_DENIED },
        { MANAGER, "Manager.ListNotices", NULL, "" },
        { MANAGER, "Manager.NoticeShown", "(uint32 1, 'desktop')", "org.usher1.Error.NoSuchNotice" },
        { MANAGER, "Manager.Restart", "(@a{sv} {},)", ACCESS_DENIED },
        { MANAGER, "Manager.PowerOff", "(@a{sv} {},)", ACCESS_DENIED },
        { MANAGER, "Manager.SetMode", "('console', @a{sv} {})", ACCESS_DENIED },
        { MANAGER, "Manager.AttachHub", "('1-1', 'seat0')", "*" }, /* there are no hubs here: either error */
        { MANAGER, "Manager.DetachAll", NULL, ACCESS_DENIED },
        { MANAGER, "Manager.BeginAssociation", NULL, ACCESS_DENIED },
        { MANAGER, "Manager.EndAssociation", NULL, "org.usher1.Error.NoSuchAssociation" },
        { SEAT0, "Station.LogOff", "(@a{sv} {},)", ACCESS_DENIED },
        { SEAT0, "Station.SendMessage", "('text',)", ACCESS_DENIED },
        { SEAT0, "Station.SetLabel", "('text',)", ACCESS_DENIED },
        { SEAT0, "Station.Identify", NULL, ACCESS_DENIED },
        { SEAT0, "Station.Lock", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.Cancel", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.Extend", "(uint32 1,)", ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.RequestTime", "(uint32 600,)", ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.DenyTime", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.EndNow", NULL, ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.SetWarned", "('desktop',)", ACCESS_DENIED },
        { "/org/usher1/job/1", "Job.SetAsked", "(false, '')", ACCESS_DENIED },
};

/* Every "Interface.Member" in usherd's introspection of this path. */
static void add_members(Fixture *f, const char *path, GHashTable *found) {
        g_autoptr(Call) call = call_send(f->root, USHER_BUS_NAME, path,
                        "org.freedesktop.DBus.Introspectable", "Introspect", NULL, FALSE);
        g_autoptr(GDBusNodeInfo) node = NULL;
        g_autoptr(GError) error = NULL;
        const char *xml;

        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_variant_get(call->reply, "(&s)", &xml);
        node = g_dbus_node_info_new_for_xml(xml, &error);
        g_assert_no_error(error);

        for (guint i = 0; node->interfaces[i]; i++) {
                const GDBusInterfaceInfo *info = node->interfaces[i];

                if (!g_str_has_prefix(info->name, "org.usher1."))
                        continue;
                for (guint k = 0; info->methods && info->methods[k]; k++)
                        g_hash_table_add(found,
                                        g_strdup_printf("%s.%s", info->name + strlen("org.usher1."),
                                                        info->methods[k]->name));
        }
}

static void test_every_member_as_an_ordinary_user(Fixture *f, gconstpointer data) {
        g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *job = NULL;
        GDBusConnection *mallory;

        sessions(f);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        add_members(f, MANAGER, found);
        add_members(f, SEAT0, found);
        add_members(f, job, found);

        for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
                g_autofree char *error = NULL;

                /* usherd does not have this one yet. */
                if (!g_hash_table_remove(found, members[i].member))
                        continue;

                error = usher_error(mallory, members[i].path, members[i].member,
                                members[i].arguments ? ARGS(members[i].arguments) : NULL);
                if (g_str_equal(members[i].error, "*"))
                        g_assert_cmpstr(error, !=, "");
                else if (!g_str_equal(error, members[i].error))
                        g_error("%s: expected '%s', got '%s'", members[i].member, members[i].error, error);
        }

        /* A member that is missing in the table. */
        if (g_hash_table_size(found) > 0) {
                GHashTableIter iterator;
                gpointer name;

                g_hash_table_iter_init(&iterator, found);
                g_hash_table_iter_next(&iterator, &name, NULL);
                g_error("%s is not in the table", (char *) name);
        }

        assert_jobs(f, "1");
        assert_deeds(&f->logind->fake, "");
}

/* The bus policy comes first: a member that it does not name never reaches usherd, whatever polkit
 * allows. */
static void test_the_policy_lets_through_what_it_names(Fixture *f, gconstpointer data) {
        static const struct {
                const char *path;
                const char *interface;
                const char *member;
                const char *arguments;
        } others[] = {
                { MANAGER, "org.usher1.Manager", "NoSuchMember", NULL },
                { MANAGER, DBUS_IFACE_PROPERTIES, "Set", "('org.usher1.Manager', 'Version', <'2'>)" },
                { MANAGER, "org.freedesktop.LogControl1", "NoSuchMember", NULL },
                { MANAGER, DBUS_IFACE_PROPERTIES, "NoSuchMember", NULL },
                { MANAGER, "org.freedesktop.DBus.ObjectManager", "NoSuchMember", NULL },
                { SEAT0, "org.usher1.Station", "NoSuchMember", NULL },
                { MANAGER, "org.example.Interface", "ListStations", NULL },
        };
        GDBusConnection *mallory;

        sessions(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);

        for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
                g_autoptr(Call) call = call_send(mallory, USHER_BUS_NAME, others[i].path,
                                others[i].interface, others[i].member,
                                others[i].arguments ? ARGS(others[i].arguments) : NULL, FALSE);

                call_wait(call);
                g_assert_cmpstr(call->error, ==, ACCESS_DENIED);

                /* The error is the bus's own. */
                g_assert_nonnull(strstr(call->text, "matched rules"));
        }

        assert_nothing_happened(f);
}

static void test_reading_is_open_to_all(Fixture *f, gconstpointer data) {
        g_autofree char *label = NULL, *version = NULL;
        g_autoptr(Call) all = NULL, objects = NULL;
        GDBusConnection *mallory;

        sessions(f);
        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);

        version = usher_get_string(mallory, MANAGER, "Version");
        g_assert_nonnull(version);
        label = usher_get_string(mallory, SEAT0, "Label");
        g_assert_nonnull(label);
        all = call_send(mallory, USHER_BUS_NAME, SEAT0, DBUS_IFACE_PROPERTIES, "GetAll",
                        ARGS("('org.usher1.Station',)"), FALSE);
        call_wait(all);
        g_assert_cmpstr(all->error, ==, NULL);
        objects = call_send(mallory, USHER_BUS_NAME, MANAGER, "org.freedesktop.DBus.ObjectManager",
                        "GetManagedObjects", NULL, FALSE);
        call_wait(objects);
        g_assert_cmpstr(objects->error, ==, NULL);
        g_assert_cmpuint(f->polkit->questions->len, ==, 0);
}

/* The reply to a call, in GVariant's text form, has that text. */
static gboolean says(GDBusConnection *c,
                const char *path,
                const char *interface,
                const char *member,
                const char *arguments) {
        g_autoptr(Call) call = call_send(c, USHER_BUS_NAME, path, interface, member,
                        arguments ? ARGS(arguments) : NULL, FALSE);
        g_autofree char *text = NULL;

        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        text = g_variant_print(call->reply, FALSE);
        return strstr(text, "Secret") != NULL;
}

static void assert_reads_message(Fixture *f, const char *job, uid_t uid, gboolean expected) {
        GDBusConnection *c = uid == 0 ? f->root : fixture_connect(f, uid);

        g_assert_cmpint(says(c, job, DBUS_IFACE_PROPERTIES, "Get", "('org.usher1.Job', 'Message')"), ==,
                        expected);
        g_assert_cmpint(says(c, job, DBUS_IFACE_PROPERTIES, "GetAll", "('org.usher1.Job',)"), ==, expected);
        g_assert_cmpint(says(c, job, DBUS_IFACE_PROPERTIES, "GetAll", "('',)"), ==, expected);
        g_assert_cmpint(says(c, MANAGER, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL),
                        ==, expected);
}

static void test_the_message_of_a_job_is_private(Fixture *f, gconstpointer data) {
        g_auto(GStrv) paths = NULL;
        gboolean invalidated = FALSE;

        sessions(f);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        paths = job_paths(usher_call(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff",
                        ARGS("('seat0', {'grace': <uint32 60>, 'message': <'Secret'>})")));
        g_assert_cmpuint(g_strv_length(paths), ==, 1);

        assert_reads_message(f, paths[0], TEACHER, TRUE);
        assert_reads_message(f, paths[0], ADA, TRUE);
        assert_reads_message(f, paths[0], 0, TRUE);
        assert_reads_message(f, paths[0], BEN, FALSE);
        assert_reads_message(f, paths[0], MALLORY, FALSE);
        assert_reads_message(f, paths[0], HEAD, FALSE);

        /* Another message for the same job. Signals are for everybody. */
        g_strfreev(job_paths(usher_call(f->root, MANAGER, "Manager.LogOff",
                        ARGS("('seat0', {'grace': <uint32 30>, 'message': <'Another Secret'>})"))));
        fixture_settle(f);
        assert_reads_message(f, paths[0], ADA, TRUE);
        assert_reads_message(f, paths[0], MALLORY, FALSE);
        for (guint i = 0; i < f->signals->len; i++) {
                const Signal *s = f->signals->pdata[i];
                g_autofree char *text = g_variant_print(s->arguments, FALSE);

                g_assert_null(strstr(text, "Secret"));
                if (g_str_equal(s->path, paths[0]) && strstr(text, "['Message']"))
                        invalidated = TRUE;
        }
        g_assert_true(invalidated);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/members/" name, function)
        ADD("every-member-as-an-ordinary-user", test_every_member_as_an_ordinary_user);
        ADD("the-policy-lets-through-what-it-names", test_the_policy_lets_through_what_it_names);
        ADD("reading-is-open-to-all", test_reading_is_open_to_all);
        ADD("the-message-of-a-job-is-private", test_the_message_of_a_job_is_private);

        return g_test_run();
}
