/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Messages: somebody's words, shown to the people at a station. */

#include "core/feature.h"
#include "core/notice.h"

extern const Feature message_feature;

/* Whether this account may send one more message now; counts it if so. Returns 0, or the limit that it has
 * reached, in messages a minute. */
unsigned message_count(Manager *m, uid_t uid);

/* Shows a text at a station. Returns to how many sessions: 0 where nobody is. Returns -ENOBUFS if there are
 * people, but NOTICES_PER_SESSION_MAX wait for each of them, or -ENOMEM. The caller checks the text. */
int message_send(Manager *m, const Station *s, const char *from, const char *text);
