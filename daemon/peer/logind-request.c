/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/names.h"
#include "common/text.h"
#include "peer/logind-internal.h"
#include "peer/logind-request.h"

/* This many blockers of a shutdown are named, each with this many bytes of its own texts. */
#define BLOCKERS_MAX 8
#define BLOCKER_TEXT_MAX 64

/* logind's own InhibitorsMax= is 8192; a longer list is not from logind. */
#define INHIBITORS_MAX 8192U

/* SD_LOGIND_ROOT_CHECK_INHIBITORS, org.freedesktop.login1(5): inhibitors apply although we are root. */
#define ROOT_CHECK_INHIBITORS UINT64_C(1)

/* We have authorized our own caller, so logind must not ask for a password again. */
#define NOT_INTERACTIVE false

int logind_lock_session(
                Logind *l, AsyncCall **slot, const char *session, AsyncHandler handler, void *userdata) {
        return async_callf(l->queue, slot, handler, userdata, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "LockSession", "s", session);
}

int logind_attach_device(Logind *l,
                AsyncCall **slot,
                const char *seat,
                const char *syspath,
                AsyncHandler handler,
                void *userdata) {

        return async_callf(l->queue, slot, handler, userdata, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "AttachDevice", "ssb", seat, syspath, NOT_INTERACTIVE);
}

int logind_flush_devices(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        return async_callf(l->queue, slot, handler, userdata, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "FlushDevices", "b", NOT_INTERACTIVE);
}

int logind_list_inhibitors(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        return async_callf(l->queue, slot, handler, userdata, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, "ListInhibitors", NULL);
}

int logind_get_preparing_for_shutdown(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        return async_callf(l->queue, slot, handler, userdata, LOGIND_BUS_NAME, LOGIND_PATH,
                        DBUS_IFACE_PROPERTIES, "Get", "ss", LOGIND_IFACE_MANAGER, "PreparingForShutdown");
}

int logind_shut_down(Logind *l, AsyncCall **slot, bool restart, AsyncHandler handler, void *userdata) {
        return async_callf(l->queue, slot, handler, userdata, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, restart ? "RebootWithFlags" : "PowerOffWithFlags", "t",
                        ROOT_CHECK_INHIBITORS);
}

/* Whether a list like "shutdown:sleep:idle" contains exactly this word. */
static bool what_contains(const char *what, const char *word) {
        while (*what) {
                size_t n = strcspn(what, ":");

                if (n == strlen(word) && strncmp(what, word, n) == 0)
                        return true;
                what += n + (what[n] == ':');
        }

        return false;
}

/* systemd 257 has "block-weak" as well, which the requests of its own user and, without
 * ROOT_CHECK_INHIBITORS, of root override. Usher's requests do not. */
static bool is_block(const char *mode) {
        return streq(mode, "block") || streq(mode, "block-weak");
}

static int append_blocker(FILE *f, unsigned n, const char *who, const char *why, uint32_t uid) {
        _cleanup_free_ char *safe_who = NULL, *safe_why = NULL;

        if (n > BLOCKERS_MAX)
                return 0;

        safe_who = text_sanitize(who, BLOCKER_TEXT_MAX);
        safe_why = text_sanitize(why, BLOCKER_TEXT_MAX);
        if (!safe_who || !safe_why)
                return -ENOMEM;

        fprintf(f, "%s'%s' of user %" PRIu32 " (%s)", n > 1 ? ", " : "", safe_who, uid, safe_why);
        return 0;
}

int logind_read_shutdown_blockers(sd_bus_message *reply, char **ret_text) {
        const char *what, *who, *why, *mode;
        _cleanup_free_ char *text = NULL;
        unsigned n = 0;
        uint32_t uid;
        size_t size;
        FILE *f;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(ssssuu)");
        if (r < 0)
                return r;

        f = open_memstream(&text, &size);
        if (!f)
                return -ENOMEM;

        while ((r = sd_bus_message_read(reply, "(ssssuu)", &what, &who, &why, &mode, &uid, NULL)) > 0) {
                if (!is_block(mode) || !what_contains(what, "shutdown"))
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

        *ret_text = TAKE_PTR(text);
        return (int) n;
}

int logind_read_idle_inhibitors(sd_bus_message *reply, uid_t **ret_uids, size_t *ret_n) {
        _cleanup_free_ uid_t *uids = NULL;
        const char *what, *mode;
        size_t n = 0;
        uint32_t uid;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(ssssuu)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(reply, "(ssssuu)", &what, NULL, NULL, &mode, &uid, NULL)) > 0) {
                uid_t *more;

                if (!is_block(mode) || !what_contains(what, "idle"))
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

        *ret_uids = TAKE_PTR(uids);
        *ret_n = n;
        return 0;
}

int logind_read_preparing_for_shutdown(sd_bus_message *reply) {
        int preparing, r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "v", "b", &preparing);

        return r < 0 ? r : preparing;
}
