/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/macro.h"
#include "common/seat-id.h"

bool seat_id_is_valid(const char *id) {
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

        return startswith(id, "seat") && id[4] != '\0' && strlen(id) <= 255 &&
                        id[strspn(id, allowed)] == '\0';
}
