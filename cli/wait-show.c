/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/output.h"
#include "cli/progress.h"
#include "cli/wait-show.h"

/* The times left at which the plain lines print the time again. */
static const usec_t moments[] = {
        USEC_PER_HOUR,
        30 * USEC_PER_MINUTE,
        10 * USEC_PER_MINUTE,
        5 * USEC_PER_MINUTE,
        2 * USEC_PER_MINUTE,
        USEC_PER_MINUTE,
        30 * USEC_PER_SEC,
        10 * USEC_PER_SEC,
};

void wait_show_init(WaitShow *s, const Command *c) {
        *s = (WaitShow) {};

        if (c->quiet || c->json != JSON_OFF)
                s->mode = WAIT_SILENT;
        else
                s->mode = output_is_terminal() ? WAIT_BARS : WAIT_LINES;
}

static Progress progress_of(const WaitShow *s, const WaitJob *job, usec_t now) {
        return (Progress) {
                .who = job->who,
                .phase = job->seen.phase,
                .warned = job->seen.warned,
                .result = job->result,
                .left = job->deadline > now ? job->deadline - now : 0,
                .total = job->total,
                .away = s->away,
        };
}

/* The last moment that has passed, 0 for none. */
static usec_t passed_moment(usec_t left, usec_t total) {
        usec_t passed = 0;

        for (size_t i = 0; i < ELEMENTSOF(moments); i++)
                if (moments[i] < total && left <= moments[i])
                        passed = moments[i];

        return passed;
}

/* Phase and warning are fixed texts: comparing the pointers shows whether one has changed. */
static void tell_job(WaitShow *s, WaitJob *job, usec_t now) {
        _cleanup_free_ char *sentence = NULL;
        Progress p = progress_of(s, job, now);
        const char *phase = progress_phase_text(p.phase), *warned = progress_warned_text(p.warned);
        usec_t moment = streq(p.phase, "warning") ? passed_moment(p.left, p.total) : job->told_left;
        bool changed;

        if (job->told_result)
                return;

        changed = !job->told || p.result || job->told_phase != phase || job->told_warned != warned ||
                        job->told_left != moment;
        if (!changed)
                return;

        p.away = false;
        sentence = progress_sentence(&p);
        if (sentence)
                output_line(stdout, "%s", sentence);

        job->told = true;
        job->told_result = p.result;
        job->told_phase = phase;
        job->told_warned = warned;
        job->told_left = moment;
}

static void tell(WaitShow *s, WaitJob *jobs, size_t n, usec_t now) {
        if (s->away && !s->told_away)
                output_line(stdout, "usherd is not running; waiting for it to come back.");
        else if (!s->away && s->told_away)
                output_line(stdout, "usherd is back.");
        s->told_away = s->away;

        for (size_t i = 0; i < n; i++)
                if (jobs[i].who)
                        tell_job(s, jobs + i, now);
}

/* A line for each job that fits on the screen; the cursor stays below them. */
static void draw(WaitShow *s, const WaitJob *jobs, size_t n, usec_t now) {
        size_t rows = output_rows(), columns = output_columns(), lines = 0, hidden = 0, who_columns = 0;
        bool utf8 = output_is_utf8();

        if (s->drawn > 0)
                printf("\033[%zuA", s->drawn);

        for (size_t i = 0; i < n; i++)
                if (jobs[i].who)
                        who_columns = MAX_OF(who_columns, progress_columns(jobs[i].who));
        who_columns = MIN_OF(who_columns, columns / 3);

        for (size_t i = 0; i < n; i++) {
                _cleanup_free_ char *line = NULL;
                Progress p;

                if (!jobs[i].who)
                        continue;
                if (n + 1 > rows && lines + 3 > rows) {
                        hidden++;
                        continue;
                }

                p = progress_of(s, jobs + i, now);
                line = progress_line(&p, who_columns, columns, utf8);
                printf("\r\033[K%s\n", strempty(line));
                lines++;
        }

        if (hidden > 0) {
                printf("\r\033[K(and %zu more)\n", hidden);
                lines++;
        }

        s->drawn = MAX_OF(s->drawn, lines);
        for (; lines < s->drawn; lines++)
                fputs("\r\033[K\n", stdout);
}

void wait_show_update(WaitShow *s, WaitJob *jobs, size_t n, usec_t now) {
        if (s->mode == WAIT_LINES)
                tell(s, jobs, n, now);
        else if (s->mode == WAIT_BARS)
                draw(s, jobs, n, now);

        (void) fflush(stdout);
}
