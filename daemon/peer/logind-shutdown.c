/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/text.h"
#include "peer/logind-internal.h"
#include "peer/logind-shutdown.h"

/* Of those who block a shutdown so many are named, each with so many bytes of what it says of itself. */
#define BLOCKERS_MAX 8
#define BLOCKER_TEXT_MAX 64

/* SD_LOGIND_ROOT_CHECK_INHIBITORS, org.freedesktop.login1(5): we are root, and ask to be refused all the
 * same. */
#define ROOT_CHECK_INHIBITORS UINT64_C(1)

/* Where logind does not say: its own default, logind.conf(5). */
#define DELAY_MAX_USEC (5 * USEC_PER_SEC)

struct ShutdownRequest {
        ShutdownRequest **owner;
        AsyncCall *call;
        LogindAnswer handler;
        void *userdata;
};

ShutdownRequest *shutdown_request_free(ShutdownRequest *q) {
        if (!q)
                return NULL;

        if (q->owner)
                *q->owner = NULL;
        async_call_free(q->call);
        free(q);
        return NULL;
}

static void answer(ShutdownRequest *q, int r, const char *text) {
        LogindAnswer handler = q->handler;
        void *userdata = q->userdata;

        shutdown_request_free(q);
        handler(r, strempty(text), userdata);
}

static void answer_error(ShutdownRequest *q, sd_bus_message *reply) {
        _cleanup_free_ char *text = text_sanitize(strempty(sd_bus_message_get_error(reply)->message), 512);

        answer(q, -sd_bus_message_get_errno(reply), text);
}

static int send_request(Logind *l,
                ShutdownRequest **ret,
                sd_bus_message *m,
                AsyncHandler on_reply,
                LogindAnswer handler,
                void *userdata) {

        ShutdownRequest *q;
        int r;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;
        *q = (ShutdownRequest) { .handler = handler, .userdata = userdata };

        r = async_call(logind_calls(l), &q->call, m, on_reply, q);
        if (r < 0) {
                free(q);
                return r;
        }

        q->owner = ret;
        *ret = q;
        return 0;
}

/* "shutdown:sleep:idle" */
static bool is_about_shutdown(const char *what) {
        size_t n = strlen("shutdown");

        for (const char *p = what; p; p = strchr(p, ':')) {
                p += *p == ':';
                if (strncmp(p, "shutdown", n) == 0 && (p[n] == ':' || !p[n]))
                        return true;
        }

        return false;
}

static int append_blocker(FILE *f, unsigned n, const char *who, const char *why, uint32_t uid) {
        _cleanup_free_ char *safe_who = text_sanitize(who, BLOCKER_TEXT_MAX);
        _cleanup_free_ char *safe_why = text_sanitize(why, BLOCKER_TEXT_MAX);

        if (!safe_who || !safe_why)
                return -ENOMEM;

        if (n <= BLOCKERS_MAX)
                fprintf(f, "%s'%s' of user %" PRIu32 " (%s)", n > 1 ? ", " : "", safe_who, uid, safe_why);
        return 0;
}

static int read_blockers(sd_bus_message *reply, char **ret) {
        const char *what, *who, *why, *mode;
        _cleanup_free_ char *text = NULL;
        unsigned n = 0;
        uint32_t uid;
        size_t size;
        FILE *f;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "(ssssuu)");
        if (r < 0)
                return r;

        f = open_memstream(&text, &size);
        if (!f)
                return -ENOMEM;

        while ((r = sd_bus_message_read(reply, "(ssssuu)", &what, &who, &why, &mode, &uid, NULL)) > 0) {
                if (!streq(mode, "block") || !is_about_shutdown(what))
                        continue;

                r = append_blocker(f, ++n, who, why, uid);
                if (r < 0)
                        break;
        }
        if (n > BLOCKERS_MAX)
                fprintf(f, " and %u more", n - BLOCKERS_MAX);

        if (fclose(f) != 0)
                return -ENOMEM;
        if (r < 0)
                return r;

        *ret = TAKE_PTR(text);
        return (int) n;
}

static void on_blockers(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *text = NULL;
        ShutdownRequest *q = userdata;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                answer_error(q, reply);
                return;
        }

        r = read_blockers(reply, &text);
        answer(q, r, text);
}

int logind_ask_blockers(Logind *l, ShutdownRequest **ret, LogindAnswer handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(logind_bus(l), &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "ListInhibitors");
        if (r < 0)
                return r;

        return send_request(l, ret, m, on_blockers, handler, userdata);
}

