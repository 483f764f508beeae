/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The one place from which a session is ended: only ever by logind, only after logind was asked once more
 * whether the id still is the session that was meant. */

#include <signal.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "peer/logind-internal.h"

struct LogindEnd {
        Logind *logind;
        LogindEnd **owner;
        SessionIdentity identity;
        char *path;
        LogindEndHow how;
        int signal; /* the next to be sent */
        LogindEndHandler handler;
        void *userdata;
        AsyncCall *look;
        AsyncCall *end;
};

LogindEnd *logind_end_free(LogindEnd *e) {
        if (!e)
                return NULL;

        if (e->owner)
                *e->owner = NULL;
        async_call_free(e->look);
        async_call_free(e->end);
        session_identity_done(&e->identity);
        free(e->path);
        free(e);
        return NULL;
}

DEFINE_CLEANUP(LogindEnd *, logind_end_free);

static void finish(LogindEnd *e, int r) {
        LogindEndHandler handler = e->handler;
        void *userdata = e->userdata;

        logind_end_free(e);
        handler(r, userdata);
}

static int send_end(LogindEnd *e);

static void on_end(sd_bus_message *reply, void *userdata) {
        LogindEnd *e = userdata;
        int r = 0;

        /* A shell at its prompt ignores SIGTERM, and goes when its terminal does. */
        if (e->signal == SIGTERM && !sd_bus_message_is_method_error(reply, NULL)) {
                e->signal = SIGHUP;
                r = send_end(e);
                if (r >= 0)
                        return;
        }

        if (e->signal == SIGHUP)
                r = 0; /* most are gone by now */
        else if (sd_bus_message_is_method_error(reply, LOGIND_ERROR_NO_SUCH_SESSION))
                r = -ESRCH;
        else if (sd_bus_message_is_method_error(reply, NULL))
                r = log_warning_errno(sd_bus_message_get_errno(reply),
                                "logind refused to end session '%s': %s", e->identity.id,
                                strempty(sd_bus_message_get_error(reply)->message));

        finish(e, r);
}

static int send_end(LogindEnd *e) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        bool kill = e->how != LOGIND_TERMINATE;
        int r;

        r = sd_bus_message_new_method_call(logind_bus(e->logind), &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, kill ? "KillSession" : "TerminateSession");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "s", e->identity.id);
        if (r >= 0 && kill)
                r = sd_bus_message_append(m, "si", "all", (int32_t) e->signal);
        if (r < 0)
                return r;

        return async_call(logind_calls(e->logind), &e->end, m, on_end, e);
}

static void on_look(sd_bus_message *reply, void *userdata) {
        _cleanup_(session_info_freep) SessionInfo *info = NULL;
        LogindEnd *e = userdata;
        int r;

        r = logind_session_read(reply, e->path, &info);
        if (r >= 0 && !session_identity_matches(&e->identity, info))
                r = -ESRCH;
        if (r >= 0)
                r = send_end(e);
        if (r < 0)
                finish(e, r);
}

int logind_end_session(Logind *l,
                LogindEnd **ret,
                const SessionInfo *session,
                LogindEndHow how,
                LogindEndHandler handler,
                void *userdata) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        _cleanup_(logind_end_freep) LogindEnd *e = NULL;
        int r;

        e = malloc(sizeof(*e));
        if (!e)
                return -ENOMEM;

        *e = (LogindEnd) {
                .logind = l,
                .path = strdup(session->path),
                .how = how,
                .signal = how == LOGIND_KILL         ? SIGKILL :
                                how == LOGIND_SIGNAL ? SIGTERM :
                                                       0,
                .handler = handler,
                .userdata = userdata,
        };
        if (!e->path)
                return -ENOMEM;

        r = session_identity_init(&e->identity, session);
        if (r < 0)
                return r;

        r = logind_session_query(l, e->path, &m);
        if (r < 0)
                return r;

        r = async_call(logind_calls(l), &e->look, m, on_look, e);
        if (r < 0)
                return r;

        e->owner = ret;
        *ret = TAKE_PTR(e);
        return 0;
}
