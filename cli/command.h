/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What one call of usherctl was asked to do: the options, the verb and how it can end. */

#include <sys/types.h>

#include "common/bus-util.h"
#include "common/macro.h"

/* A verb returns one of these, or a negative errno after it has printed the error (that is EXIT_FAILED). */
typedef enum ExitStatus {
        EXIT_OK = 0,
        EXIT_FAILED = 1,
        EXIT_USAGE = 2,
        EXIT_CANCELLED = 3,
        EXIT_SIGNAL = 128, /* plus the number of the signal that ended a wait */
} ExitStatus;

typedef enum JsonMode {
        JSON_OFF,
        JSON_PRETTY,
        JSON_SHORT,
        _JSON_MODE_MAX,
        _JSON_MODE_INVALID = -EINVAL,
} JsonMode;

DECLARE_STRING_TABLE(JsonMode, json_mode);

typedef struct Command {
        sd_bus *bus; /* opened at first use, see connection.h */
        pid_t agent; /* polkit's agent, started at the first call that may need it; 0 for none */

        const char *host;
        bool ask_password;

        bool grace_set;
        uint32_t grace; /* s */
        const char *message;
        const char *reason;
        bool include_caller;
        bool include_seatless;
        bool block_logins;
        bool dry_run;

        usec_t since; /* CLOCK_REALTIME, 0: not given */
        const char *user;
        const char *station;

        bool help;
        bool wait;
        bool quiet;
        bool legend;
        bool pager;
        JsonMode json;
} Command;

void command_done(Command *c);

/* Reads the options. Returns 1 and sets *ret_arguments to what is left (it ends with NULL), or 0 and sets
 * *ret_status when there is nothing left to do: --version or wrong usage. --help ends the reading. */
int command_parse(Command *c, int argc, char **argv, char ***ret_arguments, int *ret_status);

/* Prints what is wrong with the command line and where help is. Returns EXIT_USAGE. */
int command_wrong_usage(const char *format, ...) _printf_(1, 2);

/* A number of seconds, or a time span in systemd's forms, rounded up. Returns -EINVAL or -ERANGE. */
int command_parse_seconds(const char *s, uint32_t *ret);

/* Whether a verb may print remarks: with --quiet it is silent, and JSON has its own form. */
bool command_is_talking(const Command *c);

/* Starts polkit's agent for terminals, which asks for the password while a call waits. Does nothing for root
 * or without a terminal. A failure is no error: polkit may know another agent, or refuses the call. */
void agent_start(Command *c);
void agent_stop(Command *c);

/* Prints a text, through a pager where it does not fit on the screen. Returns 0 or a negative errno after it
 * has printed the error. */
int pager_print(const Command *c, const char *text);

typedef struct Verb {
        const char *name;
        const char *arguments; /* as --help shows them */
        int min, max;          /* how many arguments; max < 0 is any number */
        const char *help;
        int (*run)(Command *c, char **arguments); /* arguments end with NULL */
} Verb;

typedef struct VerbGroup {
        const char *title;
        const Verb *verbs;
        size_t n_verbs;
} VerbGroup;

extern const VerbGroup verbs_show;
extern const VerbGroup verbs_logoff;
extern const VerbGroup verbs_message;
extern const VerbGroup verbs_station;
extern const VerbGroup verbs_machine;

/* The verbs that have a file of their own. */
int verb_alerts(Command *c, char **arguments);
int verb_associate(Command *c, char **arguments);
int verb_cancel(Command *c, char **arguments);
int verb_deny_time(Command *c, char **arguments);
int verb_extend(Command *c, char **arguments);
int verb_history(Command *c, char **arguments);
int verb_monitor(Command *c, char **arguments);
int verb_request_time(Command *c, char **arguments);
int verb_status(Command *c, char **arguments);
