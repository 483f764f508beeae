/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "feature/attachment.h"
#include "feature/hub-lost.h"
#include "feature/logind-request.h"
#include "peer/logind-seat.h"

typedef struct LogindRequestCall {
        LogindRequest *order;
        AsyncCall *call;
        char *syspath; /* of the device that it attaches */
} LogindRequestCall;

struct LogindRequest {
        Manager *manager;
        const char *what; /* for the log */
        sd_bus_message *message;
        sd_bus_error error; /* the first */
        LogindRequestCall *calls;
        size_t n_calls; /* that were sent */
        size_t n_answers;
        bool sent;       /* no more are to come */
        char *seat;      /* that devices are attached to, and it is to be seen whether they are */
        bool detach_all; /* the same of all */
        TAILQ_ENTRY(LogindRequest) logind_requests;
};

static LogindRequest *logind_request_free(LogindRequest *o) {
        if (!o)
                return NULL;

        TAILQ_REMOVE(&o->manager->logind_requests, o, logind_requests);
        for (size_t i = 0; i < o->n_calls; i++) {
                async_call_free(o->calls[i].call);
                free(o->calls[i].syspath);
        }
        sd_bus_message_unref(o->message);
        sd_bus_error_free(&o->error);
        free(o->calls);
        free(o->seat);
        free(o);
        return NULL;
}

DEFINE_CLEANUP(LogindRequest *, logind_request_free);

/* logind has done all of it. */
static void logind_request_succeeded(LogindRequest *o) {
        for (size_t i = 0; o->seat && i < o->n_calls; i++)
                attachment_note(o->manager, o->calls[i].syspath, o->seat);

        if (o->detach_all) {
                attachment_note_flush(o->manager);
                hub_lost_forget(o->manager);
        }
}

/* Frees the order when nothing is outstanding, and tells the caller. */
static void logind_request_check(LogindRequest *o) {
        int r = 0;

        if (!o->sent || o->n_answers < o->n_calls)
                return;

        if (!sd_bus_error_is_set(&o->error))
                logind_request_succeeded(o);

        if (o->message && sd_bus_error_is_set(&o->error))
                r = sd_bus_reply_method_error(o->message, &o->error);
        else if (o->message)
                r = sd_bus_reply_method_return(o->message, NULL);
        else if (sd_bus_error_is_set(&o->error))
                log_warning("%s failed, ignoring: %s", o->what, strempty(o->error.message));
        if (r < 0)
                log_warning_errno(r, "Failed to answer a call, ignoring: %m");

        logind_request_free(o);
}

