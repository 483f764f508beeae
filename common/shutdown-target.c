/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/macro.h"
#include "common/shutdown-target.h"

static const struct {
        const char *unit;
        ShutdownTarget target;
} targets[] = {
        { "reboot.target", { "restart", "restarts" } },
        { "kexec.target", { "restart", "restarts" } },
        { "soft-reboot.target", { "restart", "restarts" } },
        { "poweroff.target", { "power-off", "is switched off" } },
        { "halt.target", { "power-off", "is halted" } },
        { "exit.target", { "power-off", "is switched off" } },
        { "rescue.target", { "requested", "goes into rescue mode" } },
};

static const ShutdownTarget *find_target(const char *unit) {
        for (size_t i = 0; i < ELEMENTSOF(targets); i++)
                if (streq(targets[i].unit, unit))
                        return &targets[i].target;

        return NULL;
}

int shutdown_target_read(sd_bus_message *reply, const ShutdownTarget **ret) {
        const ShutdownTarget *found = NULL;
        const char *unit, *type;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "(usssoo)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(usssoo)", NULL, &unit, &type, NULL, NULL, NULL)) > 0)
                if (!found && streq(type, "start"))
                        found = find_target(unit);
        if (r < 0)
                return r;

        *ret = found;
        return 0;
}
