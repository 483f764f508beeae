/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* sd-bus has no function for the size of a message, so the arguments are read and counted until there are
 * too many. Each counts for at least the bytes that it has in the message. */

#include <string.h>

#include "bus/request-size.h"

/* What a value has at most beyond its text: padding, a length, and the zero byte at the end. */
#define VALUE_SIZE 16U

static int count(size_t size, size_t *left) {
        if (size > *left)
                return -E2BIG;

        *left -= size;
        return 0;
}

static int count_basic(sd_bus_message *m, char type, size_t *left) {
        union {
                const char *text;
                uint64_t number;
        } value;
        int r;

        r = sd_bus_message_read_basic(m, type, &value);
        if (r < 0)
                return r;

        return strchr("sog", type) ? count(strlen(value.text), left) : 0;
}

/* Counts all values of the container that the message stands in. */
static int count_values(sd_bus_message *m, unsigned depth, size_t *left) {
        const char *contents;
        char type;
        int r;

        while ((r = sd_bus_message_peek_type(m, &type, &contents)) > 0) {
                r = count(VALUE_SIZE + strlen(strempty(contents)), left);
                if (r < 0)
                        return r;

                if (!contents) {
                        r = count_basic(m, type, left);
                        if (r < 0)
                                return r;
                        continue;
                }

                if (depth >= REQUEST_DEPTH_MAX)
                        return -E2BIG;

                r = sd_bus_message_enter_container(m, type, contents);
                if (r >= 0)
                        r = count_values(m, depth + 1, left);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }

        return r;
}

int request_check_size(sd_bus_message *m, sd_bus_error *error) {
        size_t left = REQUEST_SIZE_MAX;
        int r;

        r = count_values(m, 0, &left);
        if (r == -E2BIG)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The arguments must be at most %u bytes.", REQUEST_SIZE_MAX);
        if (r < 0)
                return r;

        r = sd_bus_message_rewind(m, true);
        return r < 0 ? r : 0;
}
