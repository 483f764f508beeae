/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>

#include <systemd/sd-daemon.h>

#include "bus/bus.h"
#include "common/arguments.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "core/config-file.h"
#include "core/manager.h"

static int on_reload(sd_event_source *s, const struct signalfd_siginfo *si, void *userdata) {
        Manager *m = userdata;
        Config config;
        int r;

        (void) sd_notify(false, "RELOADING=1");

        r = config_load(&config);
        if (r < 0)
                log_error_errno(r, "Failed to read the configuration again, keeping the old one: %m");
        else {
                manager_set_config(m, &config);
                log_info("Read the configuration again.");
        }

        (void) sd_notify(false, "READY=1");
        return 0;
}

/* systemd names the directory that it made for us; /run/usher is what it is called there. */
static const char *runtime_directory(void) {
        const char *e = getenv("RUNTIME_DIRECTORY");

        return isempty(e) ? "/run/usher" : e;
}

static const char *state_directory(void) {
        const char *e = getenv("STATE_DIRECTORY");

        return isempty(e) ? "/var/lib/usher" : e;
}

static int run(void) {
        _cleanup_bus_close_ sd_bus *bus = NULL;
        _cleanup_(manager_freep) Manager *m = NULL;
        _cleanup_event_ sd_event *event = NULL;
        _cleanup_free_ char *nologin = NULL;
        sigset_t signals;
        Config config;
        int r;

        (void) sigemptyset(&signals);
        (void) sigaddset(&signals, SIGTERM);
        (void) sigaddset(&signals, SIGINT);
        (void) sigaddset(&signals, SIGHUP);
        (void) sigaddset(&signals, SIGCHLD);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return log_error_errno(errno, "Failed to block signals: %m");

        r = config_load(&config);
        if (r < 0)
                return log_error_errno(r, "Failed to read the configuration: %m");

        if (asprintf(&nologin, "%s/run/nologin", strempty(getenv(CONFIG_ROOT_VARIABLE))) < 0) {
                nologin = NULL;
                return log_oom();
        }

        r = sd_event_default(&event);
        if (r < 0)
                return log_error_errno(r, "Failed to make the event loop: %m");

        (void) sd_event_set_watchdog(event, true);
        r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to signals: %m");

        r = sd_bus_open_system(&bus);
        if (r < 0)
                return log_error_errno(r, "Failed to connect to the system bus: %m");

        /* Without a bus there is nobody to serve: the service manager starts us again when it is back. */
        r = sd_bus_set_exit_on_disconnect(bus, true);
        if (r >= 0)
                r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0)
                return log_error_errno(r, "Failed to attach the bus to the event loop: %m");

        r = manager_new(&m, event, bus, &config, runtime_directory(), state_directory(), nologin);
        if (r < 0)
                return log_error_errno(r, "Failed to set up: %m");

        r = sd_event_add_signal(event, NULL, SIGHUP, on_reload, m);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to SIGHUP: %m");

        r = bus_setup(m);
        if (r < 0)
                return r;

        r = manager_start(m, &bus_manager_events, m);
        if (r < 0)
                return r;

        /* A signal ends the loop with 0, a bus that died with EXIT_FAILURE. */
        r = sd_event_loop(event);
        (void) sd_notify(false, "STOPPING=1");
        return r > 0 ? -ENOTCONN : r;
}

int main(int argc, char *argv[]) {
        int r;

        log_init("usherd");

        r = arguments_read(argc, argv,
                        "Ends the sessions of a multiseat PC's stations after a warning. See usherd(8).");
        if (r < 0)
                return EXIT_WRONG_USAGE;
        if (r == 0)
                return EXIT_SUCCESS;

        return run() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
