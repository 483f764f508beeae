/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* As of lightdm 1.32, sddm 0.21, plasma-login-manager 6.6 and gdm 50:
 *
 * lightdm has SwitchToGreeter(), but the names of its seat objects (Seat0, Seat1, …) only count them, and no
 * property says which seat of logind one is. XDG_SEAT_PATH says it to the sessions of users, not to
 * greeters. So all those without a user session are asked. This changes nothing on a seat that has its
 * greeter: lightdm shows that greeter again.
 *
 * sddm and plasma-login-manager have the same method, and name their objects after the seats. A D-Bus path
 * cannot have the dashes of other seats' names, so there is an object for seat0 only.
 *
 * gdm has CreateTransientDisplay() for seat0, and nothing for other seats. */

#include "common/bus-util.h"
#include "common/log.h"
#include "repair/display-manager.h"
#include "repair/seat.h"

#define DM_BUS_NAME "org.freedesktop.DisplayManager"
#define DM_PATH "/org/freedesktop/DisplayManager"
#define DM_IFACE_SEAT "org.freedesktop.DisplayManager.Seat"

#define GDM_BUS_NAME "org.gnome.DisplayManager"
#define GDM_PATH_FACTORY "/org/gnome/DisplayManager/LocalDisplayFactory"
#define GDM_IFACE_FACTORY "org.gnome.DisplayManager.LocalDisplayFactory"

/* Returns the name of the process, or NULL if there is none. */
static char *get_owner(sd_bus *bus) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        const char *comm;

        if (sd_bus_get_name_creds(bus, DM_BUS_NAME,
                            SD_BUS_CREDS_PID | SD_BUS_CREDS_COMM | SD_BUS_CREDS_AUGMENT, &creds) < 0 ||
                        sd_bus_creds_get_comm(creds, &comm) < 0)
                return NULL;

        return strdup(comm);
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

/* Returns 1 if it was asked. That it refuses, or that there is no such object, is not an error. */
static int ask(sd_bus *bus, const char *name, const char *path, const char *interface, const char *method) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        r = sd_bus_call_method(bus, name, path, interface, method, &error, NULL, NULL);
        if (r == -ETIMEDOUT)
                return r;
        if (r < 0)
                log_info_errno(r, "%s at '%s' failed: %s", method, path, strempty(error.message));

        return r >= 0;
}

static int ask_lightdm_seat(sd_bus *bus, const char *path) {
        int r;

        r = has_session(bus, path);
        if (r != 0)
                return r < 0 ? r : 0;

        return ask(bus, DM_BUS_NAME, path, DM_IFACE_SEAT, "SwitchToGreeter");
}

static int ask_lightdm(sd_bus *bus, const char *seat) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *path;
        int r, asked = 0;

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
                r = ask_lightdm_seat(bus, path);
                if (r == -ETIMEDOUT)
                        return r;
                if (r > 0)
                        asked = 1;
        }

        return r < 0 ? r : asked;
}

int display_manager_show_greeter(sd_bus *bus, const char *seat) {
        _cleanup_free_ char *owner = get_owner(bus);

        if (streq_ptr(owner, "lightdm"))
                return ask_lightdm(bus, seat);
        if (!streq(seat, "seat0"))
                return 0;
        if (streq_ptr(owner, "sddm") || streq_ptr(owner, "plasmalogin"))
                return ask(bus, DM_BUS_NAME, DM_PATH "/Seat0", DM_IFACE_SEAT, "SwitchToGreeter");

        return ask(bus, GDM_BUS_NAME, GDM_PATH_FACTORY, GDM_IFACE_FACTORY, "CreateTransientDisplay");
}
