/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which hooks the core calls, and how features reach each other through hooks. */

#include <glib.h>

#include "house.h"

static GString *heard;

static int hear_new(Manager *m, void **ret) {
        *ret = m;
        return 0;
}

static void hear_free(void *state) {
}

static int hear_start(void *state) {
        g_string_append(heard, "start ");
        return 0;
}

static void hear_serve(void *state) {
        g_string_append(heard, "serve ");
}

static void hear_configured(void *state) {
        g_string_append(heard, "configured ");
}

static void hear_session_new(void *state, Session *s) {
        g_string_append_printf(heard, "session-new %s ", s->info->id);
}

static void hear_session_changed(void *state, Session *s) {
        g_string_append_printf(heard, "session-changed %s ", s->info->id);
}

static void hear_session_gone(void *state, Session *s) {
        g_string_append_printf(heard, "session-gone %s ", s->info->id);
}

static void hear_job_ended(void *state, const Job *j) {
        g_string_append_printf(heard, "job-ended %s ", job_result_to_string(j->result));
}

static void hear_going_down(void *state) {
        g_string_append(heard, "going-down ");
}

static void hear_hubs_reassigned(void *state) {
        g_string_append(heard, "hubs-reassigned ");
}

static bool blocks;

static bool hear_blocks_logins(void *state) {
        return blocks;
}

static void hear_store_write(void *state, StoreWriter *w) {
        store_write_record(w, "hear");
        store_write_text(w, "Word", "größer\n");
        store_write_number(w, "Number", 42);
}

static void hear_store_read(void *state, const StoreRecord *record) {
        uint64_t n;

        if (!streq(record->type, "hear"))
                return;

        g_assert_cmpint(store_record_number(record, "Number", &n), ==, 0);
        g_assert_cmpint(store_record_number(record, "Word", &n), ==, -EBADMSG);
        g_assert_cmpint(store_record_number(record, "Nothing", &n), ==, -ENOENT);
        g_assert_cmpstr(store_record_text(record, "Word"), ==, "größer\n");
        g_string_append(heard, "store-read ");
}

static int hear_switch_mode(void *state, Mode mode, ModeHandler handler, void *userdata) {
        g_string_append_printf(heard, "switch-mode %s ", mode_to_string(mode));
        handler("", userdata);
        return 0;
}

static const Feature hear_feature = {
        .name = "hear",
        .new = hear_new,
        .free = hear_free,
        .start = hear_start,
        .serve = hear_serve,
        .configured = hear_configured,
        .session_new = hear_session_new,
        .session_changed = hear_session_changed,
        .session_gone = hear_session_gone,
        .job_ended = hear_job_ended,
        .going_down = hear_going_down,
        .hubs_reassigned = hear_hubs_reassigned,
        .blocks_logins = hear_blocks_logins,
        .store_write = hear_store_write,
        .store_read = hear_store_read,
        .switch_mode = hear_switch_mode,
};

static const Feature *const features[] = { &hear_feature, NULL };

static const JobRequest request = { .grace = 60 * USEC_PER_SEC, .by_user = "root" };

static void assert_heard(const char *expected) {
        g_assert_cmpstr(heard->str, ==, expected);
        g_string_truncate(heard, 0);
}

static void test_sessions(void) {
        g_autoptr(House) h = house_new(features);
        SessionInfo *other = house_info(h, "1", 1002, "seat0");
        SessionInfo *info = house_info(h, "1", 1001, "seat0");
        Session *s;

        assert_heard("start ");
        house_apply(h, info);
        assert_heard("session-new 1 session-changed 1 ");
        house_apply(h, info);
        assert_heard("session-changed 1 ");

        /* Another session with the same id is a new one. */
        other->leader++;
        s = house_apply(h, other);
        assert_heard("session-new 1 session-changed 1 ");
        events_remove_session(s);
        assert_heard("session-gone 1 ");
}

static void test_jobs(void) {
        g_autoptr(House) h = house_new(features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));

        g_string_truncate(heard, 0);
        g_assert_cmpint(job_runner_cancel(house_start_job(h, s, &request)), ==, 0);
        assert_heard("job-ended cancelled ");
}

static void test_going_down_is_announced_once(void) {
        g_autoptr(House) h = house_new(features);

        g_string_truncate(heard, 0);
        manager_set_going_down(h->manager, true, USEC_INFINITY);
        manager_set_going_down(h->manager, true, USEC_INFINITY);
        assert_heard("going-down ");
        manager_set_going_down(h->manager, false, USEC_INFINITY);
        assert_heard("");
}

static void on_switched(const char *error, void *userdata) {
        g_assert_cmpstr(error, ==, "");
        *(gboolean *) userdata = TRUE;
}

static void test_features_reach_each_other(void) {
        static const Feature *const none[] = { NULL };
        g_autoptr(House) h = house_new(features), empty = house_new(none);
        gboolean switched = FALSE;

        g_string_truncate(heard, 0);
        manager_hubs_reassigned(h->manager);
        g_assert_cmpint(manager_switch_mode(h->manager, MODE_CONSOLE, on_switched, &switched), ==, 0);
        g_assert_true(switched);
        assert_heard("hubs-reassigned switch-mode console ");
        g_assert_true(manager_feature(h->manager, &hear_feature) == h->manager);

        g_assert_null(manager_feature(empty->manager, &hear_feature));
        g_assert_cmpint(manager_switch_mode(empty->manager, MODE_CONSOLE, on_switched, NULL), ==,
                        -EOPNOTSUPP);
        manager_hubs_reassigned(empty->manager);
        assert_heard("");
}

static void test_a_feature_keeps_logins_blocked(void) {
        g_autoptr(House) h = house_new(features);
        Session *s = house_apply(h, house_info(h, "1", 1001, "seat0"));
        JobRequest block = request;

        block.block_logins = true;
        blocks = true;
        g_assert_cmpint(job_runner_cancel(house_start_job(h, s, &block)), ==, 0);
        house_settle(h);
        g_assert_true(house_has_file(h, "nologin-file"));

        blocks = false;
        manager_changed(h->manager, 0);
        house_settle(h);
        g_assert_false(house_has_file(h, "nologin-file"));
}

static void test_records_are_the_features_own(void) {
        g_autoptr(House) h = house_new(features);

        g_string_truncate(heard, 0);
        jobs_store(h->manager);
        house_restart(h, features);
        assert_heard("start store-read ");

        manager_serve(h->manager);
        manager_set_config(h->manager, &(Config) { .grace_usec = 1 });
        assert_heard("serve configured ");
}

int main(int argc, char *argv[]) {
        int r;

        g_test_init(&argc, &argv, NULL);
        heard = g_string_new(NULL);

        g_test_add_func("/hooks/sessions", test_sessions);
        g_test_add_func("/hooks/jobs", test_jobs);
        g_test_add_func("/hooks/going-down-is-announced-once", test_going_down_is_announced_once);
        g_test_add_func("/hooks/features-reach-each-other", test_features_reach_each_other);
        g_test_add_func("/hooks/a-feature-keeps-logins-blocked", test_a_feature_keeps_logins_blocked);
        g_test_add_func("/hooks/records-are-the-features-own", test_records_are_the_features_own);

        r = g_test_run();
        g_string_free(heard, TRUE);
        return r;
}
