// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/bearing.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/aiot/analysis_options.hpp"
#include "tools/aiot/console.hpp"
#include "tools/aiot/verbs.hpp"

namespace aiot::cli {
namespace {

using nlohmann::ordered_json;
using toolkit::NamedBearing;

struct ListOptions {
  BearingOptions bearing;
  bool json = false;
};

struct ShowOptions {
  BearingOptions bearing;
  double rpm = 0.0;
  unsigned harmonics = 4;
  bool json = false;
};

/// A family of lines: its order, and how far its sidebands are.
struct Family {
  const char* name;
  const char* meaning;
  double order;
  double sideband;
};

std::array<Family, 4> families_of(const dsp::BearingOrders& orders) {
  const auto ftf = static_cast<double>(orders.ftf);
  return {{{"BPFO", "outer race", static_cast<double>(orders.bpfo), 1.0},
           {"BPFI", "inner race", static_cast<double>(orders.bpfi), 1.0},
           {"2xBSF", "rolling element", 2.0 * static_cast<double>(orders.bsf), ftf},
           {"FTF", "cage", ftf, 0.0}}};
}

ordered_json json_of(const NamedBearing& bearing) {
  ordered_json orders = ordered_json::object();
  for (const Family& family : families_of(dsp::bearing_orders(bearing.geometry))) {
    orders[family.name] = family.order;
  }
  return {{"name", bearing.name},
          {"elements", bearing.geometry.balls},
          {"element_diameter", bearing.geometry.ball_diameter},
          {"pitch_diameter", bearing.geometry.pitch_diameter},
          {"contact_angle_deg", bearing.geometry.contact_deg},
          {"orders", orders}};
}

void print(const ordered_json& value) {
  const std::string text =
      value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  (void)std::fputs(text.c_str(), stdout);
}

void print_table(const std::vector<NamedBearing>& bearings) {
  std::size_t width = 10;
  for (const NamedBearing& bearing : bearings) {
    width = std::max(width, printable(bearing.name).size());
  }
  const Painter paint(1);
  const std::string titles = left("name", width) +
                             "  elements  diameter   pitch  angle     BPFO"
                             "     BPFI    2xBSF      FTF";
  const std::string units = left("", width) +
                            "                  mm      mm    deg   orders of the"
                            " shaft";
  std::printf(
      "%s\n%s\n", paint(Colour::kStrong, titles).c_str(), paint(Colour::kWeak, units).c_str());
  for (const NamedBearing& bearing : bearings) {
    const dsp::BearingGeometry& geometry = bearing.geometry;
    std::string line = left(printable(bearing.name), width) +
                       right(std::to_string(geometry.balls), 10) +
                       printed("%10.3f", static_cast<double>(geometry.ball_diameter)) +
                       printed("%8.2f", static_cast<double>(geometry.pitch_diameter)) +
                       printed("%7.2f", static_cast<double>(geometry.contact_deg));
    for (const Family& family : families_of(dsp::bearing_orders(geometry))) {
      line += printed("%9.4f", family.order);
    }
    std::printf("%s\n", line.c_str());
  }
}

ExitCode list(const ListOptions& options) {
  const auto own = own_bearings(options.bearing);
  if (!own.ok()) {
    return fail(own.problem().text);
  }
  std::vector<NamedBearing> bearings = *own;
  for (const dsp::Bearing& bearing : dsp::bearing_catalogue()) {
    bearings.push_back({std::string(bearing.name), bearing.geometry});
  }
  if (!options.json) {
    print_table(bearings);
    return ExitCode::kOk;
  }
  ordered_json json = ordered_json::array();
  for (const NamedBearing& bearing : bearings) {
    json.push_back(json_of(bearing));
  }
  print({{"bearings", json}});
  return ExitCode::kOk;
}

void print_frequencies(const NamedBearing& bearing, const ShowOptions& options) {
  const Painter paint(1);
  const double shaft_hz = options.rpm / 60.0;
  std::printf(
      "%s at %g rpm: shaft %.3f Hz\n", printable(bearing.name).c_str(), options.rpm, shaft_hz);
  std::printf("%s\n", paint(Colour::kStrong, "line        order        Hz  sidebands Hz").c_str());
  for (const Family& family : families_of(dsp::bearing_orders(bearing.geometry))) {
    const unsigned harmonics = family.sideband > 0.0 ? options.harmonics : 1;
    for (unsigned h = 1; h <= harmonics; ++h) {
      const double order = h * family.order;
      std::string line = left(std::string(family.name) + " x" + std::to_string(h), 9) +
                         printed("%8.4f", order) + printed("%10.2f", order * shaft_hz);
      if (family.sideband > 0.0) {
        line += printed("  %.2f", (order - family.sideband) * shaft_hz) +
                printed(", %.2f", (order + family.sideband) * shaft_hz);
      }
      line += h == 1 ? std::string("  (") + family.meaning + ")" : "";
      std::printf("%s\n", line.c_str());
    }
  }
  std::printf(
      "Sidebands lie one shaft speed away, those of an element one cage speed. Real lines are up "
      "to\n2 %% lower or higher: the elements slip, and makers differ in the inside.\n");
}

ordered_json frequencies_json(const NamedBearing& bearing, const ShowOptions& options) {
  const double shaft_hz = options.rpm / 60.0;
  ordered_json json = json_of(bearing);
  json["rpm"] = options.rpm;
  json["shaft_hz"] = shaft_hz;
  json["lines"] = ordered_json::array();
  for (const Family& family : families_of(dsp::bearing_orders(bearing.geometry))) {
    const unsigned harmonics = family.sideband > 0.0 ? options.harmonics : 1;
    for (unsigned h = 1; h <= harmonics; ++h) {
      const double order = h * family.order;
      ordered_json line{
          {"family", family.name}, {"harmonic", h}, {"order", order}, {"hz", order * shaft_hz}};
      if (family.sideband > 0.0) {
        line["sidebands_hz"] = {(order - family.sideband) * shaft_hz,
                                (order + family.sideband) * shaft_hz};
      }
      json["lines"].push_back(line);
    }
  }
  return json;
}

ExitCode show(const ShowOptions& options) {
  std::string problem = usage_problem(options.bearing);
  if (is_missing(options.bearing)) {
    problem = "name a bearing or give its geometry";
  }
  if (!problem.empty()) {
    fail(problem + "; see aiot bearing show --help");
    return ExitCode::kUsage;
  }
  const auto bearing = chosen_bearing(options.bearing);
  if (!bearing.ok()) {
    return fail(bearing.problem().text);
  }
  if (options.json) {
    print(frequencies_json(*bearing, options));
  } else {
    print_frequencies(*bearing, options);
  }
  return ExitCode::kOk;
}

void add_list(CLI::App& bearing, ExitCode& exit) {
  CLI::App* verb = bearing.add_subcommand("list", "Bearings that are known, with their orders");
  verb->footer(
      "Orders are events per revolution of the shaft: BPFO of the outer race, BPFI of the inner\n"
      "race, 2xBSF of a rolling element (it meets both races), FTF of the cage.\n"
      "\n"
      "Examples:\n"
      "  aiot bearing list\n"
      "  aiot bearing list --catalogue ours.csv --json");
  auto options = std::make_shared<ListOptions>();
  verb->add_option("--catalogue",
                   options->bearing.catalogue,
                   "Bearings of your own: name,balls,ball_diameter_mm,pitch_diameter_mm,"
                   "contact_angle_deg")
      ->type_name("FILE.csv");
  verb->add_flag("--json", options->json, "One JSON object");
  verb->callback([options, &exit] { exit = list(*options); });
}

void add_show(CLI::App& bearing, ExitCode& exit) {
  CLI::App* verb = bearing.add_subcommand("show", "Frequencies of a bearing at a speed");
  verb->footer(
      "Examples:\n"
      "  aiot bearing show 6205 --rpm 1797\n"
      "  aiot bearing show 'SKF 6205-2RS/C3' --rpm 1797 --harmonics 6 --json\n"
      "  aiot bearing show --balls 9 --ball-diameter 7.94 --pitch-diameter 39.04 --rpm 1797");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("name", options->bearing.name, "The bearing, as its nameplate says");
  verb->add_option("--rpm", options->rpm, "Speed of the shaft, revolutions a minute")
      ->required()
      ->check(positive_number)
      ->type_name("N");
  verb->add_option("--harmonics", options->harmonics, "How many of each family")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  add_bearing_options(*verb, options->bearing);
  verb->add_flag("--json", options->json, "One JSON object");
  verb->callback([options, &exit] { exit = show(*options); });
}

}  // namespace

void add_bearing(CLI::App& app, ExitCode& exit) {
  CLI::App* verb = app.add_subcommand("bearing", "Bearings and their fault frequencies");
  verb->require_subcommand(1);
  verb->footer(
      "Examples:\n"
      "  aiot bearing list\n"
      "  aiot bearing show 6205 --rpm 1797");
  add_list(*verb, exit);
  add_show(*verb, exit);
}

}  // namespace aiot::cli
