// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "aiot/link/uplink.hpp"
#include "aiot/store/queue.hpp"
#include "ports/linux/clock.hpp"
#include "ports/linux/store_dir.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/queue_regions.hpp"
#include "tools/aiot/queue_survey.hpp"
#include "tools/aiot/records_source.hpp"
#include "tools/aiot/run_store.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "Delivers every record that is not acknowledged into a file of records (a CBOR sequence), as\n"
    "aiot run --sink does: most urgent stream first, behind what the file holds already. A record\n"
    "is acknowledged when it is on the disk; what could not be delivered stays in the store.\n"
    "Records that were dropped or can not be read are told on standard error and stand in the\n"
    "file as gaps. The exit code is 1 when something could not be read or delivered.\n"
    "\n"
    "Examples:\n"
    "  aiot queue drain pump.store -o out.cbor\n"
    "  aiot queue drain pump.store -o - | mosquitto_pub -t pump -s\n"
    "  aiot queue drain pump.store -o copy.cbor --keep";

// More than any sector that a frame log fills with small records, and less than the tail that a
// file's repair looks at. In a ring that is full, an acknowledgement may take over the sector with
// the oldest records: all of them have to be in the batch.
constexpr std::size_t kBatchBytes = 128 * 1024;
constexpr std::uint32_t kBatchRecords = 16'384;
static_assert(kBatchBytes < linux_port::FileSink::kMaxTail);

struct DrainOptions {
  std::string path;
  std::string output;
  bool keep = false;
  bool json = false;
};

/// A store that is written in memory only: what `--keep` drains.
class KeptFlash {
 public:
  explicit KeptFlash(linux_port::FileFlash& flash) : flash_(&flash) {}

  hal::FlashGeometry geometry() const noexcept { return flash_->geometry(); }

  Status read(std::uint32_t offset, MutableBytes out) noexcept {
    const std::uint32_t sector = geometry().sector;
    const auto changed = changed_.find(offset / sector);
    const std::size_t part = std::min<std::size_t>(out.size(), sector - offset % sector);
    if (changed != changed_.end() && part == out.size()) {
      std::copy_n(changed->second.begin() + offset % sector, part, out.begin());
      return {};
    }
    return flash_->read(offset, out);  // a log never reads across sectors
  }

  Status program(std::uint32_t offset, Bytes in) noexcept {
    const std::uint32_t sector = geometry().sector;
    if (offset % sector + in.size() > sector) {
      return Error::kOutOfRange;
    }
    std::vector<std::byte>& bytes = changed_[offset / sector];
    if (bytes.empty()) {
      bytes.resize(sector);
      AIOT_TRY(flash_->read(offset - offset % sector, bytes));
    }
    std::copy(in.begin(), in.end(), bytes.begin() + offset % sector);
    return {};
  }

  Status erase(std::uint32_t offset) noexcept {
    changed_[offset / geometry().sector].assign(geometry().sector, geometry().erased);
    return {};
  }

  Status sync() noexcept { return {}; }

 private:
  linux_port::FileFlash* flash_;
  std::map<std::uint32_t, std::vector<std::byte>> changed_;
};

static_assert(hal::FlashDevice<KeptFlash>);

/// The sink, and why it did not take a batch.
class DrainSink {
 public:
  std::optional<std::string> open(const std::string& path) { return sink_.open(path); }

  /// 0: it takes what it is offered.
  [[nodiscard]] int failure() const noexcept { return failure_; }

  [[nodiscard]] bool ready() const noexcept { return sink_.ready(); }

  Status offer(const hal::Batch& batch) noexcept {
    const Status taken = sink_.offer(batch);
    failure_ = taken.error() == Error::kIo ? errno : failure_;
    return taken;
  }

  Result<hal::BatchAck> poll() noexcept {
    const Result<hal::BatchAck> ack = sink_.poll();
    failure_ = ack.error() == Error::kIo ? errno : failure_;
    return ack;
  }

 private:
  RunSink sink_;
  int failure_ = 0;
};

static_assert(hal::Sink<DrainSink>);

struct Gap {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  bool dropped = false;  ///< else it can not be read
};

/// What a stream has to deliver.
struct Waiting {
  bool mounted = false;
  std::uint64_t from = 0;
  std::vector<Gap> gaps;
  std::vector<Run> strange;  ///< not of a format that is known here
};

class Drain {
 public:
  explicit Drain(const DrainOptions& options) : options_(options) {}

  ExitCode run();

 private:
  hal::FlashRef flash() {
    return kept_ ? hal::FlashRef(*kept_) : hal::FlashRef(directory_.flash());
  }

  std::optional<std::string> open();
  std::optional<std::string> mount();
  void look_through(Stream stream);
  std::optional<std::string> deliver();
  std::string store_problem(Error error);
  void report_gaps(Stream stream, const Waiting& waiting, std::uint64_t until);
  void report(Stream stream);
  void problem(const std::string& text);
  void note(const std::string& text) const;

