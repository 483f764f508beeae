/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/macro.h"
#include "common/text.h"
#include "fuzz.h"

/* The output is safe for its destination, whatever the input. */
static void check(char *safe, const char *controls) {
        assert(safe && text_is_utf8(safe));
        for (const char *p = safe; *p; p++)
                assert((unsigned char) *p >= 0x20 ? *p != 0x7f : strchr(controls, *p) != NULL);
        assert(text_prefix(safe, SIZE_MAX) == strlen(safe));
        free(safe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_free_ char *s = strndup((const char *) data, size);

        assert(s);
        check(text_escape_terminal(s, false), "");
        check(text_escape_terminal(s, true), "\n\t");
        check(text_escape_markup(s), "\n\t");

        for (size_t max = 0; max < 20; max++) {
                char *safe = text_sanitize(s, max);

                assert(safe && strlen(safe) <= max && text_prefix(s, max) <= max);
                check(safe, "");
        }

        return 0;
}
