// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ports/linux/store_dir.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/queue_regions.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "One line for each stream. Accepted records are acknowledged, stored or dropped: stored ones\n"
    "wait for delivery, dropped ones had to make room before they were delivered. full: how much\n"
    "of the region the stored ones occupy, in whole sectors. rounds: how often the region was\n"
    "written all the way through. Nothing is changed; a store that another process has open is\n"
    "refused. The exit code is 1 when a region can not be read; the others are shown.\n"
    "\n"
    "Examples:\n"
    "  aiot queue inspect pump.store\n"
    "  aiot queue inspect pump.store --json | jq 'select(.stored > 0) | .stream'";

/// What there is to say of one region.
struct RegionState {
  std::uint32_t sectors = 0;
  std::uint32_t used_sectors = 0;
  std::uint32_t full_percent = 0;
  std::uint32_t rounds = 0;
  std::uint32_t oldest_stamp = 0;  ///< of the oldest stored record's sector
  std::uint32_t newest_stamp = 0;
  std::uint64_t accepted = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t stored = 0;
  std::uint64_t dropped = 0;
  std::uint64_t first_stored = 0;  ///< the next one's sequence when none is
  std::uint64_t oldest = 0;        ///< in the store, acknowledged or not
};

RegionState state_of(const RegionLog& region) {
  const store::FrameLog& log = region.log();
  const store::StreamLog& stream = region.stream();
  RegionState state;
  state.sectors = log.sectors();
  state.accepted = log.next_sequence();
  state.oldest = log.oldest_sequence();
  state.newest_stamp = state.oldest_stamp = log.stamp();
  state.first_stored = stream.first_kept();
  state.stored = state.accepted - state.first_stored;
  state.dropped = stream.lost();
  state.acknowledged = state.accepted - state.stored - state.dropped;
  if (log.newest_sector() == 0) {
    return state;
  }
  state.used_sectors = log.newest_sector() - log.lowest_sector() + 1;
  state.rounds = log.erase_count() - 1;
  if (state.stored > 0) {
    std::uint32_t sector = log.lowest_sector();
    state.oldest_stamp = log.start_from(sector).stamp;
    for (; sector < log.newest_sector(); ++sector) {
      const store::SectorStart next = log.start_from(sector + 1);
      if (next.first > state.first_stored) {
        break;
      }
      state.oldest_stamp = next.stamp;
    }
    const std::uint32_t full = log.newest_sector() - sector + 1;
    // One sector is the spare.
    state.full_percent = std::min(100U, full * 100 / (state.sectors - 1));
  }
  return state;
}

void print_json(const StoreRegion& region, const RegionState& state, Error error) {
  ordered_json value;
  value["kind"] = region.stream ? "stream" : "region";
  value[region.stream ? "stream" : "region"] = region.name;
  value["bytes"] = region.region.size;
  value["error"] = error == Error::kNone ? ordered_json(nullptr) : ordered_json(to_string(error));
  if (error == Error::kNone) {
    value["sectors"] = state.sectors;
    value["used_sectors"] = state.used_sectors;
    value["rounds"] = state.rounds;
  }
  if (error == Error::kNone && region.stream) {
    value["full_percent"] = state.full_percent;
    value["accepted"] = state.accepted;
    value["acknowledged"] = state.acknowledged;
    value["stored"] = state.stored;
    value["dropped"] = state.dropped;
    const bool some = state.stored > 0;
    value["first"] = some ? ordered_json(state.first_stored) : ordered_json(nullptr);
    value["last"] = some ? ordered_json(state.accepted - 1) : ordered_json(nullptr);
    value["oldest"] = state.oldest;
    value["oldest_s"] = state.oldest_stamp;
    value["newest_s"] = state.newest_stamp;
  } else if (error == Error::kNone) {
    value["writes"] = state.accepted;
  }
  std::printf("%s\n", value.dump().c_str());
}

constexpr std::size_t kNameWidth = 12;

std::string number(std::uint64_t value, std::size_t width) {
  return right(std::to_string(value), width);
}

void print_head(const Painter& paint) {
  const std::string head = left("", kNameWidth) + right("size", 11) + right("sectors", 9) +
                           right("used", 6) + right("full", 7) + right("rounds", 8) +
                           right("accepted", 11) + right("acknowledged", 14) + right("stored", 9) +
                           right("dropped", 9) + "  stored records";
  std::printf("%s\n", paint(Colour::kStrong, head).c_str());
}

void print_row(const StoreRegion& region,
               const RegionState& state,
               Error error,
               const Painter& paint) {
  std::string row = left(region.name, kNameWidth);
  if (region.region.size == 0) {
    std::printf("%s\n", paint(Colour::kWeak, row + "  not used").c_str());
    return;
  }
  row += right(size_text(region.region.size), 11);
  if (error != Error::kNone) {
    std::printf("%s\n", paint(Colour::kBad, row + "  can not be read").c_str());
    return;
  }
  row += number(state.sectors, 9) + number(state.used_sectors, 6);
  if (region.stream) {
    row += number(state.full_percent, 5) + " %" + number(state.rounds, 8) +
           number(state.accepted, 11) + number(state.acknowledged, 14) + number(state.stored, 9) +
           number(state.dropped, 9) + "  " +
           (state.stored == 0
                ? std::string("none")
                : std::to_string(state.first_stored) + " to " + std::to_string(state.accepted - 1));
  } else {
    row += right("", 7) + number(state.rounds, 8) + number(state.accepted, 11) +
           (state.accepted == 0 ? "  nothing written yet" : "");
  }
  std::printf("%s\n", row.c_str());
}

ExitCode inspect(const std::string& path, bool json) {
  linux_port::StoreDir directory;
  if (!directory.open(path, linux_port::Access::kReadOnly).ok()) {
    return fail(directory.message());
  }
  const Painter paint(1);
  std::vector<std::string> problems;
  if (!json) {
    print_head(paint);
  }
  for (const StoreRegion& region : regions_of(directory.layout().map)) {
    RegionLog mounted;
    RegionState state;
    Error error = Error::kNone;
    if (region.region.size != 0) {
      error = mounted.mount(directory.flash(), region).error();
      if (error == Error::kNone) {
        state = state_of(mounted);
      } else {
        problems.push_back(mount_problem(region, error));
      }
    }
    if (json) {
      print_json(region, state, error);
    } else {
      print_row(region, state, error, paint);
    }
  }
  for (const std::string& problem : problems) {
    std::string text = path;
    (void)fail(text.append(": ").append(problem));
  }
  return problems.empty() ? ExitCode::kOk : ExitCode::kBadInput;
}

struct InspectOptions {
  std::string path;
  bool json = false;
};

}  // namespace

void add_queue_inspect(CLI::App& queue, ExitCode& exit) {
  const auto options = std::make_shared<InspectOptions>();
  CLI::App* const verb = queue.add_subcommand("inspect", "Show how full a store is, and with what");
  verb->footer(kExamples);
  verb->add_option("store", options->path, "Store directory")->type_name("DIR")->required();
  verb->add_flag("--json", options->json, "One JSON object a line instead of the table");
  verb->callback([options, &exit] { exit = inspect(options->path, options->json); });
}

}  // namespace aiot::cli
