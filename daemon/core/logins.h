/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Blocks new logins by /run/nologin, nologin(5): while it exists, pam_nologin(8) refuses everybody but root.
 * The file is removed only if usherd created it, which usherd still knows after a crash. */

#include "common/macro.h"

typedef struct Logins Logins;

/* path: the file. directory: the runtime directory, where usherd notes which file is its own. */
int logins_new(Logins **ret, const char *path, const char *directory);
Logins *logins_free(Logins *l);
DEFINE_CLEANUP(Logins *, logins_free);

/* Blocks new logins. Returns 1 when the file is usherd's own, 0 when it is somebody else's, which blocks
 * them as well, or a negative errno. */
int logins_block(Logins *l);

/* Unblocks them, as far as usherd blocked them. */
void logins_unblock(Logins *l);
