/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <systemd/sd-device.h>

#include "common/log.h"
#include "repair/devices.h"

#define RULES_DIRECTORY "/run/udev/rules.d"
#define TAG "master-of-seat"

/* A seat has a graphics card, perhaps two; each may have several nodes. */
#define DEVICES_MAX 64U

/* udevadm waits until udevd has processed the devices. */
#define UDEVADM_SEC 20

/* A device of seat0 may have no ID_SEAT. */
static bool is_of_seat(sd_device *device, const char *seat) {
        const char *of;

        if (sd_device_get_property_value(device, "ID_SEAT", &of) < 0 || isempty(of))
                of = "seat0";

        return streq(of, seat);
}

static int add(Devices *d, sd_device *device) {
        const char *path;
        int r;

        if (d->n >= DEVICES_MAX)
                return -E2BIG;

        r = sd_device_get_syspath(device, &path);
        if (r < 0)
                return r;

        d->paths[d->n] = strdup(path);
        return d->paths[d->n++] ? 0 : -ENOMEM;
}

int devices_find(Devices *d, const char *seat) {
        _cleanup_(sd_device_enumerator_unrefp) sd_device_enumerator *e = NULL;
        int r;

        *d = (Devices) { .paths = calloc(DEVICES_MAX, sizeof(char *)) };
        if (!d->paths || asprintf(&d->rule, RULES_DIRECTORY "/74-usher-seat-repair-%s.rules", seat) < 0)
                return -ENOMEM;

        r = sd_device_enumerator_new(&e);
        if (r >= 0)
                r = sd_device_enumerator_add_match_tag(e, TAG);

        for (sd_device *device = r < 0 ? NULL : sd_device_enumerator_get_device_first(e); device && r >= 0;
                        device = sd_device_enumerator_get_device_next(e))
                if (is_of_seat(device, seat))
                        r = add(d, device);

        return r < 0 ? r : 0;
}

void devices_done(Devices *d) {
        for (size_t i = 0; i < d->n; i++)
                free(d->paths[i]);
        free(d->paths);
        free(d->rule);
}

/* SIGCHLD is blocked by the caller. */
static int wait_for(pid_t pid) {
        struct timespec limit = { .tv_sec = UDEVADM_SEC };
        sigset_t child;
        int status;

        (void) sigemptyset(&child);
        (void) sigaddset(&child, SIGCHLD);
        if (sigtimedwait(&child, NULL, &limit) < 0)
                (void) kill(pid, SIGKILL);

        if (waitpid(pid, &status, 0) < 0)
                return -errno;

        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* Runs udevadm with |n| words and then the devices, if there are any to add. */
static int run_udevadm(const char *const *words, size_t n, const Devices *d) {
        const char *argv[DEVICES_MAX + 8] = { "udevadm" };
        posix_spawnattr_t attributes;
        sigset_t none;
        pid_t pid;
        int r;

        for (size_t i = 0; i < n; i++)
                argv[1 + i] = words[i];
        for (size_t i = 0; d && i < d->n; i++)
                argv[1 + n + i] = d->paths[i];

        (void) sigemptyset(&none);
        r = posix_spawnattr_init(&attributes);
        if (r != 0)
                return -r;
        (void) posix_spawnattr_setsigmask(&attributes, &none);
        (void) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        r = posix_spawnp(&pid, argv[0], NULL, &attributes, (char **) argv, environ);
        (void) posix_spawnattr_destroy(&attributes);

        r = r != 0 ? -r : wait_for(pid);
        return r < 0 ? log_error_errno(r, "udevadm %s failed: %m", words[0]) : 0;
}

/* Has udevd read its rules and apply them to the devices. */
static int apply_rules(const Devices *d) {
        int r;

        r = run_udevadm((const char *const[]) { "control", "--reload" }, 2, NULL);
        if (r < 0)
                return r;

        return run_udevadm((const char *const[]) { "trigger", "--settle", "--action=change" }, 3, d);
}

int devices_hide(const Devices *d) {
        FILE *f;

        if (mkdir(RULES_DIRECTORY, 0755) < 0 && errno != EEXIST)
                return log_error_errno(errno, "Failed to create '%s': %m", RULES_DIRECTORY);

        f = fopen(d->rule, "we");
        if (!f)
                return log_error_errno(errno, "Failed to create '%s': %m", d->rule);

        for (size_t i = 0; i < d->n; i++)
                fprintf(f, "DEVPATH==\"%s\", TAG-=\"seat\", TAG-=\"" TAG "\"\n",
                                d->paths[i] + strlen("/sys"));
        if (fclose(f) != 0)
                return log_error_errno(errno, "Failed to write '%s': %m", d->rule);

        return apply_rules(d);
}

int devices_show(const Devices *d) {
        if (unlink(d->rule) < 0 && errno != ENOENT)
                return log_error_errno(errno, "Failed to remove '%s': %m", d->rule);

        return apply_rules(d);
}
