/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-seat-repair SEAT: brings back the login screen of one seat. usher-seat-repair@.service runs it.
 *
 * It does nothing to a seat that somebody uses, and nothing when it cannot find out whether somebody does.
 * It first has logind bring a hidden greeter to the front, and then asks the display manager for one. If
 * neither helps, it hides the seat's graphics devices for a moment, which ends what is left on the seat. */

#include <signal.h>

#include "common/arguments.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/seat-id.h"
#include "repair/devices.h"
#include "repair/display-manager.h"
#include "repair/seat.h"

#define CALL_USEC (5 * USEC_PER_SEC)

/* A greeter that was asked for must be there by then. */
#define GREETER_USEC (5 * USEC_PER_SEC)

/* logind drops a seat without graphics devices by then. */
#define DROP_USEC (5 * USEC_PER_SEC)

/* The display manager hears of a dropped seat from logind, as this program does, and needs a moment. */
#define NOTICE_USEC USEC_PER_SEC

static int hide_and_show(sd_bus *bus, const char *seat, const Devices *d) {
        sigset_t all;
        int r, q;

        /* The devices must be restored whatever happens. */
        (void) sigfillset(&all);
        (void) sigprocmask(SIG_BLOCK, &all, NULL);

        r = devices_hide(d);
        if (r >= 0) {
                /* The display manager notices only after logind has dropped the seat. */
                seat_wait_not_graphical(bus, seat, DROP_USEC);
                (void) usleep((useconds_t) NOTICE_USEC);
                log_info("Restoring %s for the display manager.", seat);
        }

        q = devices_show(d);
        return r < 0 ? r : q;
}

static int restart_seat(sd_bus *bus, const char *seat) {
        Devices d;
        int r;

        r = devices_find(&d, seat);
        if (r < 0)
                log_error_errno(r, "Failed to find the graphics devices of %s: %m", seat);
        else if (d.n == 0) {
                log_error("%s has no graphics device.", seat);
                r = -ENODEV;
        } else
                r = hide_and_show(bus, seat, &d);

        devices_done(&d);
        return r;
}

/* Returns 1 if the seat needs no repair or must be left alone, and 0 if it still needs one. */
static int check(const char *seat, int r, SeatUse use) {
        if (r < 0)
                return log_error_errno(
                                r, "Failed to find out who is at %s, not repairing the seat: %m", seat);
        if (use == SEAT_PERSON)
                log_info("Somebody is logged in at %s, not repairing the seat.", seat);
        if (use == SEAT_LOGIN_SCREEN)
                log_info("%s has a login screen.", seat);

        return use >= SEAT_LOGIN_SCREEN;
}

/* Waits for the greeter that was asked for, if it was. Returns as check() does. */
static int wait_for_greeter(sd_bus *bus, const char *seat, int asked) {
        SeatUse use;
        int r;

        if (asked < 0)
                log_info_errno(asked, "Failed to ask for a greeter: %m");

        r = seat_wait_used(bus, seat, asked > 0 ? GREETER_USEC : 0, &use);
        return check(seat, r, use);
}

static int run(const char *seat) {
        _cleanup_bus_close_ sd_bus *bus = NULL;
        SeatUse use;
        int r;

        r = sd_bus_open_system(&bus);
        if (r < 0)
                return log_error_errno(r, "Failed to connect to the system bus: %m");
        (void) sd_bus_set_method_call_timeout(bus, CALL_USEC);

        r = seat_get_use(bus, seat, &use);
        r = check(seat, r, use);
        if (r != 0)
                return r;

        if (use == SEAT_GREETER) {
                r = wait_for_greeter(bus, seat, seat_activate_greeter(bus, seat));
                if (r != 0)
                        return r;
        }

        r = wait_for_greeter(bus, seat, display_manager_show_greeter(bus, seat));
        if (r != 0)
                return r;

        return restart_seat(bus, seat);
}

int main(int argc, char *argv[]) {
        log_init("usher-seat-repair");

        if (argc == 2 && argv[1][0] == '-')
                return arguments_read(argc, argv,
                                       "Restores the login screen of one seat: usher-seat-repair SEAT.\n"
                                       "usher-seat-repair@.service runs it; see usherd(8).") == 0 ?
                                EXIT_SUCCESS :
                                EXIT_WRONG_USAGE;

        if (argc != 2 || !seat_id_is_valid(argv[1])) {
                log_error("usher-seat-repair takes the id of one seat.");
                return EXIT_WRONG_USAGE;
        }

        return run(argv[1]) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
