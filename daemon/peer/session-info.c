/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer/session-info.h"

static const char *const session_kind_table[_SESSION_KIND_MAX] = {
        [SESSION_KIND_USER] = "user",
        [SESSION_KIND_SYSTEM] = "system",
        [SESSION_KIND_UNKNOWN] = "unknown",
};

DEFINE_STRING_TABLE(SessionKind, session_kind, session_kind_table, _SESSION_KIND_MAX);

SessionInfo *session_info_free(SessionInfo *f) {
        if (!f)
                return NULL;

        free(f->id);
        free(f->path);
        free(f->user);
        free(f->seat);
        free(f->class);
        free(f->type);
        free(f->state);
        free(f->scope);
        free(f->tty);
        free(f);
        return NULL;
}

SessionKind session_kind(const SessionInfo *f) {
        /* Every class of sd-login up to systemd 257. Those of people all begin with "user". */
        static const char *const system_classes[] = {
                "greeter",
                "lock-screen",
                "background",
                "background-light",
                "manager",
                "manager-early",
                "none",
        };

        if (startswith(strempty(f->class), "user"))
                return SESSION_KIND_USER;

        for (size_t i = 0; i < ELEMENTSOF(system_classes); i++)
                if (streq_ptr(f->class, system_classes[i]))
                        return SESSION_KIND_SYSTEM;

        return SESSION_KIND_UNKNOWN;
}

bool session_is_graphical(const SessionInfo *f) {
        return streq_ptr(f->type, "x11") || streq_ptr(f->type, "wayland") || streq_ptr(f->type, "mir");
}

bool session_is_opening(const SessionInfo *f) {
        return streq_ptr(f->state, "opening");
}

bool session_is_closing(const SessionInfo *f) {
        return streq_ptr(f->state, "closing");
}

int session_identity_init(SessionIdentity *i, const SessionInfo *f) {
        *i = (SessionIdentity) {
                .id = strdup(f->id),
                .leader = f->leader,
                .started = f->started,
        };

        return i->id ? 0 : -ENOMEM;
}

void session_identity_done(SessionIdentity *i) {
        free(i->id);
        *i = (SessionIdentity) {};
}

bool session_identity_matches(const SessionIdentity *i, const SessionInfo *f) {
        return streq_ptr(i->id, f->id) && i->leader == f->leader && i->started == f->started;
}

unsigned session_info_compare(const SessionInfo *a, const SessionInfo *b) {
        unsigned mask = 0;

        if (!streq_ptr(a->id, b->id) || a->leader != b->leader || a->started != b->started ||
                        a->uid != b->uid)
                mask |= SESSION_CHANGED_IDENTITY;
        if (!streq_ptr(a->seat, b->seat))
                mask |= SESSION_CHANGED_SEAT;
        if (!streq_ptr(a->class, b->class) || !streq_ptr(a->type, b->type) ||
                        !streq_ptr(a->state, b->state) || a->active != b->active)
                mask |= SESSION_CHANGED_STATE;
        if (a->locked != b->locked)
                mask |= SESSION_CHANGED_LOCKED;
        if (a->idle != b->idle || a->idle_since != b->idle_since ||
                        a->idle_since_monotonic != b->idle_since_monotonic)
                mask |= SESSION_CHANGED_IDLE;

        return mask;
}
