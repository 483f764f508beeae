/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The monitor listens before the first enumeration, so no event is missed between the two. The kernel's
 * filter does not match tags, because the event of a device that loses its tag must arrive as well.
 *
 * When events come faster than they are read, the kernel drops some and says so once (ENOBUFS). Then the
 * remaining events are read, and when it is quiet all devices are enumerated again. The same repairs every
 * other failure to take in a device.
 *
 * At boot usherd may start while udev still processes devices. udev sends the event of a device before it
 * takes the device off its queue, so once the queue is empty, the events that can be read are all there are.
 */

#include <libudev.h>

#include "common/log.h"
#include "hub/device-info.h"
#include "hub/udev.h"

/* Plugging in one hub causes about twenty events. settled() is called once for all of them: this long after
 * the last event, or SETTLE_MAX_USEC after the first. */
#define SETTLE_USEC (500 * USEC_PER_MSEC)
#define SETTLE_MAX_USEC (2 * USEC_PER_SEC)

/* Enough for a storm of events. Without CAP_NET_ADMIN the kernel gives less. */
#define RECEIVE_BUFFER_SIZE (16 * 1024 * 1024)

/* After this many events the rest of the daemon gets its turn. */
#define EVENTS_PER_TURN 128U

/* After this many errors in a row the socket is given up. */
#define ERRORS_MAX 100U

