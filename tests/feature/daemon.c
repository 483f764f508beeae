/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "daemon.h"

#include "common/names.h"

#define SYSTEMD_UNIQUE ":1.7"
#define UNIT_PATH "/unit"
#define JOB_PATH "/job"

/* ---- timers ---- */

static GPtrArray *timers;

typedef int AddTime(sd_event *e,
                sd_event_source **ret,
                clockid_t clock,
                uint64_t usec,
                uint64_t accuracy,
                sd_event_time_handler_t callback,
                void *userdata);

AddTime __real_sd_event_add_time, __real_sd_event_add_time_relative;
AddTime __wrap_sd_event_add_time, __wrap_sd_event_add_time_relative;

static int keep_timer(int r, sd_event_source *timer) {
        if (r >= 0)
                g_ptr_array_add(timers, sd_event_source_ref(timer));
        return r;
}

int __wrap_sd_event_add_time(sd_event *e,
                sd_event_source **ret,
                clockid_t clock,
                uint64_t usec,
                uint64_t accuracy,
                sd_event_time_handler_t callback,
                void *userdata) {

        int r = __real_sd_event_add_time(e, ret, clock, usec, accuracy, callback, userdata);

        return keep_timer(r, *ret);
}

int __wrap_sd_event_add_time_relative(sd_event *e,
                sd_event_source **ret,
                clockid_t clock,
                uint64_t usec,
                uint64_t accuracy,
                sd_event_time_handler_t callback,
                void *userdata) {

        int r = __real_sd_event_add_time_relative(e, ret, clock, usec, accuracy, callback, userdata);

        return keep_timer(r, *ret);
}

static void unref_timer(gpointer timer) {
        sd_event_source_unref(timer);
}

void daemon_fire_timers(Daemon *d) {
        for (guint i = 0; i < timers->len; i++)
                if (sd_event_source_get_enabled(timers->pdata[i], NULL) > 0)
                        g_assert_cmpint(sd_event_source_set_time(timers->pdata[i], 0), >=, 0);

        daemon_run(d);
}

/* udev: the test puts the devices into the room. */

int udev_host_new(UdevHost **ret, sd_event *event, const UdevEvents *events, void *userdata) {
        *ret = NULL;
        return 0;
}

UdevHost *udev_host_free(UdevHost *u) {
        return NULL;
}

int udev_host_start(UdevHost *u) {
        return 0;
}

bool udev_host_is_live(const UdevHost *u) {
        return true;
}

bool udev_host_is_settled(const UdevHost *u) {
        return true;
}

uint64_t udev_host_overruns(const UdevHost *u) {
        return 0;
}

void daemon_settle(Daemon *d) {
        manager_udev_events.settled(d->manager);
        daemon_run(d);
}

/* ---- the other end of the bus ---- */

static void reply_inhibitors(Daemon *d, sd_bus_message *call) {
        if (d->inhibitor > 0)
                pair_reply(d->house->pair, call, "a(ssssuu)", 1, "sleep:idle", "player", "A film", "block",
                                (uint32_t) d->inhibitor, 1U);
        else
                pair_reply(d->house->pair, call, "a(ssssuu)", 0);
}

/* systemd is there where the test says so; logind speaks through its events alone. */
static void on_driver_call(Daemon *d, sd_bus_message *call) {
        const char *name;

        if (d->unit_state && sd_bus_message_is_method_call(call, NULL, "GetNameOwner") > 0 &&
                        sd_bus_message_read(call, "s", &name) > 0 && g_str_equal(name, SYSTEMD_BUS_NAME))
                pair_reply(d->house->pair, call, "s", SYSTEMD_UNIQUE);
}

/* Whether it was a call about a unit, and is answered. */
static gboolean on_unit_call(Daemon *d, sd_bus_message *call, const char *member) {
        if (!d->unit_state)
                return FALSE;

        if (g_str_equal(member, "LoadUnit"))
                pair_reply(d->house->pair, call, "o", UNIT_PATH);
        else if (g_str_equal(member, "Get") && g_str_equal(sd_bus_message_get_path(call), UNIT_PATH))
                pair_reply(d->house->pair, call, "v", "s", d->unit_state);
        else if (g_str_equal(member, "StartUnit") || g_str_equal(member, "StopUnit"))
                pair_reply(d->house->pair, call, "o", JOB_PATH);
        else if (g_str_equal(member, "ListJobs"))
                pair_reply(d->house->pair, call, "a(usssoo)", d->target ? 1 : 0, 7U, strempty(d->target),
                                "start", "waiting", JOB_PATH, UNIT_PATH);
        else
                return FALSE;

        return TRUE;
}

void daemon_set_unit(Daemon *d, const char *state) {
        d->unit_state = state;
        pair_signal(d->house->pair, SYSTEMD_UNIQUE, UNIT_PATH, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        "sa{sv}as", SYSTEMD_IFACE_UNIT, 0, 0);
        daemon_run(d);
}

