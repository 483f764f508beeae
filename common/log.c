/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdarg.h>
#include <sys/stat.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "common/log.h"

static struct {
        const char *identifier;
        int max_level;
        bool journal;
} log_state = { "usher", LOG_INFO, false };

static const char *const log_level_table[] = {
        [LOG_EMERG] = "emerg",
        [LOG_ALERT] = "alert",
        [LOG_CRIT] = "crit",
        [LOG_ERR] = "err",
        [LOG_WARNING] = "warning",
        [LOG_NOTICE] = "notice",
        [LOG_INFO] = "info",
        [LOG_DEBUG] = "debug",
};

DEFINE_STRING_TABLE(int, log_level, log_level_table, ELEMENTSOF(log_level_table));

/* Whether stderr is the stream that systemd connected to the journal: $JOURNAL_STREAM names it,
 * systemd.exec(5). */
static bool stderr_is_journal(void) {
        const char *e = getenv("JOURNAL_STREAM");
        uintmax_t device, inode;
        struct stat st;

        return e && sscanf(e, "%ju:%ju", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) >= 0 &&
                        st.st_dev == device && st.st_ino == inode;
}

void log_init(const char *identifier) {
        const char *e = getenv("USHER_LOG_LEVEL");
        int level;

        log_state.identifier = identifier;
        log_state.journal = stderr_is_journal();

        level = e ? log_level_from_string(e) : -EINVAL;
        if (level >= 0)
                log_state.max_level = level;
}

void log_set_max_level(int level) {
        log_state.max_level = level;
}

int log_get_max_level(void) {
        return log_state.max_level;
}

const char *log_get_target(void) {
        return log_state.journal ? "journal" : "console";
}

int log_set_target(const char *target) {
        if (!streq(target, "journal") && !streq(target, "console"))
                return -EINVAL;

        log_state.journal = streq(target, "journal");
        return 0;
}

int log_full(int level, int error, const char *file, int line, const char *format, ...) {
        _cleanup_free_ char *text = NULL;
        va_list ap;
        int r;

        error = abs(error);
        if (level > log_state.max_level)
                return -error;

        errno = error;
        va_start(ap, format);
        r = vasprintf(&text, format, ap);
        va_end(ap);
        if (r < 0) {
                text = NULL;
                return -error;
        }

        if (log_state.journal)
                (void) sd_journal_send("MESSAGE=%s", text, "PRIORITY=%i", level, "SYSLOG_IDENTIFIER=%s",
                                log_state.identifier, "CODE_FILE=%s", file, "CODE_LINE=%i", line, "ERRNO=%i",
                                error, NULL);
        else
                fprintf(stderr, "%s: %s\n", log_state.identifier, text);

        return -error;
}
