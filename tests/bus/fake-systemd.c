/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-systemd.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "client.h"
#include "common/names.h"

#define WARN_PREFIX "usher-warn@"
#define IDENTIFY_PREFIX "usher-identify@"

/* clang-format off */
static const char xml[] =
        "<node>"
        INTERFACE("org.freedesktop.systemd1.Manager",
                METHOD("GetUnit", IN("s") OUT("o"))
                METHOD("LoadUnit", IN("s") OUT("o"))
                METHOD("StartUnit", IN("s") IN("s") OUT("o"))
                METHOD("StopUnit", IN("s") IN("s") OUT("o"))
                METHOD("RestartUnit", IN("s") IN("s") OUT("o"))
                METHOD("KillUnit", IN("s") IN("s") IN("i"))
                METHOD("ResetFailedUnit", IN("s"))
                METHOD("StartTransientUnit", IN("s") IN("s") IN("a(sv)") IN("a(sa(sv))") OUT("o"))
                METHOD("ListJobs", OUT("a(usssoo)"))
                METHOD("GetUnitProcesses", IN("s") OUT("a(sus)"))
                METHOD("Subscribe", "")
                METHOD("Unsubscribe", "")
                SIGNAL("UnitNew", ARG("s") ARG("o"))
                SIGNAL("UnitRemoved", ARG("s") ARG("o"))
                SIGNAL("JobNew", ARG("u") ARG("o") ARG("s"))
                SIGNAL("JobRemoved", ARG("u") ARG("o") ARG("s") ARG("s"))
                PROPERTY("Version", "s"))
        INTERFACE("org.freedesktop.systemd1.Unit",
                PROPERTY("ActiveState", "s"))
        "</node>";
/* clang-format on */

#define CONSOLE_PATH SYSTEMD_PATH "/unit/usher_2dconsole_2eservice"
#define HOOK_PATH SYSTEMD_PATH "/unit/usher_2dshutdown_2eservice"
#define ASSOCIATE_PATH SYSTEMD_PATH "/unit/usher_2dassociate_2esocket"

typedef struct Warner {
        FakeSystemd *systemd;
        uid_t uid;
        GDBusConnection *connection;
        guint subscriptions[2];
        GHashTable *warned; /* the paths of the jobs that SetWarned was sent for */
        GHashTable *asked;
} Warner;

static void warner_free(gpointer p) {
        Warner *w = p;

        g_object_set_data(G_OBJECT(w->connection), "warner", NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(w->subscriptions); i++)
                g_dbus_connection_signal_unsubscribe(w->connection, w->subscriptions[i]);
        bus_disconnect(w->connection);
        g_hash_table_unref(w->warned);
        g_hash_table_unref(w->asked);
        g_free(w);
}

