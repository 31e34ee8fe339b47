// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ports/linux/store_dir.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/queue_regions.hpp"
#include "tools/aiot/queue_survey.hpp"
#include "tools/aiot/records_source.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {

namespace {

using nlohmann::ordered_json;

constexpr const char* kExamples =
    "Reads every sector and every record, and says what can not be read any more. Records that\n"
    "were acknowledged are with the consumer, so losing them here is no loss. Blank, spare and\n"
    "retired sectors are no damage. The newest record of a stream can not be told from one that a\n"
    "power cut took back when it is damaged. The exit code is 0 when nothing is lost and 1 when\n"
    "something is; nothing is changed.\n"
    "\n"
    "Examples:\n"
    "  aiot queue verify pump.store\n"
    "  aiot queue verify pump.store --json | jq 'select(.kind == \"damage\")'";

/// Records from here on are missed when they can not be read.
std::uint64_t needed_from(const StoreRegion& region, const RegionLog& mounted) {
  const std::uint64_t next = mounted.log().next_sequence();
  if (region.stream) {
    return mounted.stream().first_unacknowledged();
  }
  // Each write of these replaces the one before.
  const bool replaced = std::string(region.name) != "audit";
  return replaced && next > 0 ? next - 1 : 0;
}

const char* cause_text(DamageCause cause) {
  return cause == DamageCause::kHeader ? "sector header damaged" : "frames damaged";
}

/// Shows the regions one by one and keeps the sum.
class Report {
 public:
  Report(std::string path, bool json) : path_(std::move(path)), json_(json), paint_(1) {}

  void unused(const StoreRegion& region) const;
  void unreadable(const StoreRegion& region, Error error);
  void region(const StoreRegion& region, const LogSurvey& survey);
  ExitCode end();

 private:
  void damage(const StoreRegion& region,
              const ordered_json& details,
              const std::string& text,
              bool lost);
  void damages(const StoreRegion& region, const LogSurvey& survey);

