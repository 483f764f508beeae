/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/names.h"
#include "feature/mode.h"
#include "feature/pending.h"

/* So long we wait at the start for systemd to say which mode it is; a systemd that is silent must not keep
 * people from being warned. */
#define KNOWN_USEC (2 * USEC_PER_SEC)

static void know(Manager *m, Mode mode) {
        unsigned changed = m->mode != mode ? MANAGER_CHANGED_MODE : 0;

        m->mode_wait = sd_event_source_disable_unref(m->mode_wait);
        m->mode_known = true;
        m->mode = mode;
        manager_changed(m, changed);
}

static Mode mode_of(Manager *m, UnitState state) {
        /* Between the two it is as it was. */
        return state == UNIT_ACTIVE ? MODE_CONSOLE : state == UNIT_CHANGING ? m->mode : MODE_STATION;
}

static void on_console(UnitState state, void *userdata) {
        Manager *m = userdata;

        /* A switch of ours is told when it is over, and the next one may begin. */
        if (!m->mode_handler)
                know(m, mode_of(m, state));
}

static int on_silence(sd_event_source *s, uint64_t usec, void *userdata) {
        Manager *m = userdata;

        know(m, m->mode);
        return 0;
}

int mode_start(Manager *m) {
        int r;

        r = sd_event_add_time_relative(
                        m->event, &m->mode_wait, CLOCK_MONOTONIC, KNOWN_USEC, 0, on_silence, m);
        if (r < 0)
                return r;

        return unit_watch_new(&m->console, m->bus, USHER_UNIT_CONSOLE, on_console, m);
}

static void on_ordered(const char *error, void *userdata) {
        Manager *m = userdata;
        ModeHandler handler = m->mode_handler;

        m->mode_handler = NULL;
        know(m, mode_of(m, unit_watch_state(m->console)));
        handler(error, m->mode_userdata);
}

int mode_switch(Manager *m, Mode mode, ModeHandler handler, void *userdata) {
        int r;

        r = unit_watch_order(m->console, mode == MODE_CONSOLE, on_ordered, m);
        if (r < 0)
                return r;

        m->mode_handler = handler;
        m->mode_userdata = userdata;
        return 0;
}

static void on_booted(const char *error, void *userdata) {
        if (!isempty(error))
                log_error("The machine was to start in console mode, but that failed and was undone: %s",
                                error);
}

void mode_boot(Manager *m) {
        _cleanup_free_ const SessionInfo **sessions = NULL;
        size_t n;
        int r;

        r = store_mark_boot(m->store);
        if (r > 0 && m->config.boot_mode == MODE_CONSOLE && m->mode != MODE_CONSOLE) {
                r = pending_select_everybody(m, &sessions, &n);
                if (r >= 0 && n > 0) {
                        log_warning("The machine stays in station mode, whatever BootMode= says: %zu people "
                                    "are "
                                    "logged in.",
                                        n);
                        return;
                }
                if (r >= 0)
                        r = mode_switch(m, MODE_CONSOLE, on_booted, m);
        }
        if (r < 0)
                log_warning_errno(r, "Failed to switch to the mode that BootMode= says: %m");
}

void mode_done(Manager *m) {
        sd_event_source_disable_unref(m->mode_wait);
        unit_watch_free(m->console);
}
