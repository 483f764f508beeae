/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <getopt.h>
#include <stdarg.h>

#include "build-config.h"
#include "cli/command.h"
#include "cli/history.h"
#include "cli/output.h"
#include "common/names.h"
#include "common/text.h"
#include "common/timespan.h"

static const char *const json_mode_table[] = {
        [JSON_OFF] = "off",
        [JSON_PRETTY] = "pretty",
        [JSON_SHORT] = "short",
};

DEFINE_STRING_TABLE(JsonMode, json_mode, json_mode_table, _JSON_MODE_MAX);

/* The reasons that usherd accepts from a caller. */
static const char *const reasons[] = { "requested", "idle", "restart", "power-off", "mode-switch" };

enum {
        OPTION_GRACE = 0x100,
        OPTION_MESSAGE,
        OPTION_REASON,
        OPTION_INCLUDE_CALLER,
        OPTION_INCLUDE_SEATLESS,
        OPTION_BLOCK_LOGINS,
        OPTION_DRY_RUN,
        OPTION_SINCE,
        OPTION_USER,
        OPTION_STATION,
        OPTION_WAIT,
        OPTION_JSON,
        OPTION_NO_LEGEND,
        OPTION_NO_PAGER,
        OPTION_NO_ASK_PASSWORD,
        OPTION_VERSION,
};

static const struct option options[] = {
        { "grace", required_argument, NULL, OPTION_GRACE },
        { "message", required_argument, NULL, OPTION_MESSAGE },
        { "reason", required_argument, NULL, OPTION_REASON },
        { "include-caller", no_argument, NULL, OPTION_INCLUDE_CALLER },
        { "include-seatless", no_argument, NULL, OPTION_INCLUDE_SEATLESS },
        { "block-logins", no_argument, NULL, OPTION_BLOCK_LOGINS },
        { "dry-run", no_argument, NULL, OPTION_DRY_RUN },
        { "since", required_argument, NULL, OPTION_SINCE },
        { "user", required_argument, NULL, OPTION_USER },
        { "station", required_argument, NULL, OPTION_STATION },
        { "wait", no_argument, NULL, OPTION_WAIT },
        { "quiet", no_argument, NULL, 'q' },
        { "json", optional_argument, NULL, OPTION_JSON },
        { "no-legend", no_argument, NULL, OPTION_NO_LEGEND },
        { "no-pager", no_argument, NULL, OPTION_NO_PAGER },
        { "no-ask-password", no_argument, NULL, OPTION_NO_ASK_PASSWORD },
        { "host", required_argument, NULL, 'H' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, OPTION_VERSION },
        {},
};

int command_wrong_usage(const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        (void) output_errorv(0, format, ap);
        va_end(ap);
        fputs("Try 'usherctl --help' for more information.\n", stderr);

        return EXIT_USAGE;
}

bool command_is_talking(const Command *c) {
        return !c->quiet && c->json == JSON_OFF;
}

int command_parse_seconds(const char *s, uint32_t *ret) {
        usec_t t;
        int r;

        r = timespan_parse(s, &t);
        if (r < 0)
                return r;

        t = t / USEC_PER_SEC + (t % USEC_PER_SEC > 0);
        if (t > UINT32_MAX)
                return -ERANGE;

        *ret = (uint32_t) t;
        return 0;
}

static int parse_grace(Command *c, const char *s) {
        if (command_parse_seconds(s, &c->grace) < 0)
                return command_wrong_usage(
                                "Invalid grace period '%s'. Use seconds or a time span like 2min.", s);

        c->grace_set = true;
        return EXIT_OK;
}

static int parse_message(Command *c, const char *s) {
        if (!text_is_utf8(s))
                return command_wrong_usage("The message is not valid UTF-8.");
        if (strlen(s) > USHER_MESSAGE_MAX)
                return command_wrong_usage("The message is longer than %u bytes.", USHER_MESSAGE_MAX);

        c->message = s;
        return EXIT_OK;
}

static int parse_reason(Command *c, const char *s) {
        for (size_t i = 0; i < ELEMENTSOF(reasons); i++)
                if (streq(reasons[i], s)) {
                        c->reason = reasons[i];
                        return EXIT_OK;
                }

        return command_wrong_usage(
                        "Invalid reason '%s'. Use requested, idle, restart, power-off or mode-switch.", s);
}

