/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* /run/nologin, nologin(5): while it stands, pam_nologin(8) lets nobody but root log in. It is ours only if
 * we made it, which outlives a crash; anybody else's is never touched. */

#include "common/macro.h"

typedef struct Nologin Nologin;

/* path: the file itself. directory: our runtime directory, where it is noted which file is ours. A file of
 * ours that a crash has left behind is known again. */
int nologin_new(Nologin **ret, const char *path, const char *directory);
Nologin *nologin_free(Nologin *n);
DEFINE_CLEANUP(Nologin *, nologin_free);

/* Keeps newcomers out from now on. Returns 1 when the file is ours, 0 when somebody else's stands there,
 * which keeps them out just as well. */
int nologin_block(Nologin *n);

/* Lets them in again, as far as it was us who kept them out. */
void nologin_unblock(Nologin *n);
