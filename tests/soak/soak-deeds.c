/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>

#include "soak.h"

#define GRACE_MIN 6
#define GRACE_MAX 20
/* For all 200 at once: users are warned four at a time, and the machine may be slow. */
#define ALL_GRACE_MIN 45
#define ALL_GRACE_MAX 90

/* A mode switch waits for all users, and then for those who have logged in meanwhile. */
#define SWITCH_USEC (300 * G_USEC_PER_SEC)

static guint pick(Soak *s, guint from, guint to) {
        return (guint) g_rand_int_range(s->random, (gint32) from, (gint32) to + 1);
}

/* ---- calls ---- */

static GVariant *options(guint grace, const char *text) {
        return usher_options(grace, text);
}

/* usherd has said no, and has done nothing. Any other error may come from usherd's death after it has heard
 * the request. */
static bool is_refusal(GError *error) {
        g_autofree char *name = error ? g_dbus_error_get_remote_error(error) : NULL;

        return name &&
                        (g_str_has_prefix(name, "org.usher1.Error.") ||
                                        g_str_equal(name, "org.freedesktop.DBus.Error.LimitsExceeded") ||
                                        g_str_equal(name, "org.freedesktop.DBus.Error.UnknownObject"));
}

static char *new_text(Soak *s) {
        return g_strdup_printf("Request %u.", ++s->n_texts);
}

/* The live jobs by their sessions: id → object path. */
static GHashTable *read_jobs(Soak *s) {
        g_autoptr(GHashTable) jobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(GVariant) reply = usher_call(&s->usher, "ListJobs", NULL, NULL);
        g_autoptr(GVariantIter) iter = NULL;
        const char *id, *path;

        if (!reply)
                return NULL;

        g_variant_get(reply, "(a(ussstso))", &iter);
        while (g_variant_iter_next(iter, "(u&s&s&st&s&o)", NULL, NULL, &id, NULL, NULL, NULL, &path))
                g_hash_table_insert(jobs, g_strdup(id), g_strdup(path));
        return g_steal_pointer(&jobs);
}

/* One request that may reach all sessions at this seat; NULL: all there are. Returns whether it was
 * confirmed. */
static bool request(Soak *s,
                const char *seat,
                const char *member,
                GVariant *parameters,
                guint grace,
                const char *text) {
        gint64 begin = g_get_monotonic_time();
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call(&s->usher, member, parameters, &error);
        g_autoptr(GHashTable) jobs = NULL;

        if (!reply && is_refusal(error))
                return false;

        jobs = reply ? read_jobs(s) : NULL;
        for (guint i = 0; i < s->sitters->len; i++) {
                Sitter *sitter = s->sitters->pdata[i];

                if (seat && !g_str_equal(seat, sitter->session->seat))
                        continue;

                judge_asked(sitter, begin, grace, text);
                if (jobs && g_hash_table_contains(jobs, sitter->session->id))
                        judge_promised(sitter, grace);
        }
        return reply;
}

/* ---- deeds ---- */

static void log_off_one(Soak *s) {
        guint grace = pick(s, GRACE_MIN, GRACE_MAX);
        g_autofree char *text = new_text(s);
        Sitter *sitter = soak_any_sitter(s);
        gint64 begin = g_get_monotonic_time();
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        if (!sitter)
                return;

        reply = usher_call(&s->usher, "LogOffSession",
                        g_variant_new("(s@a{sv})", sitter->session->id, options(grace, text)), &error);
        if (!reply && is_refusal(error))
                return;

        judge_asked(sitter, begin, grace, text);
        if (reply)
                judge_promised(sitter, grace);
}

static void log_off_station(Soak *s) {
        guint grace = pick(s, GRACE_MIN, GRACE_MAX);
        g_autofree char *text = new_text(s), *seat = NULL;
        Sitter *sitter = soak_any_sitter(s);

        if (!sitter)
                return;

        seat = g_strdup(sitter->session->seat);
        (void) request(s, seat, "LogOff", g_variant_new("(s@a{sv})", seat, options(grace, text)), grace,
                        text);
}

void soak_log_off_all(Soak *s, guint grace) {
        g_autofree char *text = new_text(s);

        (void) request(s, NULL, "LogOffAll", g_variant_new("(@a{sv})", options(grace, text)), grace, text);
}

static void log_off_all(Soak *s) {
        soak_log_off_all(s, pick(s, ALL_GRACE_MIN, ALL_GRACE_MAX));
}

typedef enum { CANCEL, EXTEND, END_NOW } JobDeed;

/* Calls a method of somebody's job. */
static void change_job(Soak *s, JobDeed deed) {
        static const char *const members[] = { "Cancel", "Extend", "EndNow" };
        g_autoptr(GHashTable) jobs = read_jobs(s);
        guint seconds = pick(s, 5, 15);
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;
        Sitter *sitter = NULL;
        const char *path = NULL;

        for (guint tries = 0; jobs && tries < 50 && !path; tries++) {
                sitter = soak_any_sitter(s);
                path = sitter ? g_hash_table_lookup(jobs, sitter->session->id) : NULL;
        }
        if (!path)
                return;

        /* From here on, it may. */
        if (deed == END_NOW)
                judge_ends_now(sitter);
        reply = box_call(s->box, "org.usher1", path, "org.usher1.Job", members[deed],
                        deed == EXTEND ? g_variant_new("(u)", seconds) : NULL, &error);
        if (!reply && !is_refusal(error))
                judge_unsure(sitter);
        if (reply && deed == CANCEL)
                judge_cancelled(sitter);
        if (reply && deed == EXTEND)
                judge_extended(sitter, seconds, s->mode == MODE_STATIONS);
}

static void cancel(Soak *s) {
        change_job(s, CANCEL);
}

