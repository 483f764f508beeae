/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file in memory that the service manager keeps for the unit while it restarts, and closes when the unit
 * ends: see FileDescriptorStoreMax= in systemd.service(5). So it never reaches another user or a later
 * login. Each entry is written in one call, so a kill leaves either the old entry or the new one. */

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <systemd/sd-daemon.h>

#include "common/log.h"
#include "warn/notification-store.h"

#define FD_NAME "bubbles"
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

struct NotificationStore {
        int fd;
        Bubble bubbles[BUBBLES_MAX];
};

static bool is_terminated(const char *s, size_t size) {
        return memchr(s, '\0', size);
}

static int load(NotificationStore *r, int fd) {
        int seals = fcntl(fd, F_GET_SEALS);
        struct stat st;
        ssize_t n;

        /* Another version of this program may have written it. */
        if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) < 0 || st.st_size != sizeof(r->bubbles))
                return -EBADF;

        n = pread(fd, r->bubbles, sizeof(r->bubbles), 0);
        if (n != sizeof(r->bubbles))
                return n < 0 ? -errno : -EBADMSG;

        for (size_t i = 0; i < BUBBLES_MAX; i++) {
                const Bubble *b = r->bubbles + i;

                if (!is_terminated(b->job, sizeof(b->job)) || !is_terminated(b->server, sizeof(b->server)))
                        return -EBADMSG;
        }

        return 0;
}

static void take(NotificationStore *r) {
        char **names = NULL;
        int n;

        n = sd_listen_fds_with_names(true, &names);
        for (int i = 0; i < n; i++) {
                int fd = SD_LISTEN_FDS_START + i;

                if (r->fd < 0 && streq(names[i], FD_NAME) && load(r, fd) >= 0)
                        r->fd = fd;
                else
                        (void) close(fd);
        }

        for (int i = 0; i < n; i++)
                free(names[i]);
        free(names);
}

static int make(NotificationStore *r) {
        _cleanup_close_ int fd = -EBADF;

        (void) memset(r->bubbles, 0, sizeof(r->bubbles));
        fd = memfd_create("usher-warn-" FD_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return -errno;
        if (ftruncate(fd, sizeof(r->bubbles)) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
                return -errno;

        (void) sd_notify(false, "FDSTOREREMOVE=1\nFDNAME=" FD_NAME);
        (void) sd_pid_notify_with_fds(0, false, "FDSTORE=1\nFDNAME=" FD_NAME, &fd, 1);
        r->fd = TAKE_FD(fd);
        return 0;
}

int notification_store_new(NotificationStore **ret) {
        _cleanup_(notification_store_freep) NotificationStore *r = NULL;
        int k;

        r = calloc(1, sizeof(*r));
        if (!r)
                return -ENOMEM;
        r->fd = -EBADF;

        take(r);
        if (r->fd < 0) {
                k = make(r);
                if (k < 0)
                        log_debug_errno(k, "Failed to create the store for notifications, ignoring: %m");
        }

        *ret = TAKE_PTR(r);
        return 0;
}

NotificationStore *notification_store_free(NotificationStore *r) {
        if (!r)
                return NULL;

        if (r->fd >= 0)
                close(r->fd);
        free(r);
        return NULL;
}

const Bubble *notification_store_at(NotificationStore *r, size_t n) {
        return isempty(r->bubbles[n].job) ? NULL : r->bubbles + n;
}

static Bubble *find(NotificationStore *r, const char *job) {
        for (size_t i = 0; i < BUBBLES_MAX; i++)
                if (streq(r->bubbles[i].job, job))
                        return r->bubbles + i;

        return NULL;
}

const Bubble *notification_store_find(NotificationStore *r, const char *job) {
        return isempty(job) ? NULL : find(r, job);
}

static void save(NotificationStore *r, const Bubble *b) {
        off_t offset = (b - r->bubbles) * (off_t) sizeof(*b);

        if (r->fd >= 0 && pwrite(r->fd, b, sizeof(*b), offset) != sizeof(*b))
                log_debug_errno(errno, "Failed to store a notification, ignoring: %m");
}

void notification_store_set(
                NotificationStore *r, const char *job, const char *server, sd_id128_t bus, uint32_t id) {
        Bubble new = { .bus = bus, .id = id }, *b;

        if (strlen(job) >= sizeof(new.job) || strlen(server) >= sizeof(new.server))
                return;

        b = find(r, job);
        if (!b)
                b = find(r, "");
        if (!b)
                return;

        (void) strcpy(new.job, job);
        (void) strcpy(new.server, server);
        *b = new;
        save(r, b);
}

void notification_store_drop(NotificationStore *r, const char *job) {
        Bubble *b = isempty(job) ? NULL : find(r, job);

        if (!b)
                return;

        *b = (Bubble) {};
        save(r, b);
}
