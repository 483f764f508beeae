/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a job asks of logind and systemd. The test is both: its logind ends nobody. */

#include <glib.h>
#include <systemd/sd-journal.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/timespan.h"
#include "house.h"

#define STEP_USEC (100 * USEC_PER_MSEC)

/* The journal of the test: the fields of the last record, one a line. */
static GString *record;

int __wrap_sd_journal_sendv(const struct iovec *fields, int n);

int __wrap_sd_journal_sendv(const struct iovec *fields, int n) {
        g_string_truncate(record, 0);
        for (int i = 0; i < n; i++) {
                g_string_append_len(record, fields[i].iov_base, (gssize) fields[i].iov_len);
                g_string_append_c(record, '\n');
        }
        return 0;
}

const char *__wrap_log_get_target(void);

const char *__wrap_log_get_target(void) {
        return record ? "journal" : "console";
}

static usec_t suspended;

usec_t __wrap_time_suspended(void);

usec_t __wrap_time_suspended(void) {
        return suspended;
}

static const Feature *const no_features[] = { NULL };

typedef struct World {
        House *house;
        uint32_t leader;  /* of the session, as logind says */
        GString *calls;   /* "KillSession 1 9\n" … */
        const char *last; /* the leader is another one after this call; NULL for none */
        bool no_scope;    /* systemd has stopped the scope already */
} World;

static void note_call(World *w, sd_bus_message *call, const char *member) {
        const char *what = "";

        if (sd_bus_message_has_signature(call, "s") || sd_bus_message_has_signature(call, "ss") ||
                        sd_bus_message_has_signature(call, "ssi"))
                g_assert_cmpint(sd_bus_message_read(call, "s", &what), >, 0);
        g_string_append_printf(w->calls, "%s %s\n", member, what);
}

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        const char *member = sd_bus_message_get_member(call);
        World *w = userdata;

        if (g_str_equal(sd_bus_message_get_path(call), "/session")) {
                pair_reply(p, call, "a{sv}", 5, "Id", "s", "1", "Class", "s", "user", "Leader", "u",
                                w->leader, "TimestampMonotonic", "t", UINT64_C(7), "User", "(uo)", 1001,
                                "/user");
                return;
        }

        /* Nobody owns logind's name, so it is neither there nor lost. */
        if (g_str_equal(member, "GetNameOwner"))
                return;

        if (g_str_equal(member, "GetUnitProcesses")) {
                pair_reply(p, call, "a(sus)", 2, "/a", 1234, "vim\x1b", "/b", 1200, "sh");
                return;
        }

        note_call(w, call, member);
        if (w->last && g_str_equal(member, w->last))
                w->leader++;
        if (w->no_scope && g_str_equal(member, "StopUnit"))
                pair_reply_error(p, call, SYSTEMD_ERROR_NO_SUCH_UNIT, "Unit session.scope not loaded.");
        else
                pair_reply(p, call, NULL);
}

static void world_init(World *w) {
        *w = (World) { .house = house_new(no_features), .leader = 42, .calls = g_string_new(NULL) };
        w->house->pair->handler = on_call;
        w->house->pair->userdata = w;
        w->house->manager->config.terminate_usec = STEP_USEC;
        w->house->manager->config.kill_usec = STEP_USEC;
}

static void world_done(World *w) {
        house_free(w->house);
        g_string_free(w->calls, TRUE);
}

static JobRunner *log_off(World *w, usec_t grace) {
        Session *s = house_apply(w->house, house_info(w->house, "1", 1001, "seat0"));

        return house_start_job(w->house, s,
                        &(const JobRequest) {
                                        .reason = JOB_REASON_REQUESTED, .grace = grace, .by_user = "root" });
}

static void test_the_user_is_warned(void) {
        World w;

        world_init(&w);
        log_off(&w, 60 * USEC_PER_SEC);
        pair_settle(w.house->pair);
        g_assert_nonnull(strstr(w.calls->str, "StartUnit usher-warn@1001.service\n"));
        world_done(&w);
}

static void test_each_step_asks_whose_session_it_is(void) {
        static const char *const steps[] = { NULL, "TerminateSession", "KillSession" };

        for (size_t i = 0; i <= G_N_ELEMENTS(steps); i++) {
                World w;

                world_init(&w);
                if (i < G_N_ELEMENTS(steps))
                        w.last = steps[i];
                log_off(&w, 0);
                w.leader += i == 0;
                house_wait_for(w.house, "job-removed 1 failed");

                g_test_message("%s", w.calls->str);
                g_assert_cmpint(strstr(w.calls->str, "TerminateSession 1\n") != NULL, ==, i > 0);
                g_assert_cmpint(strstr(w.calls->str, "KillSession 1\n") != NULL, ==, i > 1);
                g_assert_cmpint(strstr(w.calls->str, "StopUnit session.scope\n") != NULL, ==, i > 2);
                world_done(&w);
        }
}

