/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* This program must not see what people type. So the kernel masks everything but Enter on each device before
 * anything is read from it (EVIOCSMASK). A device that does not accept the mask is closed again. No library
 * is used for this, because libraries query the state of every key. */

#include <fcntl.h>
#include <linux/input.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "associate/keyboards.h"
#include "common/log.h"

/* The kernel accepts bit masks only in units of a long. */
#define BITS_PER_LONG (8 * sizeof(unsigned long))
#define LONGS_OF_BITS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)

typedef struct Keyboard {
        Keyboards *keyboards;
        char *name; /* in the directory: "event3" */
        char *syspath;
        int fd;
        sd_event_source *io;
        TAILQ_ENTRY(Keyboard) entries;
} Keyboard;

struct Keyboards {
        sd_event *event;
        char *directory;
        sd_event_source *watch;
        KeyboardsHandler handler;
        void *userdata;
        unsigned n;
        TAILQ_HEAD(, Keyboard) list;
};

static Keyboard *keyboard_free(Keyboard *k) {
        if (!k)
                return NULL;

        if (k->keyboards) {
                TAILQ_REMOVE(&k->keyboards->list, k, entries);
                k->keyboards->n--;
        }
        sd_event_source_disable_unref(k->io);
        closep(&k->fd);
        free(k->name);
        free(k->syspath);
        free(k);
        return NULL;
}

DEFINE_CLEANUP(Keyboard *, keyboard_free);

static void set_bit(unsigned long *bits, unsigned n) {
        bits[n / BITS_PER_LONG] |= 1UL << n % BITS_PER_LONG;
}

static int set_mask(int fd, unsigned type, unsigned long *bits, size_t size) {
        struct input_mask mask = {
                .type = type,
                .codes_size = (uint32_t) size,
                .codes_ptr = (uint64_t) (uintptr_t) bits,
        };

        return ioctl(fd, EVIOCSMASK, &mask) < 0 ? -errno : 0;
}

/* From here on the kernel delivers only Enter. */
static int mask_all_but_enter(int fd) {
        unsigned long types[LONGS_OF_BITS(EV_CNT)] = {}, keys[LONGS_OF_BITS(KEY_CNT)] = {};
        int r;

        set_bit(keys, KEY_ENTER);
        set_bit(keys, KEY_KPENTER);
        r = set_mask(fd, EV_KEY, keys, sizeof(keys));
        if (r < 0)
                return r;

        /* The mask of EV_SYN is the mask of the event types. */
        set_bit(types, EV_KEY);
        return set_mask(fd, EV_SYN, types, sizeof(types));
}

static bool has_enter(int fd) {
        unsigned long keys[LONGS_OF_BITS(KEY_CNT)] = {};

        return ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) >= 0 &&
                        (keys[KEY_ENTER / BITS_PER_LONG] & 1UL << KEY_ENTER % BITS_PER_LONG);
}

/* Finds the input device, which is the parent of the event node. */
static int find_syspath(int fd, char **ret) {
        _cleanup_free_ char *link = NULL;
        struct stat st;
        char *path;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISCHR(st.st_mode))
                return -ENODEV;
        if (asprintf(&link, "/sys/dev/char/%u:%u/..", major(st.st_rdev), minor(st.st_rdev)) < 0) {
                link = NULL;
                return -ENOMEM;
        }

        path = realpath(link, NULL);
        if (!path)
                return -errno;

        *ret = path;
        return 0;
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        struct input_event events[16];
        Keyboard *k = userdata;
        ssize_t n;

        n = read(fd, events, sizeof(events));
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n <= 0) {
                /* Unplugged. */
                keyboard_free(k);
                return 0;
        }

        for (size_t i = 0; i < (size_t) n / sizeof(events[0]); i++) {
                const struct input_event *e = events + i;

                if (e->type == EV_KEY && (e->code == KEY_ENTER || e->code == KEY_KPENTER) && e->value == 1)
                        k->keyboards->handler(k->syspath, k->keyboards->userdata);
        }

        return 0;
}

static bool is_open(const Keyboards *s, const char *name) {
        const Keyboard *k;

        TAILQ_FOREACH(k, &s->list, entries)
                if (streq(k->name, name))
                        return true;

        return false;
}

static int keyboard_open(Keyboards *s, const char *name) {
        _cleanup_(keyboard_freep) Keyboard *k = NULL;
        _cleanup_free_ char *path = NULL;
        int r;

        if (s->n >= KEYBOARDS_MAX)
                return -ENOBUFS;
        if (asprintf(&path, "%s/%s", s->directory, name) < 0) {
                path = NULL;
                return -ENOMEM;
        }

        k = malloc(sizeof(*k));
        if (!k)
                return -ENOMEM;
        *k = (Keyboard) { .name = strdup(name),
                .fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) };
        if (!k->name)
                return -ENOMEM;
        if (k->fd < 0)
                return -errno;
        if (!has_enter(k->fd))
                return -ENODEV;

        r = mask_all_but_enter(k->fd);
        if (r < 0)
                return log_warning_errno(
                                r, "Failed to mask the keys of '%s', ignoring the device: %m", name);
        r = find_syspath(k->fd, &k->syspath);
        if (r < 0)
                return r;
        r = sd_event_add_io(s->event, &k->io, k->fd, EPOLLIN, on_input, k);
        if (r < 0)
                return r;

        k->keyboards = s;
        TAILQ_INSERT_TAIL(&s->list, k, entries);
        s->n++;
        (void) TAKE_PTR(k);
        return 0;
}

static void look_at(Keyboards *s, const char *name) {
        int r;

        if (!startswith(name, "event") || is_open(s, name))
                return;

        r = keyboard_open(s, name);
        if (r < 0)
                log_debug_errno(r, "Not watching '%s': %m", name);
}

/* udev grants read access shortly after the device appears. */
static int on_directory(sd_event_source *source, const struct inotify_event *e, void *userdata) {
        if (e->len > 0)
                look_at(userdata, e->name);

        return 0;
}

static int look_at_all(Keyboards *s) {
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *entry;

        d = opendir(s->directory);
        if (!d)
                return -errno;

        while ((entry = readdir(d)))
                look_at(s, entry->d_name);

        return 0;
}

int keyboards_new(Keyboards **ret,
                sd_event *event,
                const char *directory,
                KeyboardsHandler handler,
                void *userdata) {
        _cleanup_(keyboards_freep) Keyboards *s = NULL;
        int r;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Keyboards) {
                .event = sd_event_ref(event),
                .directory = strdup(directory),
                .handler = handler,
                .userdata = userdata,
                .list = TAILQ_HEAD_INITIALIZER(s->list),
        };
        if (!s->directory)
                return -ENOMEM;

        r = sd_event_add_inotify(
                        event, &s->watch, directory, IN_CREATE | IN_ATTRIB | IN_MOVED_TO, on_directory, s);
        if (r < 0)
                return r;
        r = look_at_all(s);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

Keyboards *keyboards_free(Keyboards *s) {
        Keyboard *k;

        if (!s)
                return NULL;

        while ((k = TAILQ_FIRST(&s->list)))
                keyboard_free(k);
        sd_event_source_disable_unref(s->watch);
        sd_event_unref(s->event);
        free(s->directory);
        free(s);
        return NULL;
}
