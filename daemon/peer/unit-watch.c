/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/name-watch.h"
#include "common/names.h"
#include "peer/unit-watch.h"

struct UnitWatch {
        sd_bus *bus;
        Systemd *systemd;
        NameWatch *name;
        char *unit;
        char *path; /* the object path of the unit, NULL until systemd has reported it */

        sd_bus_slot *unit_match;
        sd_bus_slot *job_match;
        AsyncCall *load;
        AsyncCall *query;
        bool query_again; /* a hint arrived while the query was under way */

        UnitState state;
        bool known; /* the handler has been called */
        UnitHandler handler;
        void *userdata;

        /* The request under way. */
        AsyncCall *request;
        char *job;        /* the object path of systemd's job */
        char *job_result; /* NULL until the job has ended */
        UnitRequestHandler request_handler;
        void *request_userdata;
};

static UnitState state_from_string(const char *s) {
        static const struct {
                const char *name;
                UnitState state;
        } table[] = {
                { "active", UNIT_ACTIVE },
                { "reloading", UNIT_ACTIVE },
                { "inactive", UNIT_INACTIVE },
                { "activating", UNIT_CHANGING },
                { "deactivating", UNIT_CHANGING },
                { "failed", UNIT_FAILED },
        };

        for (size_t i = 0; i < ELEMENTSOF(table); i++)
                if (streq(table[i].name, s))
                        return table[i].state;

        return UNIT_UNKNOWN;
}

UnitState unit_watch_state(const UnitWatch *w) {
        return w->state;
}

static void set_state(UnitWatch *w, UnitState state) {
        if (w->known && w->state == state)
                return;

        w->known = true;
        w->state = state;
        if (w->handler)
                w->handler(state, w->userdata);
}

static void end_request(UnitWatch *w, const char *error) {
        UnitRequestHandler handler = w->request_handler;

        w->request_handler = NULL;
        async_call_free(w->request);
        free(w->job);
        free(w->job_result);
        w->job = w->job_result = NULL;
        if (handler)
                handler(error, w->request_userdata);
}

/* Ends the request once its job has ended and the state after that is known. */
static void check_request(UnitWatch *w) {
        char error[128];

        if (!w->job_result || w->load || w->query)
                return;

        if (streq(w->job_result, "done"))
                end_request(w, "");
        else {
                (void) snprintf(error, sizeof(error), "the result of %s is '%s'", w->unit, w->job_result);
                end_request(w, error);
        }
}

static void load_unit(UnitWatch *w);
static void query_state(UnitWatch *w);

static void on_state(sd_bus_message *reply, void *userdata) {
        UnitWatch *w = userdata;
        const char *state = "";

        if (!sd_bus_message_is_method_error(reply, NULL))
                (void) sd_bus_message_read(reply, "v", "s", &state);

        if (w->query_again)
                query_state(w);
        set_state(w, state_from_string(state));
        check_request(w);
}

/* Queries the state of the unit, or first its object path if that is not known. */
static void query_state(UnitWatch *w) {
        int r;

        if (!w->path) {
                load_unit(w);
                return;
        }
        if (w->query) {
                w->query_again = true;
                return;
        }

        w->query_again = false;
        r = systemd_get_unit_state(w->systemd, &w->query, w->path, on_state, w);
        if (r < 0)
                log_warning_errno(r, "Failed to query state of '%s': %m", w->unit);
}

static int on_properties_changed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        query_state(userdata);
        return 0;
}

static int on_job_removed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *path, *unit, *result;
        UnitWatch *w = userdata;

        if (sd_bus_message_read(m, "uoss", NULL, &path, &unit, &result) < 0 || !streq(unit, w->unit))
                return 0;

        if (streq_ptr(w->job, path) && string_replace(&w->job_result, result) < 0)
                log_oom();

        query_state(w);
        check_request(w);
        return 0;
}

static int add_match(UnitWatch *w,
                sd_bus_slot **slot,
                const char *path,
                const char *rest,
                sd_bus_message_handler_t handler) {
        char rule[512];

        (void) snprintf(rule, sizeof(rule), "type='signal',sender='%s',path='%s',%s",
                        name_watch_unique(w->name), path, rest);
        return sd_bus_add_match_async(w->bus, slot, rule, handler, NULL, w);
}

