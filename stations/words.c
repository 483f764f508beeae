/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/words.h"

#include <glib/gi18n.h>

typedef struct Word {
        const char *key, *text;
} Word;

static const char *look_up(const Word *words, const char *key, const char *otherwise) {
        for (const Word *w = words; w->key; w++)
                if (g_str_equal(w->key, key))
                        return _(w->text);

        return otherwise;
}

/* First-strong isolate and its end, see UAX #9. */
char *usher_words_isolate(const char *name) {
        return g_strconcat("\u2068", name, "\u2069", NULL);
}

char *usher_words_menu_label(const char *name) {
        g_auto(GStrv) parts = g_strsplit(name, "_", -1);

        return g_strjoinv("__", parts);
}

const char *usher_words_state(const char *state) {
        static const Word words[] = {
                { "free", N_("Free") },
                { "in-use", N_("In use") },
                { "locked", N_("Locked") },
                { "ending", N_("Logging off") },
                {},
        };

        return look_up(words, state, state);
}

const char *usher_words_health(const char *health) {
        static const Word words[] = {
                { "no-keyboard", N_("No keyboard. Plug one into the hub of this station.") },
                { "no-pointer", N_("No mouse. Plug one into the hub of this station.") },
                { "no-display", N_("No screen. Check its cable and its power.") },
                { "no-login-screen",
                                N_("No login screen. If it does not come back, restart the computer.") },
                { "absent", N_("Not connected. Check the cables of its hub and screen.") },
                {},
        };

        return g_str_equal(health, "ok") || !health[0] ? NULL : look_up(words, health, health);
}

char *usher_words_countdown(gint64 usec) {
        gint64 seconds = (usec + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;

        if (seconds >= 3600)
                return g_strdup_printf("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600,
                                (int) (seconds / 60 % 60), (int) (seconds % 60));

        return g_strdup_printf("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

char *usher_words_seconds(guint32 seconds) {
        g_autofree char *hours = NULL, *minutes = NULL;
        guint32 h = seconds / 3600, m = seconds / 60 % 60;

        if (seconds < 60 || seconds % 60 != 0)
                return g_strdup_printf(ngettext("%u second", "%u seconds", seconds), seconds);

        hours = h > 0 ? g_strdup_printf(ngettext("%u hour", "%u hours", h), h) : NULL;
        minutes = m > 0 ? g_strdup_printf(ngettext("%u minute", "%u minutes", m), m) : NULL;
        if (hours && minutes)
                /* TRANSLATORS: hours and minutes, "1 hour 30 minutes" */
                return g_strdup_printf(C_("time span", "%s %s"), hours, minutes);

        return hours ? g_steal_pointer(&hours) : g_steal_pointer(&minutes);
}

char *usher_words_idle_since(gint64 usec) {
        g_autoptr(GDateTime) since = g_date_time_new_from_unix_local(usec / G_USEC_PER_SEC);
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *time = NULL;

        if (!since)
                return g_strdup("");

        /* TRANSLATORS: a time of day, and a day and time, for g_date_time_format() */
        if (g_date_time_get_day_of_year(since) == g_date_time_get_day_of_year(now))
                time = g_date_time_format(since, C_("time of day", "%H:%M"));
        else
                time = g_date_time_format(since, C_("day and time", "%a %H:%M"));
        /* TRANSLATORS: %s is a time of day */
        return g_strdup_printf(_("Idle since %s"), time);
}

const char *usher_words_phase(const char *phase) {
        static const Word words[] = {
                { "warning", N_("Warned") },
                { "asking", N_("Closing programs") },
                { "terminating", N_("Ending the session") },
                { "killing", N_("Ending what is left") },
                {},
        };

        return look_up(words, phase, phase);
}

const char *usher_words_reason(const char *reason) {
        static const Word words[] = {
                { "requested", N_("asked for") },
                { "idle", N_("nobody was there") },
                { "hub-lost", N_("its hub was unplugged") },
                { "restart", N_("restart") },
                { "power-off", N_("power-off") },
                { "mode-switch", N_("change of mode") },
                {},
        };

        return look_up(words, reason, reason);
}

const char *usher_words_result(const char *result) {
        static const Word words[] = {
                { "done", N_("Logged off") },
                { "left", N_("Logged out in time") },
                { "cancelled", N_("Cancelled") },
                { "failed", N_("Failed") },
                {},
        };

        return look_up(words, result, result);
}

const char *usher_words_role(const char *role) {
        static const Word words[] = {
                { "root", N_("Computer") },
                { "station", N_("Hub of a station") },
                { "intermediate", N_("Hub between the computer and stations") },
                { "downstream", N_("Hub on the hub of a station") },
                { "shared", N_("Hub without a station") },
                {},
        };

        return look_up(words, role, role);
}

const char *usher_words_why(const char *why) {
        static const Word words[] = {
                { "caller", N_("this is you") },
                { "seatless", N_("not at a station") },
                { "administrator", N_("an administrator") },
                { "unknown-class", N_("a session of an unknown kind") },
                {},
        };

        return look_up(words, why, _("left alone"));
}
