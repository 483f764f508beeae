/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer/session-info.h"

static const char *const session_kind_table[_SESSION_KIND_MAX] = {
        [SESSION_KIND_USER] = "user",
        [SESSION_KIND_SYSTEM] = "system",
        [SESSION_KIND_UNKNOWN] = "unknown",
};

DEFINE_STRING_TABLE(SessionKind, session_kind, session_kind_table, _SESSION_KIND_MAX);

SessionInfo *session_info_free(SessionInfo *info) {
        if (!info)
                return NULL;

        free(info->id);
        free(info->path);
        free(info->user);
        free(info->seat);
        free(info->class);
        free(info->type);
        free(info->state);
        free(info->scope);
        free(info);
        return NULL;
}

SessionKind session_kind(const SessionInfo *info) {
        /* All classes of systemd 262 that do not begin with "user", see pam_systemd(8). Those that do differ
         * in what starts before them and with them. "user-light" is the default of a system account's text
         * login, which was "user" before systemd 258: somebody types there all the same. */
        static const char *const system_classes[] = {
                "greeter",
                "lock-screen",
                "background",
                "background-light",
                "manager",
                "manager-early",
                "none",
        };

        if (startswith(strempty(info->class), "user"))
                return SESSION_KIND_USER;

        for (size_t i = 0; i < ELEMENTSOF(system_classes); i++)
                if (streq_ptr(info->class, system_classes[i]))
                        return SESSION_KIND_SYSTEM;

        return SESSION_KIND_UNKNOWN;
}

bool session_is_graphical(const SessionInfo *info) {
        return streq_ptr(info->type, "x11") || streq_ptr(info->type, "wayland") ||
                        streq_ptr(info->type, "mir");
}

bool session_is_opening(const SessionInfo *info) {
        return streq_ptr(info->state, "opening");
}

bool session_is_in_front(const SessionInfo *info) {
        return streq_ptr(info->state, "active");
}

bool session_is_closing(const SessionInfo *info) {
        return streq_ptr(info->state, "closing");
}

int session_identity_init(SessionIdentity *i, const SessionInfo *info) {
        *i = (SessionIdentity) {
                .id = strdup(info->id),
                .leader = info->leader,
                .started = info->started,
        };

        return i->id ? 0 : -ENOMEM;
}

void session_identity_done(SessionIdentity *i) {
        free(i->id);
        *i = (SessionIdentity) {};
}

bool session_identity_matches(const SessionIdentity *i, const SessionInfo *info) {
        return streq_ptr(i->id, info->id) && i->leader == info->leader && i->started == info->started;
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
