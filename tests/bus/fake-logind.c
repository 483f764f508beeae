/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a test can do to the fake logind, and how its sessions end. */

#include "fake-logind-internal.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>

#include "common/names.h"

gboolean fake_logind_has_session(FakeLogind *l, const char *id) {
        return session_find(l, id) != NULL;
}

const char *fake_logind_session_of_scope(FakeLogind *l, const char *scope) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];
                g_autofree char *name = g_strdup_printf("session-%s.scope", s->is.id);

                if (g_str_equal(name, scope))
                        return s->is.id;
        }

        return NULL;
}

static void seat_emit_active(FakeLogind *l, const char *id) {
        Seat *seat = seat_find(l, id);

        if (seat)
                fake_emit_changed(&l->fake, seat->path, LOGIND_IFACE_SEAT,
                                (const char *const[]) { "ActiveSession", NULL });
}

void fake_logind_remove_session(FakeLogind *l, const char *id) {
        Session *s = session_find(l, id);
        g_autofree char *seat = NULL;
        gboolean was_active;

        g_assert_nonnull(s);
        seat = g_strdup(s->is.seat);
        was_active = seat_active_session(l, seat) == s;

        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved",
                        g_variant_new("(so)", s->is.id, s->path));
        g_ptr_array_remove(l->sessions, s);
        if (was_active)
                seat_emit_active(l, seat);
}

typedef struct Ending {
        FakeLogind *logind;
        Session *session;
} Ending;

static gboolean end_session(gpointer data) {
        Ending *e = data;

        e->session->ending = 0;
        fake_logind_remove_session(e->logind, e->session->is.id);
        return G_SOURCE_REMOVE;
}

/* As with logind, after the caller has its reply. */
void session_end_soon(FakeLogind *l, Session *s) {
        if (s->ending > 0)
                return;

        Ending *e = g_new(Ending, 1);
        *e = (Ending) { .logind = l, .session = s };
        s->ending = g_idle_add_full(G_PRIORITY_LOW, end_session, e, g_free);
}

void inhibitors_drop_released(FakeLogind *l) {
        for (guint i = l->inhibitors->len; i > 0; i--) {
                struct pollfd p = { .fd = ((Inhibitor *) l->inhibitors->pdata[i - 1])->fd };

                if (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP))
                        g_ptr_array_remove_index(l->inhibitors, i - 1);
        }
}

guint fake_logind_inhibitors(FakeLogind *l, const char *mode) {
        guint n = 0;

        inhibitors_drop_released(l);
        for (guint i = 0; i < l->inhibitors->len; i++)
                n += g_str_equal(((Inhibitor *) l->inhibitors->pdata[i])->mode, mode);

        return n;
}

void fake_logind_add_seat(FakeLogind *l, const char *id) {
        Seat *s = g_new0(Seat, 1);

        g_assert_null(seat_find(l, id));
        s->id = g_strdup(id);
        s->path = fake_logind_path(LOGIND_PATH "/seat", id);
        g_ptr_array_add(l->seats, s);
        fake_add_object(&l->fake, s->path, LOGIND_IFACE_SEAT);
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatNew",
                        g_variant_new("(so)", s->id, s->path));
}

void fake_logind_remove_seat(FakeLogind *l, const char *id) {
        Seat *s = seat_find(l, id);

        g_assert_nonnull(s);
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatRemoved",
                        g_variant_new("(so)", s->id, s->path));
        g_ptr_array_remove(l->seats, s);
}

static char *name_of(uid_t uid) {
        struct passwd *p = getpwuid(uid);

        return p ? g_strdup(p->pw_name) : g_strdup_printf("user%u", uid);
}