  const DrainOptions& options_;
  linux_port::StoreDir directory_;
  std::optional<KeptFlash> kept_;
  store::Queue queue_;
  DrainSink sink_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kBatchBytes);
  std::array<Waiting, kStreams> waiting_{};
  std::uint64_t delivered_ = 0;
  std::uint64_t left_ = 0;
  bool damaged_ = false;
};

/// Something is wrong, and the rest goes on.
void Drain::problem(const std::string& text) {
  damaged_ = true;
  (void)fail(options_.path + ": " + text);
}

void Drain::note(const std::string& text) const {
  std::fprintf(stderr, "aiot: %s\n", printable(options_.path + ": " + text).c_str());
}

std::optional<std::string> Drain::open() {
  const auto access =
      options_.keep ? linux_port::Access::kReadOnly : linux_port::Access::kReadWrite;
  if (!directory_.open(options_.path, access).ok()) {
    return directory_.message();
  }
  if (options_.keep) {
    kept_.emplace(directory_.flash());
  }
  std::error_code ignored;
  for (const char* const part : {"/flash.bin", "/store.txt"}) {
    if (std::filesystem::equivalent(options_.path + part, options_.output, ignored)) {
      return options_.output + ": is a part of the store itself; name another file";
    }
  }
  if (auto wrong = mount()) {
    return wrong;
  }
  return sink_.open(options_.output);
}

/// Each stream by itself first, so that one that is damaged does not hide the others.
std::optional<std::string> Drain::mount() {
  std::array<store::StreamConfig, kStreams> streams{};
  bool some = false;
  for (const StoreRegion& region : regions_of(directory_.layout().map)) {
    if (!region.stream || region.region.size == 0) {
      continue;
    }
    RegionLog alone;
    const Status status = alone.mount(flash(), region);
    if (!status.ok()) {
      problem(mount_problem(region, status.error()));
      continue;
    }
    const auto index = static_cast<std::size_t>(*region.stream);
    streams[index].region = region.region;
    waiting_[index].mounted = some = true;
  }
  if (!some) {
    return options_.path + ": no stream of the store can be read; restore it from a copy";
  }
  const Status mounted = queue_.mount(flash(), streams);
  if (!mounted.ok()) {
    return store_problem(mounted.error());
  }
  for (std::size_t i = 0; i < kStreams; ++i) {
    if (waiting_[i].mounted) {
      look_through(static_cast<Stream>(i));
    }
  }
  return std::nullopt;
}

/// Finds the gaps before they are delivered: an acknowledgement is the end of them.
void Drain::look_through(Stream stream) {
  Waiting& waiting = waiting_[static_cast<std::size_t>(stream)];
  waiting.from = queue_.first_unacknowledged(stream);
  const store::StreamStats stats = queue_.stats(stream);
  // In its first round a ring has dropped nothing.
  const std::uint64_t oldest = stats.erase_count > 1 ? stats.oldest_sequence : 0;
  store::ReadCursor cursor;
  for (;;) {
    const Result<store::Entry> entry = queue_.read(stream, cursor, buffer_);
    if (!entry.ok()) {
      return;  // what is wrong shows when it is delivered
    }
    if (entry->kind == store::EntryKind::kRecord) {
      if (!is_record(entry->payload)) {
        add_to_runs(waiting.strange, entry->first);
      }
      continue;
    }
    const std::uint64_t end = entry->last + 1;
    const std::uint64_t split = std::clamp(oldest, entry->first, end);
    if (split > entry->first) {
      waiting.gaps.push_back({.first = entry->first, .last = split - 1, .dropped = true});
    }
    if (end > split) {
      waiting.gaps.push_back({.first = split, .last = entry->last, .dropped = false});
    }
  }
}

std::string Drain::store_problem(Error error) {
  const int reason = directory_.flash().last_errno();
  return options_.path + ": the store can not be used further (" +
         (reason == 0 ? std::string(to_string(error)) : std::generic_category().message(reason)) +
         "); check its disk and drain it again";
}