static void warner_say(Warner *w, const char *job, const char *member, GVariant *arguments) {
        g_dbus_connection_call(w->connection, USHER_BUS_NAME, job, USHER_IFACE_JOB, member, arguments, NULL,
                        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void warner_on_asking(Warner *w, const char *job, const char *session) {
        FakeSystemd *s = w->systemd;

        if (s->asked == FAKE_WARNER_MUTE || !g_hash_table_add(w->asked, g_strdup(job)))
                return;

        warner_say(w, job, "SetAsked",
                        g_variant_new("(bs)", s->asked != FAKE_WARNER_NOBODY_TO_ASK,
                                        s->asked == FAKE_WARNER_BLOCKED ? "Text editor" : ""));
        if (s->asked == FAKE_WARNER_LOGS_OUT && fake_logind_has_session(s->logind, session))
                fake_logind_remove_session(s->logind, session);
}

/* Of all jobs, keeps those of the warner's user. */
static void on_properties(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        g_autoptr(GVariant) all = NULL;
        const char *phase, *session, *name;
        g_autofree char *job = data;
        guint32 number, uid;
        Warner *w;

        /* The warner or the job may be gone by now. */
        w = g_object_get_data(source, "warner");
        if (!w || !reply)
                return;

        g_variant_get(reply, "(@a{sv})", &all);
        g_assert_true(g_variant_lookup(all, "Phase", "&s", &phase));
        g_assert_true(g_variant_lookup(all, "Session", "&s", &session));
        g_assert_true(g_variant_lookup(all, "Number", "u", &number));
        g_assert_true(g_variant_lookup(all, "User", "(u&s)", &uid, &name));
        if (uid != w->uid)
                return;

        if (w->systemd->warned && g_hash_table_add(w->warned, g_strdup(job)))
                warner_say(w, job, "SetWarned", g_variant_new("(s)", w->systemd->warned));
        if (g_str_equal(phase, "asking"))
                warner_on_asking(w, job, session);
}

static void warner_look_at_job(Warner *w, const char *job) {
        g_dbus_connection_call(w->connection, USHER_BUS_NAME, job, DBUS_IFACE_PROPERTIES, "GetAll",
                        g_variant_new("(s)", USHER_IFACE_JOB), G_VARIANT_TYPE("(a{sv})"),
                        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, on_properties, g_strdup(job));
}

static void on_jobs(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        g_autoptr(GVariantIter) jobs = NULL;
        Warner *w = g_object_get_data(source, "warner");
        const char *job;

        if (!w || !reply)
                return;

        g_variant_get(reply, "(a(ussstso))", &jobs);
        while (g_variant_iter_next(jobs, "(u&s&s&st&s&o)", NULL, NULL, NULL, NULL, NULL, NULL, &job))
                warner_look_at_job(w, job);
}

static void on_signal(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *arguments,
                gpointer data) {

        const char *job;

        if (g_str_equal(signal, "PropertiesChanged"))
                warner_look_at_job(data, path);
        else if (g_str_equal(signal, "JobNew")) {
                g_variant_get(arguments, "(u&o)", NULL, &job);
                warner_look_at_job(data, job);
        }
}

static void warner_start(FakeSystemd *systemd, uid_t uid) {
        Warner *w;

        if (fake_systemd_has_warner(systemd, uid))
                return;

        w = g_new(Warner, 1);
        *w = (Warner) {
                .systemd = systemd,
                .uid = uid,
                .connection = bus_connect(systemd->fake.bus, uid),
                .warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                .asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        };
        g_hash_table_insert(systemd->warners, GUINT_TO_POINTER(uid), w);
        g_object_set_data(G_OBJECT(w->connection), "warner", w);

        w->subscriptions[0] = g_dbus_connection_signal_subscribe(w->connection, USHER_BUS_NAME,
                        USHER_IFACE_MANAGER, "JobNew", USHER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                        w, NULL);
        w->subscriptions[1] = g_dbus_connection_signal_subscribe(w->connection, USHER_BUS_NAME,
                        DBUS_IFACE_PROPERTIES, "PropertiesChanged", NULL, USHER_IFACE_JOB,
                        G_DBUS_SIGNAL_FLAGS_NONE, on_signal, w, NULL);
        g_dbus_connection_call(w->connection, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER, "ListJobs",
                        NULL, G_VARIANT_TYPE("(a(ussstso))"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
                        on_jobs, NULL);
}

gboolean fake_systemd_has_warner(FakeSystemd *systemd, uid_t uid) {
        return g_hash_table_contains(systemd->warners, GUINT_TO_POINTER(uid));
}

void fake_systemd_drop_warners(FakeSystemd *systemd) {
        g_hash_table_remove_all(systemd->warners);
}

gboolean fake_systemd_has_sign(FakeSystemd *systemd, uid_t uid) {
        return g_hash_table_contains(systemd->signs, GUINT_TO_POINTER(uid));
}

static gboolean parse_instance(const char *unit, const char *prefix, uid_t *ret) {
        unsigned uid;
        int n = 0;

        if (!g_str_has_prefix(unit, prefix))
                return FALSE;
        unit += strlen(prefix);
        if (sscanf(unit, "%u.service%n", &uid, &n) != 1 || n == 0 || unit[n])
                return FALSE;

        *ret = uid;
        return TRUE;
}

void fake_systemd_set_unit(FakeSystemd *systemd, const char *unit, const char *state) {
        gboolean console = g_str_equal(unit, USHER_UNIT_CONSOLE),
                 associate = g_str_equal(unit, USHER_UNIT_ASSOCIATE);

        *(console ? &systemd->console : associate ? &systemd->associate : &systemd->hook) = state;
        fake_emit_changed(&systemd->fake,
                        console                   ? CONSOLE_PATH :
                                        associate ? ASSOCIATE_PATH :
                                                    HOOK_PATH,
                        SYSTEMD_IFACE_UNIT, (const char *const[]) { "ActiveState", NULL });
}

static void answer_with_result(FakeSystemd *systemd,
                const char *unit,
                const char *result,
                GDBusMethodInvocation *invocation) {

        g_autofree char *path = NULL;

        systemd->last_job++;
        path = g_strdup_printf("/org/freedesktop/systemd1/job/%u", systemd->last_job);
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", path));
        fake_emit(&systemd->fake, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "JobRemoved",
                        g_variant_new("(uoss)", systemd->last_job, path, unit, result));
}

static void answer_with_job(FakeSystemd *systemd, const char *unit, GDBusMethodInvocation *invocation) {
        answer_with_result(systemd, unit, "done", invocation);
}

static void no_such_unit(GDBusMethodInvocation *invocation, const char *unit) {
        g_autofree char *text = g_strdup_printf("Unit %s not loaded.", unit);

        g_dbus_method_invocation_return_dbus_error(invocation, "org.freedesktop.systemd1.NoSuchUnit", text);
}

static void on_start(FakeSystemd *systemd, const char *unit, GDBusMethodInvocation *invocation) {
        gboolean associate = g_str_equal(unit, USHER_UNIT_ASSOCIATE);
        uid_t uid;

        if (systemd->refuse_start)
                g_dbus_method_invocation_return_dbus_error(
                                invocation, systemd->refuse_start, "Told to refuse");
        else if (associate || g_str_equal(unit, USHER_UNIT_CONSOLE)) {
                gboolean fails = associate ? systemd->associate_fails : systemd->console_fails;

                fake_systemd_set_unit(systemd, unit, fails ? "failed" : "active");
                answer_with_result(systemd, unit, fails ? "failed" : "done", invocation);
        } else if (systemd->with_identify && parse_instance(unit, IDENTIFY_PREFIX, &uid)) {
                answer_with_job(systemd, unit, invocation);
                g_hash_table_add(systemd->signs, GUINT_TO_POINTER(uid));
        } else if (!parse_instance(unit, WARN_PREFIX, &uid))
                no_such_unit(invocation, unit);
        else {
                answer_with_job(systemd, unit, invocation);
                warner_start(systemd, uid);
        }
}

static void on_stop(FakeSystemd *systemd, const char *unit, GDBusMethodInvocation *invocation) {
        const char *session = fake_logind_session_of_scope(systemd->logind, unit);
        uid_t uid;

        if (g_str_equal(unit, USHER_UNIT_CONSOLE) || g_str_equal(unit, USHER_UNIT_ASSOCIATE)) {
                fake_systemd_set_unit(systemd, unit, "inactive");
                answer_with_job(systemd, unit, invocation);
                return;
        }

        if (!session && !parse_instance(unit, WARN_PREFIX, &uid)) {
                no_such_unit(invocation, unit);
                return;
        }

        answer_with_job(systemd, unit, invocation);
        if (!session)
                g_hash_table_remove(systemd->warners, GUINT_TO_POINTER(uid));
        else if (!systemd->ignore_stop)
                fake_logind_remove_session(systemd->logind, session);
}

static void on_get_unit(FakeSystemd *systemd, const FakeCall *call, GDBusMethodInvocation *invocation) {
        const char *unit;
        char *encoded;
        uid_t uid;

        g_variant_get(call->arguments, "(&s)", &unit);
        if (g_str_equal(call->member, "GetUnit") && !fake_logind_session_of_scope(systemd->logind, unit) &&
                        !(parse_instance(unit, WARN_PREFIX, &uid) &&
                                        fake_systemd_has_warner(systemd, uid))) {
                no_such_unit(invocation, unit);
                return;
        }

        g_assert_cmpint(sd_bus_path_encode(SYSTEMD_PATH "/unit", unit, &encoded), >=, 0);
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", encoded));
        free(encoded);
}

static void on_get_processes(FakeSystemd *systemd, const FakeCall *call, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(sus)"));
        const char *unit;

        g_variant_get(call->arguments, "(&s)", &unit);
        if (!fake_logind_session_of_scope(systemd->logind, unit)) {
                no_such_unit(invocation, unit);
                return;
        }

        /* A program of another user may use the same name. */
        g_variant_builder_add(&list, "(sus)", "/user.slice", 4711, "stubborn \x1b[31m\n--flag");
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(sus))", &list));
}

/* Other units have jobs too, with and without a shutdown. */
static void on_list_jobs(FakeSystemd *systemd, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(usssoo)"));

        g_variant_builder_add(&list, "(usssoo)", 4710, USHER_UNIT_SHUTDOWN, "stop", "running",
                        "/org/freedesktop/systemd1/job/4710", HOOK_PATH);
        if (systemd->queued)
                g_variant_builder_add(&list, "(usssoo)", 4711, systemd->queued, "start", "waiting",
                                "/org/freedesktop/systemd1/job/4711", SYSTEMD_PATH "/unit/target");
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(usssoo))", &list));
}

static void on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
        g_autoptr(GVariant) first = NULL;
        FakeSystemd *systemd = owner;

        if (g_variant_n_children(call->arguments) > 0)
                first = g_variant_get_child_value(call->arguments, 0);

        if (g_str_equal(call->member, "StartUnit") || g_str_equal(call->member, "RestartUnit"))
                on_start(systemd, g_variant_get_string(first, NULL), invocation);
        else if (g_str_equal(call->member, "StopUnit"))
                on_stop(systemd, g_variant_get_string(first, NULL), invocation);
        else if (g_str_equal(call->member, "StartTransientUnit"))
                answer_with_job(systemd, g_variant_get_string(first, NULL), invocation);
        else if (g_str_equal(call->member, "GetUnit") || g_str_equal(call->member, "LoadUnit"))
                on_get_unit(systemd, call, invocation);
        else if (g_str_equal(call->member, "ListJobs"))
                on_list_jobs(systemd, invocation);
        else if (g_str_equal(call->member, "GetUnitProcesses"))
                on_get_processes(systemd, call, invocation);
        else
                g_dbus_method_invocation_return_value(invocation, NULL);
}

