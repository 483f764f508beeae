/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "logind-world.h"

#include "common/bus-util.h"
#include "common/names.h"

static void append_session(sd_bus_message *reply, const FakeSession *s) {
        g_assert_cmpint(sd_bus_message_append(reply, "a{sv}", 4, "Id", "s", s->answers ? s->answers : s->id,
                                        "Class", "s", "user", "Leader", "u", (uint32_t) s->leader, "User",
                                        "(uo)", 1000, "/user"),
                        >=, 0);
}

static void append_lists(World *w, sd_bus_message *reply, gboolean seats) {
        g_assert_cmpint(sd_bus_message_open_container(reply, 'a', seats ? "(so)" : "(susso)"), >=, 0);
        for (const char **seat = w->seats; seats && *seat; seat++)
                g_assert_cmpint(sd_bus_message_append(reply, "(so)", *seat, "/seat"), >=, 0);
        for (FakeSession *s = w->sessions; !seats && s->id; s++) {
                if (w->old_list && !s[1].id) {
                        w->old_list = FALSE;
                        break;
                }
                g_assert_cmpint(sd_bus_message_append(reply, "(susso)", s->id, 1000, "ada", "", s->path), >=,
                                0);
        }
        g_assert_cmpint(sd_bus_message_close_container(reply), >=, 0);
}

/* KillSession with its signal, everything else by its name and, for GetAll, the path. */
static void note_call(World *w, sd_bus_message *call, const char *member) {
        const char *what = sd_bus_message_get_path(call);
        int signal_number = 0;

        if (g_str_equal(member, "KillSession"))
                g_assert_cmpint(sd_bus_message_read(call, "ssi", &what, NULL, &signal_number), >, 0);
        else if (g_str_equal(member, "TerminateSession"))
                g_assert_cmpint(sd_bus_message_read(call, "s", &what), >, 0);

        g_string_append_printf(w->calls, "%s %s", member, what);
        if (signal_number > 0)
                g_string_append_printf(w->calls, " %i", signal_number);
        g_string_append_c(w->calls, '\n');
}

/* Returns FALSE when it has answered with an error, or not at all. */
static gboolean append_properties(World *w, Pair *p, sd_bus_message *call, sd_bus_message *reply) {
        const char *path = sd_bus_message_get_path(call);

        if (w->silent)
                return FALSE;
        if (w->busy) {
                pair_reply_error(p, call, "org.freedesktop.DBus.Error.LimitsExceeded", "Busy");
                return FALSE;
        }
        if (g_str_equal(path, LOGIND_PATH))
                g_assert_cmpint(sd_bus_message_append(reply, "a{sv}", 2, "PreparingForShutdown", "b", 1,
                                                "InhibitDelayMaxUSec", "t", UINT64_C(7)),
                                >=, 0);

        for (FakeSession *s = w->sessions; s->id; s++)
                if (g_str_equal(s->path, path)) {
                        append_session(reply, s);
                        return TRUE;
                }

        if (!g_str_has_prefix(path, "/session/"))
                return TRUE;
        pair_reply_error(p, call, SD_BUS_ERROR_UNKNOWN_OBJECT, "Gone");
        return FALSE;
}

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *member = sd_bus_message_get_member(call);
        World *w = userdata;

        if (g_str_equal(member, "GetNameOwner")) {
                pair_reply(p, call, "s", w->owner);
                return;
        }

        g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
        if (g_str_equal(member, "ListSeats") || g_str_equal(member, "ListSessions")) {
                w->lists++;
                append_lists(w, reply, g_str_equal(member, "ListSeats"));
        } else {
                note_call(w, call, member);
                if (g_str_equal(member, "GetAll") && !append_properties(w, p, call, reply))
                        return;
                if (g_str_equal(member, "Inhibit"))
                        g_assert_cmpint(sd_bus_message_append(reply, "h", w->lock_fd), >=, 0);
        }
        g_assert_cmpint(sd_bus_send(p->server, reply, NULL), >=, 0);
}

void note(World *w, const char *event, const char *id) {
        g_string_append_printf(w->events, "%s %s\n", event, id);
}

static void on_session(const SessionInfo *info, void *userdata) {
        note(userdata, "session", info->id);
}

static void on_session_gone(const char *id, void *userdata) {
        note(userdata, "session_gone", id);
}

static void on_seat(const char *id, void *userdata) {
        note(userdata, "seat", id);
}

static void on_seat_gone(const char *id, void *userdata) {
        note(userdata, "seat_gone", id);
}

static void on_synced(void *userdata) {
        note(userdata, "synced", "");
}

static void on_lost(void *userdata) {
        note(userdata, "lost", "");
}

static void on_resumed(void *userdata) {
        note(userdata, "resumed", "");
}

static void on_shutting_down(bool begins, void *userdata) {
        note(userdata, "shutting_down", begins ? "yes" : "no");
}

static const LogindEvents events = {
        .session = on_session,
        .session_gone = on_session_gone,
        .seat = on_seat,
        .seat_gone = on_seat_gone,
        .synced = on_synced,
        .lost = on_lost,
        .resumed = on_resumed,
        .shutting_down = on_shutting_down,
};

void settle(World *w) {
        for (unsigned i = 0; i < 4; i++)
                pair_settle(w->pair);
}

void expect(World *w, const char *calls, const char *reports) {
        settle(w);
        g_assert_cmpstr(w->calls->str, ==, calls);
        g_assert_cmpstr(w->events->str, ==, reports);
        g_string_truncate(w->calls, 0);
        g_string_truncate(w->events, 0);
}

World *world_new(void) {
        World *w = g_new0(World, 1);

        *w = (World) {
                .pair = pair_new(),
                .owner = ":1.7",
                .sessions = { { "2", "/session/_32", 20 }, { "10", "/session/_3110", 10 } },
                .seats = { "seat0", "seat1" },
                .calls = g_string_new(NULL),
                .events = g_string_new(NULL),
        };
        w->pair->handler = on_call;
        w->pair->userdata = w;
        g_assert_cmpint(logind_new(&w->logind, w->pair->client, &events, w), >=, 0);
        expect(w, "GetAll /session/_32\nGetAll /session/_3110\n",
                        "lost \nseat seat0\nseat seat1\nsession 2\nsession 10\nsynced \n");
        g_assert_true(logind_is_synced(w->logind));
        return w;
}

void world_free(World *w) {
        logind_free(w->logind);
        pair_free(w->pair);
        g_string_free(w->calls, TRUE);
        g_string_free(w->events, TRUE);
        g_free(w);
}