void daemon_end_unit_job(Daemon *d, const char *unit, const char *result) {
        pair_signal(d->house->pair, SYSTEMD_UNIQUE, SYSTEMD_PATH, SYSTEMD_IFACE_MANAGER, "JobRemoved",
                        "uoss", 7U, JOB_PATH, unit, result);
        daemon_run(d);
}

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        const char *member = sd_bus_message_get_member(call), *argument = "";
        Daemon *d = userdata;

        if (g_strcmp0(sd_bus_message_get_interface(call), "org.freedesktop.DBus") == 0) {
                on_driver_call(d, call);
                return;
        }

        if (sd_bus_message_has_signature(call, "ss") || sd_bus_message_has_signature(call, "s") ||
                        sd_bus_message_has_signature(call, "ssb"))
                g_assert_cmpint(sd_bus_message_read(call, "s", &argument), >, 0);
        g_string_append_printf(d->calls, "%s(%s) ", member, argument);

        if (g_strcmp0(d->ignore, member) != 0 && g_strcmp0(d->refuse, member) != 0 &&
                        on_unit_call(d, call, member))
                return;

        if (g_strcmp0(d->refuse, member) == 0)
                pair_reply_error(p, call, SD_BUS_ERROR_FAILED, "Not today");
        else if (g_strcmp0(member, "ListInhibitors") == 0 && g_strcmp0(d->ignore, member) != 0)
                reply_inhibitors(d, call);
        else if (g_strcmp0(d->ignore, member) != 0)
                pair_reply(p, call, NULL);
}

guint daemon_count_calls(Daemon *d, const char *call) {
        g_auto(GStrv) calls = g_strsplit(d->calls->str, " ", -1);
        guint n = 0;

        for (guint i = 0; calls[i]; i++)
                n += g_str_equal(calls[i], call);

        return n;
}

/* ---- the daemon ---- */

void daemon_run(Daemon *d) {
        house_settle(d->house);
}

static void begin(Daemon *d) {
        d->manager = d->house->manager;
        d->room.topology = d->manager->topology;

        manager_logind_events.seat(SEAT, d->manager);
        for (guint i = 0; i < d->sessions->len; i++)
                manager_logind_events.session(d->sessions->pdata[i], d->manager);
        manager_logind_events.synced(d->manager);
}

void daemon_serve(Daemon *d) {
        daemon_settle(d);
        g_assert_true(d->manager->ready);
        manager_serve(d->manager);
        daemon_run(d);
}

void daemon_restart(Daemon *d) {
        house_restart(d->house, d->features);
        begin(d);
}

void daemon_set_up(Daemon *d, const Feature *const *features) {
        timers = g_ptr_array_new_with_free_func(unref_timer);
        *d = (Daemon) {
                .house = house_new(features),
                .room.told = g_string_new(NULL),
                .features = features,
                .sessions = g_ptr_array_new_with_free_func(g_free),
                .calls = g_string_new(NULL),
        };
        d->house->pair->handler = on_call;
        d->house->pair->userdata = d;
        begin(d);
}

void daemon_tear_down(Daemon *d) {
        house_free(d->house);
        g_string_free(d->room.told, TRUE);
        g_ptr_array_unref(d->sessions);
        g_string_free(d->calls, TRUE);
        g_ptr_array_unref(timers);
}

/* ---- sessions and jobs ---- */

static guint find_session(Daemon *d, const char *id) {
        guint i;

        for (i = 0; i < d->sessions->len; i++)
                if (g_str_equal(((SessionInfo *) d->sessions->pdata[i])->id, id))
                        break;

        return i;
}

static SessionInfo *make_info(const DaemonSession *s) {
        SessionInfo *info = g_new(SessionInfo, 1);

        *info = (SessionInfo) {
                .id = (char *) (s->id ? s->id : "3"),
                .path = (char *) "/session",
                .user = (char *) "ada",
                .seat = (char *) (s->seat ?: SEAT),
                .class = (char *) (s->class ? s->class : "user"),
                .type = (char *) (s->type ? s->type : "x11"),
                .state = (char *) (s->state ? s->state : "active"),
                .scope = (char *) "",
                .uid = s->uid > 0 ? s->uid : ADA,
                .leader = s->leader == 0 ? 300 : MAX_OF(s->leader, 0),
                .started = 1,
                .active = true,
                .idle = s->idle_since > 0,
                .idle_since_monotonic = s->idle_since,
        };
        return info;
}

/* Earlier values stay valid until the manager has processed the new ones. */
void daemon_apply_session(Daemon *d, const DaemonSession *session) {
        SessionInfo *info = make_info(session);
        guint i = find_session(d, info->id);

        manager_logind_events.session(info, d->manager);
        if (i < d->sessions->len)
                g_ptr_array_remove_index(d->sessions, i);
        g_ptr_array_add(d->sessions, info);
        daemon_run(d);
}

void daemon_end_session(Daemon *d, const char *id) {
        manager_logind_events.session_gone(id, d->manager);
        g_ptr_array_remove_index(d->sessions, find_session(d, id));
        daemon_run(d);
}

void daemon_log_off(Daemon *d, const char *session, uid_t by_uid, bool awaited) {
        Session *s = manager_find_session(d->manager, session);

        g_assert_nonnull(s);
        (void) house_start_job(d->house, s,
                        &(JobRequest) {
                                        .origin = JOB_ORIGIN_CALLER,
                                        .reason = JOB_REASON_REQUESTED,
                                        .grace = USEC_PER_HOUR,
                                        .by_uid = by_uid,
                                        .by_user = "somebody",
                                        .awaited = awaited,
                        });
        daemon_run(d);
}

static bool is_any(const Job *j, void *userdata) {
        return true;
}

void daemon_cancel(Daemon *d) {
        g_assert_cmpuint(jobs_cancel(d->manager, is_any, NULL), ==, 1);
        daemon_run(d);
}

static const Job *find_job(Daemon *d, const char *session) {
        Session *s = manager_find_session(d->manager, session);
        JobRunner *j;

        g_assert_nonnull(s);
        j = jobs_find(d->manager, s);
        return j ? &j->job : NULL;
}

const Job *daemon_job(Daemon *d, const char *session) {
        const Job *j = find_job(d, session);

        g_assert_nonnull(j);
        return j;
}

void daemon_assert_no_job(Daemon *d, const char *session) {
        g_assert_null(find_job(d, session));
}
