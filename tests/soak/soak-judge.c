/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>

#include "soak.h"

/* How long after its time a session may still be there. usherd, logind or the bus may have been restarted
 * meanwhile, and systemd does not start logind before it has stopped a session whose program resists. */
#define SLACK_USEC (400 * G_USEC_PER_SEC)
/* From the end of a leader to the end of the session. */
#define CLOSING_USEC (60 * G_USEC_PER_SEC)

/* The catalog's id of the record of a log-off. */
#define RECORD "MESSAGE_ID=470f658d8c12434aa1f2f49fffad093a"

void judge_blame(guint *counter, Sitter *sitter, const char *format, ...) {
        g_autofree char *text = NULL;
        va_list ap;

        va_start(ap, format);
        text = g_strdup_vprintf(format, ap);
        va_end(ap);
        (*counter)++;
        printf("# %.3f %s: %s\n", (double) g_get_monotonic_time() / G_USEC_PER_SEC,
                        sitter ? sitter->session->id : "-", text);
        (void) fflush(stdout);
}

/* ---- what may happen ---- */

void judge_asked(Sitter *sitter, gint64 when, guint grace, const char *text) {
        sitter->may_end = MIN(sitter->may_end, when + grace * G_USEC_PER_SEC);
        g_ptr_array_add(sitter->texts, g_strdup(text));
}

void judge_promised(Sitter *sitter, guint grace) {
        sitter->must_end = MIN(sitter->must_end, g_get_monotonic_time() + grace * G_USEC_PER_SEC);
}

void judge_extended(Sitter *sitter, guint seconds, bool for_certain) {
        /* If its time has come, an earlier log-off may be ending it. */
        if (sitter->may_end != NEVER && for_certain && g_get_monotonic_time() < sitter->may_end)
                sitter->may_end += seconds * G_USEC_PER_SEC;
        if (sitter->must_end != NEVER)
                sitter->must_end += seconds * G_USEC_PER_SEC;
}

void judge_ends_now(Sitter *sitter) {
        sitter->may_end = MIN(sitter->may_end, g_get_monotonic_time());
        sitter->warning_skipped = true;
}

/* If its time has not come yet, the countdown still ran, and was cancelled. Otherwise nobody can tell. */
void judge_cancelled(Sitter *sitter) {
        if (g_get_monotonic_time() < sitter->may_end) {
                sitter->may_end = NEVER;
                sitter->warning_skipped = false;
                g_ptr_array_set_size(sitter->texts, 0);
        }
        sitter->must_end = NEVER;
}

void judge_unsure(Sitter *sitter) {
        sitter->must_end = NEVER;
}

/* ---- what has happened ---- */

static bool was_warned(Sitter *sitter) {
        g_autofree char *file = g_strdup_printf("/tmp/box-notifier/%s", sitter->session->user);

        for (guint i = 0; i < sitter->texts->len; i++)
                if (notifier_shown(file, sitter->texts->pdata[i], sitter->begun, sitter->ended))
                        return true;
        return false;
}

static void judge_end(Soak *s, Sitter *sitter) {
        sitter->judged = true;
        s->n_ended++;
        if (sitter->logged_out)
                return;

        g_hash_table_add(s->ended, g_strdup(sitter->session->id));
        if (sitter->may_end == NEVER)
                judge_blame(&s->verdict.wrong, sitter, "%s at '%s' was ended, and nobody had asked for it",
                                sitter->session->user, sitter->session->seat);
        else if (sitter->ended < sitter->may_end)
                judge_blame(&s->verdict.early, sitter, "%s at '%s' was ended %.3f s early",
                                sitter->session->user, sitter->session->seat,
                                (double) (sitter->may_end - sitter->ended) / G_USEC_PER_SEC);
        if (sitter->may_end != NEVER && !sitter->warning_skipped && !was_warned(sitter))
                judge_blame(&s->verdict.unwarned, sitter, "%s at '%s' was ended without a warning: %s",
                                sitter->session->user, sitter->session->seat,
                                (char *) sitter->texts->pdata[sitter->texts->len - 1]);
}

