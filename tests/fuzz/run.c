/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs the tested code with every file of a folder, every truncation of it and many changes of one byte: a
 * test that needs no fuzzer of clang and is the same on each run.
 *
 *     fuzz-NAME FOLDER */

#include "common/macro.h"
#include "fuzz.h"

#define INPUT_MAX (128U * 1024U)

/* Longer files are run unchanged. */
#define VARY_MAX 2048U

/* Copies each input into a buffer of its exact size, so that a sanitizer sees the first byte read past its
 * end. */
static void run(const uint8_t *data, size_t size) {
        _cleanup_free_ uint8_t *copy = malloc(size + (size == 0));

        assert(copy);
        memcpy(copy, data, size);
        (void) LLVMFuzzerTestOneInput(copy, size);
}

static void vary(uint8_t *data, size_t size) {
        static const uint8_t bytes[] = { 0, '\n', ' ', '=', '[', ']', ';', 0x1b, 0x80, 0xc3, 0xe2, 0xff };

        for (size_t i = 0; i < size; i++) {
                uint8_t kept = data[i];

                run(data, i);
                for (size_t j = 0; j < ELEMENTSOF(bytes); j++) {
                        data[i] = bytes[j];
                        run(data, size);
                }
                data[i] = kept;
        }
}

static int run_file(const char *folder, const char *name) {
        _cleanup_free_ char *path = NULL;
        _cleanup_free_ uint8_t *data = malloc(INPUT_MAX);
        _cleanup_fclose_ FILE *f = NULL;
        size_t size;

        if (!data || asprintf(&path, "%s/%s", folder, name) < 0)
                return -ENOMEM;

        f = fopen(path, "re");
        if (!f)
                return -errno;

        size = fread(data, 1, INPUT_MAX, f);
        run(data, size);
        if (size <= VARY_MAX)
                vary(data, size);

        return 0;
}

int main(int argc, char *argv[]) {
        _cleanup_closedir_ DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
        struct dirent *entry;
        unsigned n = 0;
        int r;

        if (!dir) {
                fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
                return EXIT_FAILURE;
        }

        while ((entry = readdir(dir))) {
                if (entry->d_name[0] == '.')
                        continue;

                r = run_file(argv[1], entry->d_name);
                if (r < 0) {
                        fprintf(stderr, "%s: %s\n", entry->d_name, strerror(-r));
                        return EXIT_FAILURE;
                }
                n++;
        }

        printf("%u files\n", n);
        return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
