/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "feature/mode.h"
#include "peer/unit-watch.h"

/* How long usherd waits at its start for systemd to say which mode the machine is in: a systemd that does
 * not answer must not keep people from being warned. */
#define KNOWN_USEC (2 * USEC_PER_SEC)

typedef struct ModeState {
        Manager *manager;
        UnitWatch *console; /* usher-console.service */
        Mode mode;
        bool known;
        sd_event_source *timeout; /* until it is known */

        ModeHandler handler; /* while a switch of usherd's is under way */
        void *userdata;
} ModeState;

static void set_mode(ModeState *s, Mode mode) {
        unsigned changed = s->mode != mode ? MANAGER_CHANGED_MODE : 0;

        s->timeout = sd_event_source_disable_unref(s->timeout);
        s->known = true;
        s->mode = mode;
        manager_changed(s->manager, changed);
}

static Mode mode_of_unit(const ModeState *s, UnitState unit) {
        /* While the unit is starting or stopping, the mode does not change. */
        return unit == UNIT_ACTIVE ? MODE_CONSOLE : unit == UNIT_CHANGING ? s->mode : MODE_STATION;
}

static void on_console(UnitState unit, void *userdata) {
        ModeState *s = userdata;

        /* A switch by usherd is announced when it is complete and the next one may begin. */
        if (!s->handler)
                set_mode(s, mode_of_unit(s, unit));
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        ModeState *s = userdata;

        set_mode(s, s->mode);
        return 0;
}

static void on_switched(const char *error, void *userdata) {
        ModeState *s = userdata;
        ModeHandler handler = s->handler;

        s->handler = NULL;
        set_mode(s, mode_of_unit(s, unit_watch_state(s->console)));
        handler(error, s->userdata);
}

static int mode_switch(void *state, Mode mode, ModeHandler handler, void *userdata) {
        ModeState *s = state;
        int r;

        if (s->mode == mode && unit_watch_state(s->console) != UNIT_CHANGING) {
                handler("", userdata);
                return 0;
        }

        r = unit_watch_request(s->console, mode == MODE_CONSOLE, on_switched, s);
        if (r < 0)
                return r;

        s->handler = handler;
        s->userdata = userdata;
        return 0;
}

Mode mode_current(Manager *m) {
        const ModeState *s = manager_feature(m, &mode_feature);

        return s ? s->mode : MODE_STATION;
}

bool mode_is_switching(Manager *m) {
        const ModeState *s = manager_feature(m, &mode_feature);

        return s && (s->handler || unit_watch_state(s->console) == UNIT_CHANGING);
}

static bool mode_is_ready(void *state) {
        return ((ModeState *) state)->known;
}

static void on_boot_switched(const char *error, void *userdata) {
        if (!isempty(error))
                log_error("Failed to start in console mode, the machine is in station mode: %s", error);
}

static int boot_into_console(ModeState *s) {
        _cleanup_free_ Session **sessions = NULL;
        size_t n;
        int r;

        r = manager_list_sessions(s->manager, NULL, true, &sessions, &n);
        if (r < 0)
                return r;

        if (n > 0) {
                log_warning("Ignoring BootMode=console: %zu people are logged in.", n);
                return 0;
        }

        return mode_switch(s, MODE_CONSOLE, on_boot_switched, s);
}

/* BootMode= applies only when usherd starts for the first time after boot. */
static void mode_ready(void *state) {
        ModeState *s = state;
        int r;

        r = store_mark_boot(s->manager->store);
        if (r > 0 && s->manager->config.boot_mode == MODE_CONSOLE && s->mode != MODE_CONSOLE)
                r = boot_into_console(s);
        if (r < 0)
                log_warning_errno(r, "Failed to apply BootMode=: %m");
}

static int mode_new(Manager *m, void **ret) {
        ModeState *s;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;

        *s = (ModeState) { .manager = m };
        *ret = s;
        return 0;
}

static void mode_free(void *state) {
        ModeState *s = state;

        sd_event_source_disable_unref(s->timeout);
        unit_watch_free(s->console);
        free(s);
}

static int mode_start(void *state) {
        ModeState *s = state;
        int r;

        r = sd_event_add_time_relative(
                        s->manager->event, &s->timeout, CLOCK_MONOTONIC, KNOWN_USEC, 0, on_timeout, s);
        if (r < 0)
                return r;

        return unit_watch_new(&s->console, s->manager->bus, s->manager->systemd, USHER_UNIT_CONSOLE,
                        on_console, s);
}

const Feature mode_feature = {
        .name = "mode",
        .new = mode_new,
        .free = mode_free,
        .start = mode_start,
        .is_ready = mode_is_ready,
        .ready = mode_ready,
        .switch_mode = mode_switch,
};