static void on_preparing(sd_bus_message *reply, void *userdata) {
        ShutdownRequest *q = userdata;
        int preparing, r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                answer_error(q, reply);
                return;
        }

        r = sd_bus_message_read(reply, "v", "b", &preparing);
        answer(q, r < 0 ? r : preparing, NULL);
}

int logind_ask_preparing(Logind *l, ShutdownRequest **ret, LogindAnswer handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        logind_bus(l), &m, LOGIND_BUS_NAME, LOGIND_PATH, DBUS_IFACE_PROPERTIES, "Get");
        if (r >= 0)
                r = sd_bus_message_append(m, "ss", LOGIND_IFACE_MANAGER, "PreparingForShutdown");
        if (r < 0)
                return r;

        return send_request(l, ret, m, on_preparing, handler, userdata);
}

static void on_shut_down(sd_bus_message *reply, void *userdata) {
        ShutdownRequest *q = userdata;

        if (sd_bus_message_is_method_error(reply, NULL))
                answer_error(q, reply);
        else
                answer(q, 0, NULL);
}

int logind_shut_down(Logind *l, ShutdownRequest **ret, bool restart, LogindAnswer handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(logind_bus(l), &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, restart ? "RebootWithFlags" : "PowerOffWithFlags");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "t", ROOT_CHECK_INHIBITORS);
        if (r < 0)
                return r;

        return send_request(l, ret, m, on_shut_down, handler, userdata);
}

/* The delay lock */

struct DelayLock {
        Logind *logind;
        AsyncCall *inhibit;
        AsyncCall *look;
        int fd;
        LogindShutdownFacts handler;
        void *userdata;
};

int delay_lock_new(DelayLock **ret, Logind *l, LogindShutdownFacts handler, void *userdata) {
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
        async_call_free(d->look);
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
                /* While a shutdown is under way there is no lock to be had; the next one that is called off,
                 * or the next logind, brings the next chance. */
                log_info("logind gives no delay lock: %s",
                                strempty(sd_bus_message_get_error(reply)->message));
                return;
        }

        r = sd_bus_message_read(reply, "h", &fd);
        if (r >= 0) {
                /* The message keeps its own and closes it. */
                d->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
                r = d->fd < 0 ? -errno : 0;
        }
        if (r < 0)
                log_warning_errno(r, "Failed to take logind's delay lock: %m");
}

typedef struct Facts {
        bool preparing;
        usec_t delay_max;
} Facts;

static int read_fact(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        Facts *f = userdata;
        int b, r;

        if (streq(name, "PreparingForShutdown")) {
                r = sd_bus_message_read(m, "b", &b);
                if (r >= 0)
                        f->preparing = b;
                return r < 0 ? r : 1;
        }

        if (streq(name, "InhibitDelayMaxUSec")) {
                r = sd_bus_message_read(m, "t", &f->delay_max);
                return r < 0 ? r : 1;
        }

        return 0;
}

static void on_look(sd_bus_message *reply, void *userdata) {
        Facts f = { .delay_max = DELAY_MAX_USEC };
        DelayLock *d = userdata;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL))
                r = -sd_bus_message_get_errno(reply);
        else
                r = bus_message_read_properties(reply, read_fact, &f);
        if (r < 0) {
                log_warning_errno(r, "Failed to ask logind whether a shutdown is under way: %m");
                return;
        }

        d->handler(f.preparing, f.delay_max, d->userdata);
}

static int send_look(DelayLock *d) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        async_call_free(d->look);
        r = sd_bus_message_new_method_call(logind_bus(d->logind), &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        DBUS_IFACE_PROPERTIES, "GetAll");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", LOGIND_IFACE_MANAGER);
        if (r < 0)
                return r;

        return async_call(logind_calls(d->logind), &d->look, m, on_look, d);
}

static int send_inhibit(DelayLock *d) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(logind_bus(d->logind), &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "Inhibit");
        if (r >= 0)
                r = sd_bus_message_append(m, "ssss", "shutdown", "Usher",
                                "People who are logged in get a last word", "delay");
        if (r < 0)
                return r;

        return async_call(logind_calls(d->logind), &d->inhibit, m, on_inhibit, d);
}

void delay_lock_take(DelayLock *d) {
        int r = 0;

        if (d->fd < 0 && !d->inhibit)
                r = send_inhibit(d);
        if (r >= 0)
                r = send_look(d);
        if (r < 0)
                log_warning_errno(r, "Failed to ask for logind's delay lock: %m");
}
