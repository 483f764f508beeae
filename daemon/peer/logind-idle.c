/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/logind-idle.h"
#include "peer/logind-internal.h"

/* logind's own InhibitorsMax= is 8192; what is beyond that is no list of logind's. */
#define INHIBITORS_MAX 8192U

struct LogindIdle {
        LogindIdle **owner;
        AsyncCall *call;
        LogindIdleHandler handler;
        void *userdata;
};

LogindIdle *logind_idle_free(LogindIdle *i) {
        if (!i)
                return NULL;

        if (i->owner)
                *i->owner = NULL;
        async_call_free(i->call);
        free(i);
        return NULL;
}

/* "sleep:idle" has idle in it, "idle-something" has not. */
static bool names_idle(const char *what) {
        while (*what) {
                size_t n = strcspn(what, ":");

                if (n == strlen("idle") && strncmp(what, "idle", n) == 0)
                        return true;
                what += n + (what[n] == ':');
        }

        return false;
}

static int read_list(sd_bus_message *reply, uid_t **ret, size_t *ret_n) {
        _cleanup_free_ uid_t *uids = NULL;
        const char *what, *mode;
        size_t n = 0;
        uint32_t uid;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL))
                return -sd_bus_message_get_errno(reply);

        r = sd_bus_message_enter_container(reply, 'a', "(ssssuu)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(ssssuu)", &what, NULL, NULL, &mode, &uid, NULL)) > 0) {
                uid_t *more;

                /* "block-weak" of later versions does not hold against the user's own wish, but nobody
                 * wishes here. */
                if (!startswith(mode, "block") || !names_idle(what))
                        continue;
                if (n >= INHIBITORS_MAX)
                        return -E2BIG;

                more = reallocarray(uids, n + 1, sizeof(*uids));
                if (!more)
                        return -ENOMEM;
                uids = more;
                uids[n++] = uid;
        }
        if (r < 0)
                return r;

        *ret = TAKE_PTR(uids);
        *ret_n = n;
        return 0;
}

static void on_list(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ uid_t *uids = NULL;
        LogindIdle *i = userdata;
        LogindIdleHandler handler = i->handler;
        void *handler_userdata = i->userdata;
        size_t n = 0;
        int r;

        r = read_list(reply, &uids, &n);
        logind_idle_free(i);
        handler(r, uids, n, handler_userdata);
}

int logind_list_idle(Logind *l, LogindIdle **ret, LogindIdleHandler handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        LogindIdle *i;
        int r;

        r = sd_bus_message_new_method_call(logind_bus(l), &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "ListInhibitors");
        if (r < 0)
                return r;

        i = malloc(sizeof(*i));
        if (!i)
                return -ENOMEM;
        *i = (LogindIdle) { .handler = handler, .userdata = userdata };

        r = async_call(logind_calls(l), &i->call, m, on_list, i);
        if (r < 0) {
                free(i);
                return r;
        }

        i->owner = ret;
        *ret = i;
        return 0;
}
