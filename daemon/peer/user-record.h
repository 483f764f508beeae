/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the user database says about an account. The database may be a directory on the network that never
 * answers, so only the lookup workers of users.c call this. */

#include <limits.h>
#include <sys/types.h>

#include "common/macro.h"

typedef struct UserRecord {
        bool administrator; /* root, or a member of one of the administrators' groups that the build names */
        bool is_operator;   /* a member of the operators' group that the build names */
        char name[LOGIN_NAME_MAX];
} UserRecord;

/* Looks up by name if |name| is neither NULL nor "", else by UID. The account must have that UID. Returns 0,
 * -ESRCH when there is no such account, or another negative errno when the database fails. */
int user_record_read(uid_t uid, const char *name, UserRecord *ret);
