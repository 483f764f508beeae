/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The one place that tells what has changed: stations are derived anew, and each difference goes up once. */

#include "manager.h"

/* The handler of Manager.flush; userdata is the Manager. */
int flush_changes(sd_event_source *source, void *userdata);
