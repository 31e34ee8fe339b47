// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// The queue by itself: lines of text in, kept through crashes and power cuts until they were
// handed on.
//
//   queue push STORE < lines      each line is durable when its number is printed
//   queue take STORE              prints what was not taken before, then acknowledges it
//
// On a microcontroller the same calls work on a flash driver instead of a directory.
#include <array>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "aiot/store/queue.hpp"
#include "ports/linux/store_dir.hpp"

using namespace aiot;

namespace {

int fail(const std::string& problem) {
  std::fprintf(stderr, "queue: %s\n", problem.c_str());
  return 1;
}

int push(store::Queue& queue) {
  for (std::string line; std::getline(std::cin, line);) {
    const std::uint64_t sequence = queue.next_sequence(Stream::kRoutine);
    const Status pushed = queue.push(Stream::kRoutine, as_bytes(line.data(), line.size()));
    if (!pushed.ok()) {
      return fail(std::string("a line was not taken: ") + to_string(pushed.error()));
    }
    std::printf("%llu\n", static_cast<unsigned long long>(sequence));
    (void)queue.service(0);  // while there is nothing else to do
  }
  return 0;
}

int take(store::Queue& queue) {
  std::array<std::byte, 4200> buffer{};
  store::ReadCursor cursor;
  std::uint64_t end = 0;
  for (auto entry = queue.read(Stream::kRoutine, cursor, buffer); entry.ok();
       entry = queue.read(Stream::kRoutine, cursor, buffer)) {
    end = entry->last + 1;
    if (entry->kind == store::EntryKind::kGap) {
      std::printf("(%llu to %llu were dropped)\n",
                  static_cast<unsigned long long>(entry->first),
                  static_cast<unsigned long long>(entry->last));
      continue;
    }
    std::fwrite(entry->payload.data(), 1, entry->payload.size(), stdout);
    std::putchar('\n');
  }
  // Whoever takes has to have them before they are acknowledged; here that is standard output.
  if (std::fflush(stdout) != 0) {
    return fail("standard output can not be written; nothing was acknowledged");
  }
  return end == 0 || queue.acknowledge(Stream::kRoutine, end - 1, BatchHash{}).ok()
             ? 0
             : fail("the acknowledgement could not be kept; the lines will come again");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc == 3 ? argv[1] : "";
  if (verb != "push" && verb != "take") {
    std::fprintf(stderr, "usage: queue push STORE < lines, or queue take STORE\n");
    return 2;
  }
  linux_port::StoreDir directory;  // 64 sectors of 4 KiB a stream; the oldest go when it is full
  if (!directory.open_or_create(argv[2], linux_port::default_store_layout(64)).ok()) {
    return fail(directory.message());
  }
  store::Queue queue;
  const std::array<store::StreamConfig, 2> streams = {
      store::StreamConfig{},  // the urgent stream is not used
      store::StreamConfig{.region = directory.layout().map.queue[1],
                          .on_full = store::OnFull::kDropOldest,
                          .retention = {.max_records = 1000}}};
  if (const Status mounted = queue.mount(directory.flash(), streams); !mounted.ok()) {
    return fail(std::string(argv[2]) + ": " + to_string(mounted.error()));
  }
  return verb == "push" ? push(queue) : take(queue);
}
