/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <malloc.h>
#include <signal.h>

#include <systemd/sd-daemon.h>

#include "bus/bus.h"
#include "common/arguments.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "core/config-file.h"
#include "core/lifecycle.h"
#include "feature/associate.h"
#include "feature/attach.h"
#include "feature/hub-lost.h"
#include "feature/identify.h"
#include "feature/idle.h"
#include "feature/label.h"
#include "feature/login-screen.h"
#include "feature/message.h"
#include "feature/mode.h"
#include "feature/pending.h"
#include "feature/shutdown.h"
#include "feature/text-console.h"

static int on_reload(sd_event_source *s, const struct signalfd_siginfo *si, void *userdata) {
        Manager *m = userdata;
        Config config;
        int r;

        (void) sd_notify(false, "RELOADING=1");

        r = config_load(&config);
        if (r < 0)
                log_error_errno(r, "Failed to reload the configuration, keeping the old one: %m");
        else {
                manager_set_config(m, &config);
                log_info("Reloaded the configuration.");
        }

        (void) sd_notify(false, "READY=1");
        return 0;
}

/* Hooks run in this order. shutdown comes before pending, which drops its action when a shutdown is in
 * progress. */
static const Feature *const features[] = {
        &label_feature,
        &shutdown_feature,
        &mode_feature,
        &pending_feature,
        &hub_lost_feature,
        &idle_feature,
        &login_screen_feature,
        &text_console_feature,
        &identify_feature,
        &message_feature,
        &attach_feature,
        &associate_feature,
        NULL,
};

/* systemd passes the directory that it created. */
static const char *directory_from_environment(const char *variable, const char *otherwise) {
        const char *e = getenv(variable);

        return isempty(e) ? otherwise : e;
}

static int block_signals(void) {
        sigset_t signals;

        (void) sigemptyset(&signals);
        (void) sigaddset(&signals, SIGTERM);
        (void) sigaddset(&signals, SIGINT);
        (void) sigaddset(&signals, SIGHUP);
        (void) sigaddset(&signals, SIGCHLD);

        return sigprocmask(SIG_BLOCK, &signals, NULL) < 0 ? -errno : 0;
}

static int event_loop_new(sd_event **ret) {
        _cleanup_event_ sd_event *event = NULL;
        int r;

        r = sd_event_default(&event);
        if (r < 0)
                return log_error_errno(r, "Failed to create the event loop: %m");

        (void) sd_event_set_watchdog(event, true);
        r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to signals: %m");

        *ret = TAKE_PTR(event);
        return 0;
}

static int connect_bus(sd_event *event, sd_bus **ret) {
        _cleanup_bus_close_ sd_bus *bus = NULL;
        int r;

        r = sd_bus_open_system(&bus);
        if (r < 0)
                return log_error_errno(r, "Failed to connect to the system bus: %m");

        /* Without a bus there is nobody to serve: the service manager starts usherd again when it is back.
         */
        r = sd_bus_set_exit_on_disconnect(bus, true);
        if (r >= 0)
                r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0)
                return log_error_errno(r, "Failed to attach the bus to the event loop: %m");

        *ret = TAKE_PTR(bus);
        return 0;
}

static const char *runtime_directory(void) {
        return directory_from_environment("RUNTIME_DIRECTORY", "/run/usher");
}

static int nologin_path(char **ret) {
        if (asprintf(ret, "%s/run/nologin", strempty(getenv(CONFIG_ROOT_VARIABLE))) < 0) {
                *ret = NULL;
                return log_oom();
        }

        return 0;
}

/* ExecStopPost= of usherd.service: no matter how usherd ended, logins are open while it is not running. */
static int unblock_logins(void) {
        _cleanup_(logins_freep) Logins *logins = NULL;
        _cleanup_free_ char *nologin = NULL;
        int r;

        r = nologin_path(&nologin);
        if (r < 0)
                return r;

        r = logins_new(&logins, nologin, runtime_directory());
        if (r == -ENOENT)
                return 0;
        if (r < 0)
                return log_error_errno(r, "Failed to open '%s': %m", runtime_directory());

        logins_unblock(logins);
        return 0;
}

static int new_manager(sd_event *event, sd_bus *bus, Manager **ret) {
        _cleanup_free_ char *nologin = NULL;
        Config config;
        int r;

        r = config_load(&config);
        if (r < 0)
                return log_error_errno(r, "Failed to read the configuration: %m");

        r = nologin_path(&nologin);
        if (r < 0)
                return r;

        return manager_new(ret, event, bus, &config, features, runtime_directory(),
                        directory_from_environment("STATE_DIRECTORY", "/var/lib/usher"), nologin);
}

/* glibc raises this threshold when a large block is freed, and then keeps such blocks in the heap. The bus
 * allows messages of 32 MB. Their memory must be returned to the kernel after they are refused. */
#define LARGE_BLOCK (128 * 1024)

static int run(void) {
        _cleanup_bus_close_ sd_bus *connection = NULL;
        _cleanup_(manager_freep) Manager *m = NULL;
        _cleanup_(bus_freep) Bus *bus = NULL;
        _cleanup_event_ sd_event *event = NULL;
        int r;

        r = block_signals();
        if (r < 0)
                return log_error_errno(r, "Failed to block signals: %m");

        r = event_loop_new(&event);
        if (r < 0)
                return r;

        r = connect_bus(event, &connection);
        if (r < 0)
                return r;

        r = new_manager(event, connection, &m);
        if (r < 0)
                return r;

        r = sd_event_add_signal(event, NULL, SIGHUP, on_reload, m);
        if (r < 0)
                return log_error_errno(r, "Failed to listen to SIGHUP: %m");

        r = bus_new(&bus, m);
        if (r < 0)
                return r;

        r = manager_start(m, &bus_manager_events, bus);
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
        (void) mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);

        if (argc == 2 && streq(argv[1], "--unblock-logins"))
                return unblock_logins() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;

        r = arguments_read(
                        argc, argv, "Ends the sessions of a multiseat PC after a warning. See usherd(8).");
        if (r < 0)
                return EXIT_WRONG_USAGE;
        if (r == 0)
                return EXIT_SUCCESS;

        return run() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