static GVariant *on_get(gpointer owner, const char *path, const char *interface, const char *property) {
        FakeSystemd *systemd = owner;

        if (g_str_equal(property, "ActiveState"))
                return g_variant_new_string(g_str_equal(path, CONSOLE_PATH)       ? systemd->console :
                                                g_str_equal(path, ASSOCIATE_PATH) ? systemd->associate :
                                                                                    systemd->hook);

        return g_variant_new_string("252");
}

FakeSystemd *fake_systemd_new(Bus *bus, FakeLogind *logind) {
        FakeSystemd *systemd = g_new0(FakeSystemd, 1);

        systemd->logind = logind;
        systemd->console = systemd->hook = systemd->associate = "inactive";
        systemd->warned = "desktop";
        systemd->asked = FAKE_WARNER_NOBODY_TO_ASK;
        systemd->signs = g_hash_table_new(NULL, NULL);
        systemd->warners = g_hash_table_new_full(NULL, NULL, NULL, warner_free);
        fake_init(&systemd->fake, bus, SYSTEMD_BUS_NAME, 0, xml, on_call, on_get, systemd);
        fake_add_object(&systemd->fake, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER);
        fake_add_object(&systemd->fake, CONSOLE_PATH, SYSTEMD_IFACE_UNIT);
        fake_add_object(&systemd->fake, HOOK_PATH, SYSTEMD_IFACE_UNIT);
        fake_add_object(&systemd->fake, ASSOCIATE_PATH, SYSTEMD_IFACE_UNIT);

        return systemd;
}

void fake_systemd_free(FakeSystemd *systemd) {
        fake_systemd_drop_warners(systemd);
        fake_done(&systemd->fake);
        g_hash_table_unref(systemd->warners);
        g_hash_table_unref(systemd->signs);
        g_free(systemd);
}
