/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/text.h"
#include "warn/inhibitors.h"

#define INTERVAL_USEC (2 * USEC_PER_SEC)
#define CALL_TIMEOUT_USEC (2 * USEC_PER_SEC)

#define INHIBITORS_MAX 8U

/* In bytes, of a name or of a reason. */
#define WORDS_MAX 64U

#define INHIBITOR_IFACE "org.gnome.SessionManager.Inhibitor"
#define FLAG_LOGOUT 1U

struct Inhibitors {
        sd_bus *bus;
        char *destination, *manager_path;
        InhibitorsFunc func;
        void *userdata;

        sd_event_source *timer;
        sd_bus_slot *call;

        char *paths[INHIBITORS_MAX];
        size_t n_paths;
        char *name;  /* of the inhibitor that is being read */
        char *found; /* in this round */
        char *told;  /* as of the latest call of func */
};

static void look_at_next(Inhibitors *i);

static int ask(Inhibitors *i,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_call(i->bus, &m, i->destination, path, interface, member);
        if (r < 0)
                return r;

        r = sd_bus_message_set_auto_start(m, false);
        if (r < 0)
                return r;

        return sd_bus_call_async(i->bus, &i->call, m, func, i, CALL_TIMEOUT_USEC);
}

/* Reads a short text from a program, or returns NULL. */
static char *read_words(sd_bus_message *m) {
        const char *s;

        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "s", &s) < 0)
                return NULL;

        return text_sanitize(s, WORDS_MAX);
}

static void add_found(Inhibitors *i, const char *reason) {
        char *s;

        if (asprintf(&s, "%s%s%s%s%s", strempty(i->found), isempty(i->found) ? "" : ", ", strempty(i->name),
                            isempty(reason) ? "" : ": ", strempty(reason)) < 0)
                return;

        free(i->found);
        i->found = s;
}

static int on_reason(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        _cleanup_free_ char *reason = NULL;
        Inhibitors *i = userdata;

        i->call = sd_bus_slot_unref(i->call);

        reason = read_words(m);
        add_found(i, reason);
        look_at_next(i);
        return 0;
}

static int on_name(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Inhibitors *i = userdata;

        i->call = sd_bus_slot_unref(i->call);

        free(i->name);
        i->name = read_words(m);
        if (!i->name || ask(i, i->paths[i->n_paths], INHIBITOR_IFACE, "GetReason", on_reason) < 0)
                look_at_next(i);

        return 0;
}

static int on_flags(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Inhibitors *i = userdata;
        uint32_t flags;

        i->call = sd_bus_slot_unref(i->call);

        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "u", &flags) < 0 ||
                        !(flags & FLAG_LOGOUT) ||
                        ask(i, i->paths[i->n_paths], INHIBITOR_IFACE, "GetAppId", on_name) < 0)
                look_at_next(i);

        return 0;
}

/* The inhibitor that is being read stays in paths[n_paths]. */
static void look_at_next(Inhibitors *i) {
        while (i->n_paths > 0)
                if (ask(i, i->paths[--i->n_paths], INHIBITOR_IFACE, "GetFlags", on_flags) >= 0)
                        return;

        if (!streq(strempty(i->found), strempty(i->told)) && string_replace(&i->told, i->found) >= 0)
                i->func(strempty(i->told), i->userdata);
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        Inhibitors *i = userdata;
        const char *path;

        i->call = sd_bus_slot_unref(i->call);

        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_enter_container(m, 'a', "o") < 0)
                return 0;

        while (i->n_paths < INHIBITORS_MAX && sd_bus_message_read(m, "o", &path) > 0 &&
                        string_replace(&i->paths[i->n_paths], path) >= 0)
                i->n_paths++;

        look_at_next(i);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        Inhibitors *i = userdata;

        (void) sd_event_source_set_time_relative(source, INTERVAL_USEC);
        (void) sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);

        /* A round that is still under way is dropped. */
        i->call = sd_bus_slot_unref(i->call);
        i->n_paths = 0;
        (void) string_replace(&i->found, NULL);

        (void) ask(i, i->manager_path, i->destination, "GetInhibitors", on_list);
        return 0;
}

int inhibitors_new(Inhibitors **ret,
                sd_event *event,
                sd_bus *user_bus,
                const char *destination,
                const char *path,
                InhibitorsFunc func,
                void *userdata) {

        _cleanup_inhibitors_ Inhibitors *i = NULL;
        int r;

        i = malloc(sizeof(*i));
        if (!i)
                return -ENOMEM;

        *i = (Inhibitors) { .bus = sd_bus_ref(user_bus), .func = func, .userdata = userdata };

        if (string_replace(&i->destination, destination) < 0 || string_replace(&i->manager_path, path) < 0)
                return -ENOMEM;

        r = sd_event_add_time_relative(event, &i->timer, CLOCK_MONOTONIC, 0, 0, on_timer, i);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(i);
        return 0;
}

Inhibitors *inhibitors_free(Inhibitors *i) {
        if (!i)
                return NULL;

        sd_bus_slot_unref(i->call);
        sd_event_source_disable_unref(i->timer);
        for (size_t k = 0; k < INHIBITORS_MAX; k++)
                free(i->paths[k]);
        sd_bus_unref(i->bus);
        free(i->destination);
        free(i->manager_path);
        free(i->name);
        free(i->found);
        free(i->told);
        free(i);
        return NULL;
}
