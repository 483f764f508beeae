/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What monitor prints about two snapshots. */

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

        station = snapshot_add_station(s, "/s/seat0");
        station->id = "seat0";
        station->label = "Teacher";
        station->state = "in-use";
        station->health = "ok";
        station->active_user = (SnapshotUser) { 1000, "anna" };

        hub = snapshot_add_hub(s, "/h/1");
        hub->id = "1-1";
        hub->role = "station";
        hub->product = "Hub";
        hub->station = "/s/seat0";

        job = snapshot_add_job(s, "/j/7");
        job->number = 7;
        job->station = "seat0";
        job->session = "4";
        job->user = (SnapshotUser) { 1000, "anna" };
        job->started_by = (SnapshotUser) { 0, "root" };
        job->reason = "requested";
        job->phase = "warning";
        job->warned = "pending";
        job->deadline = 100;
        job->remaining = 20 * USEC_PER_SEC;

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

/* Times that pass by themselves are no change. */
static void test_clocks(Fixture *f, const void *data) {
        f->now->jobs[0].remaining -= USEC_PER_SEC;
        f->now->stations[0].idle_since = 77;
        expect(f, "");
}

static void test_station(Fixture *f, const void *data) {
        SnapshotStation *station = f->now->stations;

        station->state = "ending";
        station->health = "no-keyboard";
        station->active_user.name = "";
        expect(f, "Teacher: in-use -> ending, health ok -> no-keyboard, user anna -> none\n");
}

static void test_label(Fixture *f, const void *data) {
        f->now->stations[0].label = "";
        expect(f, "seat0: label Teacher -> none\n");
}

static void test_hub(Fixture *f, const void *data) {
        f->now->hubs[0].role = "shared";
        f->now->hubs[0].station = "/";
        expect(f, "hub 1-1: station -> shared, now at no station\n");
}

static void test_job(Fixture *f, const void *data) {
        f->now->jobs[0].warned = "desktop";
        f->now->jobs[0].deadline += 5;
        f->now->jobs[0].remaining += 5 * USEC_PER_SEC;
        expect(f, "job 7: 25 s left, warned on the desktop\n");
}

static void test_request(Fixture *f, const void *data) {
        f->now->jobs[0].time_requested = 300;
        expect(f, "job 7: anna asks for 5 min 00 s more\n");
}

static void test_denied(Fixture *f, const void *data) {
        f->before->jobs[0].time_requested = 300;
        expect(f, "job 7: more time denied\n");
}

static void test_granted(Fixture *f, const void *data) {
        f->before->jobs[0].time_requested = 300;
        f->now->jobs[0].deadline += USEC_PER_MINUTE;
        f->now->jobs[0].remaining += USEC_PER_MINUTE;
        expect(f, "job 7: 1 min 20 s left\n");
}

static void test_gone(Fixture *f, const void *data) {
        snapshot_remove_job(f->now, "/j/7");
        expect(f, "job 7: removed (Teacher, anna, session 4, by root (requested))\n");
}

static void test_come(Fixture *f, const void *data) {
        snapshot_remove_job(f->before, "/j/7");
        expect(f, "job 7: 20 s left (Teacher, anna, session 4, by root (requested))\n");
}

/* The warning may be shown before the first snapshot with the job. */
static void test_come_and_warned(Fixture *f, const void *data) {
        snapshot_remove_job(f->before, "/j/7");
        f->now->jobs[0].warned = "terminal";
        expect(f,
                        "job 7: 20 s left (Teacher, anna, session 4, by root (requested)), "
                        "warned on the terminal\n");
}

static void test_first_look(Fixture *f, const void *data) {
        f->before = snapshot_free(f->before);
        expect(f,
                        "Teacher: present (in-use, health ok)\nhub 1-1: present (station, Hub, Teacher)\n"
                        "job 7: 20 s left (Teacher, anna, session 4, by root (requested))\n");
}

static void test_come_and_asks(Fixture *f, const void *data) {
        snapshot_remove_job(f->before, "/j/7");
        f->now->jobs[0].time_requested = 300;
        expect(f,
                        "job 7: 20 s left (Teacher, anna, session 4, by root (requested)), anna asks for 5 "
                        "min 00 s more\n");
}

static void test_station_added_and_removed(Fixture *f, const void *data) {
        f->before->n_stations = 0;
        expect(f, "Teacher: added (in-use, health ok)\n");

        f->now->n_stations = 0;
        f->before->n_stations = 1;
        g_string_truncate(f->told, 0);
        expect(f, "Teacher: removed (in-use, health ok)\n");
}

/* A job that usherd started by itself has no user's name. */
static void test_job_of_usher(Fixture *f, const void *data) {
        snapshot_remove_job(f->before, "/j/7");
        f->now->jobs[0].started_by.name = "";
        f->now->jobs[0].reason = "idle";
        expect(f, "job 7: 20 s left (Teacher, anna, session 4, by Usher (idle))\n");
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
        ADD("job-asks-for-time", test_request);
        ADD("job-is-denied-time", test_denied);
        ADD("job-is-granted-time", test_granted);
        ADD("job-gone", test_gone);
        ADD("job-new", test_come);
        ADD("job-new-and-warned", test_come_and_warned);
        ADD("job-new-and-asks-for-time", test_come_and_asks);
        ADD("first-look", test_first_look);
        ADD("station-added-and-removed", test_station_added_and_removed);
        ADD("job-of-usher", test_job_of_usher);
        return g_test_run();
}
