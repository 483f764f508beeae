/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Announces what changed, once: one deferred event source derives the stations, announces each difference
 * and writes the store. Twenty uevents of one replugged hub are one PropertiesChanged. */

#include "core/manager.h"

/* Creates the event sources; the first notification comes by itself. */
int changes_start(Manager *m);
void changes_done(Manager *m);
