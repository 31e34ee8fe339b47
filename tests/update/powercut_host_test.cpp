// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A device that is updated and loses power: at every flash operation of install, start, trial,
// confirmation and return, in four ways, and a second time at every operation of what follows; on
// flash with single bits and with write-once units of 8 and 32 bytes with ECC; firmware and model.
// After each cut it must start a verified image, whatever the image that is offered is like.
// AIOT_FULL=1 takes all second cuts, else a part of them.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "aiot/update/boot_record.hpp"
#include "aiot/update/installer.hpp"
#include "aiot/update/model_slots.hpp"
#include "aiot/update/slot_start.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/sample_image.hpp"

namespace {

using namespace aiot;
using namespace aiot::update_test;
using update::BootRecord;
using update::ImageType;
using update::SlotState;

enum class Offered { kGood, kUnsigned, kTorn, kOlder, kWrongProduct, kWrongSlot, kHangs };
constexpr const char* kOfferedNames[] = {
    "good", "unsigned", "torn", "older", "wrong product", "wrong slot", "hangs"};

enum class Trial { kConfirms, kResets, kGivesUp };

struct Flash {
  const char* name;
  std::uint32_t sector;
  std::uint32_t page;
  std::uint32_t program;
  std::uint32_t slot_sectors;
  std::uint32_t payload;
};

constexpr Flash kFlashes[] = {{"bits", 512, 256, 1, 4, 900},
                              {"units of 8", 512, 256, 8, 4, 900},
                              {"units of 32", 512, 256, 32, 4, 900},
                              {"bits, progress", 4096, 4096, 1, 3, 9000}};

struct Scenario {
  Flash flash = kFlashes[0];
  ImageType type = ImageType::kFirmware;
  Offered offered = Offered::kGood;
  Trial trial = Trial::kConfirms;
  Signer signer = Signer::kFast;
};

constexpr std::uint32_t kRecordSectors = 4;
constexpr std::uint32_t kAddresses[2] = {0x10000, 0x20000};
constexpr std::string_view kProduct = "node-1";
constexpr std::uint32_t kOldCounter = 4;
constexpr std::uint32_t kNewCounter = 9;
constexpr int kMostBoots = 40;

std::vector<std::byte> make_image(const SampleSpec& spec) {
  std::vector<std::byte> memory(16384);
  memory.resize(make_sample(spec, memory).size());
  return memory;
}

SampleSpec base_spec(const Scenario& s, ImageType type) {
  SampleSpec spec;
  spec.payload_bytes = s.flash.payload;
  spec.version = {1, 0, 5, 0};
  spec.counter = kOldCounter;
  spec.product = kProduct;
  spec.type = type;
  spec.signer = s.signer;
  if (type == ImageType::kFirmware) {
    spec.load_address = kAddresses[0];
    spec.flags = update::kImageRomFixed;
  }
  return spec;
}

std::vector<std::byte> offered_image(const Scenario& s) {
  SampleSpec spec = base_spec(s, s.type);
  spec.seed = 2;
  spec.version.revision = s.offered == Offered::kOlder ? 4 : 6;
  spec.counter = kNewCounter;
  if (s.type == ImageType::kFirmware) {
    spec.load_address = kAddresses[s.offered == Offered::kWrongSlot ? 0 : 1];
  } else if (s.offered == Offered::kWrongSlot) {
    spec.flags = update::kImageRomFixed;
  }
  if (s.offered == Offered::kWrongProduct) {
    spec.product = "node-2";
  }
  if (s.offered == Offered::kUnsigned) {
    spec.signer = Signer::kNobody;
  }
  return make_image(spec);
}

/// What is not on the device's flash: the host, and what the test has seen happen.
struct Seen {
  bool delivered = false;       // the host knows how its image ended
  bool confirm_called = false;  // the application has asked for it
  bool confirmed = false;       // and was told that it is done
  bool settled = false;
  hal::ResetCause cause = hal::ResetCause::kPowerOn;
  int boots = 0;
};

class SimulatedDevice {
 public:
  explicit SimulatedDevice(const Scenario& scenario)
      : s_(scenario),
        bytes_((kRecordSectors + 4 * s_.flash.slot_sectors) * s_.flash.sector),
        granules_(s_.flash.program == 1 ? 0 : bytes_.size() / s_.flash.program),
        flash_({.size = static_cast<std::uint32_t>(bytes_.size()),
                .sector = s_.flash.sector,
                .page = s_.flash.page,
                .program = s_.flash.program,
                .erased = std::byte{0xFF},
                .reprogram = s_.flash.program == 1},
               sim::SimFlash::Ecc::kYes,
               bytes_,
               granules_),
        base_(make_image(base_spec(s_, s_.type))),
        offered_(offered_image(s_)),
        offer_(update::kMaxOfferBytes),
        buffer_(update::kInstallerBuffer) {
    flash_.blank();
    offer_.resize(*update::make_offer(offered_, offer_));
    if (s_.offered == Offered::kTorn) {
      offered_[offered_.size() / 2] ^= std::byte{4};
    }
    EXPECT_TRUE(write_sample(flash_, slots(s_.type)[0], base_).ok());
    if (s_.type == ImageType::kModel) {
      EXPECT_TRUE(write_sample(flash_,
                               slots(ImageType::kFirmware)[0],
                               make_image(base_spec(s_, ImageType::kFirmware)))
                      .ok());
    }
    if (s_.signer == Signer::kP256) {
      key_ = sample_trusted_key();
      scheme_ = crypto::kP256Scheme;
    }
  }

