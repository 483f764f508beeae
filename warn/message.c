/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "warn/message.h"

int message_read_string(sd_bus_message *m, char **p) {
        const char *s;
        int r;

        r = sd_bus_message_read(m, "s", &s);
        if (r < 0)
                return r;

        r = string_replace(p, s);
        return r < 0 ? r : 1;
}
