/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Checks that a greeter or a new session appears on the seat in time after a log-off. If not, the station's
 * health and the journal report it. A black screen is the most frequent complaint. */

#include "core/feature.h"

extern const Feature login_screen_feature;
