/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The watch on devices. The monitor listens before the first enumeration, so nothing falls between the two.
 * Tags are looked at here and not in the kernel's filter: a device that loses its tag must be heard of as
 * well.
 *
 * When events come faster than they are read, the kernel drops some and says so once (ENOBUFS). What is left
 * is read, and once it is quiet everything is enumerated anew. */

#include <libudev.h>

#include "common/log.h"
#include "hub/device-info.h"
#include "hub/udev.h"

/* Twenty events of one plugged hub are one piece of news: it is told this long after the last of them, but
 * not later than the other span after the first. */
#define SETTLE_USEC (500 * USEC_PER_MSEC)
#define SETTLE_MAX_USEC (2 * USEC_PER_SEC)

/* Room for a storm; without CAP_NET_ADMIN the kernel gives less. */
#define RECEIVE_BUFFER_SIZE (16 * 1024 * 1024)

/* Events that are read before the rest of the daemon has its turn. The loop comes back while there are
 * more. */
#define EVENTS_PER_TURN 128U

/* A socket that gives nothing but errors is given up. */
#define ERRORS_MAX 100U

struct UdevHost {
        struct udev *udev;
        struct udev_monitor *monitor; /* NULL where there is no udev to listen to */
        sd_event *event;
        sd_event_source *io;
        sd_event_source *settle;
        usec_t first; /* since when events have not been told as settled; 0 for none */
        bool live;
        bool overrun; /* events were lost since the last enumeration */
        uint64_t n_overruns;
        unsigned n_errors;
        const UdevEvents *events;
        void *userdata;
};

static void unref_device(struct udev_device **d) {
        if (*d)
                udev_device_unref(*d);
}

static void unref_enumerate(struct udev_enumerate **e) {
        if (*e)
                udev_enumerate_unref(*e);
}

/* Tells of one device, or that it is none of ours (any more). */
static int tell_device(UdevHost *u, struct udev_device *d) {
        _cleanup_(device_info_done) DeviceInfo info = {};
        int r;

        r = device_info_from_udev(&info, d);
        if (r < 0)
                return r;

        if (r > 0)
                u->events->device(&info, u->userdata);
        else
                u->events->device_gone(udev_device_get_syspath(d), u->userdata);

        return 0;
}

/* What is not seen for want of these is not gone. */
static bool is_shortage(int r) {
        return r == -ENOMEM || r == -EMFILE || r == -ENFILE;
}

static int tell_enumeration(UdevHost *u, struct udev_enumerate *e) {
        struct udev_list_entry *entry;
        int r;

        /* Where there is no sysfs or no udev there is nothing to scan. */
        r = udev_enumerate_scan_devices(e);
        if (is_shortage(r))
                return r;

        udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(e)) {
                _cleanup_(unref_device) struct udev_device *d = NULL;

                /* NULL when it went away a moment ago; that event is still to come. */
                d = udev_device_new_from_syspath(u->udev, udev_list_entry_get_name(entry));
                if (!d && is_shortage(-errno))
                        return -errno;
                if (!d)
                        continue;

                r = tell_device(u, d);
                if (r < 0)
                        return r;
        }

        return 0;
}

static int enumerate(UdevHost *u) {
        _cleanup_(unref_enumerate) struct udev_enumerate *by_subsystem = NULL, *by_tag = NULL;
        int r;

        by_subsystem = udev_enumerate_new(u->udev);
        by_tag = udev_enumerate_new(u->udev);
        if (!by_subsystem || !by_tag)
                return -ENOMEM;

        for (size_t i = 0; device_subsystems[i]; i++)
                if (!streq(device_subsystems[i], "tty")) {
                        r = udev_enumerate_add_match_subsystem(by_subsystem, device_subsystems[i]);
                        if (r < 0)
                                return r;
                }

        /* Whatever else makes a seat. There are too many text consoles to look at all of them for this. */
        r = udev_enumerate_add_match_tag(by_tag, "master-of-seat");
        if (r < 0)
                return r;

        u->events->snapshot_begin(u->userdata);
        r = tell_enumeration(u, by_subsystem);
        if (r >= 0)
                r = tell_enumeration(u, by_tag);
        /* Half a snapshot would have everything else gone. */
        if (r >= 0)
                u->events->snapshot_end(u->userdata);

        return r;
}

static int arm_settle(UdevHost *u);

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata) {
        UdevHost *u = userdata;
        int r;

        u->first = 0;

        if (u->overrun) {
                u->overrun = false;
                r = enumerate(u);
                if (r < 0) {
                        log_warning_errno(r, "Failed to enumerate devices, trying again: %m");
                        u->overrun = true;
                        (void) arm_settle(u);
                        return 0;
                }
        }

        u->events->settled(u->userdata);
        return 0;
}

/* Moves the time of settling away from the event that has just come. */
static int arm_settle(UdevHost *u) {
        uint64_t now;
        usec_t when;
        int r;

        r = sd_event_now(u->event, CLOCK_MONOTONIC, &now);
        if (r < 0)
                return r;

        if (u->first == 0)
                u->first = now;
        when = MIN_OF(now + SETTLE_USEC, u->first + SETTLE_MAX_USEC);

        r = sd_event_source_set_time(u->settle, when);
        if (r < 0)
                return r;

        return sd_event_source_set_enabled(u->settle, SD_EVENT_ONESHOT);
}

