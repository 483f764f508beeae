/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/authorize.h"
#include "bus/deferred.h"
#include "bus/find.h"
#include "bus/sender.h"
#include "bus/station-methods.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "common/seat-id.h"
#include "feature/attach.h"
#include "feature/identify.h"
#include "feature/label.h"
#include "hub/system-disk.h"

static int check_label(const Station *s, const char *label, sd_bus_error *error) {
        const Station *other = NULL;
        const char *problem = NULL;
        int r;

        r = label_check_for_station(s->manager, s, label, &other, &problem);
        if (r == -EEXIST)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "Station '%s' has this label already.", other->id);
        if (r == -EINVAL)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s", problem);

        return r;
}

/* The caller cannot do anything about a full disk or a file that has another owner, so that is logged too.
 */
static int label_error(int r, sd_bus_error *error) {
        if (r == -ENOMEM)
                return r;
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many labels (limit %u).",
                                LABELS_MAX);

        log_warning("Failed to write the labels: %s.", labels_problem(r));
        return sd_bus_error_setf(
                        error, SD_BUS_ERROR_IO_ERROR, "Failed to write the labels: %s.", labels_problem(r));
}

int station_method_set_label(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = userdata;
        const char *label;
        int r;

        r = sd_bus_message_read(message, "s", &label);
        if (r < 0)
                return r;

        r = check_label(s, label, error);
        if (r < 0)
                return r;

        r = authorize_station(bus_of(s->manager), message, s->id, station_name(s), error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = label_set(s->manager, s, label);
        if (r < 0)
                return label_error(r, error);

        return sd_bus_reply_method_return(message, NULL);
}

static int wait_for_reply(Bus *b, sd_bus_message *message, DeferredCall **ret, sd_bus_error *error) {
        uid_t uid;
        int r;

        r = sender_uid(b, message, &uid, error);
        if (r < 0)
                return r;

        return deferred_wait_for_reply(b->deferred, message, uid, ret, error);
}

/* logind's errors are not usherd's own: a caller who was authorised must not read that access was denied. */
static void reply_logind_error(DeferredCall *c, int r, const char *text) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;

        if (r == -EHOSTUNREACH || r == -ETIMEDOUT)
                (void) sd_bus_error_setf(&error, USHER_ERROR_BUSY, "logind does not respond.");
        else
                (void) sd_bus_error_setf(
                                &error, SD_BUS_ERROR_FAILED, "logind refused the request: %s", text);

        deferred_call_error(c, &error);
}

static void on_locked(int r, const char *text, void *userdata) {
        if (r >= 0)
                deferred_call_reply(userdata);
        else if (r == -ENXIO)
                deferred_call_error(userdata,
                                &SD_BUS_ERROR_MAKE_CONST(USHER_ERROR_NO_SUCH_SESSION,
                                                "The session has ended meanwhile."));
        else
                reply_logind_error(userdata, r, text);
}

int station_method_lock(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Station *s = userdata;
        Bus *b = bus_of(s->manager);
        DeferredCall *c;
        int r;

        r = authorize_station(b, message, s->id, station_name(s), error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = wait_for_reply(b, message, &c, error);
        if (r < 0)
                return r;

        return deferred_call_started(c, manager_lock_seat(s->manager, s->id, on_locked, c));
}

static void on_identified(bool shown, void *userdata) {
        if (shown)
                deferred_call_reply(userdata);
        else
                deferred_call_error(userdata,
                                &SD_BUS_ERROR_MAKE_CONST(USHER_ERROR_NO_SUCH_SESSION,
                                                "No screen of the station could show its label."));
}

static int identify_error(int r, sd_bus_error *error) {
        if (r == -ENOBUFS)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many callers wait for this station (limit %u).", IDENTIFY_WAITERS_MAX);
        if (r == -EXFULL)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many pending messages (limit %u).", NOTICES_PER_SESSION_MAX);
        if (r == -ENXIO)
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_SESSION,
                                "Nothing runs at this station that could show its label.");

        return r;
}

int station_method_identify(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_free_ char *name = NULL;
        Station *s = userdata;
        Bus *b = bus_of(s->manager);
        DeferredCall *c;
        uid_t uid;
        int r;

        r = sender_look_up(b, message, NULL, 0, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = authorize_station(b, message, s->id, station_name(s), error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = sender_name(b, message, &uid, &name, error);
        if (r < 0)
                return r;

        r = deferred_wait_for_reply(b->deferred, message, uid, &c, error);
        if (r < 0)
                return r;

        r = identify_station(s->manager, s, name, on_identified, c);
        return deferred_call_started(c, r < 0 ? identify_error(r, error) : r);
}

/* The station of that name, or the id of a new one. */
static int read_station(
                Bus *b, const char *name, const char **ret_id, const char **ret_label, sd_bus_error *error) {
        const Station *s = manager_find_station_by_name(b->manager, name);

        if (!s && (!seat_id_is_valid(name) || !startswith(name, "seat-")))
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_STATION,
                                "There is no such station, and this is not a valid id for a new one: "
                                "'seat-' and "
                                "then letters, digits, '-' and '_'.");

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
                                error, r, "Failed to check whether the system disk is on this hub: %m");
        if (r > 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "The hub cannot be attached: the system disk %s is on it.", disk);

        return 0;
}

static void on_attached(int r, const char *text, void *userdata) {
        if (r >= 0)
                deferred_call_reply(userdata);
        else if (r == -ENODEV)
                deferred_call_error(userdata,
                                &SD_BUS_ERROR_MAKE_CONST(USHER_ERROR_NO_SUCH_HUB,
                                                "logind cannot attach this hub to a station."));
        else
                reply_logind_error(userdata, r, text);
}

int method_attach_hub(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *hub, *name, *id = NULL, *label = NULL;
        Bus *b = userdata;
        DeferredCall *c;
        const Hub *h;
        int r;

        r = sd_bus_message_read(message, "ss", &hub, &name);
        if (r < 0)
                return r;

        r = find_hub(b, hub, &h, error);
        if (r < 0)
                return r;
        if (!h->parent)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                "A root hub is part of the machine and cannot be attached to a station.");

        r = read_station(b, name, &id, &label, error);
        if (r < 0)
                return r;

        r = authorize_station(b, message, id, label, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        /* This reads many files, so only callers with the right get here. */
        r = check_disk(h->syspath, error);
        if (r >= 0)
                r = check_disk(h->peer_syspath, error);
        if (r < 0)
                return r;

        r = wait_for_reply(b, message, &c, error);
        if (r < 0)
                return r;

        log_notice("Attaching hub '%s' to station '%s'.", h->id, id);
        return deferred_call_started(c, attach_hub(b->manager, h, id, on_attached, c));
}

int method_detach_all(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Bus *b = userdata;
        DeferredCall *c;
        int r;

        r = authorize_station(b, message, NULL, NULL, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        r = wait_for_reply(b, message, &c, error);
        if (r < 0)
                return r;

        log_notice("Detaching all hubs from their stations.");
        return deferred_call_started(c, attach_reset(b->manager, on_attached, c));
}