  SimulatedDevice(const SimulatedDevice&) = delete;
  SimulatedDevice& operator=(const SimulatedDevice&) = delete;

  struct Snapshot {
    std::vector<std::byte> bytes;
    std::vector<std::uint8_t> granules;
    std::vector<sim::SimFlash> flash;
    Seen seen;
  };

  void save(Snapshot& to) const {
    to.bytes = bytes_;
    to.granules = granules_;
    to.flash.assign(1, flash_);
    to.seen = seen_;
  }

  void restore(const Snapshot& from) {
    std::copy(from.bytes.begin(), from.bytes.end(), bytes_.begin());
    std::copy(from.granules.begin(), from.granules.end(), granules_.begin());
    flash_ = from.flash.front();
    seen_ = from.seen;
  }

  sim::SimFlash& flash() { return flash_; }

  std::uint64_t operations() const { return flash_.counters().programs + flash_.counters().erases; }

  /// Until everything is decided, or the power fails: false then.
  bool run() {
    while (!seen_.settled && problem_.empty()) {
      if (++seen_.boots > kMostBoots) {
        problem_ = "does not come to an end";
        break;
      }
      boot();
      if (!flash_.powered()) {
        flash_.power_on();
        seen_.cause = hal::ResetCause::kPowerOn;
        return false;
      }
    }
    if (flash_.violations() != 0) {
      problem_ = "broke the rules of the flash";
    }
    flash_.power_on();
    return true;
  }

  /// What went wrong; empty: nothing.
  const std::string& problem() const { return problem_; }

 private:
  std::array<hal::FlashRegion, 2> slots(ImageType type) const {
    const std::uint32_t size = s_.flash.slot_sectors * s_.flash.sector;
    const std::uint32_t first =
        kRecordSectors * s_.flash.sector + (type == ImageType::kModel ? 2 * size : 0);
    return {hal::FlashRegion{first, size}, hal::FlashRegion{first + size, size}};
  }

  hal::FlashRegion record_region() const { return {0, kRecordSectors * s_.flash.sector}; }

  bool holds(std::uint8_t slot, const std::vector<std::byte>& image) const {
    const std::uint32_t at = slots(s_.type)[slot].offset;
    return std::memcmp(&bytes_[at], image.data(), image.size()) == 0;
  }

