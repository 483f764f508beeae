/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Before each warning logind is asked about the session again: a session may become graphical, and a
 * terminal may get a new owner. A session on a terminal is warned only there. A graphical session is warned
 * on the desktop, or else on its terminal where that shows text. usherd gets one report, and another when
 * the warning reached the user in a better way. */

#include "common/log.h"
#include "common/terminal.h"
#include "common/timespan.h"
#include "warn/countdown.h"
#include "warn/desktop.h"
#include "warn/more-time.h"
#include "warn/warning.h"
#include "warn/wording.h"

typedef enum Outcome {
        OUTCOME_PENDING,
        OUTCOME_NONE,
        OUTCOME_TERMINAL,
        OUTCOME_DESKTOP,
} Outcome;

static const char *const outcome_names[] = { "pending", "none", "terminal", "desktop" };

struct Warning {
        const WarnContext *context;
        WarnJob *job;

        SessionLook *look;
        char *tty;        /* as of the latest look, NULL where there is none */
        bool wrote_now;   /* the current text is on the terminal already */
        bool said_before; /* the terminal has shown the whole text */

        Notification *notification;
        Countdown *countdown;
        sd_event_source *reminder;
        sd_bus_slot *report_call, *action_call;
        DesktopRequest *request;

        Outcome outcome; /* as reported to usherd */
        usec_t shown_deadline;
        MoreTime more;
        NotificationEvent action; /* that usherd has not answered yet */
        bool ending;
};

static void present(Warning *w);

static Wording wording_of(const Warning *w) {
        const JobInfo *job = &w->job->info;
        usec_t passed = now_monotonic(), now = now_realtime();

        /* The wall-clock time of the deadline is computed each time: the machine may have slept, or its
         * clock may have been set. */
        return (Wording) {
                .station = strempty(job->station),
                .label = strempty(w->job->label),
                .session = strempty(job->session),
                .started_by = strempty(job->started_by.name),
                .by_self = job->started_by.uid == getuid() && !isempty(job->started_by.name),
                .reason = strempty(job->reason),
                .message = strempty(job->message),
                .asked = job->time_requested > 0,
                .denied = w->more.denied,
                .deadline = job->deadline_monotonic > passed ? now + (job->deadline_monotonic - passed) :
                                                               now,
                .now = now,
        };
}

static int on_reported(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Warning *w = userdata;

        w->report_call = sd_bus_slot_unref(w->report_call);

        if (sd_bus_message_is_method_error(m, NULL))
                log_debug("usherd refused the report: %s", sd_bus_message_get_error(m)->name);

        return 0;
}

static void report(Warning *w, Outcome outcome) {
        if (outcome <= w->outcome)
                return;

        w->outcome = outcome;
        w->report_call = sd_bus_slot_unref(w->report_call);
        (void) warn_job_call(
                        w->job, &w->report_call, "SetWarned", on_reported, w, "s", outcome_names[outcome]);
}

/* Makes the text for now. The caller frees both. */
static int make_text(Warning *w, char **ret_summary, char **ret_body) {
        Wording words = wording_of(w);
        char *summary, *body;

        summary = w->ending ? wording_ending_summary(&words) : wording_summary(&words);
        body = w->ending ? wording_ending_body(&words) : wording_body(&words);
        if (!summary || !body) {
                free(summary);
                free(body);
                return log_oom();
        }

        *ret_summary = summary;
        *ret_body = body;
        return 0;
}

/* Writes the whole text the first time, then only its first line and what became of a request. */
static int write_terminal(Warning *w, const char *tty) {
        _cleanup_free_ char *summary = NULL, *body = NULL, *text = NULL;
        Wording words = wording_of(w);
        int r;

        if (w->wrote_now)
                return 0;
        if (!tty)
                return -ENOTTY;

        r = make_text(w, &summary, &body);
        if (r < 0)
                return r;

        text = wording_terminal(summary, w->said_before ? wording_request(&words) : body);
        if (!text)
                return log_oom();

        r = terminal_write(tty, text);
        if (r < 0)
                return log_debug_errno(r, "Failed to write to terminal '%s': %m", tty);

        w->wrote_now = w->said_before = true;
        return 0;
}

