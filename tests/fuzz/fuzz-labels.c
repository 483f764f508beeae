/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/seat-id.h"
#include "feature/label-check.h"
#include "feature/label-file.h"
#include "fuzz.h"

typedef struct Labelling {
        char *stations[LABELS_MAX];
        char *labels[LABELS_MAX];
        size_t n;
} Labelling;

static void labelling_done(Labelling *l) {
        for (size_t i = 0; i < l->n; i++) {
                free(l->stations[i]);
                free(l->labels[i]);
        }
}

/* A label may be the station's own id, but not another station's, and no two labels are equal. */
static void on_label(const char *station, const char *label, void *userdata) {
        Labelling *l = userdata;

        assert(seat_id_is_valid(station));
        assert(label_check(label) == LABEL_GOOD || streq(label, station));
        assert(l->n < LABELS_MAX);
        for (size_t i = 0; i < l->n; i++)
                assert(!streq(l->stations[i], station) && !streq(l->labels[i], label));

        l->stations[l->n] = strdup(station);
        l->labels[l->n] = strdup(label);
        assert(l->stations[l->n] && l->labels[l->n]);
        l->n++;
}

static void read_labels(const void *data, size_t size, Labelling *ret) {
        _cleanup_fclose_ FILE *f = fmemopen((void *) data, size, "r");

        assert(f);
        assert(labels_read_stream(f, "fuzz", on_label, ret) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_(labelling_done) Labelling first = {}, again = {};
        _cleanup_free_ char *text = NULL;
        size_t length = 0;
        FILE *f;

        if (size == 0)
                return 0;

        log_set_max_level(LOG_EMERG);
        read_labels(data, size, &first);
        if (first.n == 0)
                return 0;

        /* Written by labels_add() and read again, it is the same. */
        f = open_memstream(&text, &length);
        assert(f);
        for (size_t i = 0; i < first.n; i++)
                fprintf(f, "%s %s\n", first.stations[i], first.labels[i]);
        assert(fclose(f) == 0);

        read_labels(text, length, &again);
        assert(again.n == first.n);
        for (size_t i = 0; i < first.n; i++)
                assert(streq(first.stations[i], again.stations[i]) &&
                                streq(first.labels[i], again.labels[i]));

        return 0;
}
