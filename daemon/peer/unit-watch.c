/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/text.h"
#include "peer/async-call.h"
#include "peer/name-watch.h"
#include "peer/unit-watch.h"

struct UnitWatch {
        sd_bus *bus;
        AsyncQueue *calls;
        NameWatch *owner;
        char *unit;
        char *path; /* of the unit's object, as systemd has it */

        sd_bus_slot *changes;
        sd_bus_slot *jobs;
        AsyncCall *subscribe;
        AsyncCall *load;
        AsyncCall *look;
        bool look_again;

        UnitState state;
        bool told;
        UnitHandler handler;
        void *userdata;

        /* the order under way */
        AsyncCall *order;
        char *job;        /* the path of systemd's job */
        char *job_result; /* "" until the job has ended */
        UnitOrderHandler order_handler;
        void *order_userdata;
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
        if (w->told && w->state == state)
                return;

        w->told = true;
        w->state = state;
        w->handler(state, w->userdata);
}

static void end_order(UnitWatch *w, const char *error) {
        UnitOrderHandler handler = w->order_handler;

        w->order_handler = NULL;
        async_call_free(w->order);
        free(w->job);
        free(w->job_result);
        w->job = w->job_result = NULL;
        if (handler)
                handler(error, w->order_userdata);
}

/* The job of our order has ended, and the look after that is in. */
static void check_order(UnitWatch *w) {
        char error[128];

        if (!w->job_result || w->load || w->look)
                return;

        if (streq(w->job_result, "done"))
                end_order(w, "");
        else {
                (void) snprintf(error, sizeof(error), "the result of %s is '%s'", w->unit, w->job_result);
                end_order(w, error);
        }
}

static void load(UnitWatch *w);
static void look(UnitWatch *w);

static void on_look(sd_bus_message *reply, void *userdata) {
        UnitWatch *w = userdata;
        const char *state = "";

        if (!sd_bus_message_is_method_error(reply, NULL) &&
                        sd_bus_message_enter_container(reply, 'v', "s") >= 0)
                (void) sd_bus_message_read(reply, "s", &state);

        if (w->look_again)
                look(w);
        set_state(w, state_from_string(state));
        check_order(w);
}

/* Asks for the unit's state; before that, where the unit is, if systemd did not say so far. */
static void look(UnitWatch *w) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        if (!w->path) {
                load(w);
                return;
        }
        if (w->look) {
                w->look_again = true;
                return;
        }

        w->look_again = false;
        r = sd_bus_message_new_method_call(
                        w->bus, &m, SYSTEMD_BUS_NAME, w->path, DBUS_IFACE_PROPERTIES, "Get");
        if (r >= 0)
                r = sd_bus_message_append(m, "ss", SYSTEMD_IFACE_UNIT, "ActiveState");
        if (r >= 0)
                r = async_call(w->calls, &w->look, m, on_look, w);
        if (r < 0)
                log_warning_errno(r, "Failed to ask how '%s' stands: %m", w->unit);
}

static int on_change(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        look(userdata);
        return 0;
}

static int on_job_removed(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        const char *path, *unit, *result;
        UnitWatch *w = userdata;

        if (sd_bus_message_read(m, "uoss", NULL, &path, &unit, &result) < 0 || !streq(unit, w->unit))
                return 0;

        if (streq_ptr(w->job, path) && string_replace(&w->job_result, result) < 0)
                log_oom();

        look(w);
        check_order(w);
        return 0;
}

static int add_match(UnitWatch *w,
                sd_bus_slot **slot,
                const char *path,
                const char *rest,
                sd_bus_message_handler_t f) {
        char rule[512];

        (void) snprintf(rule, sizeof(rule), "type='signal',sender='%s',path='%s',%s",
                        name_watch_unique(w->owner), path, rest);
        return sd_bus_add_match_async(w->bus, slot, rule, f, NULL, w);
}

