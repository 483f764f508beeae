/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"

static int read_entry(sd_bus_message *m, BusPropertyFunc func, void *userdata) {
        const char *name, *contents;
        char type;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;

        r = sd_bus_message_peek_type(m, &type, &contents);
        if (r < 0)
                return r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_VARIANT, contents);
        if (r < 0)
                return r;

        r = func(m, name, contents, userdata);
        if (r < 0)
                return r;
        if (r == 0) {
                r = sd_bus_message_skip(m, contents);
                if (r < 0)
                        return r;
        }

        return sd_bus_message_exit_container(m);
}

int bus_message_read_properties(sd_bus_message *m, BusPropertyFunc func, void *userdata) {
        int r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, "{sv}");
        if (r < 0)
                return r;

        for (;;) {
                r = sd_bus_message_enter_container(m, SD_BUS_TYPE_DICT_ENTRY, "sv");
                if (r < 0)
                        return r;
                if (r == 0)
                        break;

                r = read_entry(m, func, userdata);
                if (r < 0)
                        return r;

                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }

        return sd_bus_message_exit_container(m);
}

int bus_message_read_string(sd_bus_message *m, char **p) {
        const char *s;
        int r;

        r = sd_bus_message_read(m, "s", &s);
        if (r < 0)
                return r;

        r = string_replace(p, s);
        return r < 0 ? r : 1;
}
