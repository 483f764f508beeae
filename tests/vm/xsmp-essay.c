/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A program with unsaved work in an X session, like an editor: xsmp-essay FILE registers with the session
 * manager by XSMP, writes its text to FILE when it is asked to save, and loses it when it is killed. It logs
 * its life to the journal. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <X11/ICE/ICElib.h>
#include <X11/SM/SMlib.h>

static const char text[] = "It is lighter than it looks, because it floats on quicksilver.\n";

static const char *path;
static bool over;

static void save(void) {
        FILE *f = fopen(path, "we");

        if (!f || fputs(text, f) < 0 || fflush(f) != 0 || fsync(fileno(f)) < 0 || fclose(f) != 0) {
                syslog(LOG_ERR, "Failed to save '%s': %s", path, strerror(errno));
                return;
        }

        syslog(LOG_NOTICE, "Saved the essay.");
}

/* The session manager sends SaveYourself once after the registration, and again at the end; the latter
 * counts. */
static void on_save(SmcConn connection, SmPointer data, int type, Bool shutdown, int interact, Bool fast) {
        if (shutdown)
                save();
        SmcSaveYourselfDone(connection, True);
}

static void on_die(SmcConn connection, SmPointer data) {
        syslog(LOG_NOTICE, "Told to end.");
        SmcCloseConnection(connection, 0, NULL);
        over = true;
}

static void on_other(SmcConn connection, SmPointer data) {
}

static void on_term(int number) {
        static const char last_words[] = "killed in the middle of a sentence\n";

        (void) !write(STDERR_FILENO, last_words, sizeof(last_words) - 1);
        _exit(1);
}

static void set_properties(SmcConn connection, char *program) {
        SmPropValue program_value = { (int) strlen(program), program }, user_value = { 4, (char *) "user" };
        char style = SmRestartNever;
        SmPropValue style_value = { 1, &style };
        SmProp properties[] = {
                { (char *) SmProgram, (char *) SmARRAY8, 1, &program_value },
                { (char *) SmUserID, (char *) SmARRAY8, 1, &user_value },
                { (char *) SmRestartCommand, (char *) SmLISTofARRAY8, 1, &program_value },
                { (char *) SmCloneCommand, (char *) SmLISTofARRAY8, 1, &program_value },
                { (char *) SmRestartStyleHint, (char *) SmCARD8, 1, &style_value },
        };
        SmProp *list[sizeof(properties) / sizeof(properties[0])];

        for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
                list[i] = properties + i;
        SmcSetProperties(connection, (int) (sizeof(list) / sizeof(list[0])), list);
}

int main(int argc, char *argv[]) {
        SmcCallbacks callbacks = {
                .save_yourself = { on_save, NULL },
                .die = { on_die, NULL },
                .save_complete = { on_other, NULL },
                .shutdown_cancelled = { on_other, NULL },
        };
        char error[256] = "", *id = NULL;
        SmcConn connection;
        IceConn ice;

        if (argc != 2)
                return EXIT_FAILURE;

        path = argv[1];
        openlog("xsmp-essay", LOG_PID, LOG_USER);
        signal(SIGTERM, on_term);
        signal(SIGHUP, on_term);

        connection = SmcOpenConnection(NULL, NULL, SmProtoMajor, SmProtoMinor,
                        SmcSaveYourselfProcMask | SmcDieProcMask | SmcSaveCompleteProcMask |
                                        SmcShutdownCancelledProcMask,
                        &callbacks, NULL, &id, sizeof(error), error);
        if (!connection) {
                syslog(LOG_ERR, "No session manager: %s", error);
                return EXIT_FAILURE;
        }

        set_properties(connection, argv[0]);
        syslog(LOG_NOTICE, "Registered with the session manager.");
        ice = SmcGetIceConnection(connection);
        while (!over) {
                struct pollfd p = { .fd = IceConnectionNumber(ice), .events = POLLIN };

                if (poll(&p, 1, -1) < 0 && errno != EINTR)
                        break;
                if (IceProcessMessages(ice, NULL, NULL) == IceProcessMessagesIOError) {
                        syslog(LOG_NOTICE, "The session manager is gone.");
                        return EXIT_FAILURE;
                }
        }

        return EXIT_SUCCESS;
}
