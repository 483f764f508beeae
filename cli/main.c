/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usherctl: finds the verb, checks how many arguments it got, and runs it. A verb is one row of a group and
 * one function; a group is one file. */

#include <locale.h>

#include "cli/command.h"
#include "cli/output.h"
#include "common/log.h"

static const VerbGroup *const groups[] = {
        &verbs_show,
        &verbs_logoff,
        &verbs_message,
        &verbs_station,
        &verbs_machine,
};

static const char options_help[] =
                "Options:\n"
                "     --grace=SECONDS         How long to warn users (also 2min, 1h)\n"
                "     --message=TEXT          Text to show in the warning\n"
                "     --reason=REASON         requested, idle, restart, power-off, mode-switch\n"
                "     --include-caller        Let log-off-all end your own session too\n"
                "     --include-seatless      Let log-off-all end seatless sessions (ssh) too\n"
                "     --block-logins          Block new logins until these jobs have ended\n"
                "     --dry-run               Show whom a log-off would end, and warn nobody\n"
                "     --since=TIME            Let history and alerts begin at that time (also 2h)\n"
                "     --user=USER             Let history and alerts show only this user\n"
                "     --station=STATION       Let history and alerts show only this station\n"
                "     --wait                  Show the countdown until all jobs have ended\n"
                "  -q --quiet                 Print nothing but errors\n"
                "     --json[=pretty|short|off]\n"
                "                             Print JSON\n"
                "     --no-legend             Do not print the headings and the last line\n"
                "     --no-pager              Do not start a pager\n"
                "     --no-ask-password       Do not ask for passwords\n"
                "  -H --host=[USER@]HOST      Work on another machine, through ssh\n"
                "  -h --help                  Show this help\n"
                "     --version               Show the version\n"
                "\n"
                "STATION is a station's id or label, or the beginning of either if it is unique.\n"
                "Exit status: 0 success, 1 something failed or was refused, 2 wrong usage,\n"
                "3 cancelled. See usherctl(1) for more.\n";

static void print_help(void) {
        puts("usherctl [OPTION…] [COMMAND]\n");
        puts("Show the stations of this machine and log users off, with a warning.\n");

        for (size_t i = 0; i < ELEMENTSOF(groups); i++) {
                printf("%s:\n", groups[i]->title);
                for (const Verb *v = groups[i]->verbs; v < groups[i]->verbs + groups[i]->n_verbs; v++) {
                        int n = printf("  %s %s", v->name, v->arguments);
                        printf("%*s %s\n", MAX_OF(28 - n, 0) + (int) utf8_extra(v->arguments), "", v->help);
                }
                putchar('\n');
        }

        fputs(options_help, stdout);
}

static const Verb *verb_find(const char *name) {
        for (size_t i = 0; i < ELEMENTSOF(groups); i++)
                for (size_t k = 0; k < groups[i]->n_verbs; k++)
                        if (streq(groups[i]->verbs[k].name, name))
                                return groups[i]->verbs + k;

        return NULL;
}

static int verb_run(const Verb *verb, Command *c, char **arguments) {
        int n = 0, r;

        while (arguments[n])
                n++;

        if (n < verb->min)
                return command_wrong_usage("Too few arguments for '%s'. Usage: usherctl %s %s", verb->name,
                                verb->name, verb->arguments);
        if (verb->max >= 0 && n > verb->max)
                return command_wrong_usage(
                                "Too many arguments for '%s': '%s'", verb->name, arguments[verb->max]);

        r = verb->run(c, arguments);
        return r < 0 ? EXIT_FAILED : r;
}

int main(int argc, char **argv) {
        _cleanup_(command_done) Command c = {};
        const Verb *verb;
        char **arguments;
        int status;

        (void) setlocale(LC_ALL, "");
        log_init("usherctl");

        if (command_parse(&c, argc, argv, &arguments, &status) <= 0)
                return status;

        if (c.help) {
                print_help();
                return EXIT_OK;
        }

        verb = verb_find(arguments[0] ? arguments[0] : "list");
        if (!verb)
                return command_wrong_usage("Unknown command '%s'.", arguments[0]);

        status = verb_run(verb, &c, arguments[0] ? arguments + 1 : arguments);

        /* Output that could not be written, to a full disk say, is a failure. stdio may have failed long
         * before. */
        errno = 0;
        if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_OK) {
                (void) output_error(errno > 0 ? errno : EIO, "Failed to write the output: %m");
                status = EXIT_FAILED;
        }

        return status;
}
