/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <time.h>

#include "common/names.h"
#include "common/text.h"
#include "warn/intl.h"
#include "warn/wording.h"

/* Labels and names are cut after this many bytes. */
#define NAME_MAX_BYTES 128U

static char *escape_name(const char *s) {
        char *safe;

        safe = text_escape_terminal(s, false);
        if (safe)
                safe[text_prefix(safe, NAME_MAX_BYTES)] = '\0';

        return safe;
}

/* "" where there is no message. */
static char *message_line(const char *message) {
        _cleanup_free_ char *cut = NULL, *safe = NULL;
        char *s;

        if (isempty(message))
                return strdup("");

        cut = strndup(message, text_prefix(message, USHER_MESSAGE_MAX));
        safe = cut ? text_escape_terminal(cut, true) : NULL;
        if (!safe)
                return NULL;

        /* TRANSLATORS: quotation marks around the administrator's message */
        return asprintf(&s, _("“%s”"), safe) < 0 ? NULL : s;
}

/* The station's label, and the seat's id where it differs. */
static char *place(const Wording *w) {
        _cleanup_free_ char *label = NULL, *id = NULL;
        char *s;

        label = escape_name(w->label);
        id = escape_name(isempty(w->station) ? w->session : w->station);
        if (!label || !id)
                return NULL;

        if (isempty(label) || streq(label, id))
                return TAKE_PTR(id);

        return asprintf(&s, "%s (%s)", label, id) < 0 ? NULL : s;
}

static char *place_line(const Wording *w) {
        _cleanup_free_ char *where = NULL;
        char *s;

        where = place(w);
        if (!where)
                return NULL;

        return asprintf(&s, isempty(w->station) ? _("Session: %s") : _("Station: %s"), where) < 0 ? NULL : s;
}

static char *who_line(const Wording *w) {
        _cleanup_free_ char *name = NULL;
        char *s;

        if (w->by_self)
                return strdup(_("Requested by: you"));
        if (isempty(w->started_by))
                return strdup(_("Requested by: the system"));

        name = escape_name(w->started_by);
        if (!name)
                return NULL;

        return asprintf(&s, _("Requested by: %s"), name) < 0 ? NULL : s;
}

/* NULL for a request of a person, and for the reason of a newer usherd that this program does not know. */
static const char *why_line(const char *reason) {
        if (streq(reason, "idle"))
                return _("Nobody has used this session for a while.");
        if (streq(reason, "hub-lost"))
                return _("This station's keyboard hub was unplugged.");
        if (streq(reason, "restart"))
                return _("The computer is about to restart.");
        if (streq(reason, "power-off"))
                return _("The computer is about to be switched off.");
        if (streq(reason, "mode-switch"))
                return _("The stations of this computer are about to be rearranged.");

        return NULL;
}

static void wall_clock(usec_t t, char *buffer, size_t size) {
        time_t seconds = (time_t) (t / USEC_PER_SEC);
        struct tm tm;

        /* TRANSLATORS: a time of day for strftime(3) */
        if (!localtime_r(&seconds, &tm) || strftime(buffer, size, _("%H:%M"), &tm) == 0)
                buffer[0] = '\0';
}

/* Many notification servers show only some forty characters of a summary. The time left is at its end, so
 * the summary is not a whole sentence. */
char *wording_summary(const Wording *w) {
        unsigned long seconds, minutes, hours;
        char at[64], *s;
        int r;

        if (w->deadline <= w->now)
                return wording_ending_summary(w);

        wall_clock(w->deadline, at, sizeof(at));
        seconds = (unsigned long) ((w->deadline - w->now + USEC_PER_SEC / 2) / USEC_PER_SEC);
        minutes = (seconds + 30) / 60;
        hours = (minutes + 30) / 60;

        if (seconds < 120)
                r = asprintf(&s,
                                ngettext("Log-off at %s (in %lu second)", "Log-off at %s (in %lu seconds)",
                                                seconds),
                                at, seconds);
        else if (minutes < 120)
                r = asprintf(&s,
                                ngettext("Log-off at %s (in %lu minute)", "Log-off at %s (in %lu minutes)",
                                                minutes),
                                at, minutes);
        else
                r = asprintf(&s,
                                ngettext("Log-off at %s (in %lu hour)", "Log-off at %s (in %lu hours)",
                                                hours),
                                at, hours);

        return r < 0 ? NULL : s;
}

const char *wording_request(const Wording *w) {
        return w->asked           ? _("You have asked for more time.") :
                        w->denied ? _("You were not given more time.") :
                                    NULL;
}