/* logind's list, at most once a second. */
static bool read_list(Soak *s) {
        g_autoptr(GVariantIter) iter = NULL;
        g_autoptr(GVariant) reply = NULL;
        gint64 now = g_get_monotonic_time();
        const char *id;

        if (now - s->listed_at < G_USEC_PER_SEC)
                return true;

        reply = box_call(s->box, "org.freedesktop.login1", "/org/freedesktop/login1",
                        "org.freedesktop.login1.Manager", "ListSessions", NULL, NULL);
        if (!reply)
                return false;

        g_hash_table_remove_all(s->listed);
        g_variant_get(reply, "(a(susso))", &iter);
        while (g_variant_iter_next(iter, "(&susso)", &id, NULL, NULL, NULL, NULL))
                g_hash_table_add(s->listed, g_strdup(id));
        s->listed_at = now;
        return true;
}

/* Whether nothing more can come of it. */
static bool is_settled(Soak *s, Sitter *sitter) {
        if (s->listed_at < sitter->ended)
                return false;
        if (!g_hash_table_contains(s->listed, sitter->session->id))
                return true;
        if (g_get_monotonic_time() - sitter->ended < CLOSING_USEC)
                return false;

        /* logind keeps a session for ever that was closing when logind restarted. */
        if (!s->logind_restarted)
                judge_blame(&s->verdict.forgotten, sitter, "it is closing for ever");
        return true;
}

void judge_look(Soak *s) {
        gint64 now = g_get_monotonic_time();
        bool listed = read_list(s);

        for (guint i = s->sitters->len; i-- > 0;) {
                Sitter *sitter = s->sitters->pdata[i];

                sitter->ended = box_watch_ended(sitter->watch);
                if (sitter->ended > 0 && !sitter->judged)
                        judge_end(s, sitter);
                if (sitter->ended == 0 && sitter->must_end != NEVER && now > sitter->must_end + SLACK_USEC) {
                        judge_blame(&s->verdict.forgotten, sitter, "%s at '%s' is still there",
                                        sitter->session->user, sitter->session->seat);
                        sitter->must_end = NEVER;
                }
                if (sitter->judged && listed && is_settled(s, sitter))
                        g_ptr_array_remove_index_fast(s->sitters, i);
        }
}

bool judge_is_done(gpointer soak) {
        Soak *s = soak;

        judge_look(s);
        return s->sitters->len == 0;
}

/* The number of records of a log-off that ended this session. */
static GHashTable *read_records(void) {
        GHashTable *records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *text = usher_journal(RECORD);
        g_auto(GStrv) entries = g_strsplit(text, "\n\n", -1);

        for (char **entry = entries; *entry; entry++) {
                const char *id = strstr(*entry, "\nSESSION_ID=");

                if (!id || !strstr(*entry, "\nUSHER_RESULT=done"))
                        continue;

                id += strlen("\nSESSION_ID=");
                id = g_strndup(id, strcspn(id, "\n"));
                g_hash_table_insert(records, (gpointer) id,
                                GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(records, id)) + 1));
        }
        return records;
}

void judge_read_journal(Soak *s) {
        g_autoptr(GHashTable) records = read_records();
        GHashTableIter iter;
        gpointer id;

        g_hash_table_iter_init(&iter, s->ended);
        while (g_hash_table_iter_next(&iter, &id, NULL)) {
                guint n = GPOINTER_TO_UINT(g_hash_table_lookup(records, id));

                if (n == 0)
                        judge_blame(&s->verdict.unrecorded, NULL, "no record that session %s was ended",
                                        (char *) id);
                /* One that logind lists for ever can be logged off again. */
                if (n > 1 && !(s->logind_restarted && g_hash_table_contains(s->listed, id)))
                        judge_blame(&s->verdict.twice, NULL, "%u records that session %s was ended", n,
                                        (char *) id);
        }
}
