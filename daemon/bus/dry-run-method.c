/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/dry-run-method.h"
#include "bus/log-off-methods.h"
#include "bus/shutdown-methods.h"

int method_dry_run(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *method, *argument;
        Bus *b = userdata;
        int r;

        r = sd_bus_message_read(message, "ss", &method, &argument);
        if (r < 0)
                return r;

        if (streq(method, "LogOff"))
                return log_off_station(b, message, argument, true, error);
        if (streq(method, "LogOffSession"))
                return log_off_session(b, message, argument, true, error);
        if (streq(method, "SetMode"))
                return set_mode(b, message, argument, true, error);

        if (!isempty(argument))
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "Only LogOff, LogOffSession and SetMode take an argument.");
        if (streq(method, "LogOffAll"))
                return log_off_all(b, message, true, error);
        if (streq(method, "Restart"))
                return shut_down(b, message, PENDING_RESTART, true, error);
        if (streq(method, "PowerOff"))
                return shut_down(b, message, PENDING_POWER_OFF, true, error);

        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                        "The method must be LogOff, LogOffSession, LogOffAll, Restart, PowerOff or "
                        "SetMode.");
}
