/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-identify: shows for ten seconds, in letters that fill the screen, which station this is. usherd has
 * systemd start it as the user whose desktop, login screen or terminal is to show the banner. It shows the
 * signs in usherd's list of notices for that user, and exits after the last banner. Where it cannot show a
 * banner it reports that, and usherd finds another way. */

#include <sys/queue.h>
#include <systemd/sd-daemon.h>

#include "client/notices.h"
#include "common/arguments.h"
#include "common/log.h"
#include "identify/banner.h"

#define SHOW_USEC (10 * USEC_PER_SEC)

/* At once, one for each session of the user. */
#define BANNERS_MAX 64U

typedef struct Program Program;

typedef struct ActiveBanner {
        Program *program;
        ClientNotice *notice; /* that wants to know how it was shown; NULL once usherd has dropped it */
        char *session;
        bool shown;
        Banner *banner;
        sd_event_source *timer;
        TAILQ_ENTRY(ActiveBanner) entries;
} ActiveBanner;

struct Program {
        sd_event *event;
        sd_bus *bus;
        Client *client;
        ClientNotices *notices;
        bool leaving; /* systemd starts a new process for what is requested now */
        TAILQ_HEAD(, ActiveBanner) banners;
        unsigned n_banners;
};

static ActiveBanner *active_banner_free(ActiveBanner *a) {
        if (!a)
                return NULL;

        if (a->notice)
                a->notice->userdata = NULL;
        TAILQ_REMOVE(&a->program->banners, a, entries);
        a->program->n_banners--;
        banner_free(a->banner);
        sd_event_source_disable_unref(a->timer);
        free(a->session);
        free(a);
        return NULL;
}

DEFINE_CLEANUP(ActiveBanner *, active_banner_free);

/* Exits after the last banner, when usherd knows of each. */
static void check_end(Program *p) {
        if (!TAILQ_EMPTY(&p->banners) || !client_notices_is_empty(p->notices) ||
                        client_notices_is_loading(p->notices))
                return;

        p->leaving = true;
        client_announce_exit();
        if (client_notices_reload(p->notices) < 0)
                (void) sd_event_exit(p->event, EXIT_SUCCESS);
}

static int on_shown_long_enough(sd_event_source *source, uint64_t usec, void *userdata) {
        ActiveBanner *a = userdata;
        Program *p = a->program;

        active_banner_free(a);
        check_end(p);
        return 0;
}

static ActiveBanner *find_banner(Program *p, const char *session) {
        ActiveBanner *a;

        TAILQ_FOREACH(a, &p->banners, entries)
                if (streq(a->session, session))
                        return a;

        return NULL;
}

static int active_banner_new(ActiveBanner **ret, Program *p, ClientNotice *n) {
        _cleanup_(active_banner_freep) ActiveBanner *a = NULL;

        if (p->n_banners >= BANNERS_MAX)
                return -E2BIG;

        a = malloc(sizeof(*a));
        if (!a)
                return -ENOMEM;
        *a = (ActiveBanner) { .program = p, .notice = n, .session = strdup(n->session) };
        n->userdata = a;
        TAILQ_INSERT_TAIL(&p->banners, a, entries);
        p->n_banners++;
        if (!a->session)
                return -ENOMEM;

        *ret = TAKE_PTR(a);
        return 0;
}

static void report(ClientNotice *n, const char *how) {
        int r;

        r = client_notice_report(n, how);
        if (r < 0)
                log_warning_errno(r, "Failed to report notice %" PRIu32 ": %m", n->number);
}

/* The time begins when the banner can be seen. */
static void on_banner(int error, const char *how, void *userdata) {
        ActiveBanner *a = userdata;
        int r = error;

        if (r >= 0)
                r = sd_event_add_time_relative(a->program->event, &a->timer, CLOCK_MONOTONIC, SHOW_USEC, 0,
                                on_shown_long_enough, a);
        if (r < 0)
                log_info_errno(r, "Failed to show a banner in session '%s': %m", a->session);

        a->shown = r >= 0;
        if (a->notice)
                report(a->notice, r < 0 ? "none" : how);
        if (r < 0)
                active_banner_free(a);
}

