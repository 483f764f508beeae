/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Notifications about people who ask for more time, with Allow and Deny. */

#include <gio/gio.h>

#include "stations/context.h"

/* Follows the context until the application ends. */
void usher_requests_start(GApplication *application, UsherContext *context);
