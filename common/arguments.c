/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <getopt.h>

#include "build-config.h"
#include "common/arguments.h"
#include "common/log.h"

int arguments_read(int argc, char *argv[], const char *what) {
        static const struct option options[] = {
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, 'V' },
                {},
        };
        int c;

        while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0)
                switch (c) {
                case 'h':
                        printf("%s\n\n%s\n\n"
                               "  -h --help     Show this help\n"
                               "     --version  Show the version\n",
                                        program_invocation_short_name, what);
                        return 0;
                case 'V':
                        printf("usher %s\n", PROJECT_VERSION);
                        return 0;
                default:
                        return -EINVAL;
                }

        if (optind < argc) {
                log_error("%s takes no arguments.", program_invocation_short_name);
                return -EINVAL;
        }

        return 1;
}

int arguments_main(int argc, char *argv[], const char *name, const char *what, int (*run)(void)) {
        int r;

        log_init(name);

        r = arguments_read(argc, argv, what);
        if (r < 0)
                return EXIT_WRONG_USAGE;
        if (r == 0)
                return EXIT_SUCCESS;

        r = run();
        return r < 0 ? EXIT_FAILURE : r;
}
