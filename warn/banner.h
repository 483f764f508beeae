/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One notice on the screen: on the desktop, or on the terminal of a session without a desktop. */

#include "client/notices.h"
#include "warn/warning.h"

typedef struct Banner Banner;

/* Shows the notice and reports the outcome. The notice must outlive the banner. Returns 0 or a negative
 * errno. */
int banner_new(Banner **ret, const WarnContext *context, ClientNotice *notice);

/* usherd has dropped the notice. What has been shown stays for its time. Returns NULL. */
Banner *banner_free(Banner *b);
