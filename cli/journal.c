/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <systemd/sd-journal.h>

#include "cli/journal.h"
#include "cli/output.h"

static int on_next(void *userdata) {
        return sd_journal_next(userdata);
}

static int on_get_time(void *userdata, usec_t *ret) {
        return sd_journal_get_realtime_usec(userdata, ret);
}

static int on_get_field(void *userdata, const char *name, const char **ret, size_t *ret_size) {
        size_t size, skip = strlen(name) + 1;
        const void *data;
        int r;

        r = sd_journal_get_data(userdata, name, &data, &size);
        if (r < 0)
                return r;
        if (size < skip)
                return -EBADMSG;

        *ret = (const char *) data + skip;
        *ret_size = size - skip;
        return 0;
}

/* history_read() looks at all of these again. They keep it from reading the whole journal. */
static int add_matches(sd_journal *j, const HistoryFilter *filter) {
        int r;

        r = sd_journal_add_match(j, "_UID=0", 0);
        if (r >= 0)
                r = sd_journal_add_match(j, "_SYSTEMD_UNIT=usherd.service", 0);
        for (HistoryKind kind = 0; r >= 0 && kind < _HISTORY_KIND_MAX; kind++) {
                _cleanup_free_ char *match = NULL;

                if (filter->kinds != 0 && !(filter->kinds & (1U << kind)))
                        continue;
                if (asprintf(&match, "MESSAGE_ID=%s", history_kind_id(kind)) < 0)
                        return -ENOMEM;
                r = sd_journal_add_match(j, match, 0);
        }

        return r;
}

int journal_read_history(const HistoryFilter *filter, History **ret) {
        _cleanup_(sd_journal_closep) sd_journal *j = NULL;
        HistorySource source;
        int r;

        r = sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY);
        if (r >= 0)
                r = add_matches(j, filter);
        if (r >= 0)
                r = sd_journal_seek_realtime_usec(j, filter->since);
        if (r < 0)
                return output_error(r, "Failed to open the journal: %m");

        source = (HistorySource) {
                .next = on_next,
                .get_time = on_get_time,
                .get_field = on_get_field,
                .userdata = j,
        };
        r = history_read(&source, filter, ret);
        return r < 0 ? output_error(r, "Failed to read the journal: %m") : 0;
}