static void on_device(UdevHost *u, struct udev_device *d) {
        const char *action = strempty(udev_device_get_action(d)), *old;
        int r;

        u->live = true;

        if (streq(action, "remove")) {
                u->events->device_gone(udev_device_get_syspath(d), u->userdata);
                return;
        }

        /* It was given another name, and with it another path. */
        old = streq(action, "move") ? udev_device_get_property_value(d, "DEVPATH_OLD") : NULL;
        if (old) {
                _cleanup_free_ char *syspath = NULL;

                if (asprintf(&syspath, "/sys%s", old) < 0) {
                        syspath = NULL;
                        (void) log_oom();
                } else
                        u->events->device_gone(syspath, u->userdata);
        }

        r = tell_device(u, d);
        if (r < 0)
                log_warning_errno(r, "Failed to take in device '%s', ignoring: %m",
                                udev_device_get_sysname(d));
}

/* What to do when there was no device to read: true when there may be more all the same. */
static bool handle_read_error(UdevHost *u, int error) {
        if (error == ENOBUFS) {
                u->n_overruns++;
                if (!u->overrun)
                        log_info("Device events came faster than they were read; looking at all devices "
                                 "again.");
                u->overrun = true;
                (void) arm_settle(u);
                return true;
        }

        if (error == 0 || error == EAGAIN || error == EINTR)
                return false;

        /* One message that was no good, or not from udev, has been taken off the socket. */
        log_debug_errno(error, "Failed to read a device event, ignoring: %m");
        if (++u->n_errors < ERRORS_MAX)
                return true;

        log_error_errno(error, "Cannot read device events, listening no longer: %m");
        (void) sd_event_source_set_enabled(u->io, SD_EVENT_OFF);
        return false;
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        UdevHost *u = userdata;
        bool any = false;

        for (unsigned i = 0; i < EVENTS_PER_TURN; i++) {
                _cleanup_(unref_device) struct udev_device *d = NULL;

                errno = 0;
                d = udev_monitor_receive_device(u->monitor);
                if (d) {
                        u->n_errors = 0;
                        any = true;
                        on_device(u, d);
                } else if (!handle_read_error(u, errno))
                        break;
        }

        if (any && arm_settle(u) < 0)
                log_warning("Failed to wait for device events to settle, ignoring.");

        return 0;
}

static int listen_to_udev(UdevHost *u) {
        int r;

        u->monitor = udev_monitor_new_from_netlink(u->udev, "udev");
        if (!u->monitor)
                return errno > 0 ? -errno : -EIO;

        for (size_t i = 0; device_subsystems[i]; i++) {
                bool usb = streq(device_subsystems[i], "usb");

                r = udev_monitor_filter_add_match_subsystem_devtype(
                                u->monitor, device_subsystems[i], usb ? "usb_device" : NULL);
                if (r < 0)
                        return r;
        }

        (void) udev_monitor_set_receive_buffer_size(u->monitor, RECEIVE_BUFFER_SIZE);

        r = udev_monitor_enable_receiving(u->monitor);
        if (r < 0)
                return r;

        r = sd_event_add_io(u->event, &u->io, udev_monitor_get_fd(u->monitor), EPOLLIN, on_readable, u);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(u->io, "udev");

        /* A storm of events must not keep people waiting who ask. */
        return sd_event_source_set_priority(u->io, SD_EVENT_PRIORITY_NORMAL + 10);
}

int udev_host_new(UdevHost **ret, sd_event *event, const UdevEvents *events, void *userdata) {
        _cleanup_(udev_host_freep) UdevHost *u = NULL;
        int r;

        u = malloc(sizeof(*u));
        if (!u)
                return -ENOMEM;
        *u = (UdevHost) {
                .event = sd_event_ref(event),
                .events = events,
                .userdata = userdata,
        };

        u->udev = udev_new();
        if (!u->udev)
                return -ENOMEM;

        r = sd_event_add_time(event, &u->settle, CLOCK_MONOTONIC, 0, 10 * USEC_PER_MSEC, on_settle, u);
        if (r < 0)
                return r;
        (void) sd_event_source_set_description(u->settle, "udev-settle");
        r = sd_event_source_set_enabled(u->settle, SD_EVENT_OFF);
        if (r < 0)
                return r;

        r = listen_to_udev(u);
        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                log_info("There is no udev to listen to, so no hubs and no devices are known.");
                u->io = sd_event_source_disable_unref(u->io);
                if (u->monitor)
                        u->monitor = udev_monitor_unref(u->monitor);
        }

        *ret = TAKE_PTR(u);
        return 0;
}

UdevHost *udev_host_free(UdevHost *u) {
        if (!u)
                return NULL;

        sd_event_source_disable_unref(u->io);
        sd_event_source_disable_unref(u->settle);
        if (u->monitor)
                udev_monitor_unref(u->monitor);
        if (u->udev)
                udev_unref(u->udev);
        sd_event_unref(u->event);
        free(u);
        return NULL;
}

int udev_host_start(UdevHost *u) {
        int r;

        /* As libudev has it: where there is no udevd, nothing will ever come. */
        u->live = u->monitor && access("/run/udev/control", F_OK) >= 0;

        r = enumerate(u);
        if (r < 0)
                return r;

        u->events->settled(u->userdata);
        return 0;
}

bool udev_host_is_live(const UdevHost *u) {
        return u->live;
}

uint64_t udev_host_overruns(const UdevHost *u) {
        return u->n_overruns;
}
