/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/left-alone.h"

char *left_alone_sentence(const LeftAlone *l) {
        const struct {
                uint32_t n;
                const char *one, *many;
        } parts[] = {
                { l->caller, "your own session", "sessions of your own" },
                { l->administrators, "administrator's session", "administrators' sessions" },
                { l->seatless, "session without a seat", "sessions without a seat" },
                { l->classes, "session that is no user's", "sessions that are no user's" },
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

                /* "Your own session", but "1 session without a seat" */
                if (i == 0 && parts[i].n == 1)
                        fputs("Your own session", f);
                else
                        fprintf(f, "%" PRIu32 " %s", parts[i].n,
                                        parts[i].n == 1 ? parts[i].one : parts[i].many);
                done++;
        }
        fprintf(f, " %s left alone.", n == 1 ? "was" : "were");

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }

        return text;
}
