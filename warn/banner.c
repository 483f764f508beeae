/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A session on a terminal reads it there and nowhere else, a graphical one on the desktop. Where there is no
 * notification server so far the notice waits: one that comes up before usherd's time is over still gets it.
 */

#include "common/log.h"
#include "common/terminal.h"
#include "common/timespan.h"
#include "warn/banner.h"
#include "warn/session.h"
#include "warn/wording.h"

/* usherd gives up at the notice's time; a moment before that we say that it was not shown. */
#define MARGIN_USEC USEC_PER_SEC

struct Banner {
        const WarnContext *context;
        ClientNotice *notice;

        SessionLook *look;
        Notification *notification;
        sd_event_source *timer;
        bool shown;
};

static void report(Banner *p, const char *how) {
        int r;

        p->shown = p->shown || !streq(how, "none");
        p->timer = sd_event_source_disable_unref(p->timer);
        r = client_notice_report(p->notice, how);
        if (r < 0)
                log_debug_errno(r, "Failed to report notice %" PRIu32 ", ignoring: %m", p->notice->number);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        report(userdata, "none");
        return 0;
}

static int make_text(Banner *p, char **ret_summary, char **ret_body) {
        const ClientNotice *n = p->notice;
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

static int write_terminal(Banner *p, const char *tty) {
        _cleanup_free_ char *summary = NULL, *body = NULL, *text = NULL;
        int r;

        r = make_text(p, &summary, &body);
        if (r < 0)
                return r;

        text = wording_terminal(summary, body);
        if (!text)
                return -ENOMEM;

        return terminal_write(tty, text);
}

static void on_notification(Notification *n, NotificationEvent event, void *userdata) {
        Banner *p = userdata;

        if (event == NOTIFICATION_SHOWN && !p->shown)
                report(p, "desktop");
}

static int show_notification(Banner *p) {
        _cleanup_free_ char *summary = NULL, *body = NULL;
        int r;

        r = make_text(p, &summary, &body);
        if (r < 0)
                return r;

        r = notification_new(&p->notification, p->context->notifier, NULL, on_notification, p);
        if (r < 0)
                return r;

        /* A message stays until it was read: whoever sent it cannot ask whether somebody looked at the
         * screen. */
        return notification_update(p->notification,
                        &(NotificationContent) {
                                        .summary = summary,
                                        .body = body,
                                        .critical = streq(p->notice->kind, "message"),
                                        .notice = true,
                        });
}

static void on_session(const WarnSession *facts, void *userdata) {
        Banner *p = userdata;
        int r = -ENOTTY;

        if (!facts || facts->uid != getuid())
                report(p, "none");
        else if (session_is_graphical(facts) || streq_ptr(facts->type, "unspecified"))
                r = show_notification(p);
        else if (terminal_name_is_valid(facts->tty)) {
                r = write_terminal(p, facts->tty);
                if (r == -EBUSY) /* a desktop that was started from a terminal */
                        r = show_notification(p);
                else if (r >= 0)
                        report(p, "terminal");
        }

        if (r < 0) {
                log_debug_errno(r, "Cannot show notice %" PRIu32 ": %m", p->notice->number);
                report(p, "none");
        }

        p->look = session_look_free(p->look);
}

int banner_new(Banner **ret, const WarnContext *context, ClientNotice *notice) {
        usec_t now = now_realtime(), end = notice->until > MARGIN_USEC ? notice->until - MARGIN_USEC : 0;
        Banner *p;
        int r;

        p = malloc(sizeof(*p));
        if (!p)
                return -ENOMEM;

        *p = (Banner) { .context = context, .notice = notice };

        r = sd_event_add_time_relative(context->event, &p->timer, CLOCK_MONOTONIC, end > now ? end - now : 0,
                        0, on_timer, p);
        if (r >= 0)
                r = session_look_new(&p->look, context->system_bus, notice->session, on_session, p);
        if (r < 0) {
                (void) banner_free(p);
                return r;
        }

        *ret = p;
        return 0;
}

Banner *banner_free(Banner *p) {
        if (!p)
                return NULL;

        if (p->shown)
                (void) notification_leave(p->notification);
        else
                (void) notification_finish(p->notification, NULL);
        session_look_free(p->look);
        sd_event_source_disable_unref(p->timer);
        free(p);
        return NULL;
}
