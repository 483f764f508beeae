/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The lookup workers of usherd: what happens to them and to their lookups. */

#include "teacher.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "accounts.h"
#include "common/names.h"

#define SECOND G_USEC_PER_SEC

static void test_an_answer_that_never_comes(Fixture *f, gconstpointer data) {
        g_autoptr(Call) all = NULL;
        g_autoptr(GArray) first = NULL;
        GDBusConnection *tina;
        int lease;

        tina = teacher_meets_unknown(f, &lease);
        first = accounts_workers(f->pid);

        /* The worker is killed, and leaves nothing behind. */
        accounts_wait_workers(f->pid, 0);
        g_assert_cmpint(kill(g_array_index(first, GPid, 0), 0), ==, -1);
        g_assert_cmpint(errno, ==, ESRCH);

        /* The next call starts another lookup. */
        all = teacher_log_off_all(tina);
        accounts_wait_workers(f->pid, 1);
        g_assert_cmpuint(teacher_n_jobs(all), ==, 0);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 1);
        accounts_answer(lease);
        teacher_assert_recovers(tina, 1);
}

static void test_a_lookup_worker_is_killed(Fixture *f, gconstpointer data) {
        g_autoptr(Call) all = NULL;
        g_autoptr(GArray) workers = NULL;
        GDBusConnection *tina;
        int lease;

        tina = teacher_meets_unknown(f, &lease);

        /* By SIGTERM, as when the service is stopped. */
        all = teacher_log_off_all(tina);
        fixture_settle(f);
        workers = accounts_workers(f->pid);
        g_assert_no_errno(kill(g_array_index(workers, GPid, 0), SIGTERM));

        /* Nothing to wait for any more. */
        g_assert_cmpuint(teacher_n_jobs(all), ==, 0);
        g_assert_cmpint(all->answered - all->sent, <, HELD_USEC);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 1);
        accounts_answer(lease);
        teacher_assert_recovers(tina, 1);
}

static void test_a_session_ends_while_it_is_looked_up(Fixture *f, gconstpointer data) {
        gint64 begin;
        int lease;

        fixture_start(f);
        lease = accounts_hang(f->passwd);
        at_station(f, "3", ADA, "seat0");
        accounts_wait_workers(f->pid, 1);

        /* At once, not after the time limit. */
        begin = g_get_monotonic_time();
        fake_logind_remove_session(f->logind, "3");
        accounts_wait_workers(f->pid, 0);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * SECOND);
        accounts_answer(lease);
        fixture_settle(f);
}

/* The limit under which that process can open this many more. */
static rlim_t room_for(GPid pid, guint n) {
        rlim_t number = 0;

        for (;; number++) {
                g_autofree char *path = g_strdup_printf("/proc/%i/fd/%u", pid, (guint) number);

                if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
                        continue;
                if (n-- == 0)
                        return number;
        }
}

/* There are descriptors for the pipe, but none for the pidfd. */
static void test_a_lookup_worker_that_cannot_be_watched(Fixture *f, gconstpointer data) {
        rlim_t room;

        fixture_start(f);
        fixture_settle(f);
        room = room_for(f->pid, 2);
        g_assert_no_errno(prlimit(f->pid, RLIMIT_NOFILE, &(struct rlimit) { room, room }, NULL));

        at_station(f, "3", ADA, "seat0");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");
        accounts_wait_workers(f->pid, 0);
}

static gboolean is_gone(GPid pid) {
        return kill(pid, 0) < 0 && errno == ESRCH;
}

/* However usherd ends, none of its workers is left a moment later. */
static void test_no_lookup_worker_outlives_usherd(Fixture *f, gconstpointer data) {
        g_autoptr(GArray) workers = NULL;
        gint64 begin;
        GPid worker;
        int lease;

        f->dies_by_design = TRUE;
        at_station(f, "3", ADA, "seat0");
        for (int i = 0; i < 2; i++) {
                lease = accounts_hang(f->passwd);
                fixture_start(f);
                accounts_wait_workers(f->pid, 1);
                workers = accounts_workers(f->pid);
                worker = g_array_index(workers, GPid, 0);
                g_clear_pointer(&workers, g_array_unref);

                begin = g_get_monotonic_time();
                if (i == 0)
                        fixture_stop(f);
                else
                        fixture_kill(f);
                g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * SECOND);
                while (!is_gone(worker)) {
                        g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * SECOND);
                        wait_until_time(g_get_monotonic_time() + 10 * G_TIME_SPAN_MILLISECOND);
                }
                accounts_answer(lease);
        }
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/lookup-workers/" name, function)
        ADD("an-answer-that-never-comes", test_an_answer_that_never_comes);
        ADD("a-lookup-worker-is-killed", test_a_lookup_worker_is_killed);
        ADD("a-session-ends-while-it-is-looked-up", test_a_session_ends_while_it_is_looked_up);
        ADD("a-lookup-worker-that-cannot-be-watched", test_a_lookup_worker_that_cannot_be_watched);
        ADD("no-lookup-worker-outlives-usherd", test_no_lookup_worker_outlives_usherd);

        return g_test_run();
}
