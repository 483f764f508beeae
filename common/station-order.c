/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/macro.h"
#include "common/station-order.h"

int station_order(const char *a_id, const char *a_label, const char *b_id, const char *b_label) {
        bool a_first = streq(a_id, "seat0"), b_first = streq(b_id, "seat0");
        int r;

        if (a_first != b_first)
                return a_first ? -1 : 1;

        /* "Station 2" before "Station 10". */
        r = strverscmp(isempty(a_label) ? a_id : a_label, isempty(b_label) ? b_id : b_label);
        return r != 0 ? r : strcmp(a_id, b_id);
}
