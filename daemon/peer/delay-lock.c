/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "peer/delay-lock.h"
#include "peer/logind-internal.h"

struct DelayLock {
        Logind *logind;
        AsyncCall *inhibit;
        AsyncCall *query;
        int fd;
        DelayLockHandler handler;
        void *userdata;
};

int delay_lock_new(DelayLock **ret, Logind *l, DelayLockHandler handler, void *userdata) {
        DelayLock *d;

        d = malloc(sizeof(*d));
        if (!d)
                return -ENOMEM;

        *d = (DelayLock) { .logind = l, .fd = -EBADF, .handler = handler, .userdata = userdata };
        *ret = d;
        return 0;
}

DelayLock *delay_lock_free(DelayLock *d) {
        if (!d)
                return NULL;

        delay_lock_release(d);
        async_call_free(d->query);
        free(d);
        return NULL;
}

void delay_lock_release(DelayLock *d) {
        async_call_free(d->inhibit);
        if (d->fd >= 0)
                close(TAKE_FD(d->fd));
}

static void on_inhibit(sd_bus_message *reply, void *userdata) {
        DelayLock *d = userdata;
        int fd, r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                _cleanup_free_ char *text = async_reply_error_text(reply);

                /* logind refuses while a shutdown is under way. We try again when that shutdown is cancelled
                 * or logind restarts. */
                log_info("logind refused a delay lock: %s", strempty(text));
                return;
        }

        r = sd_bus_message_read(reply, "h", &fd);
        if (r >= 0) {
                /* The message closes its own copy. */
                d->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
                r = d->fd < 0 ? -errno : 0;
        }
        if (r < 0)
                log_warning_errno(r, "Failed to take a delay lock: %m");
}

typedef struct Properties {
        bool preparing;
        usec_t delay_max;
} Properties;

static int read_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        Properties *p = userdata;
        int b, r;

        if (streq(name, "PreparingForShutdown")) {
                r = sd_bus_message_read(m, "b", &b);
                if (r >= 0)
                        p->preparing = b;
                return r < 0 ? r : 1;
        }

        if (streq(name, "InhibitDelayMaxUSec")) {
                r = sd_bus_message_read(m, "t", &p->delay_max);
                return r < 0 ? r : 1;
        }

        return 0;
}

static void on_properties(sd_bus_message *reply, void *userdata) {
        Properties p = { .delay_max = DELAY_MAX_USEC };
        DelayLock *d = userdata;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = bus_message_read_properties(reply, read_property, &p);
        if (r < 0) {
                log_warning_errno(r, "Failed to query whether a shutdown is under way: %m");
                return;
        }

        d->handler(p.preparing, p.delay_max, d->userdata);
}

void delay_lock_take(DelayLock *d) {
        int r = 0;

        if (d->fd < 0 && !d->inhibit)
                r = async_callf(d->logind->queue, &d->inhibit, on_inhibit, d, LOGIND_BUS_NAME, LOGIND_PATH,
                                LOGIND_IFACE_MANAGER, "Inhibit", "ssss", "shutdown", "Usher",
                                "Warn logged-in users", "delay");
        if (r >= 0) {
                async_call_free(d->query);
                r = async_callf(d->logind->queue, &d->query, on_properties, d, LOGIND_BUS_NAME, LOGIND_PATH,
                                DBUS_IFACE_PROPERTIES, "GetAll", "s", LOGIND_IFACE_MANAGER);
        }
        if (r < 0)
                log_warning_errno(r, "Failed to request a delay lock: %m");
}
