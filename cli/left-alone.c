/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/left-alone.h"
#include "cli/output.h"
#include "common/names.h"

typedef struct ReadOperation {
        const char *method;
        LeftAlone left_alone;
} ReadOperation;

static int read_entry(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        ReadOperation *o = userdata;
        const struct {
                const char *name;
                uint32_t *n;
        } numbers[] = {
                { "skipped-caller", &o->left_alone.caller },
                { "skipped-administrators", &o->left_alone.administrators },
                { "skipped-seatless", &o->left_alone.seatless },
                { "skipped-classes", &o->left_alone.classes },
        };
        int r;

        if (streq(name, "method") && streq(contents, "s")) {
                r = sd_bus_message_read(m, "s", &o->method);
                return r < 0 ? r : 1;
        }

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++)
                if (streq(numbers[i].name, name) && streq(contents, "u")) {
                        r = sd_bus_message_read(m, "u", numbers[i].n);
                        return r < 0 ? r : 1;
                }

        return 0;
}

/* It is one property for all callers: somebody else's call may have come between, and then it is not told.
 */
void left_alone_tell(Command *c, const char *method) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        _cleanup_free_ char *sentence = NULL;
        ReadOperation o = {};

        if (sd_bus_get_property(c->bus, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER, "LastOperation",
                            NULL, &reply, "a{sv}") < 0)
                return;
        if (bus_message_read_properties(reply, read_entry, &o) < 0)
                return;
        if (o.method && !streq(o.method, method))
                return;

        sentence = left_alone_sentence(&o.left_alone);
        if (!isempty(sentence))
                say(stdout, "%s", sentence);
}
