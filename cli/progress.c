/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <wchar.h>

#include "cli/progress.h"

#define BAR_MIN 6U
#define BAR_MAX 20U

const char *progress_phase_text(const char *phase) {
        if (streq(phase, "warning"))
                return "warned";
        if (streq(phase, "asking"))
                return "asking the desktop to log out";
        if (streq(phase, "terminating"))
                return "ending the session";
        if (streq(phase, "killing"))
                return "killing the remaining processes";

        return "in progress"; /* a phase of a newer usherd */
}

const char *progress_warned_text(const char *warned) {
        if (streq(warned, "desktop"))
                return "warned on the desktop";
        if (streq(warned, "terminal"))
                return "warned on the terminal";
        if (streq(warned, "none"))
                return "no warning could be shown";

        return "being warned";
}

const char *progress_result_text(const char *result) {
        if (streq(result, "done"))
                return "logged off";
        if (streq(result, "left"))
                return "already logged out";
        if (streq(result, "cancelled"))
                return "cancelled";
        if (streq(result, "failed"))
                return "could not be logged off";
        if (streq(result, RESULT_LOST))
                return "usherd lost the job";

        return result;
}

const char *progress_starter(const char *started_by) {
        return isempty(started_by) ? "Usher" : started_by;
}

char *progress_origin(const char *started_by, const char *reason) {
        const char *why = streq(reason, "hub-lost") ? "hub unplugged" : reason;
        char *text;

        if (asprintf(&text, "by %s (%s)", progress_starter(started_by), why) < 0)
                return NULL;

        return text;
}

char *progress_seconds(usec_t t) {
        usec_t s = t / USEC_PER_SEC + (t % USEC_PER_SEC > 0);
        char *text = NULL;
        int r;

        if (s < 60)
                r = asprintf(&text, "%" PRIu64 " s", s);
        else if (s < 3600)
                r = asprintf(&text, "%" PRIu64 " min %02" PRIu64 " s", s / 60, s % 60);
        else
                r = asprintf(&text, "%" PRIu64 " h %02" PRIu64 " min", s / 3600, s % 3600 / 60);

        return r < 0 ? NULL : text;
}

/* The text after the countdown, or instead of it. */
static const char *note(const Progress *p) {
        if (p->result)
                return progress_result_text(p->result);
        if (p->away)
                return "usherd is not running";

        return streq(p->phase, "warning") ? progress_warned_text(p->warned) : progress_phase_text(p->phase);
}

static bool has_countdown(const Progress *p) {
        return !p->result && streq(p->phase, "warning");
}

char *progress_sentence(const Progress *p) {
        _cleanup_free_ char *seconds = NULL;
        char *text = NULL;
        int r;

        if (!has_countdown(p)) {
                r = asprintf(&text, "%s: %s", p->who, note(p));
                return r < 0 ? NULL : text;
        }

        seconds = progress_seconds(p->left);
        if (!seconds)
                return NULL;

        r = asprintf(&text, "%s: %s left, %s", p->who, seconds, note(p));
        return r < 0 ? NULL : text;
}

/* The length of the character at s in bytes, and its width in columns. What the locale cannot read takes one
 * column for each byte. */
static size_t character(const char *s, mbstate_t *state, size_t *ret_columns) {
        wchar_t c;
        size_t n;
        int width;

        n = mbrtowc(&c, s, MB_CUR_MAX, state);
        if (n == 0 || n == (size_t) -1 || n == (size_t) -2) {
                *state = (mbstate_t) {};
                *ret_columns = 1;
                return 1;
        }

        width = wcwidth(c);
        *ret_columns = width < 0 ? 1 : width;
        return n;
}

size_t progress_columns(const char *text) {
        mbstate_t state = {};
        size_t columns, n = 0;

        while (*text) {
                text += character(text, &state, &columns);
                n += columns;
        }

        return n;
}

