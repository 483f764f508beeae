/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* org.freedesktop.LogControl1(5), so that `systemctl service-log-level usherd debug` works. Only root may
 * write: sd-bus refuses others to change a property that is not marked unprivileged, and so does the bus
 * policy. */

#include "bus/bus.h"
#include "bus/object.h"
#include "common/log.h"
#include "common/names.h"

BUS_GETTER(get_level) {
        return sd_bus_message_append(reply, "s", log_level_to_string(log_get_max_level()));
}

BUS_GETTER(get_target) {
        return sd_bus_message_append(reply, "s", log_get_target());
}

BUS_GETTER(get_identifier) {
        return sd_bus_message_append(reply, "s", "usherd");
}

static int set_level(sd_bus *bus,
                const char *path,
                const char *interface,
                const char *property,
                sd_bus_message *value,
                void *userdata,
                sd_bus_error *error) {
        const char *s;
        int level, r;

        r = sd_bus_message_read(value, "s", &s);
        if (r < 0)
                return r;

        level = log_level_from_string(s);
        if (level < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "Invalid log level.");

        log_set_max_level(level);
        return 0;
}

static int set_target(sd_bus *bus,
                const char *path,
                const char *interface,
                const char *property,
                sd_bus_message *value,
                void *userdata,
                sd_bus_error *error) {
        const char *s;
        int r;

        r = sd_bus_message_read(value, "s", &s);
        if (r < 0)
                return r;

        if (log_set_target(s) < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "Invalid log target.");

        return 0;
}

static const sd_bus_vtable log_control_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_WRITABLE_PROPERTY("LogLevel", "s", get_level, set_level, 0, 0),
        SD_BUS_WRITABLE_PROPERTY("LogTarget", "s", get_target, set_target, 0, 0),
        SD_BUS_PROPERTY("SyslogIdentifier", "s", get_identifier, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

int log_control_bus_add(Bus *b) {
        /* systemctl looks for it at its own path, the interface description has it at ours as well. */
        static const char *const paths[] = { USHER_PATH, "/org/freedesktop/LogControl1" };
        int r;

        for (size_t i = 0; i < ELEMENTSOF(paths); i++) {
                r = sd_bus_add_object_vtable(b->manager->bus, NULL, paths[i], "org.freedesktop.LogControl1",
                                log_control_vtable, b);
                if (r < 0)
                        return r;
        }

        return 0;
}
