/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus-util.h"
#include "log.h"
#include "names.h"
#include "queued.h"

static const struct {
        const char *unit;
        Queued queued;
} targets[] = {
        { "reboot.target",      { "restart", "restarts" } },
        { "kexec.target",       { "restart", "restarts" } },
        { "soft-reboot.target", { "restart", "restarts" } },
        { "poweroff.target",    { "power-off", "is switched off" } },
        { "halt.target",        { "power-off", "is halted" } },
        { "exit.target",        { "power-off", "is switched off" } },
        { "rescue.target",      { "requested", "goes into rescue mode" } },
};

static const Queued *find_target(const char *unit) {
        for (size_t i = 0; i < ELEMENTSOF(targets); i++)
                if (streq(targets[i].unit, unit))
                        return &targets[i].queued;

        return NULL;
}

const Queued *queued_find(sd_bus *bus) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *unit, *type;
        int r;

        r = sd_bus_call_method(
                        bus, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "ListJobs", &error, &reply, NULL);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(usssoo)");
        if (r < 0) {
                log_warning_errno(r, "Failed to ask systemd what it is about to do: %s", strempty(error.message));
                return NULL;
        }

        while (sd_bus_message_read(reply, "(usssoo)", NULL, &unit, &type, NULL, NULL, NULL) > 0) {
                const Queued *q = streq(type, "start") ? find_target(unit) : NULL;

                if (q)
                        return q;
        }

        return NULL;
}