static void extend(Soak *s) {
        change_job(s, EXTEND);
}

static void end_now(Soak *s) {
        change_job(s, END_NOW);
}

static void cancel_all(Soak *s) {
        g_autoptr(GVariant) reply = usher_call(&s->usher, "CancelAll", NULL, NULL);

        for (guint i = 0; i < s->sitters->len; i++)
                if (reply)
                        judge_cancelled(s->sitters->pdata[i]);
                else
                        judge_unsure(s->sitters->pdata[i]);
}

static void log_out(Soak *s) {
        Sitter *sitter = soak_any_sitter(s);

        if (sitter)
                soak_log_out(s, sitter);
}

static void send_message(Soak *s) {
        Sitter *sitter = soak_any_sitter(s);
        g_autoptr(GVariant) reply = NULL;

        if (sitter)
                reply = usher_call(&s->usher, "SendMessage",
                                g_variant_new("(ss)", sitter->session->seat, "Look at the blackboard"),
                                NULL);
}

static void run(Soak *s, const char *command) {
        g_autofree char *out = usher_output((const char *const[]) { "bash", "-c", command, NULL });

        printf("# %.3f %s\n", (double) g_get_monotonic_time() / G_USEC_PER_SEC, command);
        s->n_faults++;
}

static void kill_usherd(Soak *s) {
        /* It may be down already. */
        static const char *const ways[] = {
                "systemctl kill --kill-whom=main --signal=KILL usherd.service 2>/dev/null || true",
                "systemctl restart usherd.service",
                "systemctl kill --kill-whom=main --signal=SEGV usherd.service 2>/dev/null || true"
        };

        if (s->gentle)
                return;

        run(s, ways[pick(s, 0, G_N_ELEMENTS(ways) - 1)]);
        s->n_kills++;
}

static void disturb(Soak *s) {
        static const char *const neighbours[] = {
                "systemctl restart polkit.service",
                "systemctl restart systemd-udevd.service",
                "systemctl reload dbus.service",
                "systemctl daemon-reload",
                "systemctl restart systemd-journald.service",
                "systemctl daemon-reexec",
        };

        run(s, neighbours[pick(s, 0, G_N_ELEMENTS(neighbours) - 1)]);
}

static void restart_logind(Soak *s) {
        run(s, "systemctl restart systemd-logind.service");
        s->logind_restarted = true;
}

static void restart_dbus(Soak *s) {
        g_autoptr(GError) error = NULL;

        if (s->gentle)
                return;

        run(s, "systemctl restart dbus.service");
        s->logind_restarted = true;
        (void) box_reconnect(s->box, &error);
        g_assert_no_error(error);
}

/* ---- the mode ---- */

static bool set_mode(Soak *s, const char *mode, guint grace, const char *text) {
        return request(s, NULL, "SetMode", g_variant_new("(s@a{sv})", mode, options(grace, text)), grace,
                        text);
}

static void switch_mode(Soak *s) {
        guint grace = pick(s, ALL_GRACE_MIN, ALL_GRACE_MAX);

        g_free(s->mode_text);
        s->mode_text = new_text(s);
        if (!set_mode(s, "console", grace, s->mode_text))
                return;

        printf("# %.3f SetMode console\n", (double) g_get_monotonic_time() / G_USEC_PER_SEC);
        s->mode = MODE_LEAVING;
        s->mode_since = g_get_monotonic_time();
}

static bool mode_is(Soak *s, const char *mode) {
        g_autoptr(GVariant) value = box_get_property(
                        s->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "Mode", NULL);

        return value && g_str_equal(g_variant_get_string(value, NULL), mode);
}

void soak_follow_mode(Soak *s) {
        g_auto(GStrv) seats = NULL;

        if (s->mode == MODE_STATIONS)
                return;
        if (g_get_monotonic_time() - s->mode_since > SWITCH_USEC) {
                judge_blame(&s->verdict.stuck, NULL, "the switch of the mode does not end");
                s->mode = MODE_RETURNING;
                s->mode_since = g_get_monotonic_time();
        }

        if (s->mode == MODE_LEAVING && mode_is(s, "console"))
                s->mode = MODE_RETURNING;
        if (s->mode != MODE_RETURNING)
                return;

        if (mode_is(s, "console"))
                (void) set_mode(s, "station", GRACE_MIN, "Back");
        seats = box_list_seats(s->box, NULL);
        if (mode_is(s, "station") && seats && g_strv_length(seats) == SOAK_SEATS + 1) {
                s->mode = MODE_STATIONS;
                s->n_switches++;
        }
}

/* ---- chance ---- */

void soak_do_something(Soak *s) {
        static const struct {
                guint weight;
                void (*func)(Soak *s);
                bool while_leaving; /* also during a switch of the mode, which it does not end */
        } deeds[] = {
                { 200, log_off_one, true },
                { 60, log_off_station, true },
                { 6, log_off_all, true },
                { 100, cancel, false },
                { 4, cancel_all, false },
                { 100, extend, true },
                { 30, end_now, true },
                { 60, log_out, true },
                { 50, send_message, true },
                { 20, kill_usherd, true },
                { 20, disturb, true },
                { 4, restart_logind, true },
                { 3, restart_dbus, true },
                { 3, switch_mode, false },
        };
        guint sum = 0, n;

        for (guint i = 0; i < G_N_ELEMENTS(deeds); i++)
                sum += deeds[i].weight;
        n = pick(s, 0, sum - 1);
        for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
                if (n < deeds[i].weight) {
                        if (s->mode == MODE_STATIONS || (s->mode == MODE_LEAVING && deeds[i].while_leaving))
                                deeds[i].func(s);
                        s->n_deeds++;
                        return;
                }
                n -= deeds[i].weight;
        }
}
