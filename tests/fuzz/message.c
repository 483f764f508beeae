/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "message.h"

#define DEPTH_MAX 16U
#define ITEMS_MAX 64U

void lines_init(Lines *l, const uint8_t *data, size_t size) {
        *l = (Lines) { .next = (const char *) data, .end = (const char *) data + size };
}

void lines_done(Lines *l) {
        free(l->line);
        l->line = NULL;
}

const char *lines_next(Lines *l) {
        size_t size = (size_t) (l->end - l->next);
        const char *end;

        if (size == 0)
                return NULL;

        end = memchr(l->next, '\n', size);
        free(l->line);
        l->line = strndup(l->next, end ? (size_t) (end - l->next) : size);
        assert(l->line);
        l->next = end ? end + 1 : l->end;
        return l->line;
}

/* The length of the first complete type, 0 where there is none. */
static size_t type_length(const char *types) {
        size_t depth = 0, n = strspn(types, "a");

        do {
                if (types[n] == '(' || types[n] == '{')
                        depth++;
                else if ((types[n] == ')' || types[n] == '}') && depth > 0)
                        depth--;
                else if (!types[n] || !strchr("aybnqiuxtdsogv", types[n]))
                        return 0;
                n++;
        } while (depth > 0);

        return n;
}

static int append_types(sd_bus_message *m, const char *types, Lines *l, unsigned depth);

static int append_basic(sd_bus_message *m, char type, Lines *l) {
        const char *line = lines_next(l);
        union {
                uint8_t u8;
                uint16_t u16;
                uint32_t u32;
                int boolean;
                uint64_t u64;
                double real;
        } value = {};
        uint64_t n;

        if (!line)
                return -ENODATA;
        if (strchr("sog", type))
                return sd_bus_message_append_basic(m, type, line);

        n = strtoull(line, NULL, 10);
        switch (type) {
        case 'y':
                value.u8 = (uint8_t) n;
                break;
        case 'n':
        case 'q':
                value.u16 = (uint16_t) n;
                break;
        case 'b':
                value.boolean = n != 0;
                break;
        case 'd':
                value.real = strtod(line, NULL);
                break;
        case 'x':
        case 't':
                value.u64 = n;
                break;
        default:
                value.u32 = (uint32_t) n;
        }
        return sd_bus_message_append_basic(m, type, &value);
}

static int append_container(sd_bus_message *m, char type, const char *contents, Lines *l, unsigned depth) {
        size_t n = 1;
        int r;

        if (type == 'a') {
                const char *line = lines_next(l);

                if (!line)
                        return -ENODATA;
                n = MIN_OF(strtoul(line, NULL, 10), ITEMS_MAX);
        }

        r = sd_bus_message_open_container(m, type, contents);
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = append_types(m, contents, l, depth + 1);

        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_type(sd_bus_message *m, const char *type, size_t length, Lines *l, unsigned depth) {
        _cleanup_free_ char *contents = NULL;
        const char *line;

        switch (type[0]) {
        case 'a':
                contents = strndup(type + 1, length - 1);
                break;
        case '(':
        case '{':
                contents = strndup(type + 1, length - 2);
                break;
        case 'v':
                line = lines_next(l);
                if (!line)
                        return -ENODATA;
                contents = strdup(line);
                break;
        default:
                return append_basic(m, type[0], l);
        }

        assert(contents);
        return append_container(m,
                        type[0] == '('                 ? 'r' :
                                        type[0] == '{' ? 'e' :
                                                         type[0],
                        contents, l, depth);
}

static int append_types(sd_bus_message *m, const char *types, Lines *l, unsigned depth) {
        int r = 0;

        if (depth > DEPTH_MAX)
                return -ELOOP;

        while (r >= 0 && types[0]) {
                size_t n = type_length(types);

                if (n == 0)
                        return -EINVAL;
                r = append_type(m, types, n, l, depth);
                types += n;
        }

        return r < 0 ? r : 0;
}

int message_append_as(sd_bus_message *m, const char *types, Lines *l) {
        return append_types(m, types, l, 0);
}

int message_append(sd_bus_message *m, Lines *l) {
        _cleanup_free_ char *types = strdup(strempty(lines_next(l)));

        assert(types);
        return message_append_as(m, types, l);
}