/* Cuts the text where it would be wider than the columns. */
static void cut(char *text, size_t columns) {
        mbstate_t state = {};
        size_t width;

        for (char *p = text; *p;) {
                size_t n = character(p, &state, &width);

                if (width > columns) {
                        *p = '\0';
                        return;
                }
                columns -= width;
                p += n;
        }
}

static void draw_bar(FILE *f, const Progress *p, size_t cells, bool utf8) {
        double part = p->total > 0 ? (double) MIN_OF(p->left, p->total) / (double) p->total : 0;
        size_t full = (size_t) (part * (double) cells + 0.5);
        const char *full_cell = utf8 ? "█" : "#", *empty_cell = utf8 ? "░" : ".";

        fputs(utf8 ? "▕" : "[", f);
        for (size_t i = 0; i < cells; i++)
                fputs(i < full ? full_cell : empty_cell, f);
        fputs(utf8 ? "▏ " : "] ", f);
}

/* Shortens a name that would leave no room for the rest of the line. */
static char *shorten(const char *text, size_t columns, bool utf8) {
        const char *mark = utf8 ? "…" : "..";
        char *copy;

        columns = MAX_OF(columns, 8U);
        if (progress_columns(text) <= columns)
                return strdup(text);

        copy = malloc(strlen(text) + strlen(mark) + 1);
        if (!copy)
                return NULL;

        (void) strcpy(copy, text);
        cut(copy, columns - progress_columns(mark));
        (void) strcat(copy, mark);
        return copy;
}

char *progress_line(const Progress *p, size_t who_columns, size_t columns, bool utf8) {
        _cleanup_free_ char *text = NULL, *seconds = NULL, *who = NULL;
        size_t size = 0, width, used, cells;
        FILE *f;

        seconds = progress_seconds(p->left);
        who = shorten(p->who, columns / 2, utf8);
        if (!seconds || !who)
                return NULL;
        width = progress_columns(who);

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        /* The bar gets the room that who, time and note leave; with too little room there is none. */
        who_columns = MAX_OF(who_columns, width);
        used = who_columns + 2 + 12 + 4 + strlen(note(p));
        cells = used < columns ? MIN_OF(columns - used, BAR_MAX) : 0;

        fprintf(f, "%s: ", who);
        if (has_countdown(p)) {
                fprintf(f, "%*s%11s ", (int) (who_columns - width), "", seconds);
                if (cells >= BAR_MIN)
                        draw_bar(f, p, cells, utf8);
        } else
                fprintf(f, "%*s", (int) (who_columns - width), "");
        fputs(note(p), f);

        if (fclose(f) != 0)
                return NULL;

        cut(text, columns);
        return TAKE_PTR(text);
}

char *left_alone_sentence(const LeftAlone *l) {
        const struct {
                uint32_t n;
                const char *one, *many;
        } parts[] = {
                { l->caller, "Your own session", "sessions of your own" },
                { l->administrators, "1 administrator's session", "administrators' sessions" },
                { l->seatless, "1 session without a seat", "sessions without a seat" },
                { l->classes, "1 session that belongs to no user", "sessions that belong to no user" },
        };
        size_t n_parts = 0, done = 0, size = 0;
        char *text = NULL;
        uint64_t n = 0;
        FILE *f;

        for (size_t i = 0; i < ELEMENTSOF(parts); i++) {
                n_parts += parts[i].n > 0;
                n += parts[i].n;
        }
        if (n == 0)
                return strdup("");

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        for (size_t i = 0; i < ELEMENTSOF(parts); i++) {
                if (parts[i].n == 0)
                        continue;
                if (done > 0)
                        fputs(done + 1 == n_parts ? " and " : ", ", f);
                if (parts[i].n == 1)
                        fputs(parts[i].one, f);
                else
                        fprintf(f, "%" PRIu32 " %s", parts[i].n, parts[i].many);
                done++;
        }
        fprintf(f, " %s left alone.", n == 1 ? "was" : "were");

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }

        return text;
}
