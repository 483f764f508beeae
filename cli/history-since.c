/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <time.h>

#include "cli/history.h"
#include "common/timespan.h"

/* Local time. Returns -ERANGE for a date before 1970. */
static int from_date(struct tm *tm, usec_t *ret) {
        time_t t;

        tm->tm_isdst = -1;
        t = mktime(tm);
        if (t < 0)
                return -ERANGE;

        *ret = (usec_t) t * USEC_PER_SEC;
        return 0;
}

/* Midnight, some days ago. */
static int from_midnight(usec_t now, int days, usec_t *ret) {
        time_t t = (time_t) (now / USEC_PER_SEC);
        struct tm tm;

        if (!localtime_r(&t, &tm))
                return -ERANGE;

        tm.tm_sec = tm.tm_min = tm.tm_hour = 0;
        tm.tm_mday -= days;
        return from_date(&tm, ret);
}

static int from_epoch(const char *s, usec_t *ret) {
        if (s[strspn(s, "0123456789")] != '\0')
                return -EINVAL;

        return timespan_parse(s, ret);
}

int history_parse_since(const char *s, usec_t now, usec_t *ret) {
        static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d" };
        usec_t span;
        int r;

        if (streq(s, "today"))
                return from_midnight(now, 0, ret);
        if (streq(s, "yesterday"))
                return from_midnight(now, 1, ret);
        if (s[0] == '@')
                return from_epoch(s + 1, ret);

        for (size_t i = 0; i < ELEMENTSOF(formats); i++) {
                struct tm tm = {};
                const char *end = strptime(s, formats[i], &tm);

                if (end && *end == '\0')
                        return from_date(&tm, ret);
        }

        r = timespan_parse(s, &span);
        if (r < 0)
                return r;

        *ret = now > span ? now - span : 0;
        return 0;
}