void fake_logind_add(FakeLogind *l, const FakeSession *is) {
        static guint32 next_leader = 700000;
        Session *s = g_new0(Session, 1);

        g_assert_null(session_find(l, is->id));
        s->is = *is;
        s->is.id = g_strdup(is->id);
        s->is.name = is->name ? g_strdup(is->name) : name_of(is->uid);
        s->is.seat = g_strdup(is->seat ? is->seat : "");
        s->is.class = g_strdup(is->class ? is->class : "user");
        s->is.type = g_strdup(is->type ? is->type : "x11");
        s->is.state = g_strdup(is->state ? is->state : "active");
        s->is.tty = g_strdup(is->tty ? is->tty : "");
        s->is.display = g_strdup(is->display ? is->display : "");
        s->is.service = g_strdup(is->service ? is->service : "lightdm");
        s->is.desktop = g_strdup(is->desktop ? is->desktop : "");
        s->is.remote_host = g_strdup(is->remote_host ? is->remote_host : "");
        s->is.leader = is->leader > 0 ? is->leader : next_leader++;
        if (is->leader == 0 && g_str_equal(s->is.class, "greeter"))
                s->is.leader = 1;
        if (is->no_leader)
                s->is.leader = 0;
        if (s->is.since_monotonic == 0)
                s->is.since_monotonic = (guint64) g_get_monotonic_time();
        s->since = g_get_real_time();
        s->path = fake_logind_path(LOGIND_PATH "/session", is->id);

        g_assert_true(s->is.seat[0] == 0 || seat_find(l, s->is.seat));
        g_ptr_array_add(l->sessions, s);
        fake_add_object(&l->fake, s->path, LOGIND_IFACE_SESSION);
        if (l->lose_signals)
                return;

        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew",
                        g_variant_new("(so)", s->is.id, s->path));
        if (s->is.seat[0])
                seat_emit_active(l, s->is.seat);
}

static void session_changed(FakeLogind *l, Session *s, const char *property) {
        fake_emit_changed(&l->fake, s->path, LOGIND_IFACE_SESSION, (const char *const[]) { property, NULL });
}

void fake_logind_set_state(FakeLogind *l, const char *id, const char *state) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        g_free((char *) s->is.state);
        s->is.state = g_strdup(state);
        session_changed(l, s, "State");
}

void fake_logind_set_locked(FakeLogind *l, const char *id, gboolean locked) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.locked = locked;
        session_changed(l, s, "LockedHint");
}

void fake_logind_set_idle(FakeLogind *l, const char *id, gboolean idle) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.idle = idle;
        s->is.idle_since = g_get_real_time();
        fake_emit_changed(&l->fake, s->path, LOGIND_IFACE_SESSION,
                        (const char *const[]) {
                                        "IdleHint", "IdleSinceHint", "IdleSinceHintMonotonic", NULL });
}

void fake_logind_set_active(FakeLogind *l, const char *id, gboolean active) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.inactive = !active;
        fake_logind_set_state(l, id, active ? "active" : "online");
        session_changed(l, s, "Active");
        seat_emit_active(l, s->is.seat);
}

void fake_logind_reuse_id(FakeLogind *l, const char *id, uid_t uid) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        if (!s->is.no_leader)
                s->is.leader += 1000;
        s->is.since_monotonic = (guint64) g_get_monotonic_time();
        s->since = g_get_real_time();
        s->is.uid = uid;
        g_free((char *) s->is.name);
        s->is.name = name_of(uid);
}

void fake_logind_block(FakeLogind *l, const char *mode, const char *what, const char *who, const char *why) {
        Inhibitor *inhibitor = g_new0(Inhibitor, 1);

        *inhibitor = (Inhibitor) {
                .fd = open("/dev/null", O_RDONLY | O_CLOEXEC), /* never hangs up */
                .mode = g_strdup(mode),
                .what = g_strdup(what),
                .who = g_strdup(who),
                .why = g_strdup(why),
        };
        g_ptr_array_add(l->inhibitors, inhibitor);
}

void fake_logind_prepare_for_shutdown(FakeLogind *l, gboolean start) {
        l->preparing = start;
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown",
                        g_variant_new("(b)", start));
}

FakeLogind *fake_logind_new(Bus *bus) {
        FakeLogind *l = g_new0(FakeLogind, 1);

        l->sessions = g_ptr_array_new_with_free_func(session_free);
        l->seats = g_ptr_array_new_with_free_func(seat_free);
        l->inhibitors = g_ptr_array_new_with_free_func(inhibitor_free);
        fake_init(&l->fake, bus, LOGIND_BUS_NAME, 0, fake_logind_xml, fake_logind_on_call,
                        fake_logind_on_get, l);
        fake_add_object(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER);

        return l;
}

void fake_logind_free(FakeLogind *l) {
        fake_done(&l->fake);
        g_ptr_array_unref(l->sessions);
        g_ptr_array_unref(l->seats);
        g_ptr_array_unref(l->inhibitors);
        g_free(l);
}
