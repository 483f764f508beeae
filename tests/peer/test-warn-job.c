/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How usher-warn reads one job, with the test as usherd and as bus driver. */

#include "pair.h"

#include <unistd.h>

#include "common/bus-util.h"
#include "common/names.h"
#include "warn/warn-job.h"

#define JOB_PATH USHER_PATH_JOB "/1"
#define USHERD ":1.7"

typedef struct World {
        Pair *pair;
        Client *client;
        WarnJob *job;
        guint reads;
        gboolean hangs; /* GetAll is not answered; the call is kept */
        sd_bus_message *call;
        GString *events;
} World;

static void answer(Pair *p, sd_bus_message *call) {
        pair_reply(p, call, "a{sv}", 5, "User", "(us)", (uint32_t) getuid(), "ada", "Session", "s", "3",
                        "Phase", "s", "warning", "Warned", "s", "pending", "Reason", "s", "");
}

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        const char *member = sd_bus_message_get_member(call);
        World *w = userdata;

        if (g_str_equal(member, "GetNameOwner"))
                pair_reply(p, call, "s", USHERD);
        else if (!g_str_equal(member, "GetAll"))
                pair_reply(p, call, NULL);
        else if (w->reads++, w->hangs)
                w->call = sd_bus_message_ref(call);
        else
                answer(p, call);
}

static void on_loaded(WarnJob *job, void *userdata) {
        g_string_append(((World *) userdata)->events, "loaded ");
}

static void on_ended(WarnJob *job, const char *result, void *userdata) {
        g_string_append_printf(((World *) userdata)->events, "ended:%s ", result);
}

static void on_lost(WarnJob *job, void *userdata) {
        g_string_append(((World *) userdata)->events, "lost ");
}

static void expect(World *w, const char *events) {
        for (unsigned i = 0; i < 4; i++)
                pair_settle(w->pair);
        g_assert_cmpstr(w->events->str, ==, events);
        g_string_truncate(w->events, 0);
}

static World *world_new(void) {
        static const WarnJobHandler handler = { .loaded = on_loaded, .ended = on_ended, .lost = on_lost };
        World *w = g_new0(World, 1);

        w->pair = pair_new();
        w->events = g_string_new(NULL);
        w->pair->handler = on_call;
        w->pair->userdata = w;
        g_assert_cmpint(client_new(&w->client, w->pair->client, NULL, NULL), ==, 0);
        expect(w, "");
        g_assert_cmpint(warn_job_new(&w->job, w->client, JOB_PATH, &handler, w), ==, 0);
        warn_job_load(w->job);
        expect(w, "loaded ");
        return w;
}

static void world_free(World *w) {
        warn_job_free(w->job);
        client_free(w->client);
        pair_free(w->pair);
        g_string_free(w->events, TRUE);
        g_free(w);
}

static void job_changed(World *w, const char *sender) {
        pair_signal(w->pair, sender, JOB_PATH, DBUS_IFACE_PROPERTIES, "PropertiesChanged", "sa{sv}as",
                        USHER_IFACE_JOB, 0, 0);
}

static void job_is_now(World *w, const char *property, const char *value, const char *invalidated) {
        pair_signal(w->pair, USHERD, JOB_PATH, DBUS_IFACE_PROPERTIES, "PropertiesChanged", "sa{sv}as",
                        USHER_IFACE_JOB, 1, property, "s", value, *invalidated ? 1 : 0, invalidated);
}

/* The signal has the value; only what it names without a value must be read. */
static void test_change(void) {
        World *w = world_new();

        w->reads = 0;
        job_is_now(w, "Phase", "asking", "");
        expect(w, "loaded ");
        g_assert_cmpstr(w->job->info.phase, ==, "asking");
        g_assert_cmpuint(w->reads, ==, 0);

        job_is_now(w, "Phase", "terminating", "Message");
        expect(w, "loaded ");
        g_assert_cmpuint(w->reads, ==, 1);

        job_changed(w, ":1.66");
        expect(w, "");
        world_free(w);
}

/* The job is gone by then, so a read would not tell how it ended. */
static void test_end(void) {
        World *w = world_new();

        w->reads = 0;
        job_is_now(w, "Result", "cancelled", "");
        expect(w, "ended:cancelled ");
        g_assert_cmpuint(w->reads, ==, 0);
        world_free(w);
}

/* A read that has failed leaves out what changed before it. */
static void test_change_after_a_failed_read(void) {
        World *w = world_new();

        w->hangs = TRUE;
        warn_job_load(w->job);
        expect(w, "");
        pair_reply_error(w->pair, w->call, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too much");
        sd_bus_message_unref(w->call);
        expect(w, "");

        w->hangs = FALSE;
        w->reads = 0;
        job_is_now(w, "Warned", "none", "");
        expect(w, "loaded ");
        g_assert_cmpuint(w->reads, ==, 1);
        world_free(w);
}

/* The change came after the failed read had begun, so only another read can show it. */
static void test_change_during_a_failed_read(void) {
        World *w = world_new();

        w->hangs = TRUE;
        warn_job_load(w->job);
        expect(w, "");
        g_assert_nonnull(w->call);
        w->hangs = FALSE;
        job_changed(w, USHERD);
        expect(w, "");

        pair_reply_error(w->pair, w->call, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too much");
        sd_bus_message_unref(w->call);
        expect(w, "loaded ");
        world_free(w);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/warn-job/each-change-is-taken", test_change);
        g_test_add_func("/warn-job/end-is-told", test_end);
        g_test_add_func("/warn-job/change-after-a-failed-read", test_change_after_a_failed_read);
        g_test_add_func("/warn-job/change-during-a-failed-read", test_change_during_a_failed_read);
        return g_test_run();
}