char *wording_body(const Wording *w) {
        _cleanup_free_ char *where = NULL, *who = NULL, *message = NULL;
        const char *why = why_line(w->reason), *request = wording_request(w);
        char *s;

        where = place_line(w);
        who = who_line(w);
        message = message_line(w->message);
        if (!where || !who || !message)
                return NULL;

        if (asprintf(&s, "%s\n%s\n%s%s%s%s%s%s%s", where, who, strempty(why), why ? "\n" : "", message,
                            isempty(message) ? "" : "\n", strempty(request), request ? "\n" : "",
                            _("Please save your work.")) < 0)
                return NULL;

        return s;
}

char *wording_ending_summary(const Wording *w) {
        return strdup(_("You are being logged off now"));
}

char *wording_ending_body(const Wording *w) {
        _cleanup_free_ char *where = NULL;
        char *s;

        where = place_line(w);
        if (!where)
                return NULL;

        return asprintf(&s, "%s\n%s", where, _("If a program asks whether to save, answer now.")) < 0 ?
                        NULL :
                        s;
}

char *wording_cancelled_summary(const Wording *w) {
        return strdup(_("Your log-off was cancelled"));
}

char *wording_cancelled_body(const Wording *w) {
        _cleanup_free_ char *where = NULL;
        char *s;

        where = place_line(w);
        if (!where)
                return NULL;

        return asprintf(&s, "%s\n%s", where, _("You can go on working.")) < 0 ? NULL : s;
}

char *wording_message_summary(const Wording *w) {
        _cleanup_free_ char *name = NULL;
        char *s;

        name = escape_name(w->started_by);
        if (!name)
                return NULL;

        /* TRANSLATORS: %s is the name of the user who sent the message that follows */
        return asprintf(&s, _("Message from %s"), name) < 0 ? NULL : s;
}

char *wording_message_body(const Wording *w) {
        _cleanup_free_ char *where = NULL, *message = NULL;
        char *s;

        where = place_line(w);
        message = message_line(w->message);
        if (!where || !message)
                return NULL;

        return asprintf(&s, "%s\n%s", message, where) < 0 ? NULL : s;
}

char *wording_identify_summary(const Wording *w) {
        return escape_name(isempty(w->label) ? w->station : w->label);
}

char *wording_identify_body(const Wording *w) {
        return place_line(w);
}

char *wording_choices(uint32_t job, bool end_now, bool extend, bool ask) {
        _cleanup_free_ char *command = NULL, *more = NULL;
        char *s;

        if (asprintf(&command, "usherctl %s %" PRIu32 " %u", extend ? "extend" : "request-time", job,
                            WORDING_EXTEND_SEC) < 0)
                return NULL;
        if (asprintf(&more,
                            /* TRANSLATORS: %s is a command line */
                            extend        ? _("For 5 more minutes, run: %s") :
                                            /* TRANSLATORS: %s is a command line */
                                            _("To ask for more time, run: %s"),
                            command) < 0)
                return NULL;

        return asprintf(&s, "%s%s%s%s", end_now ? "\n" : "",
                               end_now ? _("You can also log out yourself now.") : "",
                               extend || ask ? "\n" : "", extend || ask ? more : "") < 0 ?
                        NULL :
                        s;
}

char *wording_full_screen(const Wording *w) {
        char at[64], *s;

        wall_clock(w->deadline, at, sizeof(at));
        /* TRANSLATORS: stands in large letters below the time left; %s is the time of day */
        return asprintf(&s, _("Log-off at %s. Save your work now."), at) < 0 ? NULL : s;
}

const char *wording_action_end_now(void) {
        return _("Log off now");
}

const char *wording_action_extend(void) {
        return _("5 more minutes");
}

const char *wording_action_ask(void) {
        return _("Ask for more time");
}

char *wording_terminal(const char *summary, const char *body) {
        _cleanup_free_ char *text = NULL;
        char *out, *p;

        if (asprintf(&text, "\n*** %s%s%s\n\n", summary, body ? "\n" : "", strempty(body)) < 0)
                return NULL;

        /* A terminal in raw mode does not turn a newline into a new line. */
        out = p = malloc(strlen(text) * 2 + 1);
        if (!out)
                return NULL;

        for (const char *q = text; *q; q++) {
                if (*q == '\n')
                        *p++ = '\r';
                *p++ = *q;
        }

        *p = '\0';
        return out;
}
