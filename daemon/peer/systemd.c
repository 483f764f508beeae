/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/queue.h>

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/shutdown-target.h"
#include "common/text.h"
#include "peer/async-call.h"
#include "peer/systemd.h"

/* Of the survivors of a scope so many are named. */
#define SURVIVORS_MAX 8

/* A call whose answer is only worth a line in the log, and an answer to whoever must do without. */
typedef struct Errand {
        Units *units;
        const char *what;
        AsyncCall *call;
        uid_t uid; /* for failed() */
        UnitsFailedHandler failed;
        void *userdata;
        TAILQ_ENTRY(Errand) errands;
} Errand;

struct Units {
        sd_bus *bus;
        AsyncQueue *calls;
        TAILQ_HEAD(, Errand) errands;
};

struct UnitsCall {
        Units *units;
        UnitsCall **owner;
        AsyncCall *call;
        union {
                UnitsSurvivorsHandler survivors;
                UnitsShutdownHandler shutdown;
        } handler;
        void *userdata;
};

int units_new(Units **ret, sd_bus *bus) {
        _cleanup_(units_freep) Units *u = NULL;
        int r;

        u = malloc(sizeof(*u));
        if (!u)
                return -ENOMEM;
        *u = (Units) { .bus = sd_bus_ref(bus), .errands = TAILQ_HEAD_INITIALIZER(u->errands) };

        r = async_queue_new(&u->calls, bus);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(u);
        return 0;
}

static void errand_free(Errand *e) {
        TAILQ_REMOVE(&e->units->errands, e, errands);
        async_call_free(e->call);
        free(e);
}

Units *units_free(Units *u) {
        Errand *e;

        if (!u)
                return NULL;

        while ((e = TAILQ_FIRST(&u->errands)))
                errand_free(e);
        async_queue_free(u->calls);
        sd_bus_unref(u->bus);
        free(u);
        return NULL;
}

static void on_errand(sd_bus_message *reply, void *userdata) {
        Errand *e = userdata, done = *e;

        if (sd_bus_message_is_method_error(reply, NULL))
                log_warning("systemd did not %s: %s", e->what,
                                strempty(sd_bus_message_get_error(reply)->message));

        errand_free(e);
        if (done.failed && sd_bus_message_is_method_error(reply, NULL))
                done.failed(done.uid, done.userdata);
}

static int run_errand(Units *u, const char *member, const char *unit, const Errand *errand) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        Errand *e;
        int r;

        r = sd_bus_message_new_method_call(
                        u->bus, &m, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, member);
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "ss", unit, "replace");
        if (r < 0)
                return r;

        e = malloc(sizeof(*e));
        if (!e)
                return -ENOMEM;
        *e = *errand;
        e->units = u;
        TAILQ_INSERT_TAIL(&u->errands, e, errands);

        r = async_call(u->calls, &e->call, m, on_errand, e);
        if (r < 0)
                errand_free(e);

        return r;
}

void units_start_warn(Units *u, uid_t uid) {
        char unit[64];
        int r;

        (void) snprintf(unit, sizeof(unit), "usher-warn@%u.service", (unsigned) uid);
        r = run_errand(u, "StartUnit", unit, &(Errand) { .what = "start usher-warn" });
        if (r < 0)
                log_warning_errno(r, "Failed to start '%s': %m", unit);
}

void units_start_identify(Units *u, uid_t uid, UnitsFailedHandler failed, void *userdata) {
        char unit[64];
        int r;

        (void) snprintf(unit, sizeof(unit), "usher-identify@%u.service", (unsigned) uid);
        r = run_errand(u, "StartUnit", unit,
                        &(Errand) {
                                        .what = "start usher-identify",
                                        .uid = uid,
                                        .failed = failed,
                                        .userdata = userdata,
                        });
        if (r < 0)
                log_warning_errno(r, "Failed to start '%s': %m", unit);
}

