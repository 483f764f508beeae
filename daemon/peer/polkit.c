/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/log.h"
#include "common/names.h"
#include "peer/polkit.h"

#define CHECK_AUTHORIZATION_ALLOW_USER_INTERACTION 1U

static_assert(POLKIT_IN_FLIGHT_MAX + ASYNC_QUEUES_MAX * ASYNC_IN_FLIGHT_MAX < BUS_REPLIES_MAX,
                "checks by polkit leave room for calls to logind and systemd");

struct Polkit {
        sd_bus *bus;
        AsyncQueue *queue;
        uint64_t last_cookie;
};

int polkit_new(Polkit **ret, sd_bus *bus) {
        _cleanup_(polkit_freep) Polkit *p = NULL;
        int r;

        p = malloc(sizeof(*p));
        if (!p)
                return -ENOMEM;
        *p = (Polkit) { .bus = sd_bus_ref(bus) };

        r = async_queue_new(&p->queue, bus, POLKIT_IN_FLIGHT_MAX, USEC_INFINITY);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(p);
        return 0;
}

Polkit *polkit_free(Polkit *p) {
        if (!p)
                return NULL;

        async_queue_free(p->queue);
        sd_bus_unref(p->bus);
        free(p);
        return NULL;
}

static void format_cancellation_id(uint64_t cookie, char *buffer, size_t size) {
        (void) snprintf(buffer, size, "usher-%" PRIu64, cookie);
}

static int append_details(sd_bus_message *m, PolkitDetails details) {
        int r;

        r = sd_bus_message_open_container(m, 'a', "{ss}");
        if (r < 0)
                return r;

        for (; details && details[0]; details += 2) {
                r = sd_bus_message_append(m, "{ss}", details[0], strempty(details[1]));
                if (r < 0)
                        return r;
        }

        return sd_bus_message_close_container(m);
}

int polkit_check_authorization(Polkit *p,
                AsyncCall **slot,
                const char *sender,
                const char *action,
                PolkitDetails details,
                bool interactive,
                uint64_t *ret_cookie,
                AsyncHandler handler,
                void *userdata) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        uint64_t cookie = ++p->last_cookie;
        char id[32];
        int r;

        r = sd_bus_message_new_method_call(p->bus, &m, POLKIT_BUS_NAME, POLKIT_PATH, POLKIT_IFACE_AUTHORITY,
                        "CheckAuthorization");
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "(sa{sv})s", "system-bus-name", 1, "name", "s", sender, action);
        if (r < 0)
                return r;

        r = append_details(m, details);
        if (r < 0)
                return r;

        format_cancellation_id(cookie, id, sizeof(id));
        r = sd_bus_message_append(m, "us", interactive ? CHECK_AUTHORIZATION_ALLOW_USER_INTERACTION : 0, id);
        if (r < 0)
                return r;

        r = async_call(p->queue, slot, m, handler, userdata);
        if (r < 0)
                return r;

        *ret_cookie = cookie;
        return 0;
}

PolkitAnswer polkit_read_answer(sd_bus_message *reply) {
        int authorized, challenge, r;

        if (sd_bus_message_is_method_error(reply, NULL)) {
                _cleanup_free_ char *text = async_reply_error_text(reply);

                log_debug("polkit check failed, denying access: %s", strempty(text));
                return POLKIT_ANSWER_DENIED;
        }

        r = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
        if (r >= 0)
                r = sd_bus_message_read(reply, "bb", &authorized, &challenge);
        if (r < 0) {
                log_warning_errno(r, "polkit check failed, denying access: cannot read the reply: %m");
                return POLKIT_ANSWER_DENIED;
        }

        return authorized         ? POLKIT_ANSWER_ALLOWED :
                        challenge ? POLKIT_ANSWER_CHALLENGE :
                                    POLKIT_ANSWER_DENIED;
}

/* Not through the queue: it may be full of the very checks that are cancelled, and no reply is expected. */
void polkit_cancel_check(Polkit *p, uint64_t cookie) {
        char id[32];
        int r;

        format_cancellation_id(cookie, id, sizeof(id));
        r = sd_bus_call_method_async(p->bus, NULL, POLKIT_BUS_NAME, POLKIT_PATH, POLKIT_IFACE_AUTHORITY,
                        "CancelCheckAuthorization", NULL, NULL, "s", id);
        if (r < 0)
                log_debug_errno(r, "Failed to cancel a polkit check, ignoring: %m");
}
