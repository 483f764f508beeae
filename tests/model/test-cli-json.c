/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the JSON of libsmartcols is cleaned up. */

#include <glib.h>

#include "cli/json.h"

static const char stations[] = "{\n   \"stations\": [\n      {\n         \"station\": \"seat 0\",\n         "
                               "\"label\": \"a \\\"{[ b\"\n"
                               "      },{\n         \"station\": \"x]}\"\n      }\n   ]\n}\n";
static const char jobs[] = "{\n   \"jobs\": [\n\n   ]\n}\n";

static void test_document(void) {
        _cleanup_free_ char *one = json_document((const char *[]) { stations }, 1, JSON_SHORT);
        _cleanup_free_ char *two = json_document((const char *[]) { stations, jobs }, 2, JSON_SHORT);
        _cleanup_free_ char *pretty = json_document((const char *[]) { jobs }, 1, JSON_PRETTY);

        g_assert_cmpstr(one, ==,
                        "{\"version\":1,\"stations\":[{\"station\":\"seat 0\",\"label\":\"a \\\"{[ b\"},"
                        "{\"station\":\"x]}\"}]}\n");
        g_assert_true(g_str_has_suffix(two, "],\"jobs\":[]}\n"));
        g_assert_cmpstr(pretty, ==, "{\n   \"version\": 1,\n   \"jobs\": [\n\n   ]\n}\n");
}

static void test_row(void) {
        _cleanup_free_ char *row =
                        json_row("{\n \"jobs\": [\n {\n \"a\": \"[}\",\n \"b\": 3\n }\n ]\n}\n", "\"t\":1");
        _cleanup_free_ char *alone = json_row("", "\"t\":1");

        g_assert_cmpstr(row, ==, "{\"t\":1,\"a\":\"[}\",\"b\":3}");
        g_assert_cmpstr(alone, ==, "{\"t\":1}");
}

static void test_compact(void) {
        char text[] = " { \"a b\" : [ 1 , \"\\\" \\\\\" , \"c d\" ] }\n";
        char broken[] = "\"a \\";

        json_compact(text);
        g_assert_cmpstr(text, ==, "{\"a b\":[1,\"\\\" \\\\\",\"c d\"]}");
        json_compact(broken);
        g_assert_cmpstr(broken, ==, "\"a \\");
}

static void test_string(void) {
        static const struct {
                const char *s, *json;
        } cases[] = {
                { "", "\"\"" },
                { "a\"b\\", "\"a\\\"b\\\\\"" },
                { "\x1b[2J\n\t", "\"\\u001b[2J\\u000a\\u0009\"" },
                { "gr\xc3\xb6\xc3\x9f"
                  "e",
                                "\"gr\xc3\xb6\xc3\x9f"
                                "e\"" },
                { "\x7f", "\"\\u007f\"" },
                { "\xc2\x9b"
                  "31m",
                                "\"\\u009b31m\"" },
                { "\xe2\x80\xae"
                  "x\xd8\x9c\xe2\x81\xa6",
                                "\"\\u202ex\\u061c\\u2066\"" },
                { "\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xe2\x82\xac\xf0\x9f\x98\x80\"" },
                { "\xe2\x80", "\"\xe2\x80\"" },
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *json = json_string(cases[i].s);
                g_assert_cmpstr(json, ==, cases[i].json);
        }
}

static void test_harden_keeps_the_rest(void) {
        _cleanup_free_ char *once = json_string("\xc2\x9b\"");
        _cleanup_free_ char *twice = json_harden(once);

        g_assert_cmpstr(once, ==, twice);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/json/document-of-tables", test_document);
        g_test_add_func("/cli/json/row-as-one-line", test_row);
        g_test_add_func("/cli/json/compact-keeps-strings", test_compact);
        g_test_add_func("/cli/json/string-is-safe-for-terminals", test_string);
        g_test_add_func("/cli/json/hardened-once-is-enough", test_harden_keeps_the_rest);
        return g_test_run();
}
