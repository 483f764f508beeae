/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "warn/user-bus.h"

#define RETRY_USEC USEC_PER_SEC

struct UserBus {
        sd_event *event;
        sd_bus *bus;
        sd_bus_slot *disconnected;
        sd_event_source *timer;
        bool lost; /* the connection is closed, but one of its callbacks may be running */
        UserBusFunc func;
        void *userdata;
};

static int on_disconnected(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        UserBus *b = userdata;

        log_debug("The user's bus has closed the connection.");
        b->lost = true;
        (void) sd_event_source_set_time_relative(b->timer, 0);
        (void) sd_event_source_set_enabled(b->timer, SD_EVENT_ONESHOT);
        return 0;
}

/* Does not flush: that would block if the other side does not read. */
static sd_bus *bus_discard(sd_bus *bus) {
        if (!bus)
                return NULL;

        (void) sd_bus_detach_event(bus);
        return sd_bus_close_unref(bus);
}

/* The usual address of the user's bus. NULL where the path has characters that an address must escape. */
static char *bus_address(void) {
        const char *dir = getenv("XDG_RUNTIME_DIR");
        char *address;

        if (!dir || dir[0] != '/' || strpbrk(dir, ",;=%"))
                return NULL;

        return asprintf(&address, "unix:path=%s/bus", dir) < 0 ? NULL : address;
}

static int open_bus(UserBus *b) {
        _cleanup_free_ char *address = NULL;
        sd_bus *bus = NULL;
        int r;

        address = bus_address();
        if (!address)
                return -ENXIO;

        r = sd_bus_new(&bus);
        if (r >= 0)
                r = sd_bus_set_address(bus, address);
        if (r >= 0)
                r = sd_bus_set_bus_client(bus, true);
        if (r >= 0)
                r = sd_bus_set_description(bus, "user");
        if (r >= 0)
                r = sd_bus_set_close_on_exit(bus, false); /* that would flush first */
        if (r >= 0)
                r = sd_bus_attach_event(bus, b->event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_match_signal_async(bus, &b->disconnected, DBUS_LOCAL_IFACE, DBUS_LOCAL_PATH,
                                DBUS_LOCAL_IFACE, "Disconnected", on_disconnected, NULL, b);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r < 0) {
                b->disconnected = sd_bus_slot_unref(b->disconnected);
                (void) bus_discard(bus);
                return r;
        }

        b->bus = bus;
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        UserBus *b = userdata;
        bool was = b->bus;

        if (b->lost) {
                b->lost = false;
                b->disconnected = sd_bus_slot_unref(b->disconnected);
                b->bus = bus_discard(b->bus);
        }

        /* If the connection fails at once, the next attempt is a second later. */
        if (!was && open_bus(b) >= 0) {
                if (b->func)
                        b->func(true, b->userdata);
                return 0;
        }

        (void) sd_event_source_set_time_relative(source, RETRY_USEC);
        (void) sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);

        if (was && b->func)
                b->func(false, b->userdata);

        return 0;
}

int user_bus_new(UserBus **ret, sd_event *event) {
        _cleanup_user_bus_ UserBus *b = NULL;
        int r;

        b = malloc(sizeof(*b));
        if (!b)
                return -ENOMEM;

        *b = (UserBus) { .event = sd_event_ref(event) };

        r = sd_event_add_time_relative(event, &b->timer, CLOCK_MONOTONIC, RETRY_USEC, 0, on_timer, b);
        if (r < 0)
                return r;

        r = open_bus(b);
        if (r < 0)
                log_debug_errno(r, "The user's bus is not available yet: %m");
        else
                (void) sd_event_source_set_enabled(b->timer, SD_EVENT_OFF);

        *ret = TAKE_PTR(b);
        return 0;
}

UserBus *user_bus_free(UserBus *b) {
        if (!b)
                return NULL;

        sd_event_source_disable_unref(b->timer);
        sd_bus_slot_unref(b->disconnected);
        (void) bus_discard(b->bus);
        sd_event_unref(b->event);
        free(b);
        return NULL;
}

void user_bus_set_handler(UserBus *b, UserBusFunc func, void *userdata) {
        b->func = func;
        b->userdata = userdata;
}

sd_bus *user_bus_get(UserBus *b) {
        return b->lost ? NULL : b->bus;
}
