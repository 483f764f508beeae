/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/request.h"

typedef struct RequestCall {
        LogindRequest *request;
        AsyncCall *call;
} RequestCall;

struct LogindRequest {
        Manager *manager;
        const char *what; /* for the log */
        LogindRequestHandler handler;
        void *userdata;

        int error; /* of the first call that failed */
        char *error_text;
        RequestCall *calls;
        size_t n_calls; /* that were sent */
        size_t n_calls_max;
        size_t n_replies;
        bool sent; /* no more calls follow */
        TAILQ_ENTRY(LogindRequest) requests;
};

LogindRequest *logind_request_free(LogindRequest *q) {
        if (!q)
                return NULL;

        TAILQ_REMOVE(&q->manager->requests, q, requests);
        for (size_t i = 0; i < q->n_calls; i++)
                async_call_free(q->calls[i].call);
        free(q->calls);
        free(q->error_text);
        free(q);
        return NULL;
}

int logind_request_new(LogindRequest **ret,
                Manager *m,
                const char *what,
                size_t n_calls,
                LogindRequestHandler handler,
                void *userdata) {

        LogindRequest *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;
        *q = (LogindRequest) {
                .manager = m,
                .what = what,
                .handler = handler,
                .userdata = userdata,
                .n_calls_max = n_calls,
                .calls = calloc(n_calls + 1, sizeof(*q->calls)),
        };
        TAILQ_INSERT_TAIL(&m->requests, q, requests);
        if (!q->calls) {
                logind_request_free(q);
                return -ENOMEM;
        }

        *ret = q;
        return 0;
}

AsyncCall **logind_request_slot(LogindRequest *q, void **ret_userdata) {
        RequestCall *c;

        assert(q->n_calls < q->n_calls_max);

        c = q->calls + q->n_calls++;
        c->request = q;
        *ret_userdata = c;
        return &c->call;
}

/* Ends the request once every call is answered. */
static void check(LogindRequest *q) {
        LogindRequestHandler handler = q->handler;
        _cleanup_free_ char *text = NULL;
        void *userdata = q->userdata;
        int error = q->error;

        if (!q->sent || q->n_replies < q->n_calls)
                return;

        text = TAKE_PTR(q->error_text);
        if (!handler && error < 0)
                log_warning("Failed to %s, ignoring: %s", q->what, strempty(text));

        logind_request_free(q);
        if (handler)
                handler(error, strempty(text), userdata);
}

void logind_request_on_reply(sd_bus_message *reply, void *userdata) {
        RequestCall *c = userdata;
        LogindRequest *q = c->request;
        int r;

        r = async_reply_errno(reply);
        if (r < 0 && q->error == 0) {
                q->error = r;
                q->error_text = async_reply_error_text(reply);
        }

        q->n_replies++;
        check(q);
}

void logind_request_sent(LogindRequest *q) {
        q->sent = true;
        check(q);
}

int manager_lock_seat(Manager *m, const char *seat, LogindRequestHandler handler, void *userdata) {
        _cleanup_(logind_request_freep) LogindRequest *q = NULL;
        _cleanup_free_ Session **sessions = NULL;
        size_t n;
        int r;

        r = manager_list_sessions(m, seat, true, &sessions, &n);
        if (r < 0)
                return r;

        r = logind_request_new(&q, m, "lock a station", n, handler, userdata);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                AsyncCall **slot;
                void *call;

                if (session_is_closing(sessions[i]->info))
                        continue;

                slot = logind_request_slot(q, &call);
                r = logind_lock_session(
                                m->logind, slot, sessions[i]->info->id, logind_request_on_reply, call);
                if (r < 0)
                        return r;
        }

        logind_request_sent(TAKE_PTR(q));
        return 0;
}
