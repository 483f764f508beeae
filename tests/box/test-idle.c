/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Idle sessions with the real logind: the user's own programs report idleness or hold an inhibitor. */

#include <string.h>

#include "usher.h"

#define IDLE_MSEC 3000

/* Longer than the grace period of an idle log-off. */
#define TAKEN_OVER_SEC 8

/* seat-box1 to -box3 have a limit of their own, all others none. */
static const char configuration[] =
                "[LogOff]\nGraceSec=4\nMinimumGraceSec=1\nAskSec=1\nTerminateSec=3\nKillSec=3\n"
                "[Station:seat-box1]\nIdleLogOffSec=3\n"
                "[Station:seat-box2]\nIdleLogOffSec=3s\n"
                "[Station:A name that is much longer than inih has room for, by far]\nIdleLogOffSec=1h\n"
                "[Station:seat-box3]\nIdleLogOffSec=3000ms\n";

typedef struct {
        Usher *usher;
        BoxMonitor *new;
} Fixture;

static void set_up(Fixture *f, gconstpointer unused) {
        f->usher = usher_new(configuration);
        f->new = box_monitor_new(f->usher->box, "org.usher1", NULL, "org.usher1.Manager", "JobNew");
}

static void tear_down(Fixture *f, gconstpointer unused) {
        box_monitor_free(f->new);
        usher_free(f->usher);
}

static BoxSession *open_session(Fixture *f, const char *user, const char *seat) {
        return usher_open(f->usher, &(BoxSessionOptions) { .user = user, .seat = seat });
}

/* Like a desktop: a program of the session's user sets logind's idle hint. */
static void set_idle(Fixture *f, BoxSession *s, bool idle) {
        g_autoptr(GError) error = NULL;
        g_autoptr(BoxResult) r = box_run_as(f->usher->box, s->user, s,
                        (const char *const[]) { "busctl", "call", "org.freedesktop.login1", s->path,
                                        "org.freedesktop.login1.Session", "SetIdleHint", "b",
                                        idle ? "true" : "false", NULL },
                        &error);

        g_assert_no_error(error);
        g_assert_cmpstr(r->errors, ==, "");
        g_assert_cmpint(r->status, ==, 0);
}

/* The path of the n-th job since the start of the test. */
static char *wait_job(Fixture *f, guint n, guint timeout_msec) {
        const BoxSignal *signal = box_monitor_wait(f->new, NULL, n, timeout_msec);
        char *path;

        if (!signal)
                return NULL;

        g_variant_get(signal->parameters, "(uo)", NULL, &path);
        return path;
}

static void test_forgotten(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) forgotten = open_session(f, "u1", "seat-box1");
        g_autoptr(BoxSession) elsewhere = open_session(f, "u4", "seat-box4");
        g_autoptr(BoxSession) busy = open_session(f, "u2", "seat-box2");
        g_autofree char *job = NULL, *reason = NULL, *session = NULL;
        g_autoptr(GVariant) by = NULL;
        gint64 begin = g_get_monotonic_time();
        const char *name;
        guint uid;

        set_idle(f, elsewhere, true);
        set_idle(f, forgotten, true);
        job = wait_job(f, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(job);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, IDLE_MSEC * 1000);

        reason = usher_job_get(f->usher, job, "Reason");
        g_assert_cmpstr(reason, ==, "idle");
        session = usher_job_get(f->usher, job, "Session");
        g_assert_cmpstr(session, ==, forgotten->id);
        by = box_get_property(f->usher->box, "org.usher1", job, "org.usher1.Job", "StartedBy", NULL);
        g_variant_get(by, "(u&s)", &uid, &name);
        g_assert_cmpuint(uid, ==, 0);
        g_assert_cmpstr(name, ==, "");

        /* The default grace period, and the usual end. */
        usher_assert_removed(f->usher, 1, forgotten, "done", USHER_END_MSEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, (IDLE_MSEC + 4000) * 1000);
        g_assert_true(box_session_is_listed(elsewhere));
        g_assert_true(box_session_is_listed(busy));
        g_assert_cmpuint(box_monitor_count(f->new, NULL), ==, 1);
}

