/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every member that introspection shows, called with awkward values by root, an operator and a pupil, while
 * logind, polkit and systemd answer nonsense. usherd goes on, and nothing happens that the caller may not
 * do.
 *
 * $USHER_WIRE_CALLS says how many calls each test makes. The seed that GLib prints repeats a run: --seed=.
 */

#include <stdlib.h>
#include <string.h>

#include "awkward.h"
#include "common/names.h"
#include "fixture.h"

#define CALLS 1000
#define PENDING_MAX 20

typedef struct Member {
        char *path;
        char *interface;
        char *name;
        char *types; /* of a tuple */
} Member;

typedef struct Wire {
        Fixture *f;
        GPtrArray *members; /* of Member */
        GQueue calls;       /* of Call, not all answered */
        guint n_lies;
        gboolean grants; /* a lie of polkit may be a yes */
} Wire;

static void member_free(gpointer p) {
        Member *m = p;

        g_free(m->path);
        g_free(m->interface);
        g_free(m->name);
        g_free(m->types);
        g_free(m);
}

/* ---- what there is to call ---- */

static void add_members(Wire *w, const char *path) {
        g_autoptr(Call) call = call_send(w->f->root, USHER_BUS_NAME, path,
                        "org.freedesktop.DBus.Introspectable", "Introspect", NULL, FALSE);
        g_autoptr(GDBusNodeInfo) node = NULL;
        const char *xml;

        call_wait(call);
        if (!call->reply)
                return;

        g_variant_get(call->reply, "(&s)", &xml);
        node = g_dbus_node_info_new_for_xml(xml, NULL);
        g_assert_nonnull(node);
        for (guint i = 0; node->interfaces[i]; i++)
                for (guint k = 0; node->interfaces[i]->methods && node->interfaces[i]->methods[k]; k++) {
                        const GDBusMethodInfo *info = node->interfaces[i]->methods[k];
                        GString *types = g_string_new("(");
                        Member *m = g_new(Member, 1);

                        for (guint n = 0; info->in_args && info->in_args[n]; n++)
                                g_string_append(types, info->in_args[n]->signature);
                        g_string_append_c(types, ')');
                        *m = (Member) {
                                .path = g_strdup(path),
                                .interface = g_strdup(node->interfaces[i]->name),
                                .name = g_strdup(info->name),
                                .types = g_string_free(types, FALSE),
                        };
                        g_ptr_array_add(w->members, m);
                }
}

/* Jobs come and go; a member of one that is gone stays in the list. */
static void add_all_members(Wire *w) {
        g_ptr_array_set_size(w->members, 0);
        add_members(w, MANAGER);
        add_members(w, SEAT0);
        add_members(w, "/org/usher1/station/seat_2dleft");
        for (guint i = 0; i < w->f->signals->len && w->members->len < 200; i++) {
                const Signal *s = w->f->signals->pdata[w->f->signals->len - i - 1];
                const char *path;

                if (g_str_equal(s->member, "JobNew") &&
                                g_variant_is_of_type(s->arguments, G_VARIANT_TYPE("(uo)"))) {
                        g_variant_get(s->arguments, "(u&o)", NULL, &path);
                        add_members(w, path);
                }
        }
        g_assert_cmpuint(w->members->len, >, 20);
}

/* ---- peers ---- */

