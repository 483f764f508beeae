/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "build-config.h"
#include "common/log.h"
#include "common/names.h"
#include "common/timespan.h"
#include "warn/countdown.h"
#include "warn/wording.h"

#define PROGRAM LIBEXECDIR "/usher-countdown"

/* For a display server that hangs: usher-countdown itself exits at the deadline. */
#define MARGIN_USEC (5 * USEC_PER_SEC)

struct Countdown {
        const WarnContext *context;
        const WarnJob *job;

        usec_t deadline; /* that it waits for or shows, USEC_INFINITY for none */
        sd_event_source *timer;
        sd_bus_slot *call;

        /* What was started for this deadline, NULL for nothing. Each deadline has a unit of its own: that
         * for a new one can start while the old one stops. */
        char *unit;
};

static int append_environment(const Countdown *c, sd_bus_message *m) {
        _cleanup_free_ char *session = NULL, *deadline = NULL, *line = NULL, *text = NULL;
        usec_t now = now_monotonic();

        line = wording_full_screen(
                        &(Wording) { .deadline = now_realtime() + c->deadline - MIN_OF(now, c->deadline) });
        if (!line || asprintf(&session, "USHER_SESSION=%s", c->job->info.session) < 0 ||
                        asprintf(&deadline, "USHER_DEADLINE_USEC=%" PRIu64, c->deadline) < 0 ||
                        asprintf(&text, "USHER_TEXT=%s", line) < 0)
                return -ENOMEM;

        return sd_bus_message_append(m, "(sv)", "Environment", "as", 3, session, deadline, text);
}

static int new_start(const Countdown *c, sd_bus *bus, sd_bus_message **ret) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        usec_t now = now_monotonic(), limit = c->deadline - MIN_OF(now, c->deadline) + MARGIN_USEC;
        int r;

        r = sd_bus_message_new_method_call(bus, &m, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER,
                        "StartTransientUnit");
        if (r >= 0)
                r = sd_bus_message_append(m, "ss", c->unit, "fail");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "(sv)");
        if (r >= 0)
                r = sd_bus_message_append(m, "(sv)(sv)(sv)(sv)", "Description", "s",
                                "Time Left Until Log-off", "CollectMode", "s", "inactive-or-failed",
                                "RuntimeMaxUSec", "t", limit, "ExecStart", "a(sasb)", 1, PROGRAM, 1, PROGRAM,
                                false);
        if (r >= 0)
                r = append_environment(c, m);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        if (r >= 0)
                r = sd_bus_message_append(m, "a(sa(sv))", 0);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

static int on_started(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Countdown *c = userdata;

        c->call = sd_bus_slot_unref(c->call);
        if (sd_bus_message_is_method_error(m, NULL))
                log_debug("The user's systemd did not start '%s': %s", c->unit,
                                sd_bus_message_get_error(m)->message);

        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        Countdown *c = userdata;
        sd_bus *bus = user_bus_get(c->context->user_bus);
        int r;

        c->timer = sd_event_source_disable_unref(c->timer);
        if (!bus)
                return 0;

        if (asprintf(&c->unit, "usher-countdown-%" PRIu32 "-%" PRIu64 ".service", c->job->info.number,
                            c->deadline) < 0) {
                c->unit = NULL;
                return log_oom();
        }

        r = new_start(c, bus, &m);
        if (r >= 0)
                r = sd_bus_call_async(bus, &c->call, m, on_started, c, 0);
        if (r < 0)
                log_debug_errno(r, "Failed to request the start of '%s': %m", c->unit);

        return 0;
}

/* Forgets the deadline, and stops what was started for it. */
static void stop(Countdown *c) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        sd_bus *bus = user_bus_get(c->context->user_bus);

        if (c->unit && bus &&
                        sd_bus_message_new_method_call(bus, &m, SYSTEMD_BUS_NAME, SYSTEMD_PATH,
                                        SYSTEMD_IFACE_MANAGER, "StopUnit") >= 0 &&
                        sd_bus_message_append(m, "ss", c->unit, "replace") >= 0 &&
                        sd_bus_message_set_expect_reply(m, false) >= 0)
                (void) sd_bus_send(bus, m, NULL);

        c->deadline = USEC_INFINITY;
        c->timer = sd_event_source_disable_unref(c->timer);
        c->call = sd_bus_slot_unref(c->call);
        free(c->unit);
        c->unit = NULL;
}

void countdown_update(Countdown *c) {
        const JobInfo *job;
        usec_t before;
        bool wanted;

        if (!c)
                return;

        job = &c->job->info;
        before = jobs_get_full_screen(c->context->jobs);
        wanted = before > 0 && streq(job->phase, "warning");
        if (wanted && job->deadline_monotonic == c->deadline)
                return;

        stop(c);
        if (!wanted)
                return;

        c->deadline = job->deadline_monotonic;
        if (sd_event_add_time(c->context->event, &c->timer, CLOCK_MONOTONIC,
                            c->deadline - MIN_OF(before, c->deadline), USEC_PER_MSEC, on_time, c) < 0)
                (void) log_oom();
}

int countdown_new(Countdown **ret, const WarnContext *context, const WarnJob *job) {
        Countdown *c;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;
        *c = (Countdown) { .context = context, .job = job, .deadline = USEC_INFINITY };

        countdown_update(c);

        *ret = c;
        return 0;
}

Countdown *countdown_free(Countdown *c) {
        if (!c)
                return NULL;

        stop(c);
        free(c);
        return NULL;
}
