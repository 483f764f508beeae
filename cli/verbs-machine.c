/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/operation.h"
#include "cli/output.h"
#include "common/names.h"

static int show_mode(Command *c) {
        _cleanup_bus_error_ sd_bus_error e = SD_BUS_ERROR_NULL;
        _cleanup_free_ char *mode = NULL;
        int r;

        r = connection_open(c);
        if (r < 0)
                return r;

        r = sd_bus_get_property_string(
                        c->bus, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER, "Mode", &e, &mode);
        if (r < 0)
                return connection_error(c, &e, "Failed to read the mode");

        output_line(stdout, "%s", mode);
        return 0;
}

static int verb_mode(Command *c, char **arguments) {
        if (!arguments[0])
                return show_mode(c);
        if (!streq(arguments[0], "station") && !streq(arguments[0], "console"))
                return command_wrong_usage("Invalid mode '%s'. Use station or console.", arguments[0]);

        return operation_run_for_all(c, "SetMode", arguments[0], "Failed to switch the mode", NULL);
}

static int verb_restart(Command *c, char **arguments) {
        return operation_run_for_all(c, "Restart", NULL, "Failed to restart", NULL);
}

static int verb_power_off(Command *c, char **arguments) {
        return operation_run_for_all(c, "PowerOff", NULL, "Failed to power off", NULL);
}

static const Verb verbs[] = {
        { "mode", "[station|console]", 0, 1, "Show or switch the mode of the machine", verb_mode },
        { "restart", "", 0, 0, "Log everybody off, then restart", verb_restart },
        { "power-off", "", 0, 0, "Log everybody off, then power off", verb_power_off },
};

const VerbGroup verbs_machine = { "The machine", verbs, ELEMENTSOF(verbs) };
