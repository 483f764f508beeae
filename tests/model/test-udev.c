/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When udev counts as settled. The functions of libudev's queue are replaced by those below, so that a test
 * decides whether udevd runs and what is in its queue. The devices are those of the machine, and do not
 * matter. */

#include <fcntl.h>
#include <glib.h>
#include <libudev.h>
#include <sys/eventfd.h>

#include "hub/udev.h"

typedef struct Rig {
        sd_event *event;
        UdevHost *udev;
        unsigned n_settled;
        bool was_settled; /* udev_host_is_settled() in the last settled() */
} Rig;

static bool udevd_runs, queue_is_empty;
static int queue_fd = -EBADF;

int access(const char *path, int mode) {
        if (streq(path, "/run/udev/control"))
                return udevd_runs ? 0 : -1;

        return faccessat(AT_FDCWD, path, mode, 0);
}

struct udev_queue *udev_queue_new(struct udev *udev) {
        return (struct udev_queue *) &queue_is_empty;
}

struct udev_queue *udev_queue_unref(struct udev_queue *queue) {
        return NULL;
}

int udev_queue_get_queue_is_empty(struct udev_queue *queue) {
        return queue_is_empty;
}

int udev_queue_get_fd(struct udev_queue *queue) {
        return queue_fd;
}

int udev_queue_flush(struct udev_queue *queue) {
        eventfd_t n;

        return eventfd_read(queue_fd, &n);
}

static void on_device(const DeviceInfo *info, void *userdata) {
}

static void on_device_gone(const char *syspath, void *userdata) {
}

static void on_snapshot(void *userdata) {
}

static void on_settled(void *userdata) {
        Rig *rig = userdata;

        rig->n_settled++;
        rig->was_settled = udev_host_is_settled(rig->udev);
}

static void set_up(Rig *rig, const void *data) {
        udevd_runs = true;
        queue_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        g_assert_cmpint(queue_fd, >=, 0);
        g_assert_cmpint(sd_event_new(&rig->event), >=, 0);
}

static void tear_down(Rig *rig, const void *data) {
        udev_host_free(rig->udev);
        sd_event_unref(rig->event);
        close(queue_fd);
}

/* Whether the test can run here. */
static bool start(Rig *rig) {
        static const UdevEvents events = {
                .device = on_device,
                .device_gone = on_device_gone,
                .snapshot_begin = on_snapshot,
                .snapshot_end = on_snapshot,
                .settled = on_settled,
        };

        g_assert_cmpint(udev_host_new(&rig->udev, rig->event, &events, rig), ==, 0);
        g_assert_cmpint(udev_host_start(rig->udev), ==, 0);
        g_assert_cmpuint(rig->n_settled, ==, 1);

        if (udevd_runs && !udev_host_is_live(rig->udev)) {
                g_test_skip("No netlink socket for udev");
                return false;
        }

        return true;
}

/* udevd took the last event off its queue. */
static void empty_queue(Rig *rig) {
        unsigned before = rig->n_settled;

        g_assert_cmpint(eventfd_write(queue_fd, 1), ==, 0);
        while (rig->n_settled == before)
                g_assert_cmpint(sd_event_run(rig->event, UINT64_MAX), >=, 0);
}

static void test_empty_at_start(Rig *rig, const void *data) {
        queue_is_empty = true;
        if (!start(rig))
                return;

        g_assert_true(rig->was_settled);
}

static void test_empty_later(Rig *rig, const void *data) {
        queue_is_empty = false;
        if (!start(rig))
                return;

        g_assert_false(rig->was_settled);

        /* The callback is called even if no relevant device had an event. */
        queue_is_empty = true;
        empty_queue(rig);
        g_assert_true(rig->was_settled);

        /* Devices plugged in later do not count. */
        queue_is_empty = false;
        g_assert_true(udev_host_is_settled(rig->udev));
}

static void test_filled_again(Rig *rig, const void *data) {
        queue_is_empty = false;
        if (!start(rig))
                return;

        empty_queue(rig);
        g_assert_false(rig->was_settled);

        queue_is_empty = true;
        empty_queue(rig);
        g_assert_true(rig->was_settled);
}

static void test_no_udevd(Rig *rig, const void *data) {
        udevd_runs = queue_is_empty = false;
        if (!start(rig))
                return;

        g_assert_true(rig->was_settled);
        g_assert_false(udev_host_is_live(rig->udev));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(name, function) g_test_add("/udev/settled/" name, Rig, NULL, set_up, function, tear_down)
        ADD("queue-is-empty-at-start", test_empty_at_start);
        ADD("queue-is-empty-later", test_empty_later);
        ADD("queue-is-filled-again", test_filled_again);
        ADD("no-udevd", test_no_udevd);

        return g_test_run();
}
