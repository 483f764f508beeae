/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/find.h"
#include "bus/options.h"
#include "common/bus-util.h"
#include "common/names.h"

typedef struct Reader {
        LogOffOptions options;
        const Config *config;
        unsigned seen; /* a bit for each key that has been read */
        sd_bus_error *error;
} Reader;

static int refuse(Reader *o, const char *key, const char *why) {
        _cleanup_free_ char *safe = quote(key);

        return safe ? sd_bus_error_setf(o->error, SD_BUS_ERROR_INVALID_ARGS, "Option '%s' %s.", safe, why) :
                      -ENOMEM;
}

static int read_grace(sd_bus_message *m, const char *key, Reader *o) {
        uint32_t seconds;
        int r;

        r = sd_bus_message_read(m, "u", &seconds);
        if (r < 0)
                return r;

        if (seconds * USEC_PER_SEC > o->config->maximum_grace_usec)
                return sd_bus_error_setf(o->error, SD_BUS_ERROR_INVALID_ARGS,
                                "Option '%s' must be at most %" PRIu64 " seconds.", key,
                                o->config->maximum_grace_usec / USEC_PER_SEC);

        o->options.grace = seconds * USEC_PER_SEC;
        return 1;
}

static int read_message(sd_bus_message *m, const char *key, Reader *o) {
        int r;

        r = sd_bus_message_read(m, "s", &o->options.message);
        if (r < 0)
                return r;
        if (strlen(o->options.message) > USHER_MESSAGE_MAX)
                return sd_bus_error_setf(o->error, SD_BUS_ERROR_INVALID_ARGS,
                                "Option '%s' must be at most %u bytes.", key, USHER_MESSAGE_MAX);

        return 1;
}

static int read_reason(sd_bus_message *m, const char *key, Reader *o) {
        const char *s;
        int r;

        r = sd_bus_message_read(m, "s", &s);
        if (r < 0)
                return r;

        o->options.reason = job_reason_from_string(s);
        return (int) o->options.reason < 0 ? refuse(o, key, "has an invalid value") : 1;
}

static int read_bool(sd_bus_message *m, bool *ret) {
        int b, r;

        r = sd_bus_message_read(m, "b", &b);
        if (r < 0)
                return r;

        *ret = b;
        return 1;
}

static int read_option(sd_bus_message *m, const char *key, const char *contents, void *userdata) {
        Reader *o = userdata;
        struct {
                const char *key;
                const char *type;
                int (*read)(sd_bus_message *m, const char *key, Reader *o);
                bool *flag;
        } table[] = {
                { "grace", "u", read_grace },
                { "message", "s", read_message },
                { "reason", "s", read_reason },
                { "include-caller", "b", NULL, &o->options.include_caller },
                { "include-seatless", "b", NULL, &o->options.include_seatless },
                { "block-logins", "b", NULL, &o->options.block_logins },
        };

        for (size_t i = 0; i < ELEMENTSOF(table); i++) {
                if (!streq(table[i].key, key))
                        continue;
                if (o->seen & 1U << i)
                        return refuse(o, key, "is given twice");
                o->seen |= 1U << i;

                if (!streq(table[i].type, contents))
                        return refuse(o, key, "has the wrong type");

                return table[i].flag ? read_bool(m, table[i].flag) : table[i].read(m, key, o);
        }

        return refuse(o, key, "is unknown");
}

int log_off_options_read_over(
                sd_bus_message *m, const Config *config, LogOffOptions *ret, sd_bus_error *error) {
        Reader o = { .options = *ret, .config = config, .error = error };
        int r;

        r = bus_message_read_properties(m, read_option, &o);
        if (r < 0)
                return r;

        *ret = o.options;
        return 0;
}

int log_off_options_read(sd_bus_message *m, const Config *config, LogOffOptions *ret, sd_bus_error *error) {
        LogOffOptions options = {
                .grace = config->grace_usec, .message = "", .reason = JOB_REASON_REQUESTED
        };
        int r;

        r = log_off_options_read_over(m, config, &options, error);
        if (r < 0)
                return r;

        *ret = options;
        return 0;
}
