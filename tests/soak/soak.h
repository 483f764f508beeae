/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A room in which everything happens for a long time: who is there, what was asked of usherd, and a judge
 * who knows for each session whether it may end, and when. The judge follows the processes in the kernel,
 * the sessions in logind and what notification servers were given. usherd is never asked. */

#include "usher.h"

#define SOAK_SEATS 60U
#define SOAK_SESSIONS 200U

#define NEVER G_MAXINT64

/* A session, and what may happen to it. Times are microseconds on CLOCK_MONOTONIC. */
typedef struct {
        BoxSession *session;
        BoxWatch *watch;      /* its leader */
        gint64 begun;         /* before it opened */
        gint64 may_end;       /* not before this; NEVER: nobody may end it */
        gint64 must_end;      /* at the latest, NEVER if nobody has promised that */
        bool logged_out;      /* the user did it */
        bool warning_skipped; /* root wanted the end at once */
        bool judged;          /* its end was */
        gint64 ended;
        GPtrArray *texts; /* the messages of the requests to log it off: one of them must be shown */
} Sitter;

typedef struct {
        guint wrong, early, unwarned, forgotten, unrecorded, twice, stuck;
} Verdict;

typedef enum {
        MODE_STATIONS,
        MODE_LEAVING, /* all are logged off, then the seats are merged */
        MODE_RETURNING
} SoakMode;

typedef struct {
        Usher usher;
        Box *box; /* its own */
        GRand *random;
        GPtrArray *sitters;
        Verdict verdict;
        guint n_opened, n_ended, n_logged_out, n_failed_logins, n_deeds, n_kills, n_faults, n_switches;
        guint n_texts;

        bool gentle; /* usherd and the bus stay up from now on */
        SoakMode mode;
        gint64 mode_since;
        char *mode_text;

        GHashTable *ended;     /* ids of the sessions that were ended, and not by their users */
        gint64 listed_at;      /* when the list below was read */
        GHashTable *listed;    /* ids that logind lists */
        bool logind_restarted; /* it may list sessions that are gone from then on */
} Soak;

/* ---- the people: soak-people.c ---- */

void soak_prepare(Soak *s);
/* Opens n sessions at once, at random seats. */
void soak_log_in(Soak *s, guint n);
void soak_log_out(Soak *s, Sitter *sitter);
void sitter_free(gpointer p);
Sitter *soak_any_sitter(Soak *s);
/* Those whose leader lives. */
guint soak_count(Soak *s);

/* ---- the judge: soak-judge.c ---- */

/* Somebody asks at this time for a log-off of the sitter with this grace, and may be obeyed. */
void judge_asked(Sitter *sitter, gint64 when, guint grace, const char *text);
/* It was promised: the session is gone some time after this. */
void judge_promised(Sitter *sitter, guint grace);
/* Not for certain while everybody has to leave: who came after that gets the minimum grace at some time, and
 * the earlier deadline wins. */
void judge_extended(Sitter *sitter, guint seconds, bool for_certain);
/* Root ends the warning, whether somebody has read it or not. */
void judge_ends_now(Sitter *sitter);
/* A cancellation was confirmed by now. */
void judge_cancelled(Sitter *sitter);
/* A request was not answered: it may have been heard, so nothing is promised any more. */
void judge_unsure(Sitter *sitter);

/* Judges all that has ended, and forgets about it. */
void judge_look(Soak *s);
/* Nobody is left, and all has been judged. */
bool judge_is_done(gpointer soak);
/* Compares the journal with what has ended. */
void judge_read_journal(Soak *s);
void judge_blame(guint *counter, Sitter *sitter, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* ---- what happens: soak-deeds.c ---- */

void soak_do_something(Soak *s);
/* Sees a switch of the mode through. */
void soak_follow_mode(Soak *s);
/* A last log-off of all. */
void soak_log_off_all(Soak *s, guint grace);
