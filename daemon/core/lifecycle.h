/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The manager from its beginning to its end. */

#include "core/manager.h"

/* Sets up all that needs no peer's answer. The bus must be attached to the event loop. runtime_directory is
 * where live jobs are stored, state_directory where features keep what outlives a boot, nologin_path is
 * /run/nologin. The array of features ends with NULL and must outlive the manager. */
int manager_new(Manager **ret,
                sd_event *event,
                sd_bus *bus,
                const Config *config,
                const Feature *const *features,
                const char *runtime_directory,
                const char *state_directory,
                const char *nologin_path);

/* Live jobs are not ended: they stay in the store for the next usherd. */
Manager *manager_free(Manager *m);
DEFINE_CLEANUP(Manager *, manager_free);

/* Starts to watch the peers and restores the jobs of the last usherd. The events begin before this returns.
 */
int manager_start(Manager *m, const ManagerEvents *events, void *userdata);

/* The bus name is ours: restored jobs go on, now that clients can hear how they end. */
void manager_serve(Manager *m);

/* Takes another configuration. Live jobs keep their deadlines. */
void manager_set_config(Manager *m, const Config *config);
