/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-shutdown: usher-shutdown.service runs it when the unit is stopped. If the machine goes down, it has
 * usherd warn all users and log them off, and exits after that. The rest of the shutdown waits for it. If
 * anything fails here, the shutdown continues. */

#include <stdarg.h>

#include <systemd/sd-daemon.h>

#include "common/arguments.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/shutdown-target.h"
#include "common/timespan.h"

/* A usherd that is silent for this long does not come back: in a shutdown systemd does not restart it. */
#define PATIENCE_USEC (3 * USEC_PER_SEC)

/* The calls before users are warned: on a busy machine an answer may take long, and to go on without it ends
 * sessions without a warning. Three of them take less than TimeoutStopSec=. */
#define BEGIN_USEC (15 * USEC_PER_SEC)

#define CALL_USEC (5 * USEC_PER_SEC)
#define LOOK_USEC USEC_PER_SEC

/* Each look restarts the timeout of the unit. */
#define EXTEND "EXTEND_TIMEOUT_USEC=60000000"

typedef struct Situation {
        unsigned people;
        usec_t left; /* of the longest grace period, 0 when all are over */
} Situation;

/* Never starts usherd: nothing can be started while a shutdown is queued. types may be NULL. */
static int call_usherd(sd_bus *bus,
                usec_t timeout,
                const char *interface,
                const char *member,
                sd_bus_message **ret,
                const char *types,
                ...) {

        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        va_list ap;
        int r;

        r = sd_bus_message_new_method_call(bus, &m, USHER_BUS_NAME, USHER_PATH, interface, member);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(m, false);
        if (r >= 0 && types) {
                va_start(ap, types);
                r = sd_bus_message_appendv(m, types, ap);
                va_end(ap);
        }
        if (r < 0)
                return log_error_errno(r, "Failed to create the call of %s: %m", member);

        r = sd_bus_call(bus, m, timeout, &error, ret);
        if (r < 0)
                return log_debug_errno(r, "usherd did not answer %s: %s", member, strempty(error.message));

        return 0;
}

/* Returns NULL if the machine stays on, or if systemd does not answer. */
static const ShutdownTarget *find_target(sd_bus *bus) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const ShutdownTarget *target = NULL;
        int r;

        r = sd_bus_call_method(bus, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "ListJobs",
                        &error, &reply, NULL);
        if (r >= 0)
                r = shutdown_target_read(reply, &target);
        if (r < 0)
                log_warning_errno(r, "Failed to query the jobs of systemd: %s", strempty(error.message));

        return target;
}

static int read_grace(sd_bus *bus, usec_t *ret) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        int r;

        r = call_usherd(bus, BEGIN_USEC, DBUS_IFACE_PROPERTIES, "Get", &reply, "ss", USHER_IFACE_MANAGER,
                        "ShutdownGraceUSec");
        if (r < 0)
                return r;

        return sd_bus_message_read(reply, "v", "t", ret);
}

/* Has all users warned and logged off. Returns whether there are any. */
static int log_off_all(sd_bus *bus, usec_t grace, const char *reason) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        uint32_t seconds = (uint32_t) ((grace + USEC_PER_SEC - 1) / USEC_PER_SEC);
        int r;

        r = call_usherd(bus, BEGIN_USEC, USHER_IFACE_MANAGER, "LogOffAll", &reply, "a{sv}", 5, "grace", "u",
                        seconds, "reason", "s", reason, "include-caller", "b", true, "include-seatless", "b",
                        true, "block-logins", "b", true);
        if (r < 0)
                return r;

        r = sd_bus_message_enter_container(reply, 'a', "o");
        if (r < 0)
                return r;

        return !sd_bus_message_at_end(reply, false);
}

static int look(sd_bus *bus, Situation *ret) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        usec_t now = now_realtime();
        Situation s = {};
        uint64_t deadline;
        const char *phase;
        int r;

        r = call_usherd(bus, CALL_USEC, USHER_IFACE_MANAGER, "ListJobs", &reply, NULL);
        if (r < 0)
                return r;

        r = sd_bus_message_enter_container(reply, 'a', "(ussstso)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(
                                reply, "(ussstso)", NULL, NULL, NULL, NULL, &deadline, &phase, NULL)) > 0) {
                s.people++;
                if (streq(phase, "warning") && deadline > now)
                        s.left = MAX_OF(s.left, deadline - now);
        }
        if (r < 0)
                return r;

        *ret = s;
        return 0;
}

