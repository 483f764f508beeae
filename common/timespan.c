/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <ctype.h>
#include <time.h>

#include "common/timespan.h"

typedef struct Unit {
        const char *name;
        usec_t usec;
} Unit;

/* The units of systemd.time(7) that make sense for a countdown. */
static const Unit units[] = {
        { "us", 1 },
        { "usec", 1 },
        { "ms", USEC_PER_MSEC },
        { "msec", USEC_PER_MSEC },
        { "", USEC_PER_SEC },
        { "s", USEC_PER_SEC },
        { "sec", USEC_PER_SEC },
        { "second", USEC_PER_SEC },
        { "seconds", USEC_PER_SEC },
        { "m", USEC_PER_MINUTE },
        { "min", USEC_PER_MINUTE },
        { "minute", USEC_PER_MINUTE },
        { "minutes", USEC_PER_MINUTE },
        { "h", USEC_PER_HOUR },
        { "hr", USEC_PER_HOUR },
        { "hour", USEC_PER_HOUR },
        { "hours", USEC_PER_HOUR },
        { "d", USEC_PER_DAY },
        { "day", USEC_PER_DAY },
        { "days", USEC_PER_DAY },
};

static const Unit *unit_find(const char *name, size_t length) {
        for (size_t i = 0; i < ELEMENTSOF(units); i++)
                if (strlen(units[i].name) == length && memcmp(units[i].name, name, length) == 0)
                        return units + i;

        return NULL;
}

/* One number with its unit, added to *total; moves *p behind it. */
static int term_parse(const char **p, usec_t *total) {
        const char *digits = *p, *name;
        const Unit *unit;
        usec_t n = 0, t;

        for (; isdigit((unsigned char) **p); (*p)++)
                if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, **p - '0', &n))
                        return -ERANGE;
        if (*p == digits)
                return -EINVAL;

        while (isspace((unsigned char) **p))
                (*p)++;

        for (name = *p; isalpha((unsigned char) **p);)
                (*p)++;

        unit = unit_find(name, *p - name);
        if (!unit)
                return -EINVAL;

        if (__builtin_mul_overflow(n, unit->usec, &t) || __builtin_add_overflow(*total, t, total))
                return -ERANGE;

        return 0;
}

int timespan_parse(const char *s, usec_t *ret) {
        const char *rest;
        usec_t total = 0;
        int r;

        while (isspace((unsigned char) *s))
                s++;
        if (!*s)
                return -EINVAL;

        rest = startswith(s, "infinity");
        if (rest && rest[strspn(rest, " \t\r\n\f\v")] == '\0') {
                *ret = USEC_INFINITY;
                return 0;
        }

        while (*s) {
                r = term_parse(&s, &total);
                if (r < 0)
                        return r;
                while (isspace((unsigned char) *s))
                        s++;
        }

        /* The only number with a special meaning. */
        if (total == USEC_INFINITY)
                return -ERANGE;

        *ret = total;
        return 0;
}

char *timespan_format(usec_t t) {
        char buffer[96], *p = buffer;
        usec_t seconds;

        if (t == USEC_INFINITY)
                return strdup("infinity");

        seconds = t / USEC_PER_SEC + (t % USEC_PER_SEC >= USEC_PER_SEC / 2);
        if (seconds >= 3600)
                p += sprintf(p, "%" PRIu64 "h ", seconds / 3600);
        if (seconds % 3600 >= 60)
                p += sprintf(p, "%" PRIu64 "min ", seconds % 3600 / 60);
        if (seconds % 60 > 0 || p == buffer)
                p += sprintf(p, "%" PRIu64 "s ", seconds % 60);

        p[-1] = '\0';
        return strdup(buffer);
}

static usec_t now(clockid_t clock) {
        struct timespec ts = {};

        (void) clock_gettime(clock, &ts);
        return (usec_t) ts.tv_sec * USEC_PER_SEC + (usec_t) ts.tv_nsec / 1000;
}

usec_t now_monotonic(void) {
        return now(CLOCK_MONOTONIC);
}

usec_t now_realtime(void) {
        return now(CLOCK_REALTIME);
}

usec_t time_suspended(void) {
        usec_t monotonic = now(CLOCK_MONOTONIC), boot = now(CLOCK_BOOTTIME);

        return boot > monotonic ? boot - monotonic : 0;
}
