// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Updates on Linux that can not brick a gateway: two slots, a trial, an automatic return, and a log
// of it all. It is the installer, the boot record and the choice of a microcontroller's boot
// loader, on files.
//
//   update create DIR KEY.pub.pem     a folder that takes firmware signed with that key
//   update offer DIR IMAGE            checks an image, writes it to the slot that does not run
//   update start DIR [SECONDS]        what a boot is: chooses a slot, flips the link, runs the app
//   update confirm DIR                the app that runs is healthy: it stays
//   update return DIR                 it is not: the one before comes back at the next start
//   update log DIR                    what happened, and whether the log is as it was written
//   update listen DIR URL CA CERT KEY DEVICE OPERATOR.pub.pem [SECONDS]
//                                     takes the images that an operator offers over a broker
//
// `start` is for whatever keeps a service running, such as systemd with Restart=always: an app that
// ends is started again, and a new one that was not confirmed after three starts, or SECONDS
// (default 60) after one, makes way for the one before. The app gets DIR as its argument. It calls
// `confirm` when it is content with itself; `offer` is what it does with an image that it is sent.
//
// `listen` is another service beside it, for `aiot command offer-image`: nothing is taken that no
// signed command has named, byte for byte. The operator's tool gets a copy of DIR/device.key, with
// which answers are sealed. Commands expire by the clock of this machine: by what the kernel knows
// of its synchronisation (NTP), or, as one says oneself, right within SECONDS. It shares DIR with
// the other verbs, and goes on where a download was when it is killed and started again.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>

#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/image_signer.hpp"
#include "examples/update/gateway.hpp"
#include "examples/update/launcher.hpp"
#include "examples/update/listener.hpp"

using namespace aiot;
using gateway::fail;
using gateway::Gateway;
using update::AuditKind;
using update::ImageType;

