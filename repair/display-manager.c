/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* lightdm has SwitchToGreeter(), but the names of its seat objects (Seat0, Seat1, …) only count them, and no
 * property says which seat of logind one is. So all those without a user session are asked. This changes
 * nothing on a seat that has its greeter: lightdm shows that greeter again.
 *
 * sddm has the same method and starts another greeter each time; gdm has none. */

#include "common/bus-util.h"
#include "common/log.h"
#include "repair/display-manager.h"
#include "repair/seat.h"

#define DM_BUS_NAME "org.freedesktop.DisplayManager"
#define DM_PATH "/org/freedesktop/DisplayManager"
#define DM_IFACE_SEAT "org.freedesktop.DisplayManager.Seat"

static bool is_lightdm(sd_bus *bus) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        const char *comm;

        return sd_bus_get_name_creds(bus, DM_BUS_NAME,
                               SD_BUS_CREDS_PID | SD_BUS_CREDS_COMM | SD_BUS_CREDS_AUGMENT, &creds) >= 0 &&
                        sd_bus_creds_get_comm(creds, &comm) >= 0 && streq(comm, "lightdm");
}

/* Returns 1 if lightdm has a user session there, 0 if not, or a negative errno. */
static int has_session(sd_bus *bus, const char *path) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = sd_bus_get_property(bus, DM_BUS_NAME, path, DM_IFACE_SEAT, "Sessions", NULL, &reply, "ao");
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "o");
        if (r < 0)
                return r;

        return !sd_bus_message_at_end(reply, false);
}

static int switch_to_greeter(sd_bus *bus, const char *path) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        r = has_session(bus, path);
        if (r != 0)
                return r < 0 ? r : 0;

        r = sd_bus_call_method(bus, DM_BUS_NAME, path, DM_IFACE_SEAT, "SwitchToGreeter", &error, NULL, NULL);
        if (r < 0)
                return log_info_errno(
                                r, "lightdm shows no greeter at '%s': %s", path, strempty(error.message));

        return 1;
}

int display_manager_show_greeter(sd_bus *bus, const char *seat) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *path;
        int r, asked = 0;

        if (!is_lightdm(bus))
                return 0;

        /* At a terminal, say. lightdm knows nothing of these, and would bring its greeter to the front. */
        r = seat_others_belong_to(bus, seat, "lightdm");
        if (r <= 0)
                return r;

        r = sd_bus_get_property(bus, DM_BUS_NAME, DM_PATH, DM_BUS_NAME, "Seats", NULL, &reply, "ao");
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "o");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "o", &path)) > 0) {
                r = switch_to_greeter(bus, path);
                if (r == -ETIMEDOUT)
                        return r;
                if (r > 0)
                        asked = 1;
        }

        return r < 0 ? r : asked;
}
