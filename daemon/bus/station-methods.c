/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/sender.h"
#include "bus/station-methods.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "feature/identify.h"
#include "feature/label-file.h"
#include "feature/label.h"
#include "feature/logind-request.h"
#include "hub/system-disk.h"

static int authorize(Manager *m,
                sd_bus_message *message,
                const char *station,
                const char *label,
                sd_bus_error *error) {
        return polkit_check(m->polkit, message, USHER_ACTION_MANAGE_STATIONS,
                        station ? (const char *const[]) { "station", station, "label", label, NULL } : NULL,
                        error);
}

static int check_label(Manager *m, const Station *s, const char *label, sd_bus_error *error) {
        const Station *other = NULL;
        const char *problem = NULL;
        int r;

        r = station_label_check(m, s, label, &other, &problem);
        if (r == -EEXIST)
                return sd_bus_error_setf(
                                error, SD_BUS_ERROR_INVALID_ARGS, "Station %s is called that.", other->id);
        if (r == -EINVAL)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s", problem);

        return r;
}

/* That the disk is full is not the caller's to mend, nor is a file of somebody else's in the place of ours.
 */
static int explain_label(int r, sd_bus_error *error) {
        if (r == -ENOMEM)
                return r;
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "There are no more than %u labels on one machine.", LABELS_MAX);

        log_warning("Labels are not written: %s.", labels_problem(r));
        return sd_bus_error_setf(
                        error, SD_BUS_ERROR_IO_ERROR, "The label cannot be kept: %s.", labels_problem(r));
}

int set_label(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error) {
        const char *label;
        int r;

        r = sd_bus_message_read(message, "s", &label);
        if (r < 0)
                return r;

        r = check_label(m, s, label, error);
        if (r < 0)
                return r;

        r = authorize(m, message, s->id, station_name(s), error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = station_label_set(m, s, label);
        if (r < 0)
                return explain_label(r, error);

        return sd_bus_reply_method_return(message, NULL);
}

/* Whether the order is on its way; it answers the message. */
static int explain_order(int r, sd_bus_error *error) {
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "logind has not answered %u requests of this kind so far.",
                                LOGIND_REQUESTS_MAX);

        return r < 0 ? r : 1;
}

int lock_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error) {
        int r;

        r = authorize(m, message, s->id, station_name(s), error);
        if (r <= 0)
                return r < 0 ? r : 1;

        return explain_order(logind_request_lock(m, message, s->id), error);
}

int identify_station(Manager *m, sd_bus_message *message, Station *s, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        uid_t uid;
        int r;

        r = sender_await(m, message, NULL, 0, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = authorize(m, message, s->id, station_name(s), error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = sender_name(m, message, &uid, &name);
        if (r < 0)
                return r;

        r = identify(m, message, s, name);
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "%u callers wait for that station already.", IDENTIFY_CALLERS_MAX);
        if (r == -EXFULL)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "There wait %u messages at that station already.", NOTICES_PER_SESSION_MAX);
        if (r == -ENXIO)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_SESSION,
                                "Nothing runs at that station that could show its label.");

        return r < 0 ? r : 1;
}

/* The station of that name, or the id of one to come. */
static int read_station(Manager *m,
                const char *name,
                const char **ret_id,
                const char **ret_label,
                sd_bus_error *error) {
        const Station *s = manager_find_station_by_name(m, name);

        if (!s && (!station_id_is_valid(name) || !startswith(name, "seat-")))
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION,
                                "There is no such station, and a new one needs an id that begins with "
                                "seat-, of "
                                "letters, digits, - and _.");

        *ret_id = s ? s->id : name;
        *ret_label = s ? station_name(s) : name;
        return 0;
}

static int check_disk(const char *syspath, sd_bus_error *error) {
        _cleanup_free_ char *disk = NULL;
        int r;

        if (!syspath)
                return 0;

        r = system_disk_below("", syspath, &disk);
        if (r < 0)
                return sd_bus_error_set_errnof(
                                error, r, "Cannot tell whether the system's own disk is on this hub: %m");
        if (r > 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The running system is on %s, which is plugged in there: it must not move.",
                                disk);

        return 0;
}

static int check_hub(const Hub *h, sd_bus_error *error) {
        if (!h)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_HUB, "There is no such hub.");
        if (!h->parent)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "A root hub is part of the machine and belongs to no station.");

        return 0;
}

int attach_hub(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        const char *hub, *name, *id = NULL, *label = NULL;
        const Hub *h;
        int r;

        r = sd_bus_message_read(message, "ss", &hub, &name);
        if (r < 0)
                return r;

        h = topology_find_hub(m->topology, hub);
        r = check_hub(h, error);
        if (r < 0)
                return r;
        r = read_station(m, name, &id, &label, error);
        if (r < 0)
                return r;

        r = authorize(m, message, id, label, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        /* After that: nobody who may not do it makes us read all of this. */
        r = check_disk(h->syspath, error);
        if (r >= 0)
                r = check_disk(h->peer_syspath, error);
        if (r < 0)
                return r;

        r = logind_request_attach(m, message, h, id);
        if (r >= 0)
                log_notice("Hub '%s' is to go to station '%s'.", h->id, id);

        return explain_order(r, error);
}

int detach_all(Manager *m, sd_bus_message *message, sd_bus_error *error) {
        int r;

        r = authorize(m, message, NULL, NULL, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = logind_request_detach_all(m, message);
        if (r >= 0)
                log_notice("All hubs go back to where they belong by themselves.");

        return explain_order(r, error);
}
