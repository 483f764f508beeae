/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Logs off a session that nobody has used for IdleLogOffSec=, and cancels that at the first sign of life. */

#include "core/feature.h"

extern const Feature idle_feature;
