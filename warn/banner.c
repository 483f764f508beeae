/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A session on a terminal gets the notice only there, a graphical session gets it on the desktop. Without a
 * notification server the notice waits: a server that starts before the notice's time is over gets it. */

#include "common/log.h"
#include "common/terminal.h"
#include "common/timespan.h"
#include "warn/banner.h"
#include "warn/session.h"
#include "warn/wording.h"

/* usherd drops the notice at its time. This long before it, the notice is reported as not shown. */
#define MARGIN_USEC USEC_PER_SEC

struct Banner {
        const WarnContext *context;
        ClientNotice *notice;

        SessionLook *look;
        Notification *notification;
        sd_event_source *timer;
        bool shown;
};

static void report(Banner *b, const char *how) {
        int r;

        b->shown = b->shown || !streq(how, "none");
        b->timer = sd_event_source_disable_unref(b->timer);
        r = client_notice_report(b->notice, how);
        if (r < 0)
                log_debug_errno(r, "Failed to report notice %" PRIu32 ", ignoring: %m", b->notice->number);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        report(userdata, "none");
        return 0;
}

static int make_text(Banner *b, char **ret_summary, char **ret_body) {
        const ClientNotice *n = b->notice;
        const Wording words = {
                .station = n->station,
                .label = n->label,
                .session = n->session,
                .started_by = n->from,
                .message = n->text,
        };
        bool identify = streq(n->kind, "identify");
        char *summary, *body;

        summary = identify ? wording_identify_summary(&words) : wording_message_summary(&words);
        body = identify ? wording_identify_body(&words) : wording_message_body(&words);
        if (!summary || !body) {
                free(summary);
                free(body);
                return -ENOMEM;
        }

        *ret_summary = summary;
        *ret_body = body;
        return 0;
}

static int write_terminal(Banner *b, const char *tty) {
        _cleanup_free_ char *summary = NULL, *body = NULL, *text = NULL;
        int r;

        r = make_text(b, &summary, &body);
        if (r < 0)
                return r;

        text = wording_terminal(summary, body);
        if (!text)
                return -ENOMEM;

        return terminal_write(tty, text);
}

static void on_notification(Notification *n, NotificationEvent event, void *userdata) {
        Banner *b = userdata;

        if (event == NOTIFICATION_SHOWN && !b->shown)
                report(b, "desktop");
}

static int show_notification(Banner *b) {
        _cleanup_free_ char *summary = NULL, *body = NULL;
        int r;

        r = make_text(b, &summary, &body);
        if (r < 0)
                return r;

        r = notification_new(&b->notification, b->context->notifier, NULL, on_notification, b);
        if (r < 0)
                return r;

        /* A message stays until it has been read, because its sender cannot see whether anybody looked at
         * the screen. */
        return notification_update(b->notification,
                        &(NotificationContent) {
                                        .summary = summary,
                                        .body = body,
                                        .critical = streq(b->notice->kind, "message"),
                                        .notice = true,
                        });
}

static void on_session(const WarnSession *info, void *userdata) {
        Banner *b = userdata;
        int r = -ENOTTY;

        if (!info || info->uid != getuid())
                report(b, "none");
        else if (session_is_graphical(info) || streq_ptr(info->type, "unspecified"))
                r = show_notification(b);
        else if (terminal_name_is_valid(info->tty)) {
                r = write_terminal(b, info->tty);
                if (r == -EBUSY) /* the user started a desktop from the terminal */
                        r = show_notification(b);
                else if (r >= 0)
                        report(b, "terminal");
        }

        if (r < 0) {
                log_debug_errno(r, "Failed to show notice %" PRIu32 ": %m", b->notice->number);
                report(b, "none");
        }

        b->look = session_look_free(b->look);
}

int banner_new(Banner **ret, const WarnContext *context, ClientNotice *notice) {
        usec_t now = now_realtime(), end = notice->until > MARGIN_USEC ? notice->until - MARGIN_USEC : 0;
        Banner *b;
        int r;

        b = malloc(sizeof(*b));
        if (!b)
                return -ENOMEM;

        *b = (Banner) { .context = context, .notice = notice };

        r = sd_event_add_time_relative(context->event, &b->timer, CLOCK_MONOTONIC, end > now ? end - now : 0,
                        0, on_timer, b);
        if (r >= 0)
                r = session_look_new(&b->look, context->system_bus, notice->session, on_session, b);
        if (r < 0) {
                (void) banner_free(b);
                return r;
        }

        *ret = b;
        return 0;
}

Banner *banner_free(Banner *b) {
        if (!b)
                return NULL;

        if (b->shown)
                (void) notification_leave(b->notification);
        else
                (void) notification_finish(b->notification, NULL);
        session_look_free(b->look);
        sd_event_source_disable_unref(b->timer);
        free(b);
        return NULL;
}