static int on_action_called(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Warning *w = userdata;

        w->action_call = sd_bus_slot_unref(w->action_call);

        if (sd_bus_message_is_method_error(m, NULL)) {
                log_info("usherd refused the user's choice: %s", sd_bus_message_get_error(m)->message);
                more_time_refused(&w->more, w->action == NOTIFICATION_ASK);
                present(w);
        }

        return 0;
}

static void call_for_user(Warning *w, NotificationEvent choice, const char *member, const char *types) {
        w->action = choice;
        w->action_call = sd_bus_slot_unref(w->action_call);
        (void) warn_job_call(
                        w->job, &w->action_call, member, on_action_called, w, types, WORDING_EXTEND_SEC);
}

static void on_notification(Notification *n, NotificationEvent event, void *userdata) {
        Warning *w = userdata;

        switch (event) {
        case NOTIFICATION_SHOWN:
                report(w, OUTCOME_DESKTOP);
                break;
        case NOTIFICATION_FAILED:
                report(w, write_terminal(w, w->tty) < 0 ? OUTCOME_NONE : OUTCOME_TERMINAL);
                break;
        case NOTIFICATION_END_NOW:
                call_for_user(w, event, "EndNow", NULL);
                break;
        case NOTIFICATION_EXTEND:
                call_for_user(w, event, "Extend", "u");
                break;
        case NOTIFICATION_ASK:
                call_for_user(w, event, "RequestTime", "u");
                break;
        }
}

static int show_notification(Warning *w) {
        usec_t maximum = jobs_get_maximum_grace(w->context->jobs);
        _cleanup_free_ char *summary = NULL, *body = NULL;
        int r;

        r = make_text(w, &summary, &body);
        if (r < 0)
                return r;

        if (!w->notification) {
                r = notification_new(
                                &w->notification, w->context->notifier, w->job->path, on_notification, w);
                if (r < 0)
                        return r;
        }

        return notification_update(w->notification,
                        &(NotificationContent) {
                                        .summary = summary,
                                        .body = body,
                                        .critical = true,
                                        .end_now = !w->ending,
                                        .extend = more_time_may_extend(&w->more, &w->job->info, maximum),
                                        .ask = more_time_may_ask(&w->more, &w->job->info, maximum),
                                        .job = w->job->info.number,
                        });
}

static void on_asked(bool accepted, const char *blockers, void *userdata) {
        Warning *w = userdata;

        (void) warn_job_call(w->job, NULL, "SetAsked", NULL, NULL, "bs", accepted, blockers);
}

static void ask_desktop(Warning *w, const WarnSession *info) {
        if (w->request)
                return;

        if (!info ||
                        desktop_request_new(&w->request, w->context->event,
                                        user_bus_get(w->context->user_bus), w->context->system_bus, info,
                                        on_asked, w) < 0)
                on_asked(false, "", w);
}

/* Shows the text on the terminal or on the desktop. */
static void show(Warning *w, const WarnSession *info) {
        bool graphical = !info || session_is_graphical(info);
        int r;

        if (!graphical && w->tty) {
                r = write_terminal(w, w->tty);
                if (r != -EBUSY) {
                        report(w, r < 0 ? OUTCOME_NONE : OUTCOME_TERMINAL);
                        return;
                }

                /* The terminal shows the graphics of a desktop that was started from it. */
        } else if (!graphical && !streq_ptr(info->type, "unspecified")) {
                report(w, OUTCOME_NONE);
                return;
        }

        if (show_notification(w) < 0)
                report(w, write_terminal(w, w->tty) < 0 ? OUTCOME_NONE : OUTCOME_TERMINAL);
}

static void on_session(const WarnSession *info, void *userdata) {
        Warning *w = userdata;

        if (info) {
                if (info->uid != getuid()) {
                        log_warning("Session '%s' belongs to another user, ignoring.", w->job->info.session);
                        report(w, OUTCOME_NONE);
                        w->look = session_look_free(w->look);
                        return;
                }

                (void) string_replace(&w->tty, terminal_name_is_valid(info->tty) ? info->tty : NULL);
        }

        show(w, info);
        if (w->ending)
                ask_desktop(w, info);

        w->look = session_look_free(w->look);
}