  bool good() const { return s_.offered == Offered::kGood || s_.offered == Offered::kHangs; }

  void expect(bool holds, const char* problem) {
    if (!holds && problem_.empty()) {
      problem_ = problem;
    }
  }

  update::VerifyPolicy policy() const {
    update::VerifyPolicy policy;
    policy.keys = {&key_, 1};
    policy.schemes = {&scheme_, 1};
    return policy;
  }

  /// What must be true of any record that can be found after any cut.
  void check(const BootRecord& record) {
    const update::SlotPair& pair = record.state().of(s_.type);
    for (std::uint8_t i = 0; i < 2; ++i) {
      if (pair.slot[i].state == SlotState::kConfirmed) {
        expect(holds(i, base_) || holds(i, offered_), "a confirmed image is lost");
        expect(i == 0 || seen_.confirm_called, "an unconfirmed image became permanent");
      }
    }
    expect(update::is_factory(pair) || pair.slot[0].state == SlotState::kConfirmed,
           "a confirmed image is lost");
    expect(holds(0, base_), "a confirmed image was written to");
    if (seen_.confirmed) {
      expect(pair.active == 1 && pair.counter == kNewCounter, "a confirmation is lost");
    }
    if (!seen_.confirm_called) {
      expect(pair.counter == (update::is_factory(pair) ? 0 : kOldCounter),
             "a counter rose without a confirmation");
    }
  }

  /// Loader and application, until the next reset.
  void boot() {
    BootRecord record;
    expect(record.mount(flash_, record_region()).ok(), "the boot record is not readable");
    if (!record.mounted()) {
      return;
    }
    check(record);
    update::StartRequest request{.flash = flash_,
                                 .slots = slots(ImageType::kFirmware),
                                 .addresses = {kAddresses[0], kAddresses[1]},
                                 .policy = policy(),
                                 .product = kProduct,
                                 .cause = seen_.cause};
    const auto firmware = update::start_slot(record, request, buffer_);
    if (!flash_.powered()) {
      return;
    }
    expect(firmware.ok(), "does not start");
    if (!firmware.ok() || !record.count_boot().ok()) {
      expect(!flash_.powered(), "a boot could not be counted");
      return;
    }
    update::InstallerConfig config;
    config.slots = {slots(ImageType::kFirmware), slots(ImageType::kModel)};
    config.running = {firmware->slot, std::nullopt};
    config.addresses = request.addresses;
    config.product = kProduct;
    config.policy = policy();
    update::Installer installer(flash_, record, config, buffer_);
    if (s_.type == ImageType::kFirmware) {
      application(record, installer, firmware->slot, firmware->trial);
      return;
    }
    request.slots = slots(ImageType::kModel);
    for (int starts = 0; starts < 3; ++starts) {
      const auto model = update::start_model(record, request, buffer_);
      request.cause = hal::ResetCause::kUnknown;
      if (!flash_.powered()) {
        return;
      }
      expect(model.ok(), "does not find a model");
      if (!model.ok()) {
        return;
      }
      installer.set_running(ImageType::kModel, model->slot);
      if (!application(record, installer, model->slot, model->trial)) {
        return;
      }
    }
  }

  /// True when another model is to be started without a reset.
  bool application(const BootRecord& record,
                   update::Installer& installer,
                   std::uint8_t slot,
                   bool trial) {
    seen_.cause = hal::ResetCause::kSoftware;
    expect(holds(slot, slot == 0 ? base_ : offered_) && (slot == 0 || good()),
           "something was started that was not verified");
    expect(slot == 0 || trial || seen_.confirm_called, "an unconfirmed image became permanent");
    expect(slot == 1 || !seen_.confirmed, "a confirmed image is not started");
    if (trial) {
      return on_trial(installer);
    }
    if (seen_.delivered) {
      settle(record, slot);
    } else {
      receive(installer);
    }
    return false;
  }

