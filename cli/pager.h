/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Shows a long text in the person's pager and returns when it is left. Returns 1 when it was shown, 0 when
 * no pager is wanted or found, a negative errno after it has said what went wrong. */
int pager_show(const char *text);