/* Looks at the session, then shows the text for now. */
static void present(Warning *w) {
        int r;

        w->wrote_now = false;
        w->shown_deadline = w->job->info.deadline_monotonic;
        w->look = session_look_free(w->look);

        r = session_look_new(&w->look, w->context->system_bus, w->job->info.session, on_session, w);
        if (r < 0) {
                log_warning_errno(r, "Failed to query session '%s', ignoring: %m", w->job->info.session);
                on_session(NULL, w);
        }
}

static int on_reminder(sd_event_source *source, uint64_t usec, void *userdata);

static void arm_reminder(Warning *w) {
        usec_t next = jobs_next_reminder(w->context->jobs, w->job->info.deadline_monotonic, now_monotonic());

        w->reminder = sd_event_source_disable_unref(w->reminder);
        if (next != USEC_INFINITY)
                (void) sd_event_add_time(w->context->event, &w->reminder, CLOCK_MONOTONIC, next,
                                50 * USEC_PER_MSEC, on_reminder, w);
}

static int on_reminder(sd_event_source *source, uint64_t usec, void *userdata) {
        Warning *w = userdata;

        present(w);
        arm_reminder(w);
        return 0;
}

/* Whether usherd counts the user as not warned again, because it was restarted or the machine slept. While a
 * report is under way, "pending" is the state from before it. */
static bool is_wanted_again(const Warning *w) {
        return streq(w->job->info.warned, "pending") && w->outcome != OUTCOME_PENDING && !w->report_call;
}

void warning_update(Warning *w) {
        countdown_update(w->countdown);

        if (streq(w->job->info.phase, "warning")) {
                bool again = is_wanted_again(w), answered;

                answered = more_time_update(&w->more, &w->job->info, w->shown_deadline);
                if (again) {
                        w->outcome = OUTCOME_PENDING;
                        w->said_before = false;
                }

                if (again || answered || w->shown_deadline != w->job->info.deadline_monotonic) {
                        present(w);
                        arm_reminder(w);
                }
        } else if (streq(w->job->info.phase, "asking")) {
                w->reminder = sd_event_source_disable_unref(w->reminder);

                if (!w->ending) {
                        w->ending = true;
                        present(w);
                }
        } else {
                w->reminder = sd_event_source_disable_unref(w->reminder);
                w->request = desktop_request_free(w->request);
        }
}

int warning_new(Warning **ret, const WarnContext *context, WarnJob *job) {
        Warning *w;
        int r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;

        *w = (Warning) {
                .context = context,
                .job = job,
                .shown_deadline = USEC_INFINITY,
                .more.first_seen = now_monotonic(),
        };

        /* Without it the notification still warns. */
        r = countdown_new(&w->countdown, context, job);
        if (r < 0)
                (void) log_oom();

        warning_update(w);

        *ret = w;
        return 0;
}

static void say_cancelled(Warning *w) {
        _cleanup_free_ char *summary = NULL, *body = NULL, *text = NULL;
        Wording words = wording_of(w);

        summary = wording_cancelled_summary(&words);
        body = wording_cancelled_body(&words);
        text = summary && body ? wording_terminal(summary, body) : NULL;
        if (!text) {
                (void) log_oom();
                return;
        }

        if (w->said_before && w->tty)
                (void) terminal_write(w->tty, text);

        w->notification = notification_finish(
                        w->notification, &(NotificationContent) { .summary = summary, .body = body });
}

Warning *warning_free(Warning *w, const char *result) {
        if (!w)
                return NULL;

        if (streq(result, "cancelled"))
                say_cancelled(w);

        (void) notification_finish(w->notification, NULL);
        session_look_free(w->look);
        countdown_free(w->countdown);
        sd_event_source_disable_unref(w->reminder);
        sd_bus_slot_unref(w->report_call);
        sd_bus_slot_unref(w->action_call);
        desktop_request_free(w->request);
        free(w->tty);
        free(w);
        return NULL;
}