  bool on_trial(update::Installer& installer) {
    if (s_.offered == Offered::kHangs) {
      seen_.cause = hal::ResetCause::kWatchdog;
      return false;
    }
    if (s_.trial == Trial::kConfirms) {
      seen_.confirm_called = true;
      const Status confirmed = installer.confirm(s_.type);
      seen_.confirmed = confirmed.ok();
      expect(confirmed.ok() || !flash_.powered(), "could not be confirmed");
      return false;
    }
    if (s_.trial == Trial::kGivesUp) {
      const bool ok = installer.give_up(s_.type, update::Cause::kGoldenWindow).ok();
      expect(ok || !flash_.powered(), "could not be given up");
      return ok && s_.type == ImageType::kModel;
    }
    return false;
  }

  static bool is_of_flash(update::InstallFault fault) {
    using update::InstallFault;
    return fault == InstallFault::kInstalledImage || fault == InstallFault::kRecord ||
           fault == InstallFault::kErase || fault == InstallFault::kNotErased ||
           fault == InstallFault::kProgram;
  }

  /// The host offers its image until it knows what became of it.
  void receive(update::Installer& installer) {
    constexpr std::size_t kBlock = 300;
    update::InstallVerdict verdict = installer.offer(offer_);
    for (std::size_t at = verdict.offset; verdict.ok() && at < offered_.size(); at += kBlock) {
      verdict =
          installer.write(static_cast<std::uint32_t>(at),
                          Bytes(offered_).subspan(at, std::min(kBlock, offered_.size() - at)));
    }
    if (verdict.ok()) {
      verdict = installer.finish();
    }
    seen_.delivered = flash_.powered();
    expect(!verdict.ok() || good(), "took an image that is not good");
    expect(!flash_.powered() || !is_of_flash(verdict.fault), "the flash failed");
  }

  void settle(const BootRecord& record, std::uint8_t slot) {
    seen_.settled = true;
    const update::SlotPair& pair = record.state().of(s_.type);
    const bool taken = s_.offered == Offered::kGood && s_.trial == Trial::kConfirms;
    expect(slot == (taken ? 1 : 0), "another image runs in the end");
    expect(pair.counter == (taken ? kNewCounter : kOldCounter), "another counter in the end");
    expect(pair.slot[1].state != SlotState::kTrial, "a trial without an end");
  }

