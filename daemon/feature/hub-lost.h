/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* HubLost=: what happens to a station whose hub was unplugged and is not back within HubLostSec=. A log-off
 * that began for a lost hub is cancelled when the hub is back in time. */

#include "core/feature.h"

extern const Feature hub_lost_feature;
