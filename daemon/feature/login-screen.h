/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* After a log-off a greeter or a new session must be on that seat in time, or the station's health and the
 * journal say so: a black screen is the commonest complaint. */

#include "core/feature.h"

extern const Feature login_screen_feature;
