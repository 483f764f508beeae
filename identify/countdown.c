/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-countdown: shows the time left until a log-off over the screen of one session, second by second, and
 * exits at its end. usher-warn has the user's systemd start it, and stop it when the log-off is cancelled or
 * gets another deadline. */

#include "common/arguments.h"
#include "common/log.h"
#include "common/timespan.h"
#include "identify/screen.h"

typedef struct Program {
        sd_event *event;
        Screen *screen;
        sd_event_source *tick;
        const char *text;
        usec_t deadline;
} Program;

/* In whole seconds: the last one that is shown is 1. */
static usec_t seconds_left(const Program *p) {
        usec_t now = now_monotonic();

        return p->deadline > now ? (p->deadline - now + USEC_PER_SEC - 1) / USEC_PER_SEC : 0;
}

static BannerText make_text(const Program *p, char buffer[static 32]) {
        usec_t left = seconds_left(p);

        (void) snprintf(buffer, 32, "%" PRIu64 ":%02" PRIu64, left / 60, left % 60);
        return (BannerText) { .name = buffer, .id = p->text, .place = BANNER_TOP };
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        Program *p = userdata;
        usec_t left = seconds_left(p);
        char buffer[32];
        BannerText text;
        int r;

        if (left == 0)
                return sd_event_exit(p->event, EXIT_SUCCESS);

        text = make_text(p, buffer);
        r = screen_set_text(p->screen, &text);
        if (r >= 0)
                r = sd_event_source_set_time(source, p->deadline - (left - 1) * USEC_PER_SEC);
        if (r < 0) {
                log_info_errno(r, "The screen is gone: %m");
                return sd_event_exit(p->event, EXIT_SUCCESS);
        }

        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* A session on a terminal, and some Wayland desktops: the user has seen the notification. */
static void on_screen(int error, void *userdata) {
        Program *p = userdata;

        if (error >= 0)
                return;

        log_info_errno(error, "The session has no screen that can show the time left: %m");
        (void) sd_event_exit(p->event, EXIT_SUCCESS);
}

static int start(Program *p, const char *session) {
        char buffer[32];
        BannerText text = make_text(p, buffer);
        int r;

        r = sd_event_default(&p->event);
        if (r >= 0)
                r = sd_event_set_signal_exit(p->event, true);
        if (r >= 0)
                r = screen_new(&p->screen, p->event, session, &text, on_screen, p);
        if (r >= 0)
                r = sd_event_add_time(p->event, &p->tick, CLOCK_MONOTONIC, now_monotonic(), USEC_PER_MSEC,
                                on_tick, p);

        return r;
}

static void program_done(Program *p) {
        screen_free(p->screen);
        sd_event_source_disable_unref(p->tick);
        sd_event_unref(p->event);
}

static int run(void) {
        const char *session = getenv("USHER_SESSION"), *deadline = getenv("USHER_DEADLINE_USEC");
        _cleanup_(program_done) Program p = { .text = getenv("USHER_TEXT") };
        char *end;
        int r;

        errno = 0;
        p.deadline = deadline ? strtoull(deadline, &end, 10) : 0;
        if (isempty(session) || !deadline || errno != 0 || end == deadline || *end != '\0')
                return log_error_errno(EINVAL, "USHER_SESSION= or USHER_DEADLINE_USEC= is not valid: %m");

        r = start(&p, session);
        if (r >= 0)
                r = sd_event_loop(p.event);
        if (r < 0)
                return log_error_errno(r, "Failed to show the time left: %m");

        return r;
}

int main(int argc, char *argv[]) {
        return arguments_main(argc, argv, "usher-countdown",
                        "Shows the time left until a log-off over the screen of a session, when usher-warn "
                        "requests it.\nSee FullScreenSec= in usherd.conf(5).",
                        run);
}
