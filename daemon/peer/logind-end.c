/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The only place that ends a session: always through logind, and only after logind has confirmed that the id
 * still belongs to the session that was meant. */

#include <signal.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "peer/logind-internal.h"

struct LogindEnd {
        Logind *logind;
        LogindEnd **slot; /* the field that holds this; NULL until it is handed out */
        SessionIdentity identity;
        char *path;
        LogindEndHow how;
        int signal; /* the next to send, 0 for TerminateSession */
        LogindEndHandler handler;
        void *userdata;
        AsyncCall *query;
        AsyncCall *end;
};

LogindEnd *logind_end_free(LogindEnd *e) {
        if (!e)
                return NULL;

        if (e->slot)
                *e->slot = NULL;
        async_call_free(e->query);
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

static int read_refusal(const LogindEnd *e, sd_bus_message *reply) {
        _cleanup_free_ char *text = NULL;

        if (sd_bus_message_is_method_error(reply, LOGIND_ERROR_NO_SUCH_SESSION))
                return -ESRCH;
        if (!sd_bus_message_is_method_error(reply, NULL))
                return 0;

        text = async_reply_error_text(reply);
        return log_debug_errno(async_reply_errno(reply), "logind refused to end session '%s': %s",
                        e->identity.id, strempty(text));
}

static void on_end(sd_bus_message *reply, void *userdata) {
        LogindEnd *e = userdata;
        int r;

        r = read_refusal(e, reply);
        if (e->signal == SIGHUP)
                r = 0; /* SIGTERM was accepted, and may have ended the session by now */
        else if (e->signal == SIGTERM && r >= 0) {
                /* A shell at its prompt ignores SIGTERM, but exits when its terminal hangs up. */
                e->signal = SIGHUP;
                r = send_end(e);
                if (r >= 0)
                        return;
        }

        finish(e, r);
}

/* Ahead of the queries for other sessions: what the query has answered is true now, and each session has the
 * whole of its time. */
static int send_end(LogindEnd *e) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        bool terminate = e->how == LOGIND_TERMINATE;
        int r;

        r = sd_bus_message_new_method_call(e->logind->bus, &m, LOGIND_BUS_NAME, LOGIND_PATH,
                        LOGIND_IFACE_MANAGER, terminate ? "TerminateSession" : "KillSession");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", e->identity.id);
        if (r >= 0 && !terminate)
                r = sd_bus_message_append(m, "si", "all", (int32_t) e->signal);
        if (r < 0)
                return r;

        return async_call_first(e->logind->end_queue, &e->end, m, on_end, e);
}

usec_t logind_end_sent(const LogindEnd *e) {
        return async_call_sent(e->end ? e->end : e->query);
}

static void on_session(sd_bus_message *reply, void *userdata) {
        _cleanup_(session_info_freep) SessionInfo *info = NULL;
        LogindEnd *e = userdata;
        int r;

        r = logind_read_session(reply, e->path, &info);
        if (r >= 0 && !session_identity_matches(&e->identity, info))
                r = -ESRCH;
        if (r >= 0 && e->how != LOGIND_CHECK)
                r = send_end(e);
        if (r < 0 || e->how == LOGIND_CHECK)
                finish(e, r);
}

static int first_signal(LogindEndHow how) {
        return how == LOGIND_KILL ? SIGKILL : how == LOGIND_SIGNAL ? SIGTERM : 0;
}

int logind_end_session(Logind *l,
                LogindEnd **ret,
                const SessionInfo *session,
                LogindEndHow how,
                LogindEndHandler handler,
                void *userdata) {

        _cleanup_(logind_end_freep) LogindEnd *e = NULL;
        int r;

        e = malloc(sizeof(*e));
        if (!e)
                return -ENOMEM;

        *e = (LogindEnd) {
                .logind = l,
                .path = strdup(session->path),
                .how = how,
                .signal = first_signal(how),
                .handler = handler,
                .userdata = userdata,
        };
        if (!e->path)
                return -ENOMEM;

        r = session_identity_init(&e->identity, session);
        if (r < 0)
                return r;

        r = logind_query_session(l->end_queue, &e->query, e->path, on_session, e);
        if (r < 0)
                return r;

        e->slot = ret;
        *ret = TAKE_PTR(e);
        return 0;
}
