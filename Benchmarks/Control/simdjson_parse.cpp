// What a DOM parse by simdjson takes: processor time of a parse of the file, in microseconds, the median of five runs.
//
//     c++ -O2 -o simdjson_parse simdjson_parse.cpp -lsimdjson && ./simdjson_parse FILE ROUNDS
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <simdjson.h>

static double now() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    simdjson::padded_string document;
    if (simdjson::padded_string::load(arguments[1]).get(document)) return 1;
    const int rounds = std::atoi(arguments[2]);
    simdjson::dom::parser parser;
    double times[5];
    for (double &time : times) {
        const double start = now();
        for (int round = 0; round < rounds; round++) {
            simdjson::dom::element element;
            if (parser.parse(document).get(element)) return 1;
        }
        time = (now() - start) / rounds;
    }
    std::sort(times, times + 5);
    std::printf("%f\n", times[2]);
}