/* logind 252 lists a session for ever that was closing when logind restarted. Nothing of it is left, so the
 * log-off is done, and nobody waits for it again. */
static void test_a_session_that_only_logind_still_lists(void) {
        World w;

        world_init(&w);
        w.no_scope = true;
        log_off(&w, 0);
        house_wait_for(w.house, "job-removed 1 done");
        g_assert_nonnull(strstr(w.calls->str, "StopUnit session.scope\n"));
        g_assert_true(manager_find_session(w.house->manager, "1")->outlives_log_off);
        world_done(&w);
}

/* A usher-warn that reports nothing has warned nobody. That ends nothing early, and it is started again. */
static void test_a_silent_warner_has_warned_nobody(void) {
        const usec_t minute = 60 * USEC_PER_SEC;
        usec_t deadline;
        JobRunner *j;
        World w;

        world_init(&w);
        j = log_off(&w, minute);
        pair_settle(w.house->pair);
        deadline = j->job.deadline;
        job_runner_advance(j);
        g_assert_cmpint(j->job.warned, ==, JOB_WARNED_PENDING);

        /* As if that much time had passed. */
        j->warn_since -= minute;
        j->warn_again = 0;
        job_runner_advance(j);
        g_assert_cmpint(j->job.warned, ==, JOB_WARNED_NONE);
        g_assert_cmpint(j->job.phase, ==, JOB_WARNING);
        g_assert_cmpuint(j->job.deadline, ==, deadline);

        job_runner_set_warned(j, JOB_WARNED_TERMINAL);
        job_runner_advance(j);
        g_assert_cmpint(j->job.warned, ==, JOB_WARNED_TERMINAL);
        world_done(&w);
}

/* The machine wakes up, and the deadline passes before logind tells of it. */
static void test_a_suspend_that_logind_has_not_told_of(void) {
        const usec_t minimum = 20 * USEC_PER_SEC;
        JobRunner *j;
        World w;

        world_init(&w);
        w.house->manager->config.minimum_grace_usec = minimum;
        j = log_off(&w, 60 * USEC_PER_SEC);
        pair_settle(w.house->pair);
        job_runner_set_warned(j, JOB_WARNED_DESKTOP);
        g_string_truncate(w.calls, 0);

        suspended += 5 * USEC_PER_SEC;
        j->job.deadline = now_monotonic();
        job_runner_advance(j);
        g_assert_cmpint(j->job.phase, ==, JOB_WARNING);
        g_assert_cmpint(j->job.warned, ==, JOB_WARNED_PENDING);
        g_assert_cmpuint(j->job.deadline, >, now_monotonic() + minimum / 2);
        pair_settle(w.house->pair);
        g_assert_cmpstr(w.calls->str, ==, "StartUnit usher-warn@1001.service\n");

        /* Once for each suspend. */
        j->job.deadline = now_monotonic();
        job_runner_advance(j);
        g_assert_cmpint(j->job.phase, !=, JOB_WARNING);
        world_done(&w);
}

/* An administrator reads in the journal who held the log-off up, and what did not end. */
static void test_the_record_names_blockers_and_survivors(void) {
        JobRunner *j;
        World w;

        record = g_string_new(NULL);
        world_init(&w);
        j = log_off(&w, 0);
        job_runner_set_asked(j, true, "Text editor: Unsaved essay");
        house_wait_for(w.house, "job-removed 1 failed");

        g_assert_nonnull(strstr(record->str, "USHER_RESULT=failed\n"));
        g_assert_nonnull(strstr(record->str, "USHER_BLOCKERS=Text editor: Unsaved essay\n"));
        g_assert_nonnull(strstr(record->str, "USHER_SURVIVORS=vim\\x1b (1234), sh (1200)\n"));
        world_done(&w);
        g_string_free(record, TRUE);
        record = NULL;
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/job-calls/the-user-is-warned", test_the_user_is_warned);
        g_test_add_func("/job-calls/each-step-asks-whose-session-it-is",
                        test_each_step_asks_whose_session_it_is);
        g_test_add_func("/job-calls/a-session-that-only-logind-still-lists",
                        test_a_session_that_only_logind_still_lists);
        g_test_add_func("/job-calls/a-silent-warner-has-warned-nobody",
                        test_a_silent_warner_has_warned_nobody);
        g_test_add_func("/job-calls/a-suspend-that-logind-has-not-told-of",
                        test_a_suspend_that_logind_has_not_told_of);
        g_test_add_func("/job-calls/the-record-names-blockers-and-survivors",
                        test_the_record_names_blockers_and_survivors);

        return g_test_run();
}
