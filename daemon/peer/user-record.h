/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the user database says of an account. It may be a directory on the network and may take for ever to
 * answer, so only the child processes of account.c call this. */

#include <limits.h>
#include <sys/types.h>

#include "common/macro.h"

typedef struct UserRecord {
        bool administrator; /* root, or a member of one of the administrators' groups that the build names */
        char name[LOGIN_NAME_MAX];
} UserRecord;

/* By name where one is given, which must be that uid's, else by the uid. Returns -ESRCH when there is no
 * such account, or another negative errno when the database cannot tell. */
int user_record_read(uid_t uid, const char *name, UserRecord *ret);