void units_start_no_login_screen(Units *u, const char *seat) {
        char unit[512];
        int r;

        /* logind's own rule for the ids of seats leaves nothing in them that the name of a unit has no room
         * for. */
        if (snprintf(unit, sizeof(unit), "usher-no-login-screen@%s.target", seat) >= (int) sizeof(unit))
                return;

        r = run_errand(u, "StartUnit", unit, &(Errand) { .what = "start usher-no-login-screen" });
        if (r < 0)
                log_warning_errno(r, "Failed to start '%s': %m", unit);
}

void units_stop_scope(Units *u, const char *scope) {
        int r;

        r = run_errand(u, "StopUnit", scope, &(Errand) { .what = "stop a session's scope" });
        if (r < 0)
                log_warning_errno(r, "Failed to stop '%s': %m", scope);
}

UnitsCall *units_call_free(UnitsCall *c) {
        if (!c)
                return NULL;

        if (c->owner)
                *c->owner = NULL;
        async_call_free(c->call);
        free(c);
        return NULL;
}

static char *read_survivors(sd_bus_message *reply) {
        const char *command;
        char *names = NULL;
        unsigned n = 0;
        uint32_t pid;
        size_t size;
        FILE *f;

        if (sd_bus_message_is_method_error(reply, NULL) ||
                        sd_bus_message_enter_container(reply, 'a', "(sus)") < 0)
                return NULL;

        f = open_memstream(&names, &size);
        if (!f)
                return NULL;

        while (sd_bus_message_read(reply, "(sus)", NULL, &pid, &command) > 0) {
                _cleanup_free_ char *safe = text_sanitize(command, 64);

                if (++n <= SURVIVORS_MAX)
                        fprintf(f, "%s%s (%" PRIu32 ")", n > 1 ? ", " : "", strempty(safe), pid);
        }
        if (n > SURVIVORS_MAX)
                fprintf(f, " and %u more", n - SURVIVORS_MAX);

        if (fclose(f) != 0) {
                free(names);
                return NULL;
        }

        return names;
}

static void on_survivors(sd_bus_message *reply, void *userdata) {
        _cleanup_free_ char *names = read_survivors(reply);
        UnitsCall *c = userdata;
        UnitsSurvivorsHandler handler = c->handler.survivors;
        void *handler_userdata = c->userdata;

        units_call_free(c);
        handler(strempty(names), handler_userdata);
}

static int send_call(
                Units *u, UnitsCall **ret, sd_bus_message *m, AsyncHandler on_reply, const UnitsCall *call) {
        UnitsCall *c;
        int r;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;
        *c = *call;
        c->units = u;

        r = async_call(u->calls, &c->call, m, on_reply, c);
        if (r < 0) {
                free(c);
                return r;
        }

        c->owner = ret;
        *ret = c;
        return 0;
}

int units_list_survivors(Units *u,
                UnitsCall **ret,
                const char *scope,
                UnitsSurvivorsHandler handler,
                void *userdata) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(u->bus, &m, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER,
                        "GetUnitProcesses");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "s", scope);
        if (r < 0)
                return r;

        return send_call(u, ret, m, on_survivors,
                        &(UnitsCall) { .handler.survivors = handler, .userdata = userdata });
}

static void on_queue(sd_bus_message *reply, void *userdata) {
        UnitsCall *c = userdata;
        UnitsShutdownHandler handler = c->handler.shutdown;
        void *handler_userdata = c->userdata;
        const ShutdownTarget *target = NULL;
        int r;

        r = sd_bus_message_is_method_error(reply, NULL) ? -sd_bus_message_get_errno(reply) :
                                                          shutdown_target_read(reply, &target);
        if (r >= 0)
                r = target ? 1 : 0;

        units_call_free(c);
        handler(r, handler_userdata);
}

int units_ask_shutdown(Units *u, UnitsCall **ret, UnitsShutdownHandler handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        u->bus, &m, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "ListJobs");
        if (r < 0)
                return r;

        return send_call(u, ret, m, on_queue,
                        &(UnitsCall) { .handler.shutdown = handler, .userdata = userdata });
}
