/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whether a session belongs to an administrator. The user is looked up when the session is first seen, long
 * before anybody wants it to end, and the answer is kept for as long as the session lasts: a directory
 * service that fails meanwhile changes nothing. */

#include "core/manager.h"

/* The session is new, or its id belongs to another session now. */
void privilege_begin(Session *s);

/* Looks the user up again where there is no answer. Returns whether a lookup is under way;
 * ManagerEvents.lookup_done follows it. */
bool privilege_is_pending(Session *s);
