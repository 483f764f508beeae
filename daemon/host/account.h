/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the user database says of an account. Asked when a session is first seen, never while a caller waits. */

#include <sys/types.h>

#include "macro.h"

/* root, or a member of one of the administrators' groups that the build names. An account that the user database
 * does not know is no administrator. */
bool account_is_administrator(uid_t uid, const char *name);

/* The account's name, or its number where it has none. Returns -ENOMEM. */
int account_name(uid_t uid, char **ret);
