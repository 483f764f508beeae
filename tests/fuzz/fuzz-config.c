/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "core/config-file.h"
#include "fuzz.h"

static void ignore(const char *problem, void *userdata) {
        assert(problem[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_fclose_ FILE *f = NULL;
        Config c;

        if (size == 0)
                return 0;

        log_set_max_level(LOG_EMERG);
        f = fmemopen((void *) data, size, "r");
        assert(f);

        config_init(&c);
        assert(config_read_stream(&c, f, "fuzz") >= 0);
        config_finish(&c, ignore, NULL);

        /* Whatever the file says, the daemon can run with the result. */
        assert(c.minimum_grace_usec <= c.grace_usec && c.grace_usec <= c.maximum_grace_usec);
        assert(c.maximum_grace_usec <= CONFIG_TIME_MAX);
        assert(c.full_screen_usec <= CONFIG_FULL_SCREEN_MAX);
        assert(c.terminate_usec >= USEC_PER_SEC && c.kill_usec >= USEC_PER_SEC);
        assert(hub_lost_to_string(c.hub_lost) && c.n_remind <= CONFIG_REMIND_MAX);
        for (size_t i = 1; i < c.n_remind; i++)
                assert(c.remind_usec[i - 1] > c.remind_usec[i]);

        return 0;
}