/// Until everything is acknowledged. Whoever reads standard output may pause for as long as he
/// likes.
std::optional<std::string> Drain::deliver() {
  linux_port::MonotonicClock clock;
  link::Uplink uplink(queue_,
                      sink_,
                      buffer_,
                      {.max_records = kBatchRecords,
                       .ack_timeout = Duration::from_s(10),
                       .backoff_min = Duration::from_ms(1),
                       .backoff_max = Duration::from_ms(50),
                       .jitter_seed = 0});
  while (!uplink.drained()) {
    const link::UplinkStats before = uplink.stats();
    const Status stepped = uplink.step(clock.now());
    const link::UplinkStats& now = uplink.stats();
    if (sink_.failure() != 0) {
      const int reason = sink_.failure();
      return (options_.output == "-" ? std::string("standard output") : options_.output) +
             ": can not be written (" + std::generic_category().message(reason) +
             "); what is not delivered stays in the store, make room and drain it again";
    }
    const bool moved = now.offered != before.offered || now.acknowledged != before.acknowledged;
    if (moved) {
      continue;
    }
    if (!stepped.ok() && uplink.in_flight() == 0) {
      return store_problem(stepped.error());
    }
    pollfd wanted{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
    (void)::poll(&wanted, options_.output == "-" ? 1 : 0, 50);
  }
  return std::nullopt;
}

void Drain::report_gaps(Stream stream, const Waiting& waiting, std::uint64_t until) {
  for (const Gap& gap : waiting.gaps) {
    if (gap.first >= until) {
      return;
    }
    const std::string text =
        std::string("stream ") + stream_name(stream) + ": " + run_text(gap.first, gap.last);
    if (gap.dropped) {
      note(text + " dropped; drain more often or use a larger store");
    } else {
      problem(text + " not readable; everything else is delivered");
    }
  }
}

void Drain::report(Stream stream) {
  const Waiting& waiting = waiting_[static_cast<std::size_t>(stream)];
  if (!waiting.mounted) {
    return;
  }
  const std::uint64_t until = queue_.first_unacknowledged(stream);
  report_gaps(stream, waiting, until);
  for (const Run& run : waiting.strange) {
    if (run.first < until) {
      problem(std::string("stream ") + stream_name(stream) + ": " + run_text(run.first, run.last) +
              " not of a format that is known here; delivered as they are");
    }
  }
  std::uint64_t delivered = until - waiting.from;
  std::uint64_t lost = 0;
  ordered_json gaps = ordered_json::array();
  for (const Gap& gap : waiting.gaps) {
    if (gap.first < until) {
      const std::uint64_t size = std::min(gap.last + 1, until) - gap.first;
      lost += size;
      delivered -= size;
      gaps.push_back({{"first", gap.first},
                      {"last", gap.last},
                      {"cause", gap.dropped ? "dropped" : "unreadable"}});
    }
  }
  const std::uint64_t behind = queue_.next_sequence(stream) - until;
  delivered_ += delivered;
  left_ += behind;
  if (options_.json) {
    const ordered_json value{{"kind", "stream"},
                             {"stream", stream_name(stream)},
                             {"delivered", delivered},
                             {"missing", lost},
                             {"waiting", behind},
                             {"gaps", gaps}};
    std::printf("%s\n", value.dump().c_str());
    return;
  }
  std::string text = left(stream_name(stream), 12) + counted(delivered, "record") + " delivered";
  text += lost > 0 ? ", " + std::to_string(lost) + " missing" : "";
  text += behind > 0 ? ", " + std::to_string(behind) + " not delivered" : "";
  std::fprintf(options_.output == "-" ? stderr : stdout, "%s\n", text.c_str());
}

ExitCode Drain::run() {
  if (auto wrong = open()) {
    return fail(*wrong);
  }
  const std::optional<std::string> wrong = deliver();
  for (std::size_t i = 0; i < kStreams; ++i) {
    report(static_cast<Stream>(i));
  }
  if (options_.json) {
    const ordered_json value{{"kind", "summary"},
                             {"output", options_.output},
                             {"delivered", delivered_},
                             {"waiting", left_},
                             {"kept", options_.keep}};
    std::printf("%s\n",
                value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else if (options_.keep) {
    std::fprintf(options_.output == "-" ? stderr : stdout, "nothing is acknowledged (--keep)\n");
  }
  if (wrong) {
    return fail(*wrong);
  }
  return damaged_ ? ExitCode::kBadInput : ExitCode::kOk;
}

}  // namespace

void add_queue_drain(CLI::App& queue, ExitCode& exit) {
  const auto options = std::make_shared<DrainOptions>();
  CLI::App* const verb = queue.add_subcommand("drain", "Deliver what is not delivered yet");
  verb->footer(kExamples);
  verb->add_option("store", options->path, "Store directory")->type_name("DIR")->required();
  verb->add_option("-o,--output",
                   options->output,
                   "File the records are delivered to (a CBOR sequence); - for standard output")
      ->type_name("FILE")
      ->required();
  verb->add_flag("--keep", options->keep, "Write them and acknowledge nothing: a copy");
  verb->add_flag("--json", options->json, "One JSON object a line instead of text");
  verb->callback([options, &exit] {
    if (options->output == "-" && options->json) {
      throw CLI::ValidationError("-o - and --json both want standard output; choose one");
    }
    exit = Drain(*options).run();
  });
}

}  // namespace aiot::cli