static void test_activity(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, "u2", "seat-box2");
        g_autofree char *job = NULL, *again = NULL;

        set_idle(f, s, true);
        job = wait_job(f, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(job);
        set_idle(f, s, false);
        usher_assert_removed(f->usher, 1, s, "cancelled", BOX_TIMEOUT_MSEC);
        g_assert_true(box_session_is_listed(s));

        /* Once more, with a new countdown. */
        set_idle(f, s, true);
        again = wait_job(f, 2, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(again);
        set_idle(f, s, false);
        usher_assert_removed(f->usher, 2, s, "cancelled", BOX_TIMEOUT_MSEC);
}

static void test_inhibited(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) film = open_session(f, "u3", "seat-box3");
        g_autoptr(BoxSession) other = open_session(f, "u1", "seat-box1");
        g_autoptr(GSubprocess) inhibitor = NULL;
        g_autofree char *job = NULL, *later = NULL, *session = NULL;
        g_autoptr(GError) error = NULL;

        inhibitor = box_spawn(f->usher->box, "u3", film, G_SUBPROCESS_FLAGS_NONE,
                        (const char *const[]) { "systemd-inhibit", "--what=idle:sleep", "--mode=block",
                                        "--why=film", "sleep", "1000", NULL },
                        &error);
        g_assert_no_error(error);
        /* systemd-inhibit takes the lock before it starts sleep; what follows takes longer than that. */
        set_idle(f, film, true);
        set_idle(f, other, true);

        /* The inhibitor of one user has no effect on others. */
        job = wait_job(f, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(job);
        session = usher_job_get(f->usher, job, "Session");
        g_assert_cmpstr(session, ==, other->id);
        usher_assert_removed(f->usher, 1, other, "done", USHER_END_MSEC);
        g_assert_null(wait_job(f, 2, IDLE_MSEC));
        g_assert_true(box_session_is_listed(film));

        /* When the film is over, the idle time starts from zero. */
        g_subprocess_force_exit(inhibitor);
        later = wait_job(f, 2, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(later);
}

/* An administrator's request takes over the job with its own grace period, and activity no longer cancels
 * it. */
static void test_taken_over(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, "u1", "seat-box1");
        g_autofree char *job = NULL, *reason = NULL;
        g_auto(GStrv) jobs = NULL;
        gint64 begin;

        set_idle(f, s, true);
        job = wait_job(f, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(job);
        begin = g_get_monotonic_time();
        jobs = usher_log_off(f->usher, "seat-box1", TAKEN_OVER_SEC, NULL);
        g_assert_cmpstr(jobs[0], ==, job);
        reason = usher_job_get(f->usher, job, "Reason");
        g_assert_cmpstr(reason, ==, "requested");

        set_idle(f, s, false);
        usher_assert_removed(f->usher, 1, s, "done", TAKEN_OVER_SEC * 1000 + USHER_END_MSEC);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, TAKEN_OVER_SEC * G_USEC_PER_SEC);
}

/* After a cancellation the whole idle time must pass again. */
static void test_cancelled(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, "u2", "seat-box2");
        g_autofree char *job = NULL, *again = NULL;
        g_autoptr(GVariant) reply = NULL;
        gint64 begin;

        set_idle(f, s, true);
        job = wait_job(f, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(job);
        begin = g_get_monotonic_time();
        reply = usher_call(f->usher, "CancelAll", NULL, NULL);
        usher_assert_removed(f->usher, 1, s, "cancelled", BOX_TIMEOUT_MSEC);

        again = wait_job(f, 2, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(again);
        g_assert_cmpint(g_get_monotonic_time() - begin, >=, IDLE_MSEC * 1000);
}

/* usherd remembers the warning across a restart, and the user's activity still cancels it. */
static void test_restart(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_session(f, "u3", "seat-box3");
        g_autofree char *job = NULL;

        set_idle(f, s, true);
        job = wait_job(f, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(job);
        usher_systemctl("kill", "--signal=KILL", "usherd.service");
        set_idle(f, s, false);

        /* JobRemoved may come before usherd has its name again, so the test may miss it. */
        g_assert_true(usher_wait_no_jobs(f->usher));
        g_assert_true(box_session_is_listed(s));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
        BOX_TEST("/idle/forgotten", test_forgotten);
        BOX_TEST("/idle/activity", test_activity);
        BOX_TEST("/idle/inhibited", test_inhibited);
        BOX_TEST("/idle/taken-over", test_taken_over);
        BOX_TEST("/idle/cancelled", test_cancelled);
        BOX_TEST("/idle/restart", test_restart);
#undef BOX_TEST

        return g_test_run();
}
