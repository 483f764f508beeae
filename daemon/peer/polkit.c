/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "peer/polkit.h"

#define CHECK_AUTHORIZATION_ALLOW_USER_INTERACTION 1U

static void cancellation_id(unsigned number, char *buffer, size_t size) {
        (void) snprintf(buffer, size, "usher-%u", number);
}

static int append_details(sd_bus_message *m, PolkitDetails details) {
        int r;

        r = sd_bus_message_open_container(m, 'a', "{ss}");
        if (r < 0)
                return r;

        for (; details && details[0]; details += 2) {
                r = sd_bus_message_append(m, "{ss}", details[0], strempty(details[1]));
                if (r < 0)
                        return r;
        }

        return sd_bus_message_close_container(m);
}

int polkit_message_new(sd_bus *bus,
                sd_bus_message **ret,
                const char *subject,
                const char *action,
                PolkitDetails details,
                bool interactive,
                unsigned number) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        char id[32];
        int r;

        r = sd_bus_message_new_method_call(
                        bus, &m, POLKIT_BUS_NAME, POLKIT_PATH, POLKIT_IFACE_AUTHORITY, "CheckAuthorization");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "(sa{sv})s", "system-bus-name", 1, "name", "s", subject, action);
        if (r < 0)
                return r;

        r = append_details(m, details);
        if (r < 0)
                return r;

        cancellation_id(number, id, sizeof(id));
        r = sd_bus_message_append(m, "us", interactive ? CHECK_AUTHORIZATION_ALLOW_USER_INTERACTION : 0, id);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(m);
        return 0;
}

PolkitAnswer polkit_message_read(sd_bus_message *reply) {
        int authorized, challenge, r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                log_debug("polkit gave no verdict, which is a no: %s",
                                strempty(sd_bus_message_get_error(reply)->message));
                return POLKIT_ANSWER_DENIED;
        }

        r = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
        if (r >= 0)
                r = sd_bus_message_read(reply, "bb", &authorized, &challenge);
        if (r < 0) {
                log_warning_errno(r, "polkit gave a verdict that cannot be read, which is a no: %m");
                return POLKIT_ANSWER_DENIED;
        }

        return authorized         ? POLKIT_ANSWER_ALLOWED :
                        challenge ? POLKIT_ANSWER_CHALLENGE :
                                    POLKIT_ANSWER_DENIED;
}

void polkit_message_cancel(sd_bus *bus, unsigned number) {
        char id[32];
        int r;

        cancellation_id(number, id, sizeof(id));
        r = sd_bus_call_method_async(bus, NULL, POLKIT_BUS_NAME, POLKIT_PATH, POLKIT_IFACE_AUTHORITY,
                        "CancelCheckAuthorization", NULL, NULL, "s", id);
        if (r < 0)
                log_debug_errno(r, "Failed to cancel a question to polkit: %m");
}
