/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/find.h"
#include "common/names.h"
#include "common/text.h"

/* Bytes of a client's own text that an error repeats. */
#define QUOTE_MAX 64U

char *quote(const char *text) {
        _cleanup_free_ char *beginning = strndup(text, text_prefix(text, QUOTE_MAX));
        char *safe;

        safe = beginning ? text_escape_terminal(beginning, false) : NULL;
        if (safe)
                safe[text_prefix(safe, QUOTE_MAX)] = 0;

        return safe;
}

int no_such(sd_bus_error *error, const char *error_name, const char *what, const char *name) {
        _cleanup_free_ char *safe = quote(name);

        return safe ? sd_bus_error_setf(error, error_name, "There is no %s '%s'.", what, safe) : -ENOMEM;
}

int find_station(Bus *b, const char *name, Station **ret, sd_bus_error *error) {
        Station *s = manager_find_station_by_name(b->manager, name);

        if (!s || !s->announced)
                return no_such(error, USHER_ERROR_NO_SUCH_STATION, "station", name);

        *ret = s;
        return 0;
}

int find_session(Bus *b, const char *id, Session **ret, sd_bus_error *error) {
        Session *s = manager_find_session(b->manager, id);

        if (!s)
                return no_such(error, USHER_ERROR_NO_SUCH_SESSION, "session", id);

        *ret = s;
        return 0;
}

int find_hub(Bus *b, const char *name, const Hub **ret, sd_bus_error *error) {
        const Hub *h = topology_find_hub(b->manager->topology, name);

        if (!h)
                return no_such(error, USHER_ERROR_NO_SUCH_HUB, "hub", name);

        *ret = h;
        return 0;
}
