// The control for stdio: answers calls to `echo` with next to no parsing, so that it costs what moving the bytes costs.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *find(char *start, char *end, const char *text) { return memmem(start, end - start, text, strlen(text)); }

static void send_all(const char *bytes, size_t count) {
    for (size_t sent = 0; sent < count;) {
        ssize_t result = write(1, bytes + sent, count - sent);
        if (result <= 0) exit(1);
        sent += result;
    }
}

static size_t answer(char *line, char *end, char *output) {
    char *id = find(line, end, "\"id\":");
    if (!id) return 0;
    id += 5;
    int id_length = (int)strcspn(id, ",}");
    char *call = find(line, end > line + 200 ? line + 200 : end, "tools/call");
    if (!call)
        return sprintf(output,
                       "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                       "\"serverInfo\":{\"name\":\"n\",\"version\":\"0\"}}}\n",
                       id_length, id);
    char *message = find(line, end, "\"message\":\"") + 11;
    size_t length = (char *)memchr(message, '"', end - message) - message;
    size_t written = sprintf(output, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"", id_length, id);
    memcpy(output + written, message, length);
    return written + length + sprintf(output + written + length, "\"}]}}\n");
}

int main(void) {
    size_t capacity = 1 << 20, held = 0;
    char *input = malloc(capacity), *output = malloc(1 << 24);
    for (;;) {
        if (held == capacity) input = realloc(input, capacity *= 2);
        ssize_t count = read(0, input + held, capacity - held);
        if (count <= 0) return 0;
        held += count;
        size_t taken = 0, written = 0;
        char *end;
        while ((end = memchr(input + taken, '\n', held - taken))) {
            written += answer(input + taken, end, output + written);
            taken = end - input + 1;
            if (written > 1 << 23) {
                send_all(output, written);
                written = 0;
            }
        }
        send_all(output, written);
        memmove(input, input + taken, held - taken);
        held -= taken;
    }
}