  Scenario s_;
  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> granules_;
  sim::SimFlash flash_;
  std::vector<std::byte> base_;
  std::vector<std::byte> offered_;
  std::vector<std::byte> offer_;
  std::vector<std::byte> buffer_;
  update::TrustedKey key_ = fast_trusted_key();
  crypto::SignatureScheme scheme_ = kFastScheme;
  Seen seen_;
  std::string problem_;
};

bool full_run() {
  const char* const full = std::getenv("AIOT_FULL");
  return full != nullptr && std::string_view(full) == "1";
}

/// Whether a second cut is one of those of the quick run: about one in `one_in`, others everywhere.
bool taken(std::uint64_t a,
           std::uint32_t kind,
           std::uint64_t b,
           std::uint32_t kind2,
           std::uint32_t one_in) {
  std::uint64_t x = (a * 4 + kind) * 0x9E3779B97F4A7C15U + (b * 4 + kind2) * 0xBF58476D1CE4E5B9U;
  x ^= x >> 29U;
  x *= 0x94D049BB133111EBU;
  x ^= x >> 32U;
  return x % one_in == 0;
}

struct Points {
  std::uint64_t operations = 0;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

void report(const Scenario& s, const SimulatedDevice& device, const std::string& where) {
  ADD_FAILURE() << s.flash.name << ", " << (s.type == ImageType::kFirmware ? "firmware" : "model")
                << ", " << kOfferedNames[static_cast<std::size_t>(s.offered)] << ", trial "
                << static_cast<int>(s.trial) << ", " << where << ": " << device.problem();
}

/// All cuts of one scenario; false after the first problem.
bool run_matrix(const Scenario& s, std::uint32_t one_in, Points& points) {
  SimulatedDevice device(s);
  device.flash().reset_counters();
  SimulatedDevice::Snapshot start;
  SimulatedDevice::Snapshot after;
  device.save(start);
  if (!device.run() || !device.problem().empty()) {
    report(s, device, "no cut");
    return false;
  }
  const std::uint64_t operations = device.operations();
  points.operations += operations;
  for (std::uint64_t first = 1; first <= operations; ++first) {
    for (const sim::CutKind kind : sim::kCutKinds) {
      const std::string where =
          "cut " + std::to_string(first) + "/" + std::to_string(static_cast<int>(kind));
      device.restore(start);
      device.flash().cut_at(first, kind, static_cast<std::uint32_t>(first * 7 + 1));
      const bool ended = device.run();
      EXPECT_FALSE(ended) << where;
      device.save(after);
      const std::uint64_t before = device.operations();
      ++points.first;
      if (!device.run() || !device.problem().empty()) {
        report(s, device, where);
        return false;
      }
      const std::uint64_t follow = device.operations() - before;
      for (std::uint64_t second = 1; second <= follow; ++second) {
        for (const sim::CutKind kind2 : sim::kCutKinds) {
          if (!taken(first,
                     static_cast<std::uint32_t>(kind),
                     second,
                     static_cast<std::uint32_t>(kind2),
                     one_in)) {
            continue;
          }
          device.restore(after);
          device.flash().cut_at(second, kind2, static_cast<std::uint32_t>(second * 11 + 3));
          (void)device.run();
          ++points.second;
          if (!device.run() || !device.problem().empty()) {
            report(s,
                   device,
                   where + ", cut " + std::to_string(second) + "/" +
                       std::to_string(static_cast<int>(kind2)));
            return false;
          }
        }
      }
    }
  }
  return true;
}

void run_all(ImageType type, std::size_t flash, std::uint32_t one_in) {
  Points points;
  for (std::size_t offered = 0; offered < std::size(kOfferedNames); ++offered) {
    for (const Trial trial : {Trial::kConfirms, Trial::kResets, Trial::kGivesUp}) {
      const Scenario s{.flash = kFlashes[flash],
                       .type = type,
                       .offered = static_cast<Offered>(offered),
                       .trial = trial};
      if (!run_matrix(s, full_run() ? 1 : one_in, points)) {
        return;
      }
    }
  }
  std::printf("update power cuts: %s, %s: %llu operations, %llu cuts, %llu pairs of cuts%s\n",
              kFlashes[flash].name,
              type == ImageType::kFirmware ? "firmware" : "model",
              static_cast<unsigned long long>(points.operations),
              static_cast<unsigned long long>(points.first),
              static_cast<unsigned long long>(points.second),
              full_run() ? "" : " (a part; all: AIOT_FULL=1)");
}

TEST(UpdatePowerCut, FirmwareOnBits) {
  run_all(ImageType::kFirmware, 0, 50);
}

TEST(UpdatePowerCut, FirmwareOnUnitsOf8) {
  run_all(ImageType::kFirmware, 1, 50);
}

TEST(UpdatePowerCut, FirmwareOnUnitsOf32) {
  run_all(ImageType::kFirmware, 2, 50);
}

TEST(UpdatePowerCut, FirmwareThatIsResumed) {
  run_all(ImageType::kFirmware, 3, 200);
}

TEST(UpdatePowerCut, ModelOnBits) {
  run_all(ImageType::kModel, 0, 50);
}

TEST(UpdatePowerCut, ModelOnUnitsOf8) {
  run_all(ImageType::kModel, 1, 50);
}

TEST(UpdatePowerCut, ModelOnUnitsOf32) {
  run_all(ImageType::kModel, 2, 50);
}

TEST(UpdatePowerCut, WithRealSignatures) {
  lend_sample_pool();
  Points points;
  ASSERT_TRUE(run_matrix({.signer = Signer::kP256}, full_run() ? 200 : 1000000, points));
}

}  // namespace
