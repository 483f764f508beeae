/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One notice on its way to the user's eyes: on the desktop, or on the terminal of a session that has no
 * desktop. */

#include "client/notices.h"
#include "warn/warning.h"

typedef struct Banner Banner;

/* Shows it at once. The notice must outlive the banner. */
int banner_new(Banner **ret, const WarnContext *context, ClientNotice *notice);

/* usherd has it no longer: what was shown stays for as long as it is meant to. Returns NULL. */
Banner *banner_free(Banner *p);
