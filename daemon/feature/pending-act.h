/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Carries a pending action out. */

#include "feature/pending-action.h"

/* Everybody is logged off: has logind restart the machine or power it off, or has the mode switched. Frees
 * the action when that is decided; while logind cannot be reached, call it again when it is back. */
void pending_act(PendingAction *p);

/* logind has answered the last look: goes on, unless somebody has logged in meanwhile. May free the action.
 */
void pending_looked(PendingAction *p);
