/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <ctype.h>
#include <locale.h>
#include <time.h>

#include "common/log.h"
#include "common/names.h"
#include "warn/intl.h"
#include "warn/language.h"

#define LANGUAGE_TIMEOUT_USEC USEC_PER_SEC

/* The files with the language of the machine, depending on the distribution. Both contain NAME=value. */
static const char *const machine_files[] = { "/etc/locale.conf", "/etc/default/locale" };

static const char *const variables[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_TIME", "LANG", "TZ" };

struct Language {
        LanguageFunc func;
        void *userdata;
        sd_bus_slot *call;
        sd_event_source *timer;
        bool told;
};

/* The C library opens files by these values, so only plain names are accepted. TZ may have the characters of
 * a zone's name. */
static bool value_is_valid(const char *name, const char *value) {
        bool zone = streq(name, "TZ");

        if (isempty(value) || strlen(value) > 128 || strstr(value, ".."))
                return false;

        for (; *value; value++)
                if (!isalnum((unsigned char) *value) && !strchr(zone ? "_-+/" : "_-.@:", *value))
                        return false;

        return true;
}

/* If the locale is not installed (Debian installs few), the translation can still be found by name. */
static void set_locale(void) {
        _cleanup_free_ char *name = NULL;
        const char *wanted;

        tzset();

        if (setlocale(LC_ALL, ""))
                return;

        wanted = getenv("LC_ALL") ?: getenv("LC_MESSAGES") ?: getenv("LANG");
        if (!getenv("LANGUAGE") && wanted) {
                name = strndup(wanted, strcspn(wanted, ".@"));
                if (name)
                        (void) setenv("LANGUAGE", name, 1);
        }

        (void) unsetenv("LC_ALL");
        (void) unsetenv("LC_TIME");
        (void) setenv("LC_MESSAGES", "C.UTF-8", 1);
        (void) setenv("LANG", "C.UTF-8", 1);
        (void) setlocale(LC_ALL, "");
}

/* Takes the variables of the language and the time zone from a list of NAME=value and uses them from now on.
 * Returns whether the list named a language. */
static bool language_apply(const char *const *environment) {
        bool named = false;

        for (size_t i = 0; i < ELEMENTSOF(variables); i++)
                for (const char *const *e = environment; e && *e; e++) {
                        const char *value = startswith(*e, variables[i]);

                        if (!value || *value++ != '=' || !value_is_valid(variables[i], value))
                                continue;

                        (void) setenv(variables[i], value, 1);
                        named = named || !streq(variables[i], "TZ");
                }

        if (named)
                set_locale();
        else
                tzset();

        return named;
}

/* Applies a NAME=value or NAME="value" of a file. */
static bool apply_line(char *line) {
        const char *environment[] = { line, NULL };
        char *from, *to;

        for (from = to = line; *from && *from != '\n'; from++)
                if (*from != '"' && *from != '\'')
                        *to++ = *from;
        *to = '\0';

        return language_apply(environment);
}

static void apply_machine(void) {
        for (size_t i = 0; i < ELEMENTSOF(machine_files); i++) {
                _cleanup_fclose_ FILE *f = NULL;
                char line[256];
                bool named = false;

                f = fopen(machine_files[i], "re");
                if (!f)
                        continue;

                while (fgets(line, sizeof(line), f))
                        named = apply_line(line) || named;

                if (named)
                        return;
        }

        set_locale();
}

static void tell(Language *l) {
        l->timer = sd_event_source_disable_unref(l->timer);

        if (l->told)
                return;

        l->told = true;
        l->func(l->userdata);
}

static int on_environment(sd_bus_message *m, void *userdata, sd_bus_error *error) {
        char **environment = NULL;
        Language *l = userdata;
        bool named = false;

        l->call = sd_bus_slot_unref(l->call);

        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_enter_container(m, 'v', "as") > 0 &&
                        sd_bus_message_read_strv(m, &environment) >= 0)
                named = language_apply((const char *const *) environment);

        for (char **e = environment; e && *e; e++)
                free(*e);
        free(environment);

        if (!named && !l->told)
                apply_machine();

        tell(l);
        return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        Language *l = userdata;

        log_debug("The user's systemd does not report a language, using that of the machine.");
        apply_machine();
        tell(l);
        return 0;
}

int language_new(Language **ret, sd_event *event, UserBus *bus, LanguageFunc func, void *userdata) {
        _cleanup_language_ Language *l = NULL;
        usec_t limit = LANGUAGE_TIMEOUT_USEC;
        int r;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;

        *l = (Language) { .func = func, .userdata = userdata };

        catalog_open();

        r = user_bus_get(bus) ? sd_bus_call_method_async(user_bus_get(bus), &l->call, SYSTEMD_BUS_NAME,
                                                SYSTEMD_PATH, DBUS_IFACE_PROPERTIES, "Get", on_environment,
                                                l, "ss", SYSTEMD_IFACE_MANAGER, "Environment") :
                                -ENOTCONN;
        if (r < 0)
                limit = 0; /* there is no bus to ask on */

        r = sd_event_add_time_relative(event, &l->timer, CLOCK_MONOTONIC, limit, 0, on_timeout, l);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(l);
        return 0;
}

Language *language_free(Language *l) {
        if (!l)
                return NULL;

        sd_bus_slot_unref(l->call);
        sd_event_source_disable_unref(l->timer);
        free(l);
        return NULL;
}