/* logind's errors are not ours: a caller who was authorised must not read that access was denied. */
static void set_error(sd_bus_error *ret, const sd_bus_error *e) {
        const char *text = strempty(e->message);

        if (streq(e->name, LOGIND_ERROR_NO_SUCH_SESSION))
                (void) sd_bus_error_setf(
                                ret, USHER_ERROR_NO_SUCH_SESSION, "There is no such session any more.");
        else if (streq(e->name, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
                        streq(e->name, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ||
                        streq(e->name, SD_BUS_ERROR_NO_REPLY) || streq(e->name, SD_BUS_ERROR_TIMEOUT))
                (void) sd_bus_error_setf(ret, USHER_ERROR_BUSY, "logind does not answer just now.");
        else if (streq(e->name, "System.Error.ENODEV"))
                (void) sd_bus_error_setf(
                                ret, USHER_ERROR_NO_SUCH_HUB, "logind cannot give this hub to a station.");
        else
                (void) sd_bus_error_setf(ret, SD_BUS_ERROR_FAILED, "logind refused: %s", text);
}

static void on_answer(sd_bus_message *reply, void *userdata) {
        LogindRequestCall *call = userdata;
        LogindRequest *o = call->order;

        if (sd_bus_message_is_method_error(reply, NULL) && !sd_bus_error_is_set(&o->error))
                set_error(&o->error, sd_bus_message_get_error(reply));

        o->n_answers++;
        logind_request_check(o);
}

static int logind_request_new(
                LogindRequest **ret, Manager *m, const char *what, sd_bus_message *message, size_t n_calls) {
        unsigned n = 0;
        LogindRequest *o;

        TAILQ_FOREACH(o, &m->logind_requests, logind_requests)
                n++;
        if (n >= LOGIND_REQUESTS_MAX)
                return -ENOBUFS;

        o = malloc(sizeof(*o));
        if (!o)
                return -ENOMEM;
        *o = (LogindRequest) {
                .manager = m,
                .what = what,
                .error = SD_BUS_ERROR_NULL,
                .calls = calloc(n_calls + 1, sizeof(*o->calls)),
        };
        TAILQ_INSERT_TAIL(&m->logind_requests, o, logind_requests);
        if (!o->calls) {
                logind_request_free(o);
                return -ENOMEM;
        }

        o->message = sd_bus_message_ref(message);
        *ret = o;
        return 0;
}

static LogindRequestCall *next_call(LogindRequest *o) {
        LogindRequestCall *call = o->calls + o->n_calls++;

        call->order = o;
        return call;
}

static void logind_request_send(LogindRequest *o) {
        o->sent = true;
        logind_request_check(o);
}

int logind_request_lock(Manager *m, sd_bus_message *message, const char *seat) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        _cleanup_(logind_request_freep) LogindRequest *o = NULL;
        size_t n;
        int r;

        r = manager_sessions_of(m, seat, &sessions, &n);
        if (r < 0)
                return r;

        r = logind_request_new(&o, m, "Locking a station", message, n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                LogindRequestCall *call;

                if (session_kind(sessions[i]) != SESSION_KIND_USER || session_is_closing(sessions[i]))
                        continue;

                call = next_call(o);
                r = logind_lock_session(m->logind, &call->call, sessions[i]->id, on_answer, call);
                if (r < 0)
                        return r;
        }

        logind_request_send(TAKE_PTR(o));
        return 0;
}

static int send_attach(LogindRequest *o, const char *syspath, const char *seat) {
        LogindRequestCall *call = next_call(o);

        call->syspath = strdup(syspath);
        if (!call->syspath)
                return -ENOMEM;

        return logind_attach_device(o->manager->logind, &call->call, seat, syspath, on_answer, call);
}

int logind_request_attach(Manager *m, sd_bus_message *message, const Hub *h, const char *seat) {
        _cleanup_(logind_request_freep) LogindRequest *o = NULL;
        int r;

        r = logind_request_new(&o, m, "Attaching a hub", message, 2);
        if (r < 0)
                return r;

        o->seat = strdup(seat);
        if (!o->seat)
                return -ENOMEM;

        /* One hub to a person is two to the kernel, and what is plugged in stands on either. */
        r = send_attach(o, h->syspath, seat);
        if (r >= 0 && h->peer_syspath)
                r = send_attach(o, h->peer_syspath, seat);
        if (r < 0)
                return r;

        logind_request_send(TAKE_PTR(o));
        return 0;
}

int logind_request_attach_again(Manager *m, const char *syspath, const char *seat) {
        _cleanup_(logind_request_freep) LogindRequest *o = NULL;
        int r;

        r = logind_request_new(&o, m, "Attaching a hub once more", NULL, 1);
        if (r < 0)
                return r;

        r = send_attach(o, syspath, seat);
        if (r < 0)
                return r;

        logind_request_send(TAKE_PTR(o));
        return 0;
}

static int detach_all(Manager *m, sd_bus_message *message, bool again) {
        _cleanup_(logind_request_freep) LogindRequest *o = NULL;
        LogindRequestCall *call;
        int r;

        r = logind_request_new(&o, m, "Detaching all hubs", message, 1);
        if (r < 0)
                return r;

        o->detach_all = !again;
        call = next_call(o);
        r = logind_flush_devices(m->logind, &call->call, on_answer, call);
        if (r < 0)
                return r;

        logind_request_send(TAKE_PTR(o));
        return 0;
}

int logind_request_detach_all(Manager *m, sd_bus_message *message) {
        return detach_all(m, message, false);
}

int logind_request_detach_again(Manager *m) {
        return detach_all(m, NULL, true);
}

void logind_request_done(Manager *m) {
        LogindRequest *o;

        while ((o = TAILQ_FIRST(&m->logind_requests)))
                logind_request_free(o);
}
