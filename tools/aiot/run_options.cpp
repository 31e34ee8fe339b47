// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_options.hpp"

#include "tools/aiot/console.hpp"

namespace aiot::cli {

namespace {

constexpr const char* kExamples =
    "Recordings:\n"
    "  .wav   PCM 8 to 32 bits or float; has no unit: full scale is 1 g unless --full-scale\n"
    "         (m/s^2) says otherwise\n"
    "  .csv   with or without a header; the rate comes from a time column or --rate; unit from\n"
    "         the header, as in \"ax (m/s2)\", or --unit\n"
    "  .mat   MATLAB, variables such as X118_DE_time; --channel FE takes another one; the rate\n"
    "         comes from a manifest.csv beside or above, or --rate\n"
    "  .s16   raw int16 with a row in a manifest.csv beside or above; without one --rate and\n"
    "         --full-scale\n"
    "  .airs  what --export wrote\n"
    "  -      raw int16 on standard input, with --rate and --full-scale\n"
    "A rate that is too high for the package is divided by a whole number behind a low-pass.\n"
    "\n"
    "The table has a line for each recorded decision: time, class, confidence, main features,\n"
    "flags. The class is the vote over the last windows, and unknown until it has a majority; the\n"
    "confidence is what this one window says about that class (about its best one while unknown),\n"
    "so it may fall before the class changes. Flags: gap (samples lost before it), saturated, "
    "flat\n"
    "(the sensor does not move), voting (too few windows yet), unknown, changed, rate (not one "
    "that\n"
    "the package was made for), first (after a start).\n"
    "\n"
    "A package that looks at a bearing wants to know the shaft's speed and the bearing. With a\n"
    "baseline (aiot commission, or --commission) the decisions also say whether the machine is as\n"
    "it was; it is kept in the store and used by later runs. Flags then: condition (it is not),\n"
    "commissioning (it is being learnt). A line below a decision that differs says why.\n"
    "\n"
    "With --broker, records go to a consumer (aiot consume, or your own) over MQTT 5, sealed with "
    "the\n"
    "device's key, and count as delivered when the consumer has acknowledged them, not when the\n"
    "broker has. Whatever breaks on the way is tried again; what could not be delivered stays in "
    "the\n"
    "store for the next run.\n"
    "\n"
    "With --store, a run that was interrupted goes on behind its last durable record; another\n"
    "recording or package begins anew in the same store.\n"
    "\n"
    "The first SIGINT or SIGTERM ends the run: what was decided is delivered, the summary shown, "
    "and\n"
    "the exit code is 130. The second one ends the process at once.\n"
    "\n"
    "Examples:\n"
    "  aiot run --simulate\n"
    "  aiot run pump.wav --full-scale 490.3 --store pump.store\n"
    "  aiot run data/118_0.mat --channel FE --rate 12000 --json\n"
    "  aiot run --simulate --seconds 600 --store s --sink out.cbor --pace 10\n"
    "  aiot run pump.wav --store s --broker mqtts://broker:8883 --ca ca.pem --cert pump-7.pem\n"
    "      --key pump-7.key --device pump-7 --device-key pump-7.seal\n"
    "  aiot run fan.wav --package models/bearing.aipk --rpm 1740 --bearing 6205\n"
    "  aiot run fan.wav --baseline fan.aian --store fan.store\n"
    "  arecord -t raw -f S16_LE -r 16000 | aiot run - --rate 16000 --full-scale 160";

void add_source_options(CLI::App& verb, RunOptions& options) {
  verb.add_option("recording", options.source.recording, "The recording; - for standard input")
      ->type_name("RECORDING");
  verb.add_flag("--simulate",
                options.source.simulate,
                "No recording: a simulated machine that develops an outer-race fault");
  verb.add_option("--seed", options.source.seed, "Which simulated machine")
      ->capture_default_str()
      ->needs("--simulate");
  verb.add_option("--seconds", options.source.seconds, "How long it is simulated")
      ->capture_default_str()
      ->needs("--simulate");
  verb.add_option("--rate", options.source.rate_hz, "Sample rate in Hz; wins over the file's");
  verb.add_option("--channel",
                  options.source.channel,
                  "Which channel: name or number; several with commas are axes");
  verb.add_option(
      "--full-scale", options.source.full_scale, "m/s^2 of a full-scale sample (.wav, raw int16)");
  verb.add_option("--unit", options.source.unit, "Unit of the values in .csv and .mat")
      ->check(CLI::IsMember({"g", "mg", "m/s2"}));
}

void add_machine_options(CLI::App& verb, RunOptions& options) {
  verb.add_option("--rpm",
                  options.rpm,
                  "Speed of the shaft, revolutions a minute; without it the recording's")
      ->type_name("N");
  verb.add_option("--bearing", options.bearing.name, "Its bearing by name, as 6205")
      ->type_name("NAME");
  add_bearing_options(verb, options.bearing);
  verb.add_option("--baseline",
                  options.baseline,
                  "Healthy state of the machine, as aiot commission wrote it")
      ->type_name("FILE");
  verb.add_option("--commission",
                  options.commission,
                  "Learn the healthy state from so many windows (snapshots, with a package for "
                  "them) first")
      ->check(CLI::Range(6U, 1000000U))
      ->type_name("N");
}

void add_device_options(CLI::App& verb, RunOptions& options) {
  verb.add_option("--package", options.package, "Model package; without it the shipped one");
  verb.add_option(
          "--store", options.store, "Directory that keeps the records; made when it is missing")
      ->type_name("DIR");
  verb.add_option("--sink",
                  options.sink,
                  "File the records are delivered to (a CBOR sequence); - for standard output")
      ->type_name("FILE");
  add_broker_options(verb, options.broker);
  verb.add_option("--device-key",
                  options.device_key,
                  "The device's key that batches are sealed with: 32 bytes or 64 hexadecimal "
                  "digits, only you can read it")
      ->type_name("FILE");
  verb.add_option("--operator-key",
                  options.operator_key,
                  "Public key (P-256) of whom commands are taken from, see aiot command; without, "
                  "none are")
      ->type_name("PEM");
  verb.add_option("--patience",
                  options.patience_s,
                  "Seconds without an acknowledgement until the delivery is given up")
      ->type_name("S")
      ->capture_default_str()
      ->check(CLI::Range(1U, 1000000U));
  verb.add_option("--device", options.device, "Device id in the records")->capture_default_str();
  verb.add_option("--site", options.site, "Site in the records");
  verb.add_option("--firmware-version", options.firmware_version, "Firmware version in the records")
      ->capture_default_str();
  verb.add_option("--firmware-hash",
                  options.firmware_hash,
                  "SHA-256 of the firmware in the records, 64 hexadecimal digits: replays what a "
                  "device with it would have recorded")
      ->type_name("HEX");
  verb.add_option(
          "--pace", options.pace, "Times as fast as the recording was; 0: as fast as it goes")
      ->capture_default_str();
  verb.add_option("--export",
                  options.export_path,
                  "Also write the samples as they are replayed, for the emulated board")
      ->type_name("FILE");
  verb.add_flag("--json", options.json, "One JSON object a line instead of the table");
  verb.add_flag("--quiet", options.quiet, "The summary only; with --json as one object");
}

}  // namespace

void add_run_options(CLI::App& verb, RunOptions& options) {
  verb.footer(kExamples);
  add_source_options(verb, options);
  add_machine_options(verb, options);
  add_device_options(verb, options);
}

std::optional<std::string> usage_problem(const RunOptions& options) {
  if (options.source.simulate != options.source.recording.empty()) {
    return "name a recording or use --simulate, one of the two";
  }
  if (options.source.recording == "-" && !options.export_path.empty()) {
    return "--export needs a recording or --simulate, standard input is not kept";
  }
  if (options.sink == "-" && options.json) {
    return "--sink - and --json both want standard output; choose one";
  }
  if (!options.firmware_hash.empty() && !parse_hash(options.firmware_hash)) {
    return "--firmware-hash wants 64 hexadecimal digits";
  }
  if (!(options.pace >= 0.0)) {
    return "--pace has to be 0 or more";
  }
  if (options.rpm && !(*options.rpm > 0.0 && *options.rpm < 1e6)) {
    return "--rpm has to be above 0 and below a million";
  }
  if (!options.baseline.empty() && options.commission > 0) {
    return "--baseline and --commission both say what is healthy; choose one";
  }
  if (!options.broker.url.empty() && !options.sink.empty()) {
    return "--broker and --sink are two ways out; choose one";
  }
  if (auto problem = usage_problem(options.broker)) {
    return problem;
  }
  if (!options.broker.url.empty() && options.device_key.empty()) {
    return "--broker wants --device-key FILE, the device's key, with which batches are sealed; "
           "make "
           "one with aiot keys new NAME --kind device";
  }
  if (options.broker.url.empty() && !options.operator_key.empty()) {
    return "--operator-key wants --broker URL: commands come from there";
  }
  const std::string bearing = usage_problem(options.bearing);
  return bearing.empty() ? std::nullopt : std::optional(bearing);
}

}  // namespace aiot::cli