/* Writes to the console and to systemctl status. The text is English, as are the lines that systemd writes
 * around it. The journal gets the same lines, the font of the console may lack other letters, and usher-warn
 * has warned each user in their own language. */
static void tell(const ShutdownTarget *target, const Situation *s, usec_t *told) {
        _cleanup_free_ char *left = timespan_format(s->left);
        const char *plural = s->people == 1 ? "" : "s";
        usec_t mark = s->left > 30 * USEC_PER_SEC ?
                        s->left / USEC_PER_MINUTE * USEC_PER_MINUTE + USEC_PER_MINUTE :
                        s->left > 10 * USEC_PER_SEC ? 30 * USEC_PER_SEC :
                        s->left > 0                 ? 10 * USEC_PER_SEC :
                                                      0;

        if (s->left > 0)
                (void) sd_notifyf(false, EXTEND "\nSTATUS=%u session%s, %s left", s->people, plural,
                                strempty(left));
        else
                (void) sd_notifyf(false, EXTEND "\nSTATUS=Logging off %u session%s", s->people, plural);

        if (*told == mark)
                return;

        *told = mark;
        if (s->left > 0)
                printf("The machine %s in %s; %u session%s %s been warned.\n", target->what, strempty(left),
                                s->people, plural, s->people == 1 ? "has" : "have");
        else
                printf("Logging off %u session%s, then the machine %s.\n", s->people, plural, target->what);
        (void) fflush(stdout);
}

/* Waits until it is time to look. Anybody may send this program messages, which must not make it late. */
static void wait_for_look(sd_bus *bus) {
        usec_t end = now_monotonic() + LOOK_USEC, now;

        while ((now = now_monotonic()) < end) {
                int r;

                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, end - now);
                if (r < 0) {
                        /* Without a bus the looks fail, and that ends the wait. */
                        (void) usleep((useconds_t) LOOK_USEC);
                        return;
                }
        }
}

static void wait_for_log_offs(sd_bus *bus, const ShutdownTarget *target) {
        usec_t start = now_monotonic(), heard = start, promised = start, told = USEC_INFINITY;

        for (;;) {
                usec_t now = now_monotonic();
                Situation s;
                int r;

                r = look(bus, &s);
                if (r >= 0 && s.people == 0)
                        return;

                if (r >= 0) {
                        heard = now;
                        promised = now + s.left;
                        tell(target, &s, &told);
                } else if (now - heard > PATIENCE_USEC && now > promised) {
                        /* Each user had the announced time. */
                        log_warning("usherd is gone, continuing the shutdown without it.");
                        return;
                } else
                        (void) sd_notify(false, EXTEND);

                if (now - start > SHUTDOWN_HOLD_MAX_USEC) {
                        log_warning("The shutdown was delayed for too long, continuing.");
                        return;
                }

                wait_for_look(bus);
        }
}

static int open_bus(sd_bus **ret) {
        _cleanup_bus_close_ sd_bus *bus = NULL;
        int r;

        r = sd_bus_open_system(&bus);
        if (r < 0)
                return log_error_errno(r, "Failed to connect to the system bus: %m");

        (void) sd_bus_set_method_call_timeout(bus, BEGIN_USEC);
        *ret = TAKE_PTR(bus);
        return 0;
}

static int run(void) {
        _cleanup_bus_close_ sd_bus *bus = NULL;
        const ShutdownTarget *target;
        usec_t grace;
        int r;

        r = open_bus(&bus);
        if (r < 0)
                return r;

        /* The unit is stopped or restarted for another reason, such as an upgrade of the package. */
        target = find_target(bus);
        if (!target) {
                log_info("The machine is not shutting down, not logging off any users.");
                return 0;
        }

        r = read_grace(bus, &grace);
        if (r < 0)
                return log_warning_errno(
                                r, "usherd does not answer, continuing the shutdown without it: %m");
        if (grace == 0) {
                log_info("[Shutdown] GraceSec=0 is set, not warning anybody.");
                return 0;
        }

        r = log_off_all(bus, grace, target->reason);
        if (r < 0)
                return log_warning_errno(r, "usherd does not log anybody off, continuing the shutdown: %m");
        if (r > 0)
                wait_for_log_offs(bus, target);

        return 0;
}

int main(int argc, char *argv[]) {
        return arguments_main(argc, argv, "usher-shutdown",
                        "Logs everybody off before a shutdown that is under way.\n"
                        "usher-shutdown.service runs it; see usher-shutdown(8).",
                        run);
}
