/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/station-order.h"
#include "core/station.h"
#include "hub/device.h"

static const char *const station_state_table[_STATION_STATE_MAX] = {
        [STATION_FREE] = "free",
        [STATION_IN_USE] = "in-use",
        [STATION_LOCKED] = "locked",
        [STATION_ENDING] = "ending",
};

static const char *const station_health_table[_STATION_HEALTH_MAX] = {
        [STATION_OK] = "ok",
        [STATION_NO_POINTER] = "no-pointer",
        [STATION_NO_KEYBOARD] = "no-keyboard",
        [STATION_NO_DISPLAY] = "no-display",
        [STATION_NO_LOGIN_SCREEN] = "no-login-screen",
        [STATION_ABSENT] = "absent",
};

DEFINE_STRING_TABLE(StationState, station_state, station_state_table, _STATION_STATE_MAX);
DEFINE_STRING_TABLE(StationHealth, station_health, station_health_table, _STATION_HEALTH_MAX);

int station_new(Station **ret, const char *id) {
        _cleanup_(station_freep) Station *s = NULL;
        int r;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Station) { .active_uid = (uid_t) -1 };

        r = string_replace(&s->id, id);
        if (r >= 0)
                r = string_replace(&s->label, "");
        if (r >= 0)
                r = string_replace(&s->active_session, "");
        if (r >= 0)
                r = string_replace(&s->active_user, "");
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

Station *station_free(Station *s) {
        if (!s)
                return NULL;

        free(s->id);
        free(s->label);
        free(s->active_session);
        free(s->active_user);
        free(s);
        return NULL;
}

const char *station_name(const Station *s) {
        return isempty(s->label) ? s->id : s->label;
}

int station_compare(const Station *a, const Station *b) {
        return station_order(a->id, a->label, b->id, b->label);
}

const Session *station_user_session(Session *const *sessions, size_t n) {
        const Session *found = NULL;

        for (size_t i = 0; i < n; i++) {
                if (!session_is_person(sessions[i]))
                        continue;
                if (sessions[i]->info->active)
                        return sessions[i];
                if (!found)
                        found = sessions[i];
        }

        return found;
}

static bool has_lock_screen(Session *const *sessions, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (sessions[i]->info->active)
                        return streq_ptr(sessions[i]->info->class, "lock-screen");

        return false;
}

static StationState derive_state(const SessionInfo *user, bool lock_screen, bool has_job) {
        if (has_job)
                return STATION_ENDING;
        if (!user)
                return STATION_FREE;

        return user->locked || lock_screen ? STATION_LOCKED : STATION_IN_USE;
}

static StationHealth derive_health(const Station *s, const StationEquipment *e) {
        if (!s->present)
                return STATION_ABSENT;
        if (s->login_screen_missing)
                return STATION_NO_LOGIN_SCREEN;
        if (!e->known)
                return STATION_OK;

        return !e->display           ? STATION_NO_DISPLAY :
                        !e->keyboard ? STATION_NO_KEYBOARD :
                        !e->pointer  ? STATION_NO_POINTER :
                                       STATION_OK;
}

int station_update(Station *s,
                Session *const *sessions,
                size_t n_sessions,
                bool has_job,
                const StationEquipment *equipment) {

        const Session *session = station_user_session(sessions, n_sessions);
        const SessionInfo *user = session ? session->info : NULL;
        StationState state = derive_state(user, has_lock_screen(sessions, n_sessions), has_job);
        StationHealth health = derive_health(s, equipment);
        uid_t uid = user ? user->uid : (uid_t) -1;
        usec_t idle_since = user && user->idle ? user->idle_since : 0;
        int r;

        r = string_replace(&s->active_session, user && user->active ? user->id : "");
        if (r < 0)
                return r;
        if (r > 0)
                s->changed |= STATION_CHANGED_ACTIVE_SESSION;

        r = string_replace(&s->active_user, user ? strempty(user->user) : "");
        if (r < 0)
                return r;
        if (r > 0 || s->active_uid != uid)
                s->changed |= STATION_CHANGED_ACTIVE_USER;
        if (s->state != state)
                s->changed |= STATION_CHANGED_STATE;
        if (s->health != health)
                s->changed |= STATION_CHANGED_HEALTH;
        if (s->idle_since != idle_since)
                s->changed |= STATION_CHANGED_IDLE;

        s->active_uid = uid;
        s->state = state;
        s->health = health;
        s->idle_since = idle_since;
        return 0;
}