static int parse_since(Command *c, const char *s) {
        if (history_parse_since(s, now_realtime(), &c->since) < 0)
                return command_wrong_usage(
                                "Invalid time '%s'. Use 'YYYY-MM-DD HH:MM', today, yesterday or a time span "
                                "like 2h.",
                                s);

        return EXIT_OK;
}

static int parse_json(Command *c, const char *s) {
        if (!s) {
                c->json = isatty(STDOUT_FILENO) ? JSON_PRETTY : JSON_SHORT;
                return EXIT_OK;
        }

        c->json = json_mode_from_string(s);
        if (c->json < 0)
                return command_wrong_usage("Invalid JSON format '%s'. Use pretty, short or off.", s);

        return EXIT_OK;
}

/* The host becomes an argument of ssh: neither it nor the user before the '@' may look like an option. */
static int parse_host(Command *c, const char *s) {
        const char *at = strchr(s, '@'), *host = at ? at + 1 : s;

        if (!*s || *s == '-' || at == s || !*host || *host == '-')
                return command_wrong_usage("Invalid host '%s'. Use HOST or USER@HOST.", s);

        for (const char *p = s; *p; p++)
                if ((unsigned char) *p <= ' ' || *p == 0x7f)
                        return command_wrong_usage("Invalid host '%s'. Use HOST or USER@HOST.", s);

        c->host = s;
        return EXIT_OK;
}

/* Reads one option. Returns an exit status; EXIT_OK means to go on. */
static int parse_option(Command *c, int option, const char *value) {
        switch (option) {
        case OPTION_GRACE:
                return parse_grace(c, value);
        case OPTION_MESSAGE:
                return parse_message(c, value);
        case OPTION_REASON:
                return parse_reason(c, value);
        case OPTION_JSON:
                return parse_json(c, value);
        case 'H':
                return parse_host(c, value);
        case OPTION_INCLUDE_CALLER:
                c->include_caller = true;
                break;
        case OPTION_INCLUDE_SEATLESS:
                c->include_seatless = true;
                break;
        case OPTION_BLOCK_LOGINS:
                c->block_logins = true;
                break;
        case OPTION_DRY_RUN:
                c->dry_run = true;
                break;
        case OPTION_SINCE:
                return parse_since(c, value);
        case OPTION_USER:
                c->user = value;
                break;
        case OPTION_STATION:
                c->station = value;
                break;
        case OPTION_WAIT:
                c->wait = true;
                break;
        case 'q':
                c->quiet = true;
                break;
        case OPTION_NO_LEGEND:
                c->legend = false;
                break;
        case OPTION_NO_PAGER:
                c->pager = false;
                break;
        case OPTION_NO_ASK_PASSWORD:
                c->ask_password = false;
                break;
        }

        return EXIT_OK;
}

/* Prints what getopt_long() could not read. It is silent itself (":" in the short options), so that text
 * from outside is escaped here too. */
static int option_error(int problem, char **argv) {
        const char *word = argv[optind - 1];

        if (problem == ':')
                return command_wrong_usage("Option '%s' needs a value.", word);
        if (optopt >= OPTION_GRACE)
                return command_wrong_usage("Option '%s' takes no value.", word);
        if (optopt)
                return command_wrong_usage("Unknown option '-%c'.", optopt);
        return command_wrong_usage("Unknown or ambiguous option '%s'.", word);
}

int command_parse(Command *c, int argc, char **argv, char ***ret_arguments, int *ret_status) {
        int option;

        *c = (Command) {
                .ask_password = true,
                .legend = true,
                .pager = true,
        };

        opterr = 0;
        while ((option = getopt_long(argc, argv, ":hqH:", options, NULL)) >= 0) {
                if (option == 'h') {
                        c->help = true;
                        break;
                }
                if (option == OPTION_VERSION) {
                        puts("usherctl " PROJECT_VERSION);
                        *ret_status = EXIT_OK;
                        return 0;
                }

                if (option == '?' || option == ':')
                        *ret_status = option_error(option, argv);
                else
                        *ret_status = parse_option(c, option, optarg);
                if (*ret_status != EXIT_OK)
                        return 0;
        }

        *ret_arguments = argv + optind;
        return 1;
}