static void on_unit(sd_bus_message *reply, void *userdata) {
        UnitWatch *w = userdata;
        const char *path;
        int r;

        r = async_reply_errno(reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r < 0) {
                _cleanup_free_ char *text = async_reply_error_text(reply);

                log_warning_errno(
                                r, "Failed to load '%s': %s", w->unit, isempty(text) ? strerror(-r) : text);
                set_state(w, UNIT_UNKNOWN);
                check_request(w);
                return;
        }

        r = string_replace(&w->path, path);
        if (r >= 0)
                r = add_match(w, &w->unit_match, w->path,
                                "interface='" DBUS_IFACE_PROPERTIES "',member='PropertiesChanged'",
                                on_properties_changed);
        if (r < 0) {
                log_warning_errno(r, "Failed to watch '%s': %m", w->unit);
                return;
        }

        query_state(w);
}

static void load_unit(UnitWatch *w) {
        int r;

        if (w->load)
                return;

        r = systemd_load_unit(w->systemd, &w->load, w->unit, on_unit, w);
        if (r < 0)
                log_warning_errno(r, "Failed to load '%s': %m", w->unit);
}

static void on_name(const char *unique, void *userdata) {
        UnitWatch *w = userdata;
        int r;

        w->unit_match = sd_bus_slot_unref(w->unit_match);
        w->job_match = sd_bus_slot_unref(w->job_match);
        async_call_free(w->load);
        async_call_free(w->query);
        if (!unique) {
                set_state(w, UNIT_UNKNOWN);
                end_request(w, "systemd went away");
                return;
        }

        /* The match cannot select the unit by arg2=: sd-bus does not look behind an argument that is not a
         * string, such as the job's number. */
        r = add_match(w, &w->job_match, SYSTEMD_PATH,
                        "interface='" SYSTEMD_IFACE_MANAGER "',member='JobRemoved'", on_job_removed);
        /* An error reply does not matter: without the signals we still query when our own jobs end. */
        if (r >= 0)
                r = systemd_subscribe(w->systemd);
        if (r < 0)
                log_warning_errno(r, "Failed to watch '%s': %m", w->unit);

        load_unit(w);
}

int unit_watch_new(UnitWatch **ret,
                sd_bus *bus,
                Systemd *systemd,
                const char *unit,
                UnitHandler handler,
                void *userdata) {

        _cleanup_(unit_watch_freep) UnitWatch *w = NULL;
        int r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (UnitWatch) {
                .bus = sd_bus_ref(bus),
                .systemd = systemd,
                .unit = strdup(unit),
                .handler = handler,
                .userdata = userdata,
        };
        if (!w->unit)
                return -ENOMEM;

        r = name_watch_new(&w->name, bus, SYSTEMD_BUS_NAME, on_name, w);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

UnitWatch *unit_watch_free(UnitWatch *w) {
        if (!w)
                return NULL;

        async_call_free(w->load);
        async_call_free(w->query);
        async_call_free(w->request);
        name_watch_free(w->name);
        sd_bus_slot_unref(w->unit_match);
        sd_bus_slot_unref(w->job_match);
        sd_bus_unref(w->bus);
        free(w->unit);
        free(w->path);
        free(w->job);
        free(w->job_result);
        free(w);
        return NULL;
}

static void on_request(sd_bus_message *reply, void *userdata) {
        UnitWatch *w = userdata;
        const char *path;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                _cleanup_free_ char *text = async_reply_error_text(reply);

                end_request(w, isempty(text) ? "systemd refused" : text);
                return;
        }

        r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = string_replace(&w->job, path);
        if (r < 0)
                end_request(w, "the reply of systemd cannot be read");
}

bool unit_watch_is_busy(const UnitWatch *w) {
        return w->request_handler;
}

int unit_watch_request(UnitWatch *w, bool start, UnitRequestHandler handler, void *userdata) {
        int r;

        assert(handler);

        if (unit_watch_is_busy(w))
                return -EBUSY;

        r = start ? systemd_start_unit(w->systemd, &w->request, w->unit, on_request, w) :
                    systemd_stop_unit(w->systemd, &w->request, w->unit, on_request, w);
        if (r < 0)
                return r;

        w->request_handler = handler;
        w->request_userdata = userdata;
        return 0;
}
