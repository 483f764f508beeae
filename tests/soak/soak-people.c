/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "soak.h"

/* Few reminders, because each is a line in the notifiers' files; and time for a systemd that is busy with
 * 200 sessions. */
static const char configuration[] = "[LogOff]\nGraceSec=10\nMinimumGraceSec=2\nRemindSec=3\n"
                                    "AskSec=2\nTerminateSec=15\nKillSec=300\n";

/* Each user's notification server runs outside of the sessions, so that it survives them. */
static const char prepare[] =
                "set -e; mkdir -p /tmp/box-notifier /run/systemd/system/session-.scope.d\n"
                "chmod 1777 /tmp/box-notifier\n"
                "printf '[Scope]\\nTimeoutStopSec=30\\n' >/run/systemd/system/session-.scope.d/box.conf\n"
                "systemctl daemon-reload\n"
                "for i in {1..60}; do loginctl enable-linger u$i; done\n"
                "for i in {1..60}; do uid=$((30000 + i)); systemctl start user@$uid.service\n"
                "systemd-run --quiet --unit=box-notifier-u$i --uid=u$i "
                "--setenv=DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$uid/bus "
                "/usr/local/bin/box-notifier good /tmp/box-notifier/u$i; done";

void soak_prepare(Soak *s) {
        usher_set_up(&s->usher, configuration);
        s->box = s->usher.box;
        notifier_install();
        g_free(usher_output((const char *const[]) { "bash", "-c", prepare, NULL }));
        s->sitters = g_ptr_array_new_with_free_func(sitter_free);
        s->ended = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        s->listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void sitter_free(gpointer p) {
        Sitter *sitter = p;

        box_watch_free(sitter->watch);
        box_session_free(sitter->session);
        g_ptr_array_unref(sitter->texts);
        g_free(sitter);
}

/* One in ten ignores SIGTERM. */
static BoxSession *start(Soak *s) {
        static const char *const stubborn[] = { "/usr/bin/env", "--ignore-signal=TERM",
                "--ignore-signal=HUP", "/bin/sleep", "infinity", NULL };
        guint n = (guint) g_rand_int_range(s->random, 1, SOAK_SEATS + 1);
        g_autofree char *user = g_strdup_printf("u%u", n), *seat = g_strdup_printf("seat-box%u", n);
        BoxSessionOptions options = { .user = user, .seat = seat };

        if (g_rand_int_range(s->random, 0, 10) == 0)
                options.command = stubborn;
        return box_session_start(s->box, &options, NULL);
}

/* A login that logind or the bus interrupted when it restarted has failed, as it would at a login screen. */
static void wait_open(Soak *s, BoxSession *session, gint64 begun) {
        Sitter *sitter;

        if (!session || !box_session_wait_open(session, NULL) || session->id[0] == '\0') {
                s->n_failed_logins++;
                box_session_free(session);
                return;
        }

        sitter = g_new0(Sitter, 1);
        *sitter = (Sitter) {
                .session = session,
                .watch = box_watch_new(session->leader),
                .begun = begun,
                .may_end = NEVER,
                .must_end = NEVER,
                .texts = g_ptr_array_new_with_free_func(g_free),
        };
        g_ptr_array_add(s->sitters, sitter);
        s->n_opened++;
        /* All users must log off, also those who log in meanwhile. */
        if (s->mode != MODE_STATIONS)
                judge_asked(sitter, begun, 2, s->mode_text);
}

void soak_log_in(Soak *s, guint n) {
        g_autofree BoxSession **sessions = g_new(BoxSession *, n);
        gint64 begun = g_get_monotonic_time();

        for (guint i = 0; i < n; i++)
                sessions[i] = start(s);
        for (guint i = 0; i < n; i++)
                wait_open(s, sessions[i], begun);
}

void soak_log_out(Soak *s, Sitter *sitter) {
        sitter->logged_out = true;
        usher_systemctl("stop", "--no-block", sitter->session->unit);
        s->n_logged_out++;
}

static bool is_there(Sitter *sitter) {
        return !sitter->logged_out && box_watch_ended(sitter->watch) == 0;
}

Sitter *soak_any_sitter(Soak *s) {
        for (guint tries = 0; tries < 20 && s->sitters->len > 0; tries++) {
                Sitter *sitter = s->sitters->pdata[g_rand_int_range(s->random, 0, (gint32) s->sitters->len)];

                if (is_there(sitter))
                        return sitter;
        }
        return NULL;
}

guint soak_count(Soak *s) {
        guint n = 0;

        for (guint i = 0; i < s->sitters->len; i++)
                n += is_there(s->sitters->pdata[i]);
        return n;
}
