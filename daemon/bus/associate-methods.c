/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/associate-methods.h"
#include "bus/authorize.h"
#include "bus/deferred.h"
#include "bus/sender.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "feature/associate.h"

struct Association {
        Bus *bus;
        char *owner;         /* the unique name that began it */
        sd_bus_track *track; /* of the owner */
        DeferredCall *begin; /* NULL once it was answered */
};

static Association *association_free(Association *a) {
        if (!a)
                return NULL;

        if (a->bus->association == a)
                a->bus->association = NULL;
        sd_bus_track_unref(a->track);
        free(a->owner);
        free(a);
        return NULL;
}
DEFINE_CLEANUP(Association *, association_free);

void association_drop(Bus *b) {
        Association *a = b->association;

        if (!a)
                return;

        associate_end(b->manager);
        deferred_call_free(a->begin);
        association_free(a);
}

static int on_owner_gone(sd_bus_track *track, void *userdata) {
        association_drop(((Association *) userdata)->bus);
        return 0;
}

/* Sends a signal to the owner alone: the others need not know who presses Enter when. */
static void tell(Association *a, const char *member, const char *hub, const char *syspath) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        sd_bus *bus = a->bus->manager->bus;
        int r;

        r = sd_bus_message_new_signal(bus, &m, USHER_PATH, USHER_IFACE_MANAGER, member);
        if (r >= 0 && hub)
                r = sd_bus_message_append(m, "ss", hub, syspath);
        if (r >= 0)
                r = sd_bus_send_to(bus, m, a->owner, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to send %s, ignoring: %m", member);
}

static void on_begun(const char *text, void *userdata) {
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        Association *a = userdata;
        DeferredCall *begin = TAKE_PTR(a->begin);

        if (isempty(text)) {
                log_notice("Listening for Enter on all keyboards.");
                deferred_call_reply(begin);
                return;
        }

        (void) sd_bus_error_setf(
                        &error, SD_BUS_ERROR_FAILED, "Failed to listen to the keyboards: %s.", text);
        deferred_call_error(begin, &error);
        association_free(a);
}

static void on_enter(const Hub *hub, const char *syspath, void *userdata) {
        tell(userdata, "EnterPressed", hub ? hub->id : "", syspath);
}

static void on_ended(void *userdata) {
        Association *a = userdata;

        tell(a, "AssociationEnded", NULL, NULL);
        association_free(a);
}

static const AssociateHandlers handlers = { .begun = on_begun, .enter = on_enter, .ended = on_ended };

static int association_new(Association **ret, Bus *b, sd_bus_message *message) {
        _cleanup_(association_freep) Association *a = NULL;
        int r;

        a = malloc(sizeof(*a));
        if (!a)
                return -ENOMEM;
        *a = (Association) { .bus = b, .owner = strdup(sd_bus_message_get_sender(message)) };
        if (!a->owner)
                return -ENOMEM;

        r = sd_bus_track_new(b->manager->bus, &a->track, on_owner_gone, a);
        if (r >= 0)
                r = sd_bus_track_add_sender(a->track, message);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(a);
        return 0;
}

int method_begin_association(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        _cleanup_(association_freep) Association *a = NULL;
        DeferredCall *c;
        Bus *b = userdata;
        uid_t uid;
        int r;

        r = authorize_station(b, message, NULL, NULL, error);
        if (r <= 0)
                return r < 0 ? r : 1;

        if (b->association)
                return sd_bus_error_setf(error, USHER_ERROR_BUSY,
                                "Somebody associates keyboards with stations already.");

        r = association_new(&a, b, message);
        if (r >= 0)
                r = sender_uid(b, message, &uid, error);
        if (r >= 0)
                r = deferred_wait_for_reply(b->deferred, message, uid, &c, error);
        if (r < 0)
                return r;

        r = associate_begin(b->manager, &handlers, a);
        if (r >= 0) {
                a->begin = c;
                b->association = TAKE_PTR(a);
        }

        return deferred_call_started(c, r);
}

int method_end_association(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Bus *b = userdata;

        if (!b->association || !streq_ptr(b->association->owner, sd_bus_message_get_sender(message)))
                return sd_bus_error_setf(error, USHER_ERROR_NO_SUCH_ASSOCIATION,
                                "The caller has not begun to associate keyboards with stations.");

        if (b->association->begin)
                deferred_call_error(TAKE_PTR(b->association->begin),
                                &SD_BUS_ERROR_MAKE_CONST(SD_BUS_ERROR_FAILED, "The caller has ended it."));
        association_drop(b);
        return sd_bus_reply_method_return(message, NULL);
}
