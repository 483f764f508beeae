/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one place that tells what has changed: stations are derived anew, and each difference goes up once. */

#include "core/manager.h"

/* Makes the two event sources; the first flush comes by itself. */
int changes_start(Manager *m);
void changes_done(Manager *m);
