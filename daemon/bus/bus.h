/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* org.usher1 on the system bus. Everything that clients see is written here: replies, errors and signals.
 * The objects of the vtables are the Bus, a Station, a Hub or a JobRunner. */

#include <sys/queue.h>
#include <systemd/sd-bus.h>

#include "core/manager.h"
#include "core/rate.h"
#include "peer/polkit.h"

typedef struct Association Association;
typedef struct Caller Caller;
typedef struct Deferred Deferred;
typedef struct Sender Sender;

typedef struct Bus {
        Manager *manager;
        Polkit *polkit;
        Deferred *deferred;
        TAILQ_HEAD(CallerList, Caller) callers; /* latest first */
        Rate own_log_offs;                      /* log-offs of the callers' own sessions */
        TAILQ_HEAD(SenderList, Sender) senders; /* latest first */

        Association *association; /* NULL: none */

        Rate refusals; /* see refusal.h */
        unsigned refusals_dropped;
} Bus;

/* Adds the objects to the manager's bus. The manager is then started with bus_manager_events and the Bus.
 * The name is requested when the manager is ready, so that clients get complete answers; READY=1 follows the
 * name. */
int bus_new(Bus **ret, Manager *m);

/* Free it before the manager. Calls that wait get no reply. */
Bus *bus_free(Bus *b);
DEFINE_CLEANUP(Bus *, bus_free);

extern const ManagerEvents bus_manager_events;

static inline Bus *bus_of(const Manager *m) {
        return m->userdata;
}

/* The interfaces, each in its own file. Return a negative errno on failure. */
int manager_bus_add(Bus *b);
int station_bus_add(Bus *b);
int hub_bus_add(Bus *b);
int job_bus_add(Bus *b);
int log_control_bus_add(Bus *b);

/* PropertiesChanged of an object, by the mask of its changes. */
void manager_emit_changed(Bus *b, unsigned mask);
void station_emit_changed(Bus *b, const Station *s, unsigned mask);
void hub_emit_changed(Bus *b, const Hub *h, unsigned mask);
void job_emit_changed(Bus *b, const JobRunner *j, unsigned mask);