  std::string path_;
  bool json_;
  Painter paint_;
  std::uint64_t lost_ = 0;
  std::uint64_t problems_ = 0;
};

void Report::unused(const StoreRegion& region) const {
  if (!json_) {
    std::printf("%s\n", paint_(Colour::kWeak, left(region.name, 12) + "not used").c_str());
  }
}

void Report::unreadable(const StoreRegion& region, Error error) {
  ++problems_;
  if (json_) {
    const ordered_json value{{"kind", region.stream ? "stream" : "region"},
                             {region.stream ? "stream" : "region", region.name},
                             {"error", to_string(error)}};
    std::printf("%s\n", value.dump().c_str());
  } else {
    std::printf("%s\n", paint_(Colour::kBad, left(region.name, 12) + "can not be read").c_str());
  }
  (void)fail(path_ + ": " + mount_problem(region, error));
}

/// `lost`: something that is still needed.
void Report::damage(const StoreRegion& region,
                    const ordered_json& details,
                    const std::string& text,
                    bool lost) {
  problems_ += lost ? 1 : 0;
  if (json_) {
    ordered_json value{{"kind", "damage"}, {"region", region.name}};
    value.update(details);
    value["needed"] = lost;
    std::printf("%s\n", value.dump().c_str());
    return;
  }
  std::printf("  %s\n", paint_(lost ? Colour::kBad : Colour::kWeak, text).c_str());
}

void Report::damages(const StoreRegion& region, const LogSurvey& survey) {
  const char* const no_loss =
      region.stream ? ", all acknowledged: no loss" : ", replaced by newer ones: no loss";
  for (const DamagedRun& run : survey.damage) {
    lost_ += run.needed ? run.last - run.first + 1 : 0;
    damage(region,
           {{"cause", run.cause == DamageCause::kHeader ? "header" : "frames"},
            {"first", run.first},
            {"last", run.last}},
           run_text(run.first, run.last) + (run.needed ? " lost" : " not readable") + " (" +
               cause_text(run.cause) + ")" + (run.needed ? "" : no_loss),
           run.needed);
  }
  for (const Run& run : survey.strange) {
    damage(region,
           {{"cause", "format"}, {"first", run.first}, {"last", run.last}},
           run_text(run.first, run.last) + ": readable, but not of a format that is known here",
           true);
  }
  if (survey.end != DamagedEnd::kNone) {
    const bool oldest = survey.end == DamagedEnd::kOldest;
    damage(region,
           {{"cause", oldest ? "oldest" : "end"}, {"first", nullptr}, {"last", nullptr}},
           oldest ? "the oldest sector's records, below " + std::to_string(survey.first) +
                        (survey.end_needed ? ", lost" : ", not readable") +
                        " (sector header damaged)" + (survey.end_needed ? "" : no_loss)
                  : std::string("the sector behind the newest one: what it held, the oldest or "
                                "even newer records, is lost (sector header damaged)"),
           survey.end_needed);
  }
  if (survey.stopped) {
    damage(region,
           {{"cause", "disk"}, {"first", nullptr}, {"last", nullptr}},
           std::string("the disk can not be read further (") + to_string(*survey.stopped) + ")",
           true);
  }
}

void Report::region(const StoreRegion& region, const LogSurvey& survey) {
  const std::uint32_t unused = survey.sectors - survey.good_sectors - survey.damaged_sectors;
  if (json_) {
    const bool some = survey.readable > 0;
    const ordered_json value{{"kind", region.stream ? "stream" : "region"},
                             {region.stream ? "stream" : "region", region.name},
                             {"error", nullptr},
                             {"sectors", survey.sectors},
                             {"good_sectors", survey.good_sectors},
                             {"damaged_sectors", survey.damaged_sectors},
                             {"unused_sectors", unused},
                             {"readable", survey.readable},
                             {"first", some ? ordered_json(survey.first) : ordered_json(nullptr)},
                             {"last", some ? ordered_json(survey.last) : ordered_json(nullptr)}};
    std::printf("%s\n", value.dump().c_str());
  } else {
    std::string text = left(region.name, 12) + counted(survey.good_sectors, "sector") + " good, ";
    if (survey.damaged_sectors > 0) {
      text += std::to_string(survey.damaged_sectors) + " damaged, ";
    }
    text += std::to_string(unused) + " unused; ";
    text += survey.readable == 0
                ? std::string("no record")
                : counted(survey.readable, "record") + " readable, " +
                      std::to_string(survey.first) + " to " + std::to_string(survey.last);
    std::printf("%s\n", text.c_str());
  }
  damages(region, survey);
}

ExitCode Report::end() {
  if (json_) {
    const ordered_json value{{"kind", "summary"}, {"good", problems_ == 0}, {"lost", lost_}};
    std::printf("%s\n", value.dump().c_str());
  }
  if (problems_ == 0) {
    if (!json_) {
      std::printf("%s\n", paint_(Colour::kGood, "nothing is lost").c_str());
    }
    return ExitCode::kOk;
  }
  return fail(path_ + ": is damaged" +
              (lost_ == 0 ? std::string() : ", " + counted(lost_, "record") + " lost") +
              "; deliver what can be read with aiot queue drain, then begin a new store");
}

ExitCode verify(const std::string& path, bool json) {
  linux_port::StoreDir directory;
  if (!directory.open(path, linux_port::Access::kReadOnly).ok()) {
    return fail(directory.message());
  }
  Report report(path, json);
  for (const StoreRegion& region : regions_of(directory.layout().map)) {
    if (region.region.size == 0) {
      report.unused(region);
      continue;
    }
    RegionLog mounted;
    const Status status = mounted.mount(directory.flash(), region);
    if (!status.ok()) {
      report.unreadable(region, status.error());
      continue;
    }
    report.region(region,
                  survey_log(mounted.log(),
                             directory.flash(),
                             needed_from(region, mounted),
                             region.stream ? is_record : nullptr));
  }
  return report.end();
}

struct VerifyOptions {
  std::string path;
  bool json = false;
};

}  // namespace

void add_queue_verify(CLI::App& queue, ExitCode& exit) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* const verb = queue.add_subcommand("verify", "Read all of a store: is it damaged?");
  verb->footer(kExamples);
  verb->add_option("store", options->path, "Store directory")->type_name("DIR")->required();
  verb->add_flag("--json", options->json, "One JSON object a line instead of text");
  verb->callback([options, &exit] { exit = verify(options->path, options->json); });
}

}  // namespace aiot::cli