static int show(Program *p, ClientNotice *n) {
        const BannerText text = { .name = n->text, .id = streq(n->text, n->station) ? NULL : n->station };
        _cleanup_(active_banner_freep) ActiveBanner *a = NULL;
        ActiveBanner *before = find_banner(p, n->session);
        int r;

        /* A second request while the banner is up starts its time again. */
        if (before && before->notice)
                report(before->notice, "none");
        active_banner_free(before);

        r = active_banner_new(&a, p, n);
        if (r < 0)
                return r;

        r = banner_new(&a->banner, p->event, n->session, &text, on_banner, a);
        if (r < 0)
                return r;

        TAKE_PTR(a);
        return 0;
}

static bool wants_notice(const char *kind) {
        return streq(kind, CLIENT_NOTICE_SIGN);
}

static void on_notice(ClientNotice *n, void *userdata) {
        Program *p = userdata;
        int r;

        if (p->leaving) {
                (void) sd_event_exit(p->event, CLIENT_EXIT_AGAIN);
                return;
        }

        r = show(p, n);
        if (r < 0) {
                log_info_errno(r, "Failed to show a banner in session '%s': %m", n->session);
                report(n, "none");
        }
}

static void on_notice_removed(ClientNotice *n, void *userdata) {
        ActiveBanner *a = n->userdata;

        if (a) {
                a->notice = n->userdata = NULL;
                /* usherd did not wait for it any longer. */
                if (!a->shown)
                        active_banner_free(a);
        }

        check_end(userdata);
}

static void on_listed(void *userdata) {
        Program *p = userdata;

        if (!p->leaving)
                check_end(p);
        else if (client_notices_is_empty(p->notices))
                (void) sd_event_exit(p->event, EXIT_SUCCESS);
}

static const ClientNoticesHandler notices_handler = {
        .wants = wants_notice,
        .added = on_notice,
        .removed = on_notice_removed,
        .listed = on_listed,
};

static void on_owner(const char *owner, void *userdata) {
        Program *p = userdata;

        /* The notices of a usherd that is gone are gone with it, and starting usherd would bring none. */
        if (!owner)
                client_notices_forget(p->notices);
        if (!owner || client_notices_reload(p->notices) < 0)
                check_end(p);
}

static void program_done(Program *p) {
        ActiveBanner *a;

        while ((a = TAILQ_FIRST(&p->banners)))
                active_banner_free(a);
        client_notices_free(p->notices);
        client_free(p->client);
        sd_bus_flush_close_unref(p->bus);
        sd_event_unref(p->event);
}

static int program_init(Program *p) {
        int r;

        TAILQ_INIT(&p->banners);
        r = sd_event_default(&p->event);
        if (r >= 0)
                r = sd_event_set_signal_exit(p->event, true);
        if (r >= 0)
                /* A display server that hangs makes this program hang too. Then systemd ends it. */
                r = sd_event_set_watchdog(p->event, true);
        if (r >= 0)
                r = client_open_bus(&p->bus, p->event);
        if (r >= 0)
                r = client_new(&p->client, p->bus, on_owner, p);
        if (r >= 0)
                r = client_notices_new(&p->notices, p->client, &notices_handler, p);

        return r;
}

static int run(void) {
        _cleanup_(program_done) Program p = {};
        int r;

        r = program_init(&p);
        if (r < 0)
                return log_error_errno(r, "Failed to set up: %m");

        (void) sd_notify(false, "READY=1");

        r = sd_event_loop(p.event);
        if (r < 0)
                return log_error_errno(r, "Failed to run the event loop: %m");

        return r;
}

int main(int argc, char *argv[]) {
        return arguments_main(argc, argv, "usher-identify",
                        "Shows on the calling user's screens which stations they are, when usherd requests "
                        "it.\n"
                        "usher-identify@.service starts it; see 'identify' in usherctl(1).",
                        run);
}
