/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>

#include "house.h"

static void say(void *userdata, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(void *userdata, const char *format, ...) {
        House *h = userdata;
        va_list ap;

        va_start(ap, format);
        g_string_append_vprintf(h->events, format, ap);
        va_end(ap);
        g_string_append_c(h->events, '\n');
}

static void on_ready(void *userdata) {
        say(userdata, "ready");
}

static void on_station_added(Station *s, void *userdata) {
        say(userdata, "station-added %s", s->id);
}

static void on_station_changed(Station *s, unsigned mask, void *userdata) {
        say(userdata, "station-changed %s", s->id);
}

static void on_station_removed(Station *s, void *userdata) {
        say(userdata, "station-removed %s", s->id);
}

static void on_hub(const Hub *hub, void *userdata) {
}

static void on_hub_changed(const Hub *hub, unsigned mask, void *userdata) {
}

static void on_job_new(JobRunner *j, void *userdata) {
        say(userdata, "job-new %" PRIu32, j->job.number);
}

static void on_job_changed(JobRunner *j, unsigned mask, void *userdata) {
        say(userdata, "job-changed %" PRIu32, j->job.number);
}

static void on_job_removed(JobRunner *j, void *userdata) {
        say(userdata, "job-removed %" PRIu32 " %s", j->job.number, job_result_to_string(j->job.result));
}

static void on_notice_new(const Notice *n, void *userdata) {
        say(userdata, "notice-new");
}

static void on_lookup_done(void *userdata) {
        say(userdata, "lookup-done");
}

static void on_changed(unsigned mask, void *userdata) {
        if (mask & MANAGER_CHANGED_LAST_OPERATION)
                say(userdata, "last-operation");
}

static const ManagerEvents events = {
        .ready = on_ready,
        .station_added = on_station_added,
        .station_changed = on_station_changed,
        .station_removed = on_station_removed,
        .hub_added = on_hub,
        .hub_changed = on_hub_changed,
        .hub_removed = on_hub,
        .job_new = on_job_new,
        .job_changed = on_job_changed,
        .job_removed = on_job_removed,
        .notice_new = on_notice_new,
        .lookup_done = on_lookup_done,
        .changed = on_changed,
};

static void start(House *h, const Feature *const *features) {
        g_autofree char *nologin = g_build_filename(h->directory, "nologin-file", NULL);
        Config config;

        config_init(&config);
        g_assert_cmpint(manager_new(&h->manager, h->pair->event, h->pair->client, &config, features,
                                        h->directory, h->directory, nologin),
                        ==, 0);
        g_assert_cmpint(manager_start(h->manager, &events, h), ==, 0);
}

static void free_info(gpointer p) {
        session_info_free(p);
}

House *house_new(const Feature *const *features) {
        House *h = g_new0(House, 1);
        sigset_t child;

        (void) sigemptyset(&child);
        (void) sigaddset(&child, SIGCHLD);
        g_assert_cmpint(sigprocmask(SIG_BLOCK, &child, NULL), ==, 0);

        h->pair = pair_new();
        h->directory = g_dir_make_tmp("usher-core-XXXXXX", NULL);
        h->events = g_string_new(NULL);
        h->infos = g_ptr_array_new_with_free_func(free_info);
        start(h, features);
        return h;
}

House *house_free(House *h) {
        g_autoptr(GDir) dir = g_dir_open(h->directory, 0, NULL);
        const char *name;

        manager_free(h->manager);
        while ((name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(h->directory, name, NULL);

                (void) g_remove(path);
        }
        (void) g_rmdir(h->directory);
        g_ptr_array_unref(h->infos);
        g_string_free(h->events, TRUE);
        pair_free(h->pair);
        g_free(h->directory);
        g_free(h);
        return NULL;
}

void house_restart(House *h, const Feature *const *features) {
        h->manager = manager_free(h->manager);
        start(h, features);
}

SessionInfo *house_info(House *h, const char *id, uid_t uid, const char *seat) {
        SessionInfo *info = calloc(1, sizeof(*info));

        *info = (SessionInfo) {
                .id = strdup(id),
                .path = strdup("/session"),
                .user = strdup("anna"),
                .seat = strdup(seat),
                .class = strdup("user"),
                .type = strdup("tty"),
                .state = strdup("active"),
                .scope = strdup("session.scope"),
                .uid = uid,
                .leader = 42,
                .started = 7,
                .active = true,
        };
        g_ptr_array_add(h->infos, info);
        return info;
}

Session *house_apply(House *h, SessionInfo *info) {
        events_apply_session(h->manager, info);
        return manager_find_session(h->manager, info->id);
}

Station *house_seat(House *h, const char *id) {
        Station *s;

        g_assert_cmpint(manager_add_station(h->manager, id, &s), ==, 0);
        s->present = true;
        return s;
}

JobRunner *house_start_job(House *h, Session *s, const JobRequest *request) {
        JobRunner *j;

        g_assert_cmpint(jobs_start(h->manager, &s, 1, request, NULL, &j), ==, 0);
        g_assert_nonnull(j);
        return j;
}

void house_settle(House *h) {
        while (sd_event_run(h->pair->event, 0) > 0)
                ;
}

void house_wait_for(House *h, const char *event) {
        while (!strstr(h->events->str, event))
                g_assert_cmpint(sd_event_run(h->pair->event, 10 * USEC_PER_SEC), >, 0);
}

gboolean house_has_file(House *h, const char *name) {
        g_autofree char *path = g_build_filename(h->directory, name, NULL);

        return g_file_test(path, G_FILE_TEST_EXISTS);
}

gboolean house_heard(House *h, const char *event) {
        gboolean heard = strstr(h->events->str, event) != NULL;

        g_string_truncate(h->events, 0);
        return heard;
}
