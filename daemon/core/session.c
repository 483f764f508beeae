/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/session.h"

bool session_is_person(const Session *s) {
        return session_kind(s->info) == SESSION_KIND_USER;
}

bool session_is_privileged(const Session *s) {
        return s->privilege != PRIVILEGE_ORDINARY;
}

Session *session_free(Session *s) {
        if (!s)
                return NULL;

        lookup_free(s->privilege_lookup);
        free(s);
        return NULL;
}
