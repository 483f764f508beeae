/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/find.h"
#include "bus/list-methods.h"
#include "bus/object.h"
#include "common/bus-util.h"
#include "common/names.h"

static int append_station(sd_bus_message *reply, const Station *s) {
        _cleanup_free_ Session **sessions = NULL;
        _cleanup_free_ char *path = station_path(s->id);
        const Session *user;
        size_t n;
        int r;

        if (!path)
                return -ENOMEM;

        r = manager_list_sessions(s->manager, s->id, false, &sessions, &n);
        if (r < 0)
                return r;

        user = station_user_session(sessions, n);
        return sd_bus_message_append(reply, "(ssssso)", s->id, s->label, station_state_to_string(s->state),
                        user ? strempty(user->info->user) : "", user ? user->info->id : "", path);
}

int method_list_stations(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        _cleanup_free_ Station **stations = NULL;
        Bus *b = userdata;
        size_t n;
        int r;

        r = manager_list_stations(b->manager, &stations, &n);
        if (r < 0)
                return r;

        r = list_reply_new(message, "(ssssso)", &reply);
        for (size_t i = 0; i < n && r >= 0; i++)
                r = append_station(reply, stations[i]);
        if (r < 0)
                return r;

        return list_reply_send(reply);
}

static int append_hub(sd_bus_message *reply, const Hub *h) {
        _cleanup_free_ char *path = hub_path(h);

        if (!path)
                return -ENOMEM;

        return sd_bus_message_append(reply, "(sssso)", h->id, hub_role_to_string(h->role), h->product,
                        strempty(h->seat), path);
}

int method_list_hubs(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const Topology *t = ((Bus *) userdata)->manager->topology;
        int r;

        r = list_reply_new(message, "(sssso)", &reply);
        for (size_t i = 0; i < topology_n_hubs(t) && r >= 0; i++)
                r = append_hub(reply, topology_hub_at(t, i));
        if (r < 0)
                return r;

        return list_reply_send(reply);
}

static int append_job(sd_bus_message *reply, const JobRunner *runner) {
        _cleanup_free_ char *path = job_path(runner);
        const Job *j = &runner->job;

        if (!path)
                return -ENOMEM;

        return sd_bus_message_append(reply, "(ussstso)", j->number, j->station, j->session.id, j->user,
                        job_deadline_realtime(j), job_phase_to_string(j->phase), path);
}

int method_list_jobs(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        Bus *b = userdata;
        const JobRunner *j;
        int r;

        r = list_reply_new(message, "(ussstso)", &reply);
        TAILQ_FOREACH(j, &b->manager->jobs, jobs)
                if (r >= 0)
                        r = append_job(reply, j);
        if (r < 0)
                return r;

        return list_reply_send(reply);
}

static int reply_station(Bus *b, sd_bus_message *message, const char *name, sd_bus_error *error) {
        _cleanup_free_ char *path = NULL;
        Station *s;
        int r;

        r = find_station(b, name, &s, error);
        if (r < 0)
                return r;

        path = station_path(s->id);
        return path ? sd_bus_reply_method_return(message, "o", path) : -ENOMEM;
}

int method_get_station(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        return reply_station(userdata, message, name, error);
}

int method_get_station_by_session(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *id;
        Session *s;
        int r;

        r = sd_bus_message_read(message, "s", &id);
        if (r < 0)
                return r;

        r = find_session(userdata, id, &s, error);
        if (r < 0)
                return r;
        if (isempty(s->info->seat))
                return sd_bus_error_setf(
                                error, USHER_ERROR_NO_SUCH_STATION, "The session is at no station.");

        return reply_station(userdata, message, s->info->seat, error);
}

int method_get_station_by_hub(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name;
        const Hub *h;
        int r;

        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;

        r = find_hub(userdata, name, &h, error);
        if (r < 0)
                return r;
        if (!h->seat)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION,
                                "The hub belongs to no station, or to several.");

        return reply_station(userdata, message, h->seat, error);
}
