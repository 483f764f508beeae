/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/timespan.h"
#include "repair/seat.h"

/* logind says that there is no such session or seat. */
static bool is_unknown(const sd_bus_error *error) {
        return sd_bus_error_has_names(error, SD_BUS_ERROR_UNKNOWN_OBJECT, LOGIND_ERROR_NO_SUCH_SESSION,
                        LOGIND_ERROR_NO_SUCH_SEAT);
}

/* Returns 1 and the value, 0 if logind says that there is no such session, or a negative errno. */
static int get_session_string(sd_bus *bus, const char *path, const char *property, char **ret) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        r = sd_bus_get_property_string(
                        bus, LOGIND_BUS_NAME, path, LOGIND_IFACE_SESSION, property, &error, ret);
        if (r >= 0)
                return 1;

        return is_unknown(&error) ? 0 : r;
}

/* logind may still call a session active whose leader has exited. A session without a leader counts as
 * alive. */
static int has_leader(sd_bus *bus, const char *path) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        uint32_t leader;
        int r, fd;

        r = sd_bus_get_property_trivial(
                        bus, LOGIND_BUS_NAME, path, LOGIND_IFACE_SESSION, "Leader", &error, 'u', &leader);
        if (r < 0)
                return is_unknown(&error) ? 0 : r;

        if (leader == 0)
                return 1;

        fd = pidfd_open((pid_t) leader, 0);
        if (fd < 0)
                return errno != ESRCH;
        close(fd);
        return 1;
}

static SeatUse use_by(const char *class, const char *state) {
        static const char *const nobody[] = { "lock-screen", "background", "background-light", "manager",
                "manager-early", "none" };

        if (streq(class, "greeter"))
                return streq(state, "active") ? SEAT_LOGIN_SCREEN : SEAT_GREETER;

        for (size_t i = 0; i < ELEMENTSOF(nobody); i++)
                if (streq(class, nobody[i]))
                        return SEAT_FREE;

        /* An unknown class may be a person's. */
        return SEAT_PERSON;
}

static int get_session_use(sd_bus *bus, const char *path, SeatUse *ret) {
        _cleanup_free_ char *class = NULL, *state = NULL;
        int r;

        r = get_session_string(bus, path, "Class", &class);
        if (r > 0)
                r = get_session_string(bus, path, "State", &state);
        if (r < 0)
                return r;

        *ret = r > 0 ? use_by(class, state) : SEAT_FREE;
        if (*ret == SEAT_LOGIN_SCREEN) {
                r = has_leader(bus, path);
                if (r == 0)
                        *ret = SEAT_GREETER;
        }

        return r < 0 ? r : 0;
}

/* Returns 1 and the value, 0 if there is no such seat, or a negative errno. */
static int get_seat_property(sd_bus *bus,
                const char *seat,
                const char *property,
                const char *type,
                sd_bus_message **ret) {

        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_free_ char *path = NULL;
        int r;

        r = sd_bus_path_encode(LOGIND_PATH "/seat", seat, &path);
        if (r < 0)
                return r;

        r = sd_bus_get_property(bus, LOGIND_BUS_NAME, path, LOGIND_IFACE_SEAT, property, &error, ret, type);
        if (r >= 0)
                return 1;

        return is_unknown(&error) ? 0 : r;
}

/* Returns NULL for a seat that is gone. */
static int get_sessions(sd_bus *bus, const char *seat, sd_bus_message **ret) {
        int r;

        r = get_seat_property(bus, seat, "Sessions", "a(so)", ret);
        if (r > 0)
                r = sd_bus_message_enter_container(*ret, 'a', "(so)");

        return r < 0 ? r : 0;
}

int seat_get_use(sd_bus *bus, const char *seat, SeatUse *ret) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        SeatUse all = SEAT_FREE, use;
        const char *path;
        int r;

        r = get_sessions(bus, seat, &reply);
        if (r < 0)
                return r;

        while (reply && (r = sd_bus_message_read(reply, "(so)", NULL, &path)) > 0) {
                r = get_session_use(bus, path, &use);
                if (r < 0)
                        return r;
                all = MAX_OF(all, use);
        }
        if (r < 0)
                return r;

        *ret = all;
        return 0;
}

/* Returns 1 if it is a greeter that may come to the front. */
static int activate_greeter(sd_bus *bus, const char *path) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        SeatUse use;
        int r;

        r = get_session_use(bus, path, &use);
        if (r >= 0 && use == SEAT_GREETER)
                r = has_leader(bus, path);
        if (r <= 0)
                return r;

        r = sd_bus_call_method(
                        bus, LOGIND_BUS_NAME, path, LOGIND_IFACE_SESSION, "Activate", &error, NULL, NULL);
        if (r < 0)
                log_info_errno(r, "logind does not activate the greeter: %s", strempty(error.message));

        return 1;
}

int seat_activate_greeter(sd_bus *bus, const char *seat) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *path;
        int r;

        r = get_sessions(bus, seat, &reply);
        if (r < 0)
                return r;

        while (reply && (r = sd_bus_message_read(reply, "(so)", NULL, &path)) > 0) {
                r = activate_greeter(bus, path);
                if (r != 0)
                        return r;
        }

        return r;
}

int seat_others_belong_to(sd_bus *bus, const char *seat, const char *service) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *other, *path;
        int r;

        r = sd_bus_call_method(bus, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, "ListSessions",
                        &error, &reply, NULL);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(susso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(susso)", NULL, NULL, NULL, &other, &path)) > 0) {
                _cleanup_free_ char *by = NULL;
                SeatUse use = SEAT_FREE;

                if (isempty(other) || streq(other, seat))
                        continue;

                r = get_session_use(bus, path, &use);
                if (r >= 0 && use == SEAT_PERSON)
                        r = get_session_string(bus, path, "Service", &by);
                if (r < 0)
                        return r;
                if (by && !startswith(by, service))
                        return 0;
        }

        return r < 0 ? r : 1;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        return 0;
}

/* Waits until logind sends a signal. Returns false when the time is over. */
static bool wait_for_signal(sd_bus *bus, usec_t end) {
        usec_t now;

        while ((now = now_monotonic()) < end) {
                int r;

                r = sd_bus_process(bus, NULL);
                if (r > 0)
                        return true;
                if (r == 0)
                        r = sd_bus_wait(bus, end - now);
                if (r < 0 && r != -EINTR)
                        return false;
        }

        return false;
}

static int match_signals(sd_bus *bus, sd_bus_slot **ret) {
        return sd_bus_match_signal(bus, ret, LOGIND_BUS_NAME, NULL, NULL, NULL, on_signal, NULL);
}

int seat_wait_used(sd_bus *bus, const char *seat, usec_t limit, SeatUse *ret) {
        _cleanup_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
        usec_t end = now_monotonic() + limit;
        int r;

        r = match_signals(bus, &slot);
        if (r < 0)
                return r;

        do {
                r = seat_get_use(bus, seat, ret);
                if (r < 0)
                        return r;
        } while (*ret < SEAT_LOGIN_SCREEN && wait_for_signal(bus, end));

        return 0;
}

static bool is_graphical(sd_bus *bus, const char *seat) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int value = false;

        return get_seat_property(bus, seat, "CanGraphical", "b", &reply) > 0 &&
                        sd_bus_message_read(reply, "b", &value) >= 0 && value;
}

void seat_wait_not_graphical(sd_bus *bus, const char *seat, usec_t limit) {
        _cleanup_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
        usec_t end = now_monotonic() + limit;

        if (match_signals(bus, &slot) < 0)
                return;

        while (is_graphical(bus, seat) && wait_for_signal(bus, end))
                ;
}