namespace {

constexpr Instant kNow{};  // of verbs that are one moment

int create(const std::string& folder, const std::string& key) {
  Gateway gateway(folder);
  return gateway.create(key) ? 0 : fail(gateway.problem());
}

/// Writes the image from where it is wanted.
update::InstallVerdict write(Gateway& gateway, Bytes image, std::uint32_t offset) {
  constexpr std::uint32_t kBlock = 4096;
  const update::Installer& installer = gateway.installer();
  update::InstallVerdict verdict;
  while (verdict.ok() && offset < installer.size()) {
    const Bytes block = image.subspan(offset, std::min(kBlock, installer.size() - offset));
    verdict = gateway.write(offset, block, kNow);
    if (verdict.ok()) {
      gateway::print_progress(installer, offset);
    }
    offset = verdict.offset;
  }
  return verdict;
}

/// Over a link the offer comes first and the bytes when they are asked for (link/image_transfer).
int offer(const std::string& folder, const std::string& path) {
  const auto image = toolkit::read_file(path);
  if (!image.ok()) {
    return fail(image.problem().text);
  }
  std::array<std::byte, update::kMaxOfferBytes> memory{};
  const auto size = update::make_offer(*image, memory);
  if (!size.ok()) {
    return fail("'" + path + "' is no image; make one with aiot image sign");
  }
  const Bytes offer = Bytes(memory).first(*size);
  Gateway gateway(folder);
  if (!gateway.open()) {
    return fail(gateway.problem());
  }
  // Everything is checked here, the signature too, before a byte of a slot is touched.
  update::InstallVerdict verdict = gateway.offer(offer, kNow);
  if (verdict.ok()) {
    gateway::print_wanted(gateway.installer(), update::offer_entry(offer).version);
    verdict = write(gateway, *image, verdict.offset);
  }
  // Reads it back, verifies it whole, and makes it the trial by one frame of the boot record.
  if (verdict.ok()) {
    verdict = gateway.finish(kNow);
  }
  if (verdict.ok()) {
    std::puts("installed; it is tried at the next start");
  }
  gateway.tell_returns();
  gateway.seal();
  return verdict.ok()
             ? 0
             : fail("refused: " + std::string(update::reason_text(update::reason_of(verdict))));
}

/// Who runs judges itself: another slot than the one that runs is never confirmed.
int confirm(const std::string& folder) {
  Gateway gateway(folder);
  if (!gateway.open()) {
    return fail(gateway.problem());
  }
  if (const Status done = gateway.installer().confirm(ImageType::kFirmware); !done.ok()) {
    return fail(done.error() == Error::kWrongState ? "what runs is not on trial"
                                                   : "the boot record can not be written");
  }
  const std::uint8_t slot = gateway.record().state().of(ImageType::kFirmware).active;
  (void)gateway.tell(AuditKind::kConfirm, slot);
  gateway.seal();
  std::printf("slot %c is confirmed\n", gateway::slot_name(slot));
  return 0;
}

int give_up(const std::string& folder) {
  Gateway gateway(folder);
  if (!gateway.open()) {
    return fail(gateway.problem());
  }
  const Status done = gateway.installer().give_up(ImageType::kFirmware, update::Cause::kRequest);
  if (!done.ok()) {
    return fail(done.error() == Error::kWrongState ? "nothing is on trial"
                                                   : "the boot record can not be written");
  }
  gateway.tell_returns();
  gateway.seal();
  return 0;
}

int log(const std::string& folder) {
  Gateway gateway(folder);
  if (!gateway.open()) {
    return fail(gateway.problem());
  }
  if (!gateway.audit().mounted()) {
    return 1;  // it was said already
  }
  std::array<std::byte, 256> buffer{};
  store::FrameCursor cursor;
  for (auto frame = gateway.audit().log().read(cursor, buffer); frame.ok();
       frame = gateway.audit().log().read(cursor, buffer)) {
    const auto entry = update::decode_entry(frame->payload);
    const std::string text = entry.ok() ? gateway::text_of(*entry) : "";
    if (!text.empty()) {  // no seal, and no kind of a later version
      std::printf("boot %u: %s\n", entry->boot, text.c_str());
    }
  }
  const update::AuditReport report = update::verify_audit(
      gateway.audit().log(), gateway.device_key(), gateway.record().state().seal);
  std::printf("%u entries, %u seals: %s\n",
              report.entries,
              report.seals,
              report.fault == update::AuditFault::kNone ? "nothing was changed"
                                                        : update::to_string(report.fault));
  return report.fault == update::AuditFault::kNone ? 0 : 1;
}

int listen(std::span<char*> words, int seconds) {
  const gateway::ListenConfig config{
      .folder = words[0],
      .broker = {.url = words[1],
                 .ca = words[2],
                 .certificate = words[3],
                 .key = words[4],
                 .device = words[5]},
      .operator_key = words[6],
      .clock_error = seconds != 0 ? std::optional(Duration::from_s(seconds)) : std::nullopt};
  return gateway::listen(config);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc >= 3 ? argv[1] : "";
  const std::string folder = argc >= 3 ? argv[2] : "";
  const std::string last = argc == 4 ? argv[3] : "";
  if (verb == "create" && argc == 4) {
    return create(folder, last);
  }
  if (verb == "offer" && argc == 4) {
    return offer(folder, last);
  }
  const int seconds = last.empty() ? 60 : std::atoi(last.c_str());
  if (verb == "start" && argc <= 4 && seconds > 0 && seconds <= 3600) {
    return gateway::start(folder, seconds);
  }
  if (verb == "confirm" && argc == 3) {
    return confirm(folder);
  }
  if (verb == "return" && argc == 3) {
    return give_up(folder);
  }
  if (verb == "log" && argc == 3) {
    return log(folder);
  }
  if (verb == "listen" && (argc == 9 || argc == 10)) {
    const int error = argc == 10 ? std::atoi(argv[9]) : 0;
    if (argc == 9 || (error > 0 && error <= 3600)) {
      return listen(std::span(argv + 2, 7), error);
    }
  }
  std::fprintf(stderr,
               "usage: update create DIR KEY.pub.pem | offer DIR IMAGE | start DIR [SECONDS] |\n"
               "              confirm DIR | return DIR | log DIR |\n"
               "              listen DIR URL CA CERT KEY DEVICE OPERATOR.pub.pem [SECONDS]\n");
  return 2;
}