struct UdevHost {
        struct udev *udev;
        struct udev_monitor *monitor; /* NULL if there is no udev to listen to */
        struct udev_queue *queue;     /* NULL once it was found empty */
        sd_event *event;
        sd_event_source *io;
        sd_event_source *queue_io;
        sd_event_source *settle;
        usec_t first; /* when the first event came that settled() has not been called for, 0 for none */
        bool live;
        bool stale; /* events were lost since the last enumeration */
        uint64_t n_overruns;
        unsigned n_errors; /* in a row */
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

static void failed(UdevHost *u, int error, bool for_good) {
        u->stale = u->stale || !for_good;
        if (u->events->failed)
                u->events->failed(error, for_good, u->userdata);
}

/* Reports a device, or that it does not matter (any more). */
static int report_device(UdevHost *u, struct udev_device *d) {
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

/* A device that cannot be read for want of memory or file descriptors is not gone. */
static bool is_shortage(int r) {
        return r == -ENOMEM || r == -EMFILE || r == -ENFILE;
}

static int report_matches(UdevHost *u, struct udev_enumerate *e) {
        struct udev_list_entry *entry;
        int r;

        /* Other errors mean that there is no sysfs or no udev. */
        r = udev_enumerate_scan_devices(e);
        if (is_shortage(r))
                return r;

        udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(e)) {
                _cleanup_(unref_device) struct udev_device *d = NULL;

                /* NULL if the device has just gone. Its event is still to come. */
                d = udev_device_new_from_syspath(u->udev, udev_list_entry_get_name(entry));
                if (!d && is_shortage(-errno))
                        return -errno;
                if (!d)
                        continue;

                r = report_device(u, d);
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

        /* Any other device that makes a seat. There are too many text consoles to look at all. */
        r = udev_enumerate_add_match_tag(by_tag, "master-of-seat");
        if (r < 0)
                return r;

        u->events->snapshot_begin(u->userdata);
        r = report_matches(u, by_subsystem);
        if (r >= 0)
                r = report_matches(u, by_tag);
        /* After half an enumeration all other devices would be gone. */
        if (r >= 0)
                u->events->snapshot_end(u->userdata);

        return r;
}

/* Restarts the wait for a quiet moment. */
static void arm_settle(UdevHost *u) {
        uint64_t now;

        if (sd_event_now(u->event, CLOCK_MONOTONIC, &now) < 0)
                return;
        if (u->first == 0)
                u->first = now;

        (void) sd_event_source_set_time(u->settle, MIN_OF(now + SETTLE_USEC, u->first + SETTLE_MAX_USEC));
        (void) sd_event_source_set_enabled(u->settle, SD_EVENT_ONESHOT);
}

static void check_queue(UdevHost *u) {
        if (!u->queue || (u->live && !udev_queue_get_queue_is_empty(u->queue)))
                return;

        u->queue_io = sd_event_source_disable_unref(u->queue_io);
        u->queue = udev_queue_unref(u->queue);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata) {
        UdevHost *u = userdata;
        int r;

        u->first = 0;
        check_queue(u);

        if (u->stale) {
                u->stale = false;
                r = enumerate(u);
                if (r < 0) {
                        failed(u, r, false);
                        arm_settle(u);
                        return 0;
                }
        }

        u->events->settled(u->userdata);
        return 0;
}

/* The queue was emptied. The last events may not have been read yet. */
static int on_queue(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        UdevHost *u = userdata;

        (void) udev_queue_flush(u->queue);
        arm_settle(u);
        return 0;
}

static void on_device(UdevHost *u, struct udev_device *d) {
        const char *action = strempty(udev_device_get_action(d)), *old;
        int r = 0;

        u->live = true;

        if (streq(action, "remove")) {
                u->events->device_gone(udev_device_get_syspath(d), u->userdata);
                return;
        }

        /* A renamed device has a new path. */
        old = streq(action, "move") ? udev_device_get_property_value(d, "DEVPATH_OLD") : NULL;
        if (old) {
                _cleanup_free_ char *syspath = NULL;

                r = asprintf(&syspath, "/sys%s", old);
                if (r >= 0)
                        u->events->device_gone(syspath, u->userdata);
                else
                        syspath = NULL;
        }

        r = r < 0 ? -ENOMEM : report_device(u, d);
        if (r < 0)
                failed(u, r, false);
}

/* Handles a read that gave no device. Returns whether to read on. */
static bool handle_read_error(UdevHost *u, int error) {
        if (error == ENOBUFS) {
                u->n_overruns++;
                log_debug("Lost device events, enumerating all devices again.");
                u->stale = true;
                arm_settle(u);
                return true;
        }

        if (error == 0 || error == EAGAIN || error == EINTR)
                return false;

        /* The message was invalid or not from udev, and is off the socket now. */
        log_debug_errno(error, "Failed to read a device event, ignoring: %m");
        if (++u->n_errors < ERRORS_MAX)
                return true;

        (void) sd_event_source_set_enabled(u->io, SD_EVENT_OFF);
        failed(u, -error, true);
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

        if (any)
                arm_settle(u);

        return 0;
}

/* Without inotify in /run/udev, the queue is only looked at when an event was read. */
static void watch_queue(UdevHost *u) {
        int fd;

        u->queue = udev_queue_new(u->udev);
        fd = u->queue ? udev_queue_get_fd(u->queue) : -EBADF;
        if (fd < 0)
                return;

        if (sd_event_add_io(u->event, &u->queue_io, fd, EPOLLIN, on_queue, u) >= 0)
                (void) sd_event_source_set_description(u->queue_io, "udev-queue");
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

        /* D-Bus comes first: a storm of events must not delay replies. */
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
                log_debug_errno(r, "Failed to listen to udev, ignoring: %m");
                u->io = sd_event_source_disable_unref(u->io);
                u->monitor = udev_monitor_unref(u->monitor);
        }

        watch_queue(u);
        *ret = TAKE_PTR(u);
        return 0;
}

UdevHost *udev_host_free(UdevHost *u) {
        if (!u)
                return NULL;

        sd_event_source_disable_unref(u->io);
        sd_event_source_disable_unref(u->queue_io);
        sd_event_source_disable_unref(u->settle);
        udev_queue_unref(u->queue);
        udev_monitor_unref(u->monitor);
        udev_unref(u->udev);
        sd_event_unref(u->event);
        free(u);
        return NULL;
}

int udev_host_start(UdevHost *u) {
        int r;

        /* libudev's own test: without udevd no event will ever come. */
        u->live = u->monitor && access("/run/udev/control", F_OK) >= 0;

        /* Before the enumeration, so that it finds all devices processed if the queue is empty. */
        check_queue(u);
        r = enumerate(u);
        if (r < 0)
                return r;

        u->events->settled(u->userdata);
        return 0;
}

bool udev_host_is_live(const UdevHost *u) {
        return u->live;
}

bool udev_host_is_settled(const UdevHost *u) {
        return !u->queue;
}

uint64_t udev_host_overruns(const UdevHost *u) {
        return u->n_overruns;
}
