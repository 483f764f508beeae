/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/helpers.h"

static void on_warn_started(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;

        if (async_reply_errno(reply) >= 0)
                return;

        text = async_reply_error_text(reply);
        log_warning("Failed to start usher-warn: %s", strempty(text));
}

void helper_start_warn(Manager *m, uid_t uid) {
        char unit[64];
        int r;

        (void) snprintf(unit, sizeof(unit), "usher-warn@%u.service", (unsigned) uid);
        r = systemd_start_unit(m->systemd, NULL, unit, on_warn_started, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to start '%s': %m", unit);
}

int helper_start_identify(Manager *m, uid_t uid, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        char unit[64];

        (void) snprintf(unit, sizeof(unit), "usher-identify@%u.service", (unsigned) uid);
        return systemd_start_unit(m->systemd, slot, unit, handler, userdata);
}
