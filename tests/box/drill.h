/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Crash and fault drills: five sessions, each of which is held in another phase of its log-off, one fault
 * that hits all of them, and a check of the promises. The check follows the processes in the kernel and the
 * sessions in logind; of usherd it reads only the journal. */

#include "usher.h"

typedef enum {
        DRILL_OPENING,     /* logind is still opening the session */
        DRILL_WARNED,      /* the countdown runs */
        DRILL_ASKING,      /* the desktop was asked to log out, and does not */
        DRILL_TERMINATING, /* a program ignores SIGTERM */
        DRILL_KILLING,     /* a program cannot be killed for now */
        DRILL_PHASES
} DrillPhase;

extern const char *const drill_phases[DRILL_PHASES];

/* Both are commands of bash. What `end` undoes lasts until the countdown is over. */
typedef struct {
        const char *name;
        const char *begin;
        const char *end; /* NULL: nothing to undo */
        unsigned quick;  /* 1 << phase of the cases in ./check box; all are in ./check long */
        /* logind restarts. It never finishes opening a session that was opening at that time, and it lists a
         * session that was closing for ever. */
        bool logind_forgets;
} DrillFault;

extern const DrillFault drill_faults[];

/* A file that holds everybody who opens it in a system call that not even SIGKILL ends, until stuck_free().
 */
typedef struct Stuck Stuck;
Stuck *stuck_new(void);
void stuck_free(Stuck *s);
extern const char stuck_path[];
/* Waits until somebody is held there. */
void stuck_wait(Stuck *s);

/* A session under test. */
typedef struct {
        BoxSession *session; /* NULL: this phase is left out */
        char *id;            /* logind's, known before the session is open */
        char *text;          /* the message of the log-off: it names the case */
        char *job;
        BoxWatch *watch; /* the process whose end is the end of the session */
        gint64 promised; /* nothing ends before this, in microseconds on CLOCK_MONOTONIC */
        GString *report; /* what is wrong with the case */
} DrillPerson;

/* Somebody else's session, which all drills must leave alone. */
typedef struct {
        BoxSession *session;
        Notifier *notifier;
        BoxWatch *watch;
} DrillNeighbour;

typedef struct {
        Usher usher;
        Box *box; /* its own */
        DrillPerson people[DRILL_PHASES];
        DrillNeighbour neighbours[DRILL_PHASES]; /* of the same accounts, at other stations */
        GSubprocess *held, *desktop;
        Stuck *stuck;
} Drill;

/* Whether this case is run: with `-m slow` all are. */
bool drill_has_case(const DrillFault *f, DrillPhase phase);

/* Prepares the machine and lets the neighbours log in. */
void drill_set_up(Drill *d);
void drill_tear_down(Drill *d);

/* Brings a session into each phase, lets the fault happen, and lets the sessions go. */
void drill_run(Drill *d, const DrillFault *f);
/* Waits for the end of all of it, and writes what is wrong to the reports. */
void drill_check(Drill *d, const DrillFault *f);
void drill_clear(Drill *d);

/* Whether logind lists this session with this id. */
bool drill_is_listed(Drill *d, const char *id);
void drill_blame(DrillPerson *p, const char *format, ...) G_GNUC_PRINTF(2, 3);
