/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Assigns hubs to stations through logind, and checks that the assignment takes effect. */

#include "core/feature.h"
#include "core/request.h"

extern const Feature attach_feature;

/* From now on the hub and all below it belong to this seat. The handler gets the outcome. Returns a negative
 * errno if logind could not be asked; then the handler does not run. */
int attach_hub(Manager *m, const Hub *h, const char *seat, LogindRequestHandler handler, void *userdata);

/* Forgets all such assignments; hubs go back to where they belong by themselves. */
int attach_reset(Manager *m, LogindRequestHandler handler, void *userdata);