static void on_load(sd_bus_message *reply, void *userdata) {
        UnitWatch *w = userdata;
        const char *path;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "o", &path) < 0) {
                log_warning("systemd does not tell of '%s': %s", w->unit,
                                sd_bus_message_is_method_error(reply, NULL) ?
                                                strempty(sd_bus_message_get_error(reply)->message) :
                                                "its answer cannot be read");
                set_state(w, UNIT_UNKNOWN);
                check_order(w);
                return;
        }

        r = string_replace(&w->path, path);
        if (r >= 0)
                r = add_match(w, &w->changes, w->path,
                                "interface='" DBUS_IFACE_PROPERTIES "',member='PropertiesChanged'",
                                on_change);
        if (r < 0) {
                log_warning_errno(r, "Failed to follow '%s': %m", w->unit);
                return;
        }

        look(w);
}

/* The answer does not matter: without a subscription we look when our own jobs end. */
static void on_subscribe(sd_bus_message *reply, void *userdata) {
}

static int send_to_manager(
                UnitWatch *w, AsyncCall **slot, const char *member, AsyncHandler handler, const char *mode) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(
                        w->bus, &m, SYSTEMD_BUS_NAME, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, member);
        if (r >= 0 && !streq(member, "Subscribe"))
                r = sd_bus_message_append(m, "s", w->unit);
        if (r >= 0 && mode)
                r = sd_bus_message_append(m, "s", mode);
        if (r < 0)
                return r;

        return async_call(w->calls, slot, m, handler, w);
}

static void load(UnitWatch *w) {
        int r;

        if (w->load)
                return;

        r = send_to_manager(w, &w->load, "LoadUnit", on_load, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to ask for '%s': %m", w->unit);
}

static void on_owner(const char *unique, void *userdata) {
        UnitWatch *w = userdata;
        int r;

        w->changes = sd_bus_slot_unref(w->changes);
        w->jobs = sd_bus_slot_unref(w->jobs);
        async_call_free(w->subscribe);
        async_call_free(w->load);
        async_call_free(w->look);
        if (!unique) {
                set_state(w, UNIT_UNKNOWN);
                end_order(w, "systemd went away");
                return;
        }

        /* Not arg2=, the unit: sd-bus looks at no argument behind one that is no string, as the job's number
         * is. */
        r = add_match(w, &w->jobs, SYSTEMD_PATH, "interface='" SYSTEMD_IFACE_MANAGER "',member='JobRemoved'",
                        on_job_removed);
        if (r >= 0)
                r = send_to_manager(w, &w->subscribe, "Subscribe", on_subscribe, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to follow '%s': %m", w->unit);

        load(w);
}

int unit_watch_new(UnitWatch **ret, sd_bus *bus, const char *unit, UnitHandler handler, void *userdata) {
        _cleanup_(unit_watch_freep) UnitWatch *w = NULL;
        int r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (UnitWatch) {
                .bus = sd_bus_ref(bus),
                .unit = strdup(unit),
                .handler = handler,
                .userdata = userdata,
        };
        if (!w->unit)
                return -ENOMEM;

        r = async_queue_new(&w->calls, bus);
        if (r < 0)
                return r;

        r = name_watch_new(&w->owner, bus, SYSTEMD_BUS_NAME, on_owner, w);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

UnitWatch *unit_watch_free(UnitWatch *w) {
        if (!w)
                return NULL;

        async_call_free(w->subscribe);
        async_call_free(w->load);
        async_call_free(w->look);
        async_call_free(w->order);
        name_watch_free(w->owner);
        sd_bus_slot_unref(w->changes);
        sd_bus_slot_unref(w->jobs);
        async_queue_free(w->calls);
        sd_bus_unref(w->bus);
        free(w->unit);
        free(w->path);
        free(w->job);
        free(w->job_result);
        free(w);
        return NULL;
}

static void on_order(sd_bus_message *reply, void *userdata) {
        UnitWatch *w = userdata;
        const char *path;
        int r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                _cleanup_free_ char *text =
                                text_sanitize(strempty(sd_bus_message_get_error(reply)->message), 512);

                end_order(w, isempty(text) ? "systemd refused" : text);
                return;
        }

        r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = string_replace(&w->job, path);
        if (r < 0)
                end_order(w, "systemd's answer cannot be read");
}

int unit_watch_order(UnitWatch *w, bool start, UnitOrderHandler handler, void *userdata) {
        int r;

        if (w->order_handler)
                return -EBUSY;

        r = send_to_manager(w, &w->order, start ? "StartUnit" : "StopUnit", on_order, "replace");
        if (r < 0)
                return r;

        w->order_handler = handler;
        w->order_userdata = userdata;
        return 0;
}
