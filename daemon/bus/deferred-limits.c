/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/caller.h"
#include "bus/deferred-limits.h"

#define LOOKUP_MAX 64U
#define LOOKUP_EACH_USER_MAX 16U

#define AUTHORIZATION_EACH_USER_MAX 8U

#define REPLY_MAX 64U
#define REPLY_EACH_USER_MAX 48U

static const struct {
        unsigned all;
        unsigned each_user;
        unsigned first;     /* of all, for users that have no call waiting */
        unsigned operators; /* of all, for operators */
        const char *what;
} limits[_DEFERRED_REASON_MAX] = {
        [DEFERRED_LOOKUP] = { LOOKUP_MAX, LOOKUP_EACH_USER_MAX, 32, 0, "wait for the user database" },
        [DEFERRED_AUTHORIZATION] = { POLKIT_IN_FLIGHT_MAX, AUTHORIZATION_EACH_USER_MAX, 20, 16,
                        "wait for authorization" },
        [DEFERRED_REPLY] = { REPLY_MAX, REPLY_EACH_USER_MAX, 16, 0, "are being carried out" },
};

static_assert(LOOKUP_EACH_USER_MAX + AUTHORIZATION_EACH_USER_MAX + REPLY_EACH_USER_MAX ==
                                                DEFERRED_EACH_USER_MAX &&
                                LOOKUP_MAX + POLKIT_IN_FLIGHT_MAX + REPLY_MAX == DEFERRED_MAX,
                "the sums of the limits are those in the header");

static int too_many(DeferredReason reason, unsigned limit, sd_bus_error *error) {
        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many requests %s (limit %u).",
                        limits[reason].what, limit);
}

int deferred_limit_error(DeferredReason reason, sd_bus_error *error) {
        return too_many(reason, limits[reason].all - limits[reason].operators, error);
}

int deferred_check_limits(Bus *b,
                DeferredReason reason,
                uid_t uid,
                unsigned all,
                unsigned of_user,
                sd_bus_error *error) {

        unsigned for_operators = limits[reason].all;
        unsigned for_all = for_operators - limits[reason].operators;
        unsigned limit = of_user > 0 ? for_all - limits[reason].first : for_all;
        int r;

        if (uid == 0)
                return all < for_operators ? 0 : too_many(reason, for_operators, error);
        if (of_user >= limits[reason].each_user)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "Too many requests of this user %s (limit %u).", limits[reason].what,
                                limits[reason].each_user);
        if (all < limit)
                return 0;
        if (all >= for_operators || for_all == for_operators)
                return too_many(reason, limit, error);

        r = caller_is_operator(b, uid);
        if (r == 0)
                return too_many(reason, limit, error);

        return r < 0 ? r : 0;
}
