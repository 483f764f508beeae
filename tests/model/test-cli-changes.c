/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What monitor tells of two snapshots. */

#include <glib.h>

#include "cli/changes.h"

typedef struct Fixture {
        Snapshot *before, *now;
        GString *told;
} Fixture;

static Snapshot *snapshot(void) {
        Snapshot *s = calloc(1, sizeof(*s));
        SnapshotStation *station;
        SnapshotHub *hub;
        SnapshotJob *job;

        g_assert_nonnull(s);

        station = snapshot_add(s, &snapshot_kind_station, "/s/seat0");
        station->id = strdup("seat0");
        station->label = strdup("Teacher");
        station->state = strdup("in-use");
        station->health = strdup("ok");
        station->active_user = (SnapshotUser) { 1000, strdup("anna") };

        hub = snapshot_add(s, &snapshot_kind_hub, "/h/1");
        hub->id = strdup("1-1");
        hub->role = strdup("station");
        hub->product = strdup("Hub");
        hub->station = strdup("/s/seat0");

        job = snapshot_add(s, &snapshot_kind_job, "/j/7");
        job->number = 7;
        job->station = strdup("seat0");
        job->session = strdup("4");
        job->user = (SnapshotUser) { 1000, strdup("anna") };
        job->started_by = (SnapshotUser) { 0, strdup("root") };
        job->reason = strdup("requested");
        job->phase = strdup("warning");
        job->warned = strdup("pending");
        job->deadline = 100;
        job->remaining = 20 * USEC_PER_SEC;

        g_assert_cmpint(snapshot_finish(s), ==, 0);
        return s;
}

static void setup(Fixture *f, const void *data) {
        *f = (Fixture) { .before = snapshot(), .now = snapshot(), .told = g_string_new(NULL) };
}

static void teardown(Fixture *f, const void *data) {
        snapshot_free(f->before);
        snapshot_free(f->now);
        g_string_free(f->told, true);
}

static void on_change(const Change *change, void *userdata) {
        _cleanup_free_ char *sentence = change_sentence(change, false);
        GString *told = userdata;

        g_assert_nonnull(sentence);
        g_assert_nonnull(change_event_to_string(change->event));
        g_string_append_printf(told, "%s%s", sentence, isempty(sentence) ? "" : "\n");
}

static void expect(Fixture *f, const char *expected) {
        changes_find(f->before, f->now, on_change, f->told);
        g_assert_cmpstr(f->told->str, ==, expected);
}

static void test_nothing(Fixture *f, const void *data) {
        expect(f, "");
}

/* What runs by itself is no change. */
static void test_clocks(Fixture *f, const void *data) {
        f->now->jobs[0].remaining -= USEC_PER_SEC;
        f->now->stations[0].idle_since = 77;
        expect(f, "");
}

static void test_station(Fixture *f, const void *data) {
        SnapshotStation *station = f->now->stations;

        string_replace(&station->state, "ending");
        string_replace(&station->health, "no-keyboard");
        string_replace(&station->active_user.name, "");
        expect(f, "Teacher: in-use -> ending, health ok -> no-keyboard, anna is gone\n");
}

static void test_label(Fixture *f, const void *data) {
        string_replace(&f->now->stations[0].label, "");
        expect(f, "seat0: label Teacher -> nothing\n");
}

static void test_hub(Fixture *f, const void *data) {
        string_replace(&f->now->hubs[0].role, "shared");
        string_replace(&f->now->hubs[0].station, "/");
        expect(f, "hub 1-1: station -> shared, now of no station\n");
}

static void test_job(Fixture *f, const void *data) {
        string_replace(&f->now->jobs[0].warned, "desktop");
        f->now->jobs[0].deadline += 5;
        f->now->jobs[0].remaining += 5 * USEC_PER_SEC;
        expect(f, "job 7: 25 s left, warned on the desktop\n");
}

static void test_gone(Fixture *f, const void *data) {
        snapshot_remove_job(f->now, "/j/7");
        expect(f, "job 7: gone (Teacher, anna, session 4, reason requested, by root)\n");
}

static void test_come(Fixture *f, const void *data) {
        snapshot_remove_job(f->before, "/j/7");
        expect(f, "job 7: 20 s left (Teacher, anna, session 4, reason requested, by root)\n");
}

/* The warning may be quicker than we are. */
static void test_come_and_warned(Fixture *f, const void *data) {
        snapshot_remove_job(f->before, "/j/7");
        string_replace(&f->now->jobs[0].warned, "terminal");
        expect(f,
                        "job 7: 20 s left (Teacher, anna, session 4, reason requested, by root), "
                        "warned on the terminal\n");
}

static void test_first_look(Fixture *f, const void *data) {
        f->before = snapshot_free(f->before);
        expect(f,
                        "Teacher: is there (in-use, health ok)\nhub 1-1: is there (station, Hub, Teacher)\n"
                        "job 7: 20 s left (Teacher, anna, session 4, reason requested, by root)\n");
}

static void test_job_copy(Fixture *f, const void *data) {
        SnapshotJob copy;

        g_assert_cmpint(snapshot_job_copy(f->now->jobs, &copy), ==, 0);
        snapshot_remove_job(f->now, "/j/7");
        g_assert_cmpuint(f->now->n_jobs, ==, 0);
        g_assert_cmpstr(copy.user.name, ==, "anna");
        g_assert_cmpstr(copy.path, ==, "/j/7");
        snapshot_job_done(&copy);
}

#define ADD(name, func) g_test_add("/cli/changes/" name, Fixture, NULL, setup, func, teardown)

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        ADD("nothing-changed", test_nothing);
        ADD("clocks-are-no-change", test_clocks);
        ADD("station", test_station);
        ADD("label-taken-away", test_label);
        ADD("hub-changes-station", test_hub);
        ADD("job-extended", test_job);
        ADD("job-gone", test_gone);
        ADD("job-new", test_come);
        ADD("job-new-and-warned", test_come_and_warned);
        ADD("first-look", test_first_look);
        ADD("job-outlives-its-snapshot", test_job_copy);
        return g_test_run();
}
