/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/macro.h"

int string_replace(char **p, const char *s) {
        char *copy = NULL;

        if (streq_ptr(*p, s))
                return 0;

        if (s) {
                copy = strdup(s);
                if (!copy)
                        return -ENOMEM;
        }

        free(*p);
        *p = copy;
        return 1;
}