/* Sends any body, which GDBus would refuse to. */
static void reply(GDBusMethodInvocation *invocation, GVariant *body) {
        g_autoptr(GDBusMessage) m =
                        g_dbus_message_new_method_reply(g_dbus_method_invocation_get_message(invocation));

        if (g_variant_is_of_type(body, G_VARIANT_TYPE_UNIT))
                g_variant_unref(g_variant_ref_sink(body));
        else
                g_dbus_message_set_body(m, body);
        (void) g_dbus_connection_send_message(g_dbus_method_invocation_get_connection(invocation), m,
                        G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
        g_object_unref(invocation);
}

/* The bus hands out a lock as a file descriptor: there is no awkward one to send. */
static gboolean on_lie(gpointer liar,
                const FakeCall *call,
                GDBusMethodInvocation *invocation,
                const char *signature) {

        static const char *const errors[] = { "org.freedesktop.DBus.Error.Failed",
                "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.UnknownObject",
                "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.login1.NoSuchSession",
                "org.freedesktop.systemd1.NoSuchUnit", "a.b", NULL };
        gboolean verdict = g_str_equal(call->member, "CheckAuthorization");
        Wire *w = liar;

        if (!awkward_chance(30) || strchr(signature, 'h'))
                return FALSE;

        w->n_lies++;
        if (awkward_chance(30))
                g_dbus_method_invocation_return_dbus_error(invocation, awkward_pick(errors), "\x1b\n");
        else if (verdict && !w->grants && awkward_chance(70))
                reply(invocation,
                                g_variant_new("(@(bba{ss}))",
                                                g_variant_new("(bb@a{ss})", FALSE, TRUE,
                                                                awkward_value("a{ss}"))));
        else if (verdict && !w->grants)
                reply(invocation, awkward_value("(sb(bb))"));
        else
                reply(invocation, awkward_arguments(signature));
        return TRUE;
}

static void set_liar(Wire *w, FakeLie lie) {
        Fake *fakes[] = { &w->f->logind->fake, &w->f->polkit->fake, &w->f->systemd->fake };

        for (gsize i = 0; i < G_N_ELEMENTS(fakes); i++) {
                fakes[i]->lie = lie;
                fakes[i]->liar = w;
        }
}

static void lying_signal(Wire *w) {
        static const struct {
                const char *name, *types;
        } signals[] = { { "SessionNew", "(so)" }, { "SessionRemoved", "(so)" }, { "SeatNew", "(so)" },
                { "SeatRemoved", "(so)" }, { "PrepareForSleep", "(b)" } };
        gint i = g_test_rand_int_range(0, G_N_ELEMENTS(signals));

        fake_emit(&w->f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, signals[i].name,
                        awkward_arguments(signals[i].types));
}

static void toggle_session(Wire *w, const char *id, uid_t uid, const char *seat) {
        if (fake_logind_has_session(w->f->logind, id))
                fake_logind_remove_session(w->f->logind, id);
        else
                at_station(w->f, id, uid, seat);
}

/* Something happens to the peers. */
static void stir(Wire *w) {
        Fixture *f = w->f;

        switch (g_test_rand_int_range(0, 8)) {
        case 0:
                fake_restart(&f->logind->fake);
                break;
        case 1:
                fake_restart(&f->polkit->fake);
                break;
        case 2:
                fake_restart(&f->systemd->fake);
                break;
        case 3:
                toggle_session(w, "3", ADA, "seat0");
                break;
        case 4:
                toggle_session(w, "4", BEN, "seat-left");
                break;
        case 5:
                f->logind->ignore_terminate = !f->logind->ignore_terminate;
                break;
        default:
                lying_signal(w);
        }
}

/* ---- calls ---- */

/* An error is one that a person can read. sd-bus itself says what is unknown, as it was given. */
static void check(const Call *call) {
        g_autofree char *said = NULL;

        if (call->reply)
                return;

        said = g_strescape(call->text, NULL);
        g_test_message("%s: %.200s", call->error, said);
        g_assert_true(g_str_has_prefix(call->error, "org.usher1.Error.") ||
                        g_str_has_prefix(call->error, "org.freedesktop.DBus.Error."));
        g_assert_cmpstr(call->text, !=, "");
        g_assert_true(g_utf8_validate(call->text, -1, NULL));
        if (g_str_has_prefix(call->error, "org.freedesktop.DBus.Error.Unknown"))
                return;
        for (const char *p = call->text; *p; p++)
                g_assert_false(g_ascii_iscntrl(*p));
}

/* Takes in what was answered. */
static void collect(Wire *w) {
        for (guint n = g_queue_get_length(&w->calls); n > 0; n--) {
                Call *call = g_queue_pop_head(&w->calls);

                if (call->done) {
                        check(call);
                        call_free(call);
                } else
                        g_queue_push_tail(&w->calls, call);
        }
}

static gboolean is_all_answered(Wire *w) {
        collect(w);
        return w->f->exited || g_queue_is_empty(&w->calls);
}

/* A call may wait long for a person or a program, so nobody waits for it here; too many of them are given
 * up. */
static void call_something(Wire *w, GDBusConnection *caller) {
        const Member *m = w->members->pdata[g_test_rand_int_range(0, (gint32) w->members->len)];

        g_queue_push_tail(&w->calls,
                        call_send(caller, USHER_BUS_NAME, m->path, m->interface, m->name,
                                        awkward_arguments(m->types), awkward_chance(20)));
        if (g_queue_get_length(&w->calls) < PENDING_MAX)
                return;

        /* usherd has read all of them when it answers the next one. */
        fixture_settle(w->f);
        g_assert_false(w->f->exited);
        collect(w);
        while (g_queue_get_length(&w->calls) >= PENDING_MAX)
                call_free(g_queue_pop_head(&w->calls));
}

static guint n_calls(void) {
        const char *text = g_getenv("USHER_WIRE_CALLS");

        return text ? (guint) strtoul(text, NULL, 10) : CALLS;
}

static void start(Wire *w, Fixture *f) {
        *w = (Wire) { .f = f, .members = g_ptr_array_new_with_free_func(member_free) };
        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        at_station(f, "5", HEAD, "seat-right");
        fixture_start(f);
        add_all_members(w);
        set_liar(w, on_lie);
}

static gboolean knows_session(Fixture *f, const char *id) {
        g_autofree char *error =
                        usher_error(f->root, MANAGER, "Manager.GetStationBySession", ARGS("(%s,)", id));

        return error[0] == 0;
}

/* The peers are honest and there again, and so is usherd: a log-off works. */
static void stop(Wire *w) {
        Fixture *f = w->f;
        g_autofree char *job = NULL;

        set_liar(w, NULL);
        f->logind->ignore_terminate = FALSE;
        g_queue_clear_full(&w->calls, (GDestroyNotify) call_free);
        g_assert_false(f->exited);
        g_assert_cmpuint(w->n_lies, >, 0);
        g_test_message("%u lies", w->n_lies);
        fake_restart(&f->logind->fake);
        fake_restart(&f->polkit->fake);
        fake_restart(&f->systemd->fake);
        fixture_settle(f);

        /* A user whom nobody has touched; a session that logs in now. */
        at_station(f, "9", TEACHER, "seat-left");
        WAIT_FOR(knows_session(f, "9"));
        job = fixture_log_off_session(f, "9", "{'grace': <uint32 0>}");
        assert_result(f, job, "done");
        g_assert_false(fake_logind_has_session(f->logind, "9"));
        g_ptr_array_unref(w->members);
}

/* Nobody may do anything, and polkit's lies are none that say yes. */
static void test_a_pupil(Fixture *f, gconstpointer data) {
        GDBusConnection *mallory;
        Wire w;

        start(&w, f);
        mallory = fixture_connect(f, MALLORY);
        for (guint n = n_calls(); n > 0; n--)
                call_something(&w, mallory);
        WAIT_FOR(is_all_answered(&w));
        assert_nothing_happened(f);
        stop(&w);
}

/* May log off and write messages, but not end an administrator's session, nor without a warning. */
static void test_an_operator(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher;
        g_autofree char *deeds = NULL;
        Wire w;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=30\nMaximumGraceSec=60\n");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ALL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_SEND_MESSAGE, TEACHER, FAKE_POLKIT_YES);
        start(&w, f);
        teacher = fixture_connect(f, TEACHER);
        for (guint n = n_calls(); n > 0; n--) {
                call_something(&w, teacher);
                if (n % 50 == 0)
                        add_all_members(&w);
        }
        WAIT_FOR(is_all_answered(&w));
        deeds = fake_deeds(&f->logind->fake);
        g_assert_cmpstr(deeds, ==, "");
        g_assert_true(fake_logind_has_session(f->logind, "5"));
        stop(&w);
}

static void test_root(Fixture *f, gconstpointer data) {
        Wire w;

        start(&w, f);
        w.grants = TRUE;
        for (guint n = n_calls(); n > 0; n--) {
                call_something(&w, f->root);
                if (n % 10 == 0)
                        stir(&w);
                if (n % 50 == 0) {
                        f->logind->preparing = FALSE;
                        fake_logind_prepare_for_shutdown(f->logind, FALSE);
                        add_all_members(&w);
                }
        }
        stop(&w);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

        fixture_add_unguarded("/wire/a-pupil", test_a_pupil);
        fixture_add_unguarded("/wire/an-operator", test_an_operator);
        fixture_add_unguarded("/wire/root", test_root);

        return g_test_run();
}
