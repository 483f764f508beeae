/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hubs that are attached to stations: the calls to logind, and their repetition without an effect. */

#include "daemon.h"
#include "feature/attach.h"

#define OTHER "seat-right"
#define ATTACH "AttachDevice(" OTHER ")"

typedef struct Outcome {
        unsigned n;
        int error;
        char *text;
} Outcome;

static unsigned reassigned;

static int probe_new(Manager *m, void **ret) {
        *ret = m;
        return 0;
}

static void probe_free(void *state) {
}

static void probe_hubs_reassigned(void *state) {
        reassigned++;
}

static const Feature probe_feature = {
        .name = "probe",
        .new = probe_new,
        .free = probe_free,
        .hubs_reassigned = probe_hubs_reassigned,
};

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &attach_feature, &probe_feature, NULL };

        reassigned = 0;
        daemon_set_up(d, features);
        hub(&d->room, "usb1");
        hub_at(&d->room, "1-1", SEAT);
        keyboard_at(&d->room, "1-1.1", SEAT);
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void on_outcome(int r, const char *text, void *userdata) {
        Outcome *o = userdata;

        o->n++;
        o->error = r;
        g_free(o->text);
        o->text = g_strdup(text);
}

static void attach(Daemon *d, Outcome *o) {
        const Hub *h = topology_find_hub(d->manager->topology, "1-1");

        g_assert_nonnull(h);
        g_assert_cmpint(attach_hub(d->manager, h, OTHER, on_outcome, o), ==, 0);
        daemon_run(d);
}

static void test_attach(Daemon *d, gconstpointer data) {
        Outcome o = {};

        attach(d, &o);
        g_assert_cmpuint(o.n, ==, 1);
        g_assert_cmpint(o.error, ==, 0);
        g_assert_cmpuint(daemon_count_calls(d, ATTACH), ==, 1);

        /* The call had an effect. */
        hub_at(&d->room, "1-1", OTHER);
        daemon_settle(d);
        daemon_fire_timers(d);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, ATTACH), ==, 1);
        g_assert_cmpuint(o.n, ==, 1);
        g_free(o.text);
}

/* It is repeated three times, and the caller gets the result of the first request only. */
static void test_attach_without_effect(Daemon *d, gconstpointer data) {
        Outcome o = {};

        attach(d, &o);
        for (unsigned i = 0; i < 5; i++)
                daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, ATTACH), ==, 4);
        g_assert_cmpuint(o.n, ==, 1);
        g_free(o.text);
}

static void test_attach_fails(Daemon *d, gconstpointer data) {
        Outcome o = {};

        d->refuse = "AttachDevice";
        attach(d, &o);
        g_assert_cmpuint(o.n, ==, 1);
        g_assert_cmpint(o.error, <, 0);
        g_assert_cmpstr(o.text, ==, "Not today");
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, ATTACH), ==, 1);
        g_free(o.text);
}

static void test_reset(Daemon *d, gconstpointer data) {
        Outcome o = {};

        g_assert_cmpint(attach_reset(d->manager, on_outcome, &o), ==, 0);
        g_assert_cmpuint(reassigned, ==, 0);
        daemon_run(d);
        g_assert_cmpuint(o.n, ==, 1);
        g_assert_cmpint(o.error, ==, 0);
        g_assert_cmpuint(reassigned, ==, 1);

        /* Its effect cannot be seen, so it is repeated once, without another callback. */
        daemon_fire_timers(d);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, "FlushDevices()"), ==, 2);
        g_assert_cmpuint(reassigned, ==, 1);
        g_assert_cmpuint(o.n, ==, 1);
        g_free(o.text);
}

static void test_reset_fails(Daemon *d, gconstpointer data) {
        Outcome o = {};

        d->refuse = "FlushDevices";
        g_assert_cmpint(attach_reset(d->manager, on_outcome, &o), ==, 0);
        daemon_run(d);
        g_assert_cmpuint(o.n, ==, 1);
        g_assert_cmpint(o.error, <, 0);
        g_assert_cmpuint(reassigned, ==, 0);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, "FlushDevices()"), ==, 1);
        g_free(o.text);
}

static void test_reset_and_attach(Daemon *d, gconstpointer data) {
        Outcome o = {};

        g_assert_cmpint(attach_reset(d->manager, on_outcome, &o), ==, 0);
        daemon_run(d);
        attach(d, &o);
        hub_at(&d->room, "1-1", OTHER);
        daemon_settle(d);
        daemon_fire_timers(d);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, "FlushDevices()"), ==, 1);
        g_assert_cmpuint(daemon_count_calls(d, ATTACH), ==, 2);
        g_free(o.text);
}

/* Detaching all again would also delete the rule for the hub that is unplugged now. */
static void test_reset_attach_and_unplug(Daemon *d, gconstpointer data) {
        Outcome o = {};

        g_assert_cmpint(attach_reset(d->manager, on_outcome, &o), ==, 0);
        daemon_run(d);
        attach(d, &o);
        unplug(&d->room, "1-1.1");
        unplug(&d->room, "1-1");
        daemon_settle(d);
        daemon_fire_timers(d);
        daemon_fire_timers(d);
        g_assert_cmpuint(daemon_count_calls(d, "FlushDevices()"), ==, 1);
        g_free(o.text);
}

static void test_a_stop_meanwhile(Daemon *d, gconstpointer data) {
        Outcome o = {};

        d->ignore = "AttachDevice";
        attach(d, &o);
        d->house->manager = manager_free(d->manager);
        daemon_run(d);
        g_assert_cmpuint(o.n, ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/attach/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("attach", test_attach);
        ADD("attach-without-effect", test_attach_without_effect);
        ADD("attach-fails", test_attach_fails);
        ADD("reset", test_reset);
        ADD("reset-fails", test_reset_fails);
        ADD("reset-and-attach", test_reset_and_attach);
        ADD("reset-attach-and-unplug", test_reset_attach_and_unplug);
        ADD("a-stop-meanwhile", test_a_stop_meanwhile);
        return g_test_run();
}
