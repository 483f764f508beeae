/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/logind-internal.h"
#include "peer/logind-seat.h"

static int new_call(Logind *l, const char *member, sd_bus_message **ret) {
        return sd_bus_message_new_method_call(
                        logind_bus(l), ret, LOGIND_BUS_NAME, LOGIND_PATH, LOGIND_IFACE_MANAGER, member);
}

int logind_attach_device(Logind *l,
                AsyncCall **slot,
                const char *seat,
                const char *syspath,
                AsyncHandler handler,
                void *userdata) {

        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = new_call(l, "AttachDevice", &m);
        if (r < 0)
                return r;

        /* Our own caller has been authorised: nobody is to be asked once more. */
        r = sd_bus_message_append(m, "ssb", seat, syspath, false);
        if (r < 0)
                return r;

        return async_call(logind_calls(l), slot, m, handler, userdata);
}

int logind_flush_devices(Logind *l, AsyncCall **slot, AsyncHandler handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = new_call(l, "FlushDevices", &m);
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "b", false);
        if (r < 0)
                return r;

        return async_call(logind_calls(l), slot, m, handler, userdata);
}

int logind_lock_session(
                Logind *l, AsyncCall **slot, const char *session, AsyncHandler handler, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = new_call(l, "LockSession", &m);
        if (r < 0)
                return r;

        r = sd_bus_message_append(m, "s", session);
        if (r < 0)
                return r;

        return async_call(logind_calls(l), slot, m, handler, userdata);
}
